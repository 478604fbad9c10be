"""Rules of security groups, inline and as resources of their own, and copies of them for another port."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...cloudformation.text import scalar_text
from ..instances.leaves import reference_of
from ..who_runs_it.references import References
from ..who_runs_it.referrer import Referrer

SECURITY_GROUP = "AWS::EC2::SecurityGroup"

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


@dataclass(frozen=True)
class Rule:
    """A rule of a security group.

    Attributes:
        direction: its direction.
        group: the security group.
        properties: its properties.
        condition: the condition that it is created under.
    """

    direction: Direction
    group: Referrer
    properties: Mapping[str, Any]
    condition: Any = None

    def peer_group(self, references: References) -> Referrer | None:
        """Return the security group of the other side, if it is here."""
        reference = reference_of(self.properties.get(self.direction.peer_group))
        found = references.called(reference[0], self.group.stack_path) if reference is not None else []
        return found[0] if len(found) == 1 else None

    @property
    def is_for_addresses(self) -> bool:
        """Whether it is for a range of addresses."""
        return any(self.properties.get(key) is not None for key in _CIDRS)

    @property
    def is_for_everything(self) -> bool:
        """Whether it is for all addresses."""
        return "0.0.0.0/0" in (self.properties.get(key) for key in _CIDRS)

    def covers(self, port: int) -> bool:
        """Return whether it is surely for a TCP port."""
        ports = self._ports
        return self.condition is None and ports is not None and ports[0] <= port <= ports[1]

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
        """Return a copy of it for one TCP port, as a resource of its own: its logical id and its body."""
        properties = {key: value for key, value in self.properties.items() if key != "Tags"}
        properties |= {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
        properties["GroupId"] = self.properties.get("GroupId") or {"Fn::GetAtt": [self.group.resource.name, "GroupId"]}
        peer = next((self.properties[key] for key in self.direction.peers if self.properties.get(key) is not None), "")
        reference = reference_of(peer)
        name = reference[0] if reference is not None else re.sub(r"[^A-Za-z0-9]", "", str(peer))
        word = "From" if self.direction is INGRESS else "To"
        condition = {} if self.condition is None else {"Condition": self.condition}
        body = {"Type": self.direction.type, **condition, "Properties": properties}
        return f"{self.group.resource.name}{word}{name}Port{port}"[:255], body


def rules_of(group: Referrer, direction: Direction, references: References) -> list[Rule]:
    """Return the rules of a security group in one direction that are here."""
    return [*_inline(group, direction), *_separate(group, direction, references)]


def _inline(group: Referrer, direction: Direction) -> Iterator[Rule]:
    written = group.resource.written(direction.property)
    for each in written if isinstance(written, list) else [written]:
        if isinstance(each, Mapping) and "IpProtocol" in each:
            yield Rule(direction, group, each)


def _separate(group: Referrer, direction: Direction, references: References) -> Iterator[Rule]:
    for each in references.all:
        if each.resource.type == direction.type and isinstance(each.resource.properties, Mapping):
            reference = reference_of(each.resource.properties.get("GroupId"))
            found = references.called(reference[0], each.stack_path) if reference is not None else []
            if group in found and each.stack_path == group.stack_path:
                yield Rule(direction, group, each.resource.properties, each.resource.condition)
