"""Security groups: which ports they open to the internet."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ..workloads import Port
from .ports import ports_text

# A rule for a network this large admits the internet: 0.0.0.0/0 can be written as two rules for a half each.
_LARGEST = {4: 7, 6: 15}
_ANY_PROTOCOL = "-1"
_WITH_PORTS = ("tcp", "udp")


class InboundRule(NamedTuple):
    """A rule of a security group for incoming connections.

    Attributes:
        protocol: ``tcp``, ``udp``, or ``-1`` for all.
        first: its first port.
        last: its last port.
        source: who may connect: a network, or a prefix list.
        version: 4 or 6, the version of IP; None for a prefix list.
    """

    protocol: str
    first: int
    last: int
    source: str
    version: int | None

    def covers(self, port: Port) -> bool:
        """Return whether it is about some of the ports."""
        is_protocol = self.protocol in (_ANY_PROTOCOL, port.protocol)
        return is_protocol and self.first <= port.last and port.first <= self.last


class SecurityGroup(NamedTuple):
    """A security group: its id, and the rules that admit the internet or a prefix list."""

    id: str
    rules: tuple[InboundRule, ...]


def security_group(group: Mapping[str, Any]) -> SecurityGroup:
    """Return a security group as ``DescribeSecurityGroups`` has it, without rules for other networks."""
    rules = (rule for permission in group.get("IpPermissions", ()) for rule in _rules(permission))
    return SecurityGroup(group["GroupId"], tuple(rules))


def open_rules(groups: Iterable[SecurityGroup], ports: Iterable[Port], versions: Iterable[int]) -> list[str]:
    """Return, each as a phrase, the rules that admit the internet on some of the ports."""
    versions = tuple(versions)
    return list(_phrases(groups, tuple(ports), lambda rule: rule.version in versions))


def prefix_list_rules(groups: Iterable[SecurityGroup], ports: Iterable[Port]) -> list[str]:
    """Return, each as a phrase, the rules that admit a prefix list, whose addresses are not known."""
    return list(_phrases(groups, tuple(ports), lambda rule: rule.version is None))


def _phrases(
    groups: Iterable[SecurityGroup], ports: tuple[Port, ...], is_wanted: Callable[[InboundRule], bool]
) -> Iterator[str]:
    for group in groups:
        for rule in group.rules:
            covered = [port for port in ports if rule.covers(port)]
            if covered and is_wanted(rule):
                yield f"security group {group.id} admits {rule.source} on {_common(rule, covered)}"


def _common(rule: InboundRule, ports: list[Port]) -> str:
    return ports_text(Port(max(rule.first, one.first), min(rule.last, one.last), one.protocol) for one in ports)


def _rules(permission: Mapping[str, Any]) -> Iterator[InboundRule]:
    protocol = str(permission.get("IpProtocol"))
    if protocol == _ANY_PROTOCOL:
        ports = (0, 65535)
    elif protocol in _WITH_PORTS:
        ports = (permission.get("FromPort", 0), permission.get("ToPort", 65535))
    else:
        return  # such as icmp, over which no container is used
    networks = [one.get("CidrIp") for one in permission.get("IpRanges", ())]
    networks += [one.get("CidrIpv6") for one in permission.get("Ipv6Ranges", ())]
    for text in networks:
        network = ipaddress.ip_network(str(text), strict=False)
        if network.prefixlen <= _LARGEST[network.version]:
            yield InboundRule(protocol, *ports, str(text), network.version)
    for one in permission.get("PrefixListIds", ()):
        yield InboundRule(protocol, *ports, f"prefix list {one.get('PrefixListId')}", None)
