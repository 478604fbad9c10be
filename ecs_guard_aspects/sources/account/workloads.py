"""Workloads: tasks that run, and what starts tasks, with what decides from where they can be reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

TCP = "tcp"


class Port(NamedTuple):
    """A range of ports of a protocol."""

    first: int
    last: int
    protocol: str = TCP

    def __str__(self) -> str:
        ports = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        return ports if self.protocol == TCP else f"{ports}/{self.protocol}"


class RunningTask(NamedTuple):
    """A task that runs or starts.

    Attributes:
        task_definition: the ARN of its task definition.
        cluster: the ARN of its cluster.
        interfaces: the ids of its own network interfaces, in the network mode ``awsvpc``.
        container_instance: the ARN of the container instance it runs on, if there is one.
        published: the ports of the instance that lead to its containers, in the network mode ``bridge``.
    """

    task_definition: str
    cluster: str
    interfaces: tuple[str, ...]
    container_instance: str | None
    published: tuple[Port, ...]


class TaskNetwork(NamedTuple):
    """The network configuration of tasks in the mode ``awsvpc``.

    Attributes:
        is_public: whether tasks get a public address.
        security_groups: the ids of their security groups; none for the default one of the VPC.
    """

    is_public: bool
    security_groups: tuple[str, ...]


class Deployment(NamedTuple):
    """What starts tasks of a task definition: a deployment or task set of a service, a rule, a schedule.

    Attributes:
        task_definition: the task definition, by its ARN, or family with or without revision.
        by: its name, such as ``service web``.
        cluster: the ARN or name of its cluster.
        network: the network of its tasks, if it configures one.
        target_groups: the ARNs of target groups that its tasks are registered in.
        classic: the names of Classic Load Balancers that its tasks are registered in.
    """

    task_definition: str
    by: str
    cluster: str
    network: TaskNetwork | None = None
    target_groups: tuple[str, ...] = ()
    classic: tuple[str, ...] = ()


class Deployed(NamedTuple):
    """A task definition that a service uses.

    Attributes:
        task_definition: its ARN.
        how: the deployment or task set, such as ``primary deployment``.
        wanted: how many tasks are wanted, where that is known.
        part: the deployment or task set as the API returns it; the service itself if it has none.
    """

    task_definition: str
    how: str
    wanted: object
    part: Mapping[str, Any]


def deployed_by(service: Mapping[str, Any]) -> Iterator[Deployed]:
    """Yield the task definitions of a service: of its deployments and task sets, and its own."""
    if service.get("status") == "INACTIVE":
        return
    parts = [
        *((one, "deployment", one.get("desiredCount")) for one in service.get("deployments", ())),
        *((one, "task set", one.get("computedDesiredCount")) for one in service.get("taskSets", ())),
    ]
    named = set()
    for part, kind, count in parts:
        status = str(part.get("status", "")).lower()
        task_definition = part.get("taskDefinition")
        if not task_definition or status == "inactive":  # replaced completely
            continue
        named.add(task_definition)
        yield Deployed(task_definition, f"{status} {kind}", count, part)
    own = service.get("taskDefinition")
    if own and own not in named:
        yield Deployed(own, "its task definition", service.get("desiredCount"), service)


def deployment_of(service: Mapping[str, Any], deployed: Deployed, cluster: str) -> Deployment:
    """Return how the tasks of a service can be reached. A task set has its own network and load balancers."""
    balancers = deployed.part.get("loadBalancers") or service.get("loadBalancers") or ()
    configured = deployed.part.get("networkConfiguration") or service.get("networkConfiguration") or {}
    others = [one.get("advancedConfiguration", {}).get("alternateTargetGroupArn") for one in balancers]
    groups = [one.get("targetGroupArn") for one in balancers] + others
    return Deployment(
        deployed.task_definition,
        f"service {service.get('serviceName')}",
        cluster,
        _network(configured.get("awsvpcConfiguration")),
        tuple(dict.fromkeys(group for group in groups if group)),
        tuple(one["loadBalancerName"] for one in balancers if one.get("loadBalancerName")),
    )


def scheduled_deployment(task_definition: str, by: str, target: Mapping[str, Any]) -> Deployment:
    """Return how the tasks of a rule or schedule can be reached; its target is as the API returns it."""
    configured = target.get("EcsParameters", {}).get("NetworkConfiguration") or {}
    # The two APIs of EventBridge spell the key in two ways.
    network = configured.get("awsvpcConfiguration") or configured.get("AwsvpcConfiguration")
    return Deployment(task_definition, by, str(target.get("Arn", "")), _network(network))


def task_of(task: Mapping[str, Any], cluster: str) -> RunningTask:
    """Return a task as ``DescribeTasks`` has it."""
    details = [detail for one in task.get("attachments", ()) for detail in one.get("details", ())]
    interfaces = tuple(one["value"] for one in details if one.get("name") == "networkInterfaceId" and one.get("value"))
    bindings = [binding for one in task.get("containers", ()) for binding in one.get("networkBindings", ())]
    published = tuple(dict.fromkeys(port for port in map(_bound, bindings) if port))
    return RunningTask(task["taskDefinitionArn"], cluster, interfaces, task.get("containerInstanceArn"), published)


def port_range(text: object, protocol: str) -> Port | None:
    """Return the ports of a range such as ``8000-8010``; None if it is not one."""
    first, _, last = str(text).partition("-")
    return Port(int(first), int(last), protocol) if first.isdecimal() and last.isdecimal() else None


def _bound(binding: Mapping[str, Any]) -> Port | None:
    protocol = str(binding.get("protocol") or TCP)
    if binding.get("hostPortRange"):
        return port_range(binding["hostPortRange"], protocol)
    port = binding.get("hostPort")
    return Port(port, port, protocol) if isinstance(port, int) else None


def _network(configured: Mapping[str, Any] | None) -> TaskNetwork | None:
    if not configured:
        return None
    # ECS and EventBridge spell the keys in two ways.
    values = {name[:1].lower() + name[1:]: value for name, value in configured.items()}
    return TaskNetwork(values.get("assignPublicIp") == "ENABLED", tuple(values.get("securityGroups") or ()))
