"""Ways out of subnets: how a task without a public address reaches what is outside of the VPC.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from functools import cached_property
from typing import Any

from ...cloudformation.text import scalar_text
from ..who_runs_it.references import References
from ..who_runs_it.referrer import Referrer
from .leaves import reference_of
from .named_text import named_text

SUBNET = "AWS::EC2::Subnet"
_ASSOCIATION = "AWS::EC2::SubnetRouteTableAssociation"
_ENDPOINT = "AWS::EC2::VPCEndpoint"

# Targets of a default route that need no public address. An internet gateway (GatewayId) does.
_WITHOUT_PUBLIC_ADDRESS = (
    "CarrierGatewayId",
    "CoreNetworkArn",
    "InstanceId",
    "LocalGatewayId",
    "NatGatewayId",
    "NetworkInterfaceId",
    "TransitGatewayId",
    "VpcEndpointId",
    "VpcPeeringConnectionId",
)
_EVERYTHING = "0.0.0.0/0"
_SAYS = re.compile(r"(?P<public>public)|(?P<none>isolated)|(?P<private>private(?![ -]?ip))", re.IGNORECASE)


class WayOut(enum.Enum):
    """What leads out of a subnet."""

    PRIVATE = "a NAT gateway or the like"
    PUBLIC = "an internet gateway"
    NONE = "nothing"
    UNKNOWN = "unknown"


class Routes:
    """The routes of the subnets of some templates.

    Args:
        references: the resources of the templates.
        imported: returns what leads out of a subnet that is not in the templates, by its expression.
    """

    def __init__(self, references: References, imported: Callable[[Any], WayOut] | None = None) -> None:
        self._references = references
        self._imported = imported

    def way_out(self, leaf: Any, referrer: Referrer) -> WayOut:
        """Return what leads out of a subnet that a resource names by an expression."""
        reference = reference_of(leaf)
        found = self._references.meant(reference[0], referrer) if reference is not None else []
        if found and found[0].resource.type == SUBNET:
            return self.of_subnet(found[0])
        known = self.of_import(leaf)
        by_name = _by_words(named_text(leaf)) if known is WayOut.UNKNOWN else known
        parameter = referrer.resource.declarations.parameters.get(reference[0]) if reference is not None else None
        return _by_words(parameter.description) if by_name is WayOut.UNKNOWN and parameter is not None else by_name

    def of_import(self, leaf: Any) -> WayOut:
        """Return what leads out of a subnet that is not in the templates."""
        return WayOut.UNKNOWN if self._imported is None else self._imported(leaf)

    def of_subnet(self, subnet: Referrer) -> WayOut:
        """Return what leads out of a subnet that is a resource."""
        if scalar_text(subnet.resource.written("MapPublicIpOnLaunch")) == "true":
            return WayOut.PUBLIC
        tables = self._tables.get(subnet.resource.address)
        if tables:
            ways = {self._of_table(table) for table in tables}
            return ways.pop() if len(ways) == 1 else WayOut.UNKNOWN
        return _by_tag(subnet)

    def _of_table(self, table: Referrer | None) -> WayOut:
        """Return what leads out by a route table of the templates; None stands for one that is not in the templates."""
        if table is None:
            return WayOut.UNKNOWN
        ways = {_of_route(route) for route in self._default_routes.get(table.resource.address, ())}
        if ways:
            return ways.pop() if len(ways) == 1 else WayOut.UNKNOWN
        return WayOut.PRIVATE if self._has_endpoints(table) else WayOut.NONE

    def _has_endpoints(self, table: Referrer) -> bool:
        """Return whether the VPC of a route table has interface endpoints: AWS is reached through them."""
        vpc = named_text(table.resource.written("VpcId"))
        return any(
            each.resource.written("VpcEndpointType") == "Interface"
            and named_text(each.resource.written("VpcId")) == vpc
            for each in self._references.of_type(_ENDPOINT)
        )

    @cached_property
    def _tables(self) -> dict[str, list[Referrer | None]]:
        """By address of a subnet, the route tables that are associated with it."""
        found: dict[str, list[Referrer | None]] = {}
        for each in self._references.of_type(_ASSOCIATION):
            subnet = self._resource_at(each, "SubnetId")
            if subnet is not None:
                found.setdefault(subnet.resource.address, []).append(self._resource_at(each, "RouteTableId"))
        return found

    @cached_property
    def _default_routes(self) -> dict[str, list[Referrer]]:
        """By address of a route table, its routes to everything."""
        found: dict[str, list[Referrer]] = {}
        for each in self._references.of_type("AWS::EC2::Route"):
            table = self._resource_at(each, "RouteTableId")
            if table is not None and each.resource.written("DestinationCidrBlock") == _EVERYTHING:
                found.setdefault(table.resource.address, []).append(each)
        return found

    def _resource_at(self, referrer: Referrer, key: str) -> Referrer | None:
        reference = reference_of(referrer.resource.written(key))
        found = self._references.meant(reference[0], referrer) if reference is not None else []
        return found[0] if found else None


def _of_route(route: Referrer) -> WayOut:
    if route.resource.condition is not None:
        return WayOut.UNKNOWN
    if any(route.resource.written(key) is not None for key in _WITHOUT_PUBLIC_ADDRESS):
        return WayOut.PRIVATE
    gateway = named_text(route.resource.written("GatewayId"))
    return WayOut.PRIVATE if gateway.startswith("vgw-") else WayOut.PUBLIC


def _by_tag(subnet: Referrer) -> WayOut:
    """Return what the tag of the CDK shows about a subnet whose routes are not here.

    https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_ec2.SubnetType.html
    """
    tags = subnet.resource.written("Tags")
    for tag in tags if isinstance(tags, list) else ():
        if isinstance(tag, dict) and tag.get("Key") == "aws-cdk:subnet-type":
            kinds = {"Private": WayOut.PRIVATE, "Public": WayOut.PUBLIC, "Isolated": WayOut.NONE}
            return kinds.get(str(tag.get("Value")), WayOut.UNKNOWN)
    return WayOut.UNKNOWN


def _by_words(text: str) -> WayOut:
    """Return what the name or the description of a subnet from elsewhere shows: a parameter, an export, an output."""
    said = {match.lastgroup for match in _SAYS.finditer(text)}
    if "public" in said:
        return WayOut.PUBLIC
    if "none" in said:
        return WayOut.NONE
    return WayOut.PRIVATE if said else WayOut.UNKNOWN
