"""Limits of awsvpc in a task definition: one function for each, with the page that documents it.

A limit reads one scenario with plain values and yields the obstacles as clauses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

from ...cloudformation.properties import Properties, flag_at, integer_at, is_given, list_at, map_at, maps_at, text_at
from ...cloudformation.scenario import Scenario
from ...cloudformation.values import MalformedError, UndecidedError, Unknown
from ...model.resource import Resource
from ...policy.task_definition import NETWORK_MODES
from ..changes import Change, Step
from .scenarios import Question, in_all_scenarios, readable

_LAST_PORT = 65535
_RANGE = re.compile(r"(\d{1,5})-(\d{1,5})", re.ASCII)


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
        yield "NetworkMode none is no network on purpose: awsvpc would give the task one"
    elif mode is not None and mode not in NETWORK_MODES:
        yield f"NetworkMode is {mode!r}, which ECS does not know"


def launch_type(task: Properties) -> Iterator[str]:
    """ECS Anywhere has no awsvpc.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html
    """
    if "EXTERNAL" in list_at(task, "RequiresCompatibilities"):
        yield "RequiresCompatibilities names EXTERNAL, and ECS Anywhere has no awsvpc"


def operating_system(task: Properties) -> Iterator[str]:
    """Windows Server 2016 has no awsvpc.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html
    """
    platform = map_at(task, "RuntimePlatform")
    family = text_at(platform, "OperatingSystemFamily") if platform else None
    if family and family.upper().startswith("WINDOWS_SERVER_2016"):
        yield f"OperatingSystemFamily is {family}, and Windows Server 2016 has no awsvpc"


# Each parameter, with the clause for a container that has it.
# CFN = https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ecs-taskdefinition-containerdefinition.html
# DG = https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
NOT_IN_AWSVPC = {
    "Links": "uses links, which only bridge mode has",  # CFN#cfn-ecs-taskdefinition-containerdefinition-links
    "Hostname": "sets hostname",  # CFN#cfn-ecs-taskdefinition-containerdefinition-hostname
    "ExtraHosts": "sets extraHosts",  # CFN#cfn-ecs-taskdefinition-containerdefinition-extrahosts
    "DnsServers": "sets dnsServers",  # DG#container_definition_network
    "DnsSearchDomains": "sets dnsSearchDomains",  # DG#container_definition_network
    "DisableNetworking": "sets disableNetworking",  # DG#container_definition_network
}


def container_parameters(task: Properties) -> Iterator[str]:
    """Some network parameters of a container do not work with awsvpc."""
    readers: dict[str, Callable[[Properties, str], object]] = {"Hostname": is_given, "DisableNetworking": flag_at}

    def judge(container: Properties, parameter: str) -> Iterator[str]:
        if readers.get(parameter, list_at)(container, parameter):
            yield f"container {container_name(container)} {NOT_IN_AWSVPC[parameter]}"

    for container in maps_at(task, "ContainerDefinitions"):
        for parameter in NOT_IN_AWSVPC:
            yield from _of_container(judge, container, parameter)


def host_ports(task: Properties) -> Iterator[str]:
    """A host port is left out or equals the container port; with a port range it is left out. (0 is dropped.)

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ecs-taskdefinition-portmapping.html#cfn-ecs-taskdefinition-portmapping-hostport
    """

    def judge(container: Properties) -> Iterator[str]:
        for mapping, ports in port_mappings(container):
            if _is_same_expression(mapping, ports):
                continue
            host_port = integer_at(mapping, "HostPort")
            if host_port and ports.is_unknown:
                raise UndecidedError(mapping.resolve("ContainerPort")[0], f"{mapping.location}/ContainerPort")
            if host_port and (host_port, host_port) != (ports.first, ports.last):
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
        yield f"net.* systemControls of {names} would under awsvpc apply to every container of the task"


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
            if not _is_same_expression(mapping, ports) and integer_at(mapping, "HostPort") == 0:
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


@dataclass(frozen=True)
class Ports:
    """Container ports that one port mapping maps; if only the deployment knows them, 0 and their expression."""

    first: int
    last: int
    protocol: str
    expression: str = ""

    @property
    def is_unknown(self) -> bool:
        """Whether only the deployment knows the port."""
        return bool(self.expression)

    def __str__(self) -> str:
        ports = self.expression or str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        return f"{ports}/{self.protocol}"

    def overlaps(self, other: Ports) -> bool:
        """Return whether both have a port in common; an unknown port may be any."""
        is_unknown = self.is_unknown or other.is_unknown
        return self.protocol == other.protocol and (
            is_unknown or (self.first <= other.last and other.first <= self.last)
        )


def port_mappings(container: Properties) -> Iterator[tuple[Properties, Ports]]:
    """Yield the port mappings, each with the container ports it maps.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
    """
    for mapping in maps_at(container, "PortMappings"):
        # "Amazon ECS treats any other specified value as tcp."
        protocol = "udp" if text_at(mapping, "Protocol") == "udp" else "tcp"
        unknown = mapping.resolve("ContainerPort")[0]
        if isinstance(unknown, Unknown) and not is_given(mapping, "ContainerPortRange"):
            yield mapping, Ports(0, 0, protocol, unknown.expression)
            continue
        port, port_range = integer_at(mapping, "ContainerPort"), text_at(mapping, "ContainerPortRange")
        match = _RANGE.fullmatch(port_range or "")
        first, last = (int(match[1]), int(match[2])) if match else (port or 0, port or 0)
        if (port is None) is (port_range is None) or not 1 <= first <= last <= _LAST_PORT or (match and first == last):
            raise MalformedError(mapping.location, "needs either a ContainerPort or a ContainerPortRange, 1 to 65535")
        yield mapping, Ports(first, last, protocol)


def _is_same_expression(mapping: Properties, ports: Ports) -> bool:
    """Return whether the host port of a mapping is the expression that is its container port."""
    host_port = mapping.resolve("HostPort")[0]
    return isinstance(host_port, Unknown) and host_port.expression == ports.expression and not _is_cut(host_port)


def _is_cut(value: Unknown) -> bool:
    return value.expression.endswith("...")  # a long expression is cut: another one may begin with the same words


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


def container_name(container: Properties) -> str:
    """Return the name of a container, or its location if the name is not known."""
    name, location = container.resolve("Name")
    return name if isinstance(name, str) else location.removesuffix("/Name").removeprefix("Properties/")
