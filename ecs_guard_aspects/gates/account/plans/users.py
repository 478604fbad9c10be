"""Users of a revision: all that runs it, as the resources that obstacles are asked about.

They are written as a template would have them, so that a plan for an account asks what a plan for a template asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ....model.resource import Resource
from ....model.start import SERVICE
from ....remediation.changes import Blocker
from ....remediation.obstacles.consumers import Consumer
from ....remediation.obstacles.run_elsewhere import RUN_ELSEWHERE
from ....sources.account.calls import CallError
from ....sources.account.found import name_of
from ....sources.account.surroundings import Answer, Surroundings
from ....sources.api_json import described_properties
from .starters import run_task_schedules, starters_of
from .user import User

_FOR_A_SERVICE = "service:"
_SCHEDULED = ("events-rule/", "chronos-schedule/")  # what EventBridge writes as the starter of a task
_OF_ECS = "/aws-service-role/"


@dataclass
class Users:
    """All that runs a revision.

    Attributes:
        services: the services that deploy it.
        leaving: the names of services that use it only in a deployment that another one replaces.
        starters: the targets of rules, the schedules and the pipes that start tasks of it.
        tasks: tasks that no service has started.
        obstacles: the obstacles to a change, other than those of each user.
    """

    services: list[User] = field(default_factory=list)
    leaving: list[Answer] = field(default_factory=list)
    starters: list[User] = field(default_factory=list)
    tasks: list[Answer] = field(default_factory=list)
    obstacles: list[Blocker] = field(default_factory=list)

    @property
    def all(self) -> list[User]:
        """The services, and what starts tasks."""
        return [*self.services, *self.starters]


def users_of(arn: str, surroundings: Surroundings) -> Users:
    """Return what runs a revision in its Region.

    Args:
        arn: the revision.
        surroundings: the Region.
    """
    users = Users()
    for service in surroundings.services:
        _add_service(service, arn, users, surroundings)
    users.starters += starters_of(arn, surroundings)
    users.obstacles += run_task_schedules(arn, surroundings)
    running = [task for task in surroundings.tasks if task.get("taskDefinitionArn") == arn]
    users.tasks += [task for task in running if not _is_of(task, users)]
    users.obstacles += _unread(arn, surroundings)
    return users


def _is_of(task: Answer, users: Users) -> bool:
    """Return whether a service has started a task, or one of the rules, schedules and pipes, which starts it again."""
    is_scheduled = bool(users.starters) and str(task.get("startedBy", "")).startswith(_SCHEDULED)
    return is_scheduled or str(task.get("group", "")).startswith(_FOR_A_SERVICE)


def _unread(arn: str, surroundings: Surroundings) -> Iterator[Blocker]:
    for clause in dict.fromkeys(surroundings.unread):
        lifted_by = RUN_ELSEWHERE if "EventBridge" in clause else ""
        yield Blocker(arn, f"{clause}. Something there may run it without a network", lifted_by)


# --- services --------------------------------------------------------------------------------------------------------


def _add_service(service: Answer, arn: str, users: Users, surroundings: Surroundings) -> None:
    versions = [*service.get("deployments", ()), *service.get("taskSets", ())]
    if service.get("taskDefinition") == arn:
        users.services.append(_service(service, users, surroundings))
    elif any(each.get("taskDefinition") == arn for each in versions):
        is_external = _controller(service) == "EXTERNAL"  # whose task sets have the revisions, not the service
        if is_external:
            users.services.append(_service({**service, "taskDefinition": arn}, users, surroundings))
        else:
            users.leaving.append(service)


def _controller(service: Answer) -> str:
    return str(service.get("deploymentController", {}).get("type", "ECS"))


def _service(service: Answer, users: Users, surroundings: Surroundings) -> User:
    name = f"{service['serviceName']} in cluster {name_of(service['clusterArn'])}"
    deployments = service.get("deployments", ())
    primary: Answer = next((each for each in deployments if each.get("status") == "PRIMARY"), {})
    keys = ("serviceConnectConfiguration", "vpcLatticeConfigurations")  # only deployments have these
    whole = {**service, **{key: primary[key] for key in keys if key in primary}}
    properties = {key: value for key, value in described_properties(whole).items() if value not in (None, [], {})}
    properties["ServiceName"] = properties.get("ServiceName", "")
    if _OF_ECS not in str(service.get("roleArn", _OF_ECS)):
        properties["Role"] = service["roleArn"]
    resource = Resource(name, SERVICE, properties, name=name)
    dependencies = dict(_dependencies(properties, resource, users, surroundings))
    return User(Consumer(resource, "TaskDefinition", dependencies), service["clusterArn"], service, service)


def _dependencies(
    properties: Mapping[str, Any], service: Resource, users: Users, surroundings: Surroundings
) -> Iterator[tuple[str, Resource]]:
    """Yield the target groups and registries of a service, by where it names them."""
    groups = [
        (f"LoadBalancers.{number}.TargetGroupArn", balancer["TargetGroupArn"])
        for number, balancer in enumerate(properties.get("LoadBalancers", ()))
        if balancer.get("TargetGroupArn")
    ]
    registries = [
        (f"ServiceRegistries.{number}.RegistryArn", registry["RegistryArn"])
        for number, registry in enumerate(properties.get("ServiceRegistries", ()))
    ]
    for location, arn in (*groups, *registries):
        try:
            found = _registry(arn, surroundings) if "Registr" in location else _target_group(arn, surroundings)
        except CallError as error:
            users.obstacles.append(Blocker(service.address, f"{arn} cannot be read: {error}"))
            continue
        if found is None:
            users.obstacles.append(Blocker(service.address, f"service {service.address} names {arn}, which is deleted"))
        else:
            yield location, found


def _target_group(arn: str, surroundings: Surroundings) -> Resource | None:
    kind = surroundings.target_type(arn)
    if kind is None:
        return None
    name = arn.rpartition("targetgroup/")[2].partition("/")[0]
    return Resource(name, "AWS::ElasticLoadBalancingV2::TargetGroup", {"TargetType": kind}, name=name)


def _registry(arn: str, surroundings: Surroundings) -> Resource | None:
    records = surroundings.dns_records(arn)
    if records is None:
        return None
    properties = {"DnsConfig": {"DnsRecords": [{"Type": kind} for kind in records]}}
    return Resource(name_of(arn), "AWS::ServiceDiscovery::Service", properties, name=name_of(arn))
