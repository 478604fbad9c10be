"""Users of a revision: the services, rules and schedules that run it, as the resources that obstacles are asked about.

They are written as a template would have them, so that a plan for an account asks what a plan for a template asks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ....model.resource import Resource
from ....remediation.changes import Blocker
from ....remediation.obstacles.consumers import Consumer
from ....remediation.obstacles.run_elsewhere import NEEDS, RUN_ELSEWHERE
from ....sources.account.calls import CallError
from ....sources.account.scheduled_targets import RUN_TASK, RuleTarget
from ....sources.account.surroundings import Answer, Surroundings, name_of
from ....sources.api_json import described_properties

_FOR_A_SERVICE = "service:"
_SCHEDULED = ("events-rule/", "chronos-schedule/")  # what EventBridge writes as the starter of a task
_OF_ECS = "/aws-service-role/"


@dataclass(frozen=True)
class User:
    """Something that runs a revision.

    Attributes:
        consumer: it as a resource, whose address is its name.
        cluster: the ARN of the cluster that it runs tasks in.
        run_with: its launch type or capacity providers, among other things.
        found: it as AWS returns it: a service, a target of a rule, or a schedule.
        rule: the rule, if it is a target.
    """

    consumer: Consumer
    cluster: str
    run_with: Mapping[str, Any]
    found: Answer
    rule: RuleTarget | None = None

    @property
    def name(self) -> str:
        """Its name in messages."""
        return self.consumer.resource.address


@dataclass
class Users:
    """All that runs a revision.

    Attributes:
        services: the services that deploy it.
        leaving: the names of services that have it in a deployment only that another one replaces.
        targets: the targets of rules.
        schedules: the schedules.
        tasks: tasks that no service has started.
        obstacles: what stands against a change, next to the obstacles of each user.
    """

    services: list[User] = field(default_factory=list)
    leaving: list[Answer] = field(default_factory=list)
    targets: list[User] = field(default_factory=list)
    schedules: list[User] = field(default_factory=list)
    tasks: list[Answer] = field(default_factory=list)
    obstacles: list[Blocker] = field(default_factory=list)

    @property
    def all(self) -> list[User]:
        """Services, targets of rules and schedules."""
        return [*self.services, *self.targets, *self.schedules]


def users_of(arn: str, surroundings: Surroundings) -> Users:
    """Return what runs a revision in its Region.

    Args:
        arn: the revision.
        surroundings: the Region.
    """
    users = Users()
    for service in surroundings.services:
        _add_service(service, arn, users, surroundings)
    for each in surroundings.rule_targets:
        if _names(each.target["EcsParameters"].get("TaskDefinitionArn"), arn):
            users.targets.append(_rule(each))
    for schedule in surroundings.schedules:
        _add_schedule(schedule, arn, users)
    running = [task for task in surroundings.tasks if task.get("taskDefinitionArn") == arn]
    users.tasks += [task for task in running if not _is_of(task, users)]
    users.obstacles += _unread(arn, surroundings)
    return users


def _is_of(task: Answer, users: Users) -> bool:
    """Return whether a service has started a task, or one of the rules and schedules, which will start it again."""
    is_scheduled = bool(users.targets or users.schedules) and str(task.get("startedBy", "")).startswith(_SCHEDULED)
    return is_scheduled or str(task.get("group", "")).startswith(_FOR_A_SERVICE)


def _names(written: Any, arn: str) -> bool:
    """Return whether a target names a revision: by its ARN, or by its family, whose latest revision it starts."""
    name = name_of(str(written))
    return name in (name_of(arn), name_of(arn).rpartition(":")[0])


def _unread(arn: str, surroundings: Surroundings) -> Iterator[Blocker]:
    for clause in dict.fromkeys(surroundings.unread):
        lifted_by = RUN_ELSEWHERE if "EventBridge" in clause else ""
        yield Blocker(arn, f"{clause}. What is there may run it without a network", lifted_by)


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
    resource = Resource(name, "AWS::ECS::Service", properties, name=name)
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


# --- rules and schedules ---------------------------------------------------------------------------------------------


def _rule(each: RuleTarget) -> User:
    target = each.target
    name = f"{each.rule} (event bus {each.bus}, target {target['Id']})"
    parameters = _in_template(target["EcsParameters"], "AwsVpcConfiguration")
    properties = {"Targets": [{"Arn": target["Arn"], "Id": target["Id"], "EcsParameters": parameters}]}
    resource = Resource(name, "AWS::Events::Rule", properties, name=name)
    consumer = Consumer(resource, "Targets.0.EcsParameters.TaskDefinitionArn")
    return User(consumer, target["Arn"], target["EcsParameters"], target, each)


def _add_schedule(schedule: Answer, arn: str, users: Users) -> None:
    name, target = f"{schedule['GroupName']}/{schedule['Name']}", schedule["Target"]
    if str(target.get("Arn", "")).endswith(RUN_TASK):
        if _names(_task_definition_in(target.get("Input")), arn):
            text = f"schedule {name} calls ecs:RunTask with an input of its own: {NEEDS}"
            users.obstacles.append(Blocker(arn, text, RUN_ELSEWHERE))
    elif _names(target.get("EcsParameters", {}).get("TaskDefinitionArn"), arn):
        parameters = _in_template(target["EcsParameters"], "AwsvpcConfiguration")
        properties = {"Target": {"Arn": target["Arn"], "EcsParameters": parameters}}
        resource = Resource(name, "AWS::Scheduler::Schedule", properties, name=name)
        consumer = Consumer(resource, "Target.EcsParameters.TaskDefinitionArn")
        users.schedules.append(User(consumer, target["Arn"], target["EcsParameters"], schedule))


def _task_definition_in(text: Any) -> Any:
    try:
        return json.loads(text).get("TaskDefinition")
    except (TypeError, ValueError, AttributeError):
        return None


def _in_template(parameters: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return the parameters of a target as a template spells them: only the network differs from the API."""
    network = parameters.get("NetworkConfiguration", {}).get("awsvpcConfiguration")
    own = {name: value for name, value in parameters.items() if name != "NetworkConfiguration"}
    return {**own, "NetworkConfiguration": {key: network}} if network else own
