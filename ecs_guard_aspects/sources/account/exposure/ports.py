"""Ports of task definitions: on which of them containers can be reached, in each network mode."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ..workloads import TCP, Port, port_range

DAEMON = "daemon"
"""Instead of the network mode of a daemon, which has none."""

ALL_PORTS = tuple(Port(0, 65535, protocol) for protocol in (TCP, "udp"))

# The ephemeral ports of Linux, and those that Docker takes if it cannot read them:
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
_DYNAMIC = (32768, 65535)


class Listening(NamedTuple):
    """How containers listen.

    Attributes:
        mode: the network mode.
        ports: the ports of the task or its instance that lead to them.
        is_declared: whether the task definition names these ports. If not, containers may listen on any.
    """

    mode: str
    ports: tuple[Port, ...]
    is_declared: bool = True


def listening_of(described: Mapping[str, Any], published: Iterable[Port] = ()) -> Listening:
    """Return how the containers of a task definition listen.

    Args:
        described: the task definition as ``DescribeTaskDefinition`` has it.
        published: the ports of instances that running tasks are bound to, in the mode ``bridge``.
    """
    is_daemon = ":daemon-task-definition/" in described.get("taskDefinitionArn", "")
    mode = DAEMON if is_daemon else described.get("networkMode") or "bridge"
    if mode in ("none", DAEMON):
        return Listening(mode, ())
    containers = described.get("containerDefinitions", ())
    mappings = [mapping for one in containers for mapping in one.get("portMappings", ())]
    if mode in ("awsvpc", "host"):
        ports = _unique(_of_container(mapping) for mapping in mappings)
        # In these modes every port of the task is one of its network interface, also one that no mapping names.
        return Listening(mode, ports or ALL_PORTS, is_declared=bool(ports))
    return Listening(mode, tuple(published) or _unique(_of_instance(mapping) for mapping in mappings))


def _unique(ports: Iterable[Port | None]) -> tuple[Port, ...]:
    return tuple(dict.fromkeys(port for port in ports if port))


def _of_container(mapping: Mapping[str, Any]) -> Port | None:
    protocol = str(mapping.get("protocol") or TCP)
    if mapping.get("containerPortRange"):
        return port_range(mapping["containerPortRange"], protocol)
    port = mapping.get("containerPort") or mapping.get("hostPort")
    return Port(port, port, protocol) if isinstance(port, int) else None


def _of_instance(mapping: Mapping[str, Any]) -> Port | None:
    port = mapping.get("hostPort")
    protocol = str(mapping.get("protocol") or TCP)
    return Port(port, port, protocol) if isinstance(port, int) and port else Port(*_DYNAMIC, protocol)


def ports_text(ports: Iterable[Port], most: int = 5) -> str:
    """Return ports in words, such as ``ports 80, 443``."""
    names = list(_names(ports))
    more = f" and {len(names) - most} more" if len(names) > most else ""
    noun = "port" if len(names) == 1 and "-" not in names[0] else "ports"
    return f"{noun} {', '.join(names[:most])}{more}"


def _names(ports: Iterable[Port]) -> Iterator[str]:
    yield from dict.fromkeys(map(str, ports))
