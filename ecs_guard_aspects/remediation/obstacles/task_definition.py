"""Limits of awsvpc in a task definition: one function for each, with the page that documents it.

A limit reads one scenario with plain values and yields the obstacles as clauses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

from ...cloudformation.properties import Properties, integer_at, list_at, map_at, maps_at, text_at
from ...cloudformation.scenario import Scenario
from ...cloudformation.values import MalformedError, UndecidedError
from ...model.resource import Resource
from ...policy.checks.awsvpc_limits import (
    NOT_IN_AWSVPC,
    Ports,
    container_name,
    has_parameter,
    is_same_expression,
    other_host_ports,
    port_mappings,
)
from ...policy.task_definition import NETWORK_MODES
from ..changes import Change, Step
from .scenarios import Question, in_all_scenarios, readable


def obstacles_and_changes(task_definition: Resource) -> list[Step]:
    """Return the obstacles to awsvpc in a task definition, and the changes that set it."""
    limits = [_judge(task_definition, limit) for limit in LIMITS]
    return in_all_scenarios(task_definition, _set_awsvpc(task_definition), _drop(task_definition), *limits)


def network_mode(task: Properties) -> Iterator[str]:
    """Mode ``none`` switches the network off on purpose, and awsvpc would give the task one.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ecs-taskdefinition.html#cfn-ecs-taskdefinition-networkmode
    """
    mode = text_at(task, "NetworkMode")
    if mode == "none":
        yield "NetworkMode none switches the network off on purpose: awsvpc would give the task one"
    elif mode is not None and mode not in NETWORK_MODES:
        yield f"NetworkMode is {mode!r}, which is not a mode of ECS"


def launch_type(task: Properties) -> Iterator[str]:
    """ECS Anywhere does not support awsvpc.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html
    """
    if "EXTERNAL" in list_at(task, "RequiresCompatibilities"):
        yield "RequiresCompatibilities names EXTERNAL, and ECS Anywhere does not support awsvpc"


def operating_system(task: Properties) -> Iterator[str]:
    """Windows Server 2016 does not support awsvpc.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html
    """
    platform = map_at(task, "RuntimePlatform")
    family = text_at(platform, "OperatingSystemFamily") if platform else None
    if family and family.upper().startswith("WINDOWS_SERVER_2016"):
        yield f"OperatingSystemFamily is {family}, and Windows Server 2016 does not support awsvpc"


_CLAUSES = {
    "Links": "uses links, which only bridge mode has",
    "Hostname": "sets hostname",
    "ExtraHosts": "sets extraHosts",
    "DnsServers": "sets dnsServers",
    "DnsSearchDomains": "sets dnsSearchDomains",
    "DisableNetworking": "sets disableNetworking",
}


def container_parameters(task: Properties) -> Iterator[str]:
    """Some network parameters of a container do not work with awsvpc."""

    def judge(container: Properties, parameter: str) -> Iterator[str]:
        if has_parameter(container, parameter):
            yield f"container {container_name(container)} {_CLAUSES[parameter]}"

    for container in maps_at(task, "ContainerDefinitions"):
        for parameter in NOT_IN_AWSVPC:
            yield from _of_container(judge, container, parameter)


def host_ports(task: Properties) -> Iterator[str]:
    """A host port is left out or equals the container port; with a port range it is left out. (0 is dropped.)

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ecs-taskdefinition-portmapping.html#cfn-ecs-taskdefinition-portmapping-hostport
    """

    def judge(container: Properties) -> Iterator[str]:
        for _, ports, host_port in other_host_ports(container):
            if host_port:
                where = f"container {container_name(container)} maps {ports} to hostPort {host_port}"
                yield f"{where}: under awsvpc a hostPort is its containerPort or left out"

    for container in maps_at(task, "ContainerDefinitions"):
        yield from _of_container(judge, container)


def shared_ports(task: Properties) -> Iterator[str]:
    """The containers of a task share one network interface, so no two of them can listen on one port.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html
    """
    mapped = [
        (container_name(container), ports)
        for container in maps_at(task, "ContainerDefinitions")
        for ports in _readable_ports(container)
    ]
    for (name, ports), (other_name, other_ports) in combinations(mapped, 2):
        if ports.overlaps(other_ports):
            who = f"container {name} maps" if name == other_name else f"containers {name} and {other_name} both map"
            what = f"{ports} twice" if ports == other_ports else f"{ports} and {other_ports}"
            yield f"{who} {what}: under awsvpc they share one network interface"


def system_controls(task: Properties) -> Iterator[str]:
    """Kernel parameters ``net.*`` of one container apply to all containers of the task, the last one started wins.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_SystemControl.html
    """
    containers = maps_at(task, "ContainerDefinitions")
    controls = [_network_controls(container) for container in containers]
    if any(own != other for own, other in combinations(controls, 2)):
        names = ", ".join(container_name(container) for container, own in zip(containers, controls, strict=True) if own)
        yield f"net.* systemControls of {names} would apply to every container of the task under awsvpc"


LIMITS: tuple[Callable[[Properties], Iterator[str]], ...] = (
    network_mode,
    launch_type,
    operating_system,
    container_parameters,
    host_ports,
    shared_ports,
    system_controls,
)


def _judge(task_definition: Resource, limit: Callable[[Properties], Iterator[str]]) -> Question:
    return lambda scenario: limit(task_definition.read(scenario))


def _set_awsvpc(task_definition: Resource) -> Question:
    def judge(scenario: Scenario) -> Iterator[Step | str]:
        path = task_definition.override_path(f"{task_definition.read(scenario).location}/NetworkMode")
        if path is None:
            yield "the properties are an expression, in which nothing can be set"
        else:
            yield Change(task_definition.address, path, task_definition.written(path), "awsvpc")

    return judge


def _drop(task_definition: Resource) -> Question:
    """Return the judge that drops host ports of 0: dynamic in bridge mode, not allowed under awsvpc."""

    def drop(container: Properties) -> Iterator[Step | str]:
        for mapping, ports in port_mappings(container):
            if not is_same_expression(mapping, ports) and integer_at(mapping, "HostPort") == 0:
                path = task_definition.override_path(f"{mapping.location}/HostPort")
                if path is None:
                    where = f"inside an expression ({mapping.location})"
                    yield f"container {container_name(container)} has hostPort 0 {where}"
                else:
                    yield Change(task_definition.address, path, task_definition.written(path), None)

    def judge(scenario: Scenario) -> Iterator[Step | str]:
        for container in maps_at(task_definition.read(scenario), "ContainerDefinitions"):
            yield from readable(drop, container, about=_about(container))

    return judge


def _readable_ports(container: Properties) -> list[Ports]:
    """Return the ports a container maps; none if they cannot be read, which ``host_ports`` reports."""
    try:
        return [ports for _, ports in port_mappings(container)]
    except (UndecidedError, MalformedError):
        return []


def _network_controls(container: Properties) -> dict[str, str | None]:
    controls = {text_at(item, "Namespace"): item for item in maps_at(container, "SystemControls")}
    return {name: text_at(item, "Value") for name, item in controls.items() if name and name.startswith("net.")}


def _of_container(judge: Callable[..., Iterator[str]], container: Properties, *args: object) -> Iterator[str]:
    try:
        yield from judge(container, *args)
    except (UndecidedError, MalformedError) as error:
        yield f"{_about(container)}{error}"


def _about(container: Properties) -> str:
    return f"container {container_name(container)}: "
