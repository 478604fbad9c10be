"""Rules of security groups, inline and as resources of their own, and copies of them for another port."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, cast

from ...cloudformation.text import canonical, scalar_text
from ..instances.leaves import reference_of
from ..instances.named_text import named_text
from ..network import SECURITY_GROUP
from ..who_runs_it.references import References
from ..who_runs_it.referrer import Referrer

# The ports that Docker gives to containers: "32768 through 61000" on Linux, from 49153 where that cannot be read.
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
_FIRST_DYNAMIC, _LAST_DYNAMIC = 49153, 60999


@dataclass(frozen=True)
class Direction:
    """The rules for one direction: their property and type, and where they name the other side."""

    property: str
    type: str
    peer_group: str
    peers: tuple[str, ...]


_CIDRS = ("CidrIp", "CidrIpv6")
INGRESS = Direction(
    "SecurityGroupIngress",
    "AWS::EC2::SecurityGroupIngress",
    "SourceSecurityGroupId",
    (*_CIDRS, "SourceSecurityGroupId", "SourcePrefixListId"),
)
EGRESS = Direction(
    "SecurityGroupEgress",
    "AWS::EC2::SecurityGroupEgress",
    "DestinationSecurityGroupId",
    (*_CIDRS, "DestinationSecurityGroupId", "DestinationPrefixListId"),
)


class Group(NamedTuple):
    """A security group: its resource, or as it is named where that is not here.

    Attributes:
        key: the same for two expressions that mean one security group.
        name: what it is called in messages and logical ids.
        referrer: its resource; None if that is not here.
    """

    key: str
    name: str
    referrer: Referrer | None = None


def group_of(leaf: Any, by: Referrer, references: References) -> Group:
    """Return the security group that an expression in a resource names."""
    reference = reference_of(leaf)
    found = references.meant(reference[0], by) if reference is not None else []
    if len(found) == 1 and found[0].resource.type == SECURITY_GROUP:
        return Group(found[0].resource.address, found[0].resource.name, found[0])
    text = canonical(leaf if reference is None else reference)
    # What an id or an import of a fixed name is does not depend on the stack.
    name = leaf.get("Fn::ImportValue", leaf) if isinstance(leaf, dict) else leaf
    return Group(text if isinstance(name, str) else f"{by.stack_path}/{text}", named_text(name))


@dataclass(frozen=True)
class Rule:
    """A rule of a security group.

    Attributes:
        direction: its direction.
        group: the security group.
        properties: its properties.
        holder: the resource that it is written in: the security group, or one of its own.
    """

    direction: Direction
    group: Group
    properties: Mapping[str, Any]
    holder: Referrer

    def peer_group(self, references: References) -> Group | None:
        """Return the security group of the other side, if there is one."""
        peer = self.properties.get(self.direction.peer_group)
        return None if peer is None else group_of(peer, self.holder, references)

    @property
    def is_for_addresses(self) -> bool:
        """Whether it is for a range of addresses."""
        return any(self.properties.get(key) is not None for key in _CIDRS)

    @property
    def is_for_everything(self) -> bool:
        """Whether it is for all addresses."""
        return "0.0.0.0/0" in (self.properties.get(key) for key in _CIDRS)

    def covers(self, port: int) -> bool:
        """Return whether it is certainly for a TCP port."""
        ports = self._ports
        return self.holder.resource.condition is None and ports is not None and ports[0] <= port <= ports[1]

    @property
    def is_for_dynamic_ports(self) -> bool:
        """Whether it is for the ports that Docker gives to containers."""
        ports = self._ports
        return ports is not None and ports[0] <= _FIRST_DYNAMIC and ports[1] >= _LAST_DYNAMIC

    @property
    def _ports(self) -> tuple[int, int] | None:
        """The TCP ports; None if they cannot be read or there are none."""
        protocol = scalar_text(self.properties.get("IpProtocol"))
        if protocol == "-1":
            return 0, 65535
        first, last = (scalar_text(self.properties.get(key)) for key in ("FromPort", "ToPort"))
        if protocol not in ("tcp", "6") or not (first and last and first.isdecimal() and last.isdecimal()):
            return None
        return int(first), int(last)

    def for_port(self, port: int) -> tuple[str, dict[str, Any]]:
        """Return a copy of it for one TCP port, as a resource of its own: its logical id and its body.

        The copy belongs in the stack of the holder, where its expressions mean the same.
        """
        properties = {key: value for key, value in self.properties.items() if key != "Tags"}
        properties |= {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
        properties["GroupId"] = self.properties.get("GroupId") or {"Fn::GetAtt": [self.holder.resource.name, "GroupId"]}
        condition = self.holder.resource.condition
        body = {"Type": self.direction.type, **({} if condition is None else {"Condition": condition})}
        return f"{self._name}Port{port}"[:255], {**body, "Properties": properties}

    @property
    def _name(self) -> str:
        if self.group.referrer is None:
            return self.holder.resource.name
        peer = next((self.properties[key] for key in self.direction.peers if self.properties.get(key) is not None), "")
        reference = reference_of(peer)
        # 10.1.10.0/24 and 10.11.0.0/24 have the same digits.
        separator = "x" if isinstance(peer, str) else ""
        name = reference[0] if reference is not None else re.sub(r"[^A-Za-z0-9]", separator, str(peer))
        return f"{self.group.name}{'From' if self.direction is INGRESS else 'To'}{name}"


class SecurityRules:
    """The rules of the security groups of some templates.

    Args:
        references: the resources of the templates.
    """

    def __init__(self, references: References) -> None:
        self._references = references

    def of(self, group: Group, direction: Direction) -> list[Rule]:
        """Return the rules of a security group in one direction that are here."""
        return self._by_group.get((group.key, direction.type), [])

    def are_expressions(self, group: Group, direction: Direction) -> bool:
        """Return whether a security group has inline rules that only the deployment decides."""
        written = _inline_in(group.referrer, direction) if group.referrer is not None else []
        return not all(map(_is_rule, written))

    def all(self, direction: Direction) -> Iterator[Rule]:
        """Yield all rules in one direction that are here."""
        for (_, kind), rules in self._by_group.items():
            yield from rules if kind == direction.type else ()

    @cached_property
    def _by_group(self) -> dict[tuple[str, str], list[Rule]]:
        found: dict[tuple[str, str], list[Rule]] = {}
        for each in self._references.all:
            for rule in (*self._inline(each), *self._separate(each)):
                found.setdefault((rule.group.key, rule.direction.type), []).append(rule)
        return found

    def _inline(self, group: Referrer) -> Iterator[Rule]:
        if group.resource.type != SECURITY_GROUP:
            return
        own = Group(group.resource.address, group.resource.name, group)
        for direction in (INGRESS, EGRESS):
            for each in filter(_is_rule, _inline_in(group, direction)):
                yield Rule(direction, own, each, group)

    def _separate(self, holder: Referrer) -> Iterator[Rule]:
        direction = {each.type: each for each in (INGRESS, EGRESS)}.get(holder.resource.type)
        properties = holder.resource.properties
        if direction is not None and isinstance(properties, Mapping) and properties.get("GroupId") is not None:
            yield Rule(direction, group_of(properties["GroupId"], holder, self._references), properties, holder)


def _inline_in(group: Referrer, direction: Direction) -> list[Any]:
    written = group.resource.written(direction.property)
    if isinstance(written, list):
        return written
    return [] if written is None else [written]


def _is_rule(written: Any) -> bool:
    return isinstance(written, Mapping) and "IpProtocol" in written


def rules_in(references: References) -> SecurityRules:
    """Return the rules of the security groups of some templates: every service asks for the same, so they are kept."""
    found = references.derived.setdefault(SecurityRules, SecurityRules(references))
    return cast(SecurityRules, found)
