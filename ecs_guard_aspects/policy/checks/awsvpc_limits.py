"""Limits of awsvpc that a task definition alone shows: ECS refuses to register one that exceeds them.

CFN = https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ecs-taskdefinition-containerdefinition.html
DG = https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ...cloudformation.properties import Properties, flag_at, integer_at, is_given, list_at, maps_at, text_at
from ...cloudformation.values import MalformedError, UndecidedError, Unknown

NOT_IN_AWSVPC = (
    "Links",  # CFN#cfn-ecs-taskdefinition-containerdefinition-links
    "Hostname",  # CFN#cfn-ecs-taskdefinition-containerdefinition-hostname
    "ExtraHosts",  # CFN#cfn-ecs-taskdefinition-containerdefinition-extrahosts
    "DnsServers",  # DG#container_definition_network
    "DnsSearchDomains",  # DG#container_definition_network
    "DisableNetworking",  # DG#container_definition_network
)
"""The parameters of a container that do not work with awsvpc."""

_LAST_PORT = 65535
_RANGE = re.compile(r"(\d{1,5})-(\d{1,5})", re.ASCII)


def has_parameter(container: Properties, parameter: str) -> bool:
    """Return whether a container sets one of the parameters that do not work with awsvpc.

    Raises:
        UndecidedError: if only the deployment knows that.
    """
    if parameter == "DisableNetworking":
        return flag_at(container, parameter)
    value = container.resolve(parameter)[0]
    if parameter == "Hostname":
        return isinstance(value, Unknown) or bool(text_at(container, parameter))
    try:
        return bool(list_at(container, parameter))
    except UndecidedError:
        if isinstance(value, list):  # a member that is not known is there all the same
            return True
        raise


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


def other_host_ports(container: Properties) -> Iterator[tuple[Properties, Ports, int]]:
    """Yield the port mappings whose host port is not the container port, with both. 0 is such a host port.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ecs-taskdefinition-portmapping.html#cfn-ecs-taskdefinition-portmapping-hostport

    Raises:
        UndecidedError: if only the deployment knows whether they are equal.
    """
    for mapping, ports in port_mappings(container):
        if is_same_expression(mapping, ports):
            continue
        host_port = integer_at(mapping, "HostPort")
        if host_port and ports.is_unknown:
            raise UndecidedError(mapping.resolve("ContainerPort")[0], f"{mapping.location}/ContainerPort")
        if host_port is not None and (host_port, host_port) != (ports.first, ports.last):
            yield mapping, ports, host_port


def is_same_expression(mapping: Properties, ports: Ports) -> bool:
    """Return whether the host port of a mapping is the expression that is its container port."""
    host_port = mapping.resolve("HostPort")[0]
    # A long expression is cut: another one may begin with the same words.
    is_whole = isinstance(host_port, Unknown) and not host_port.expression.endswith("...")
    return is_whole and host_port.expression == ports.expression


def container_name(container: Properties) -> str:
    """Return the name of a container, or its location if the name is not known."""
    name, location = container.resolve("Name")
    return name if isinstance(name, str) else location.removesuffix("/Name").removeprefix("Properties/")
