"""Ways out of subnets: routes, tags, names."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation.instances.routes import Routes, WayOut
from ecs_guard_aspects.remediation.who_runs_it.references import References

from ..templates import resource, stack
from .support import get_att, ref, routed

SUBNET = "AWS::EC2::Subnet"


def tagged(kind: str) -> dict[str, Any]:
    return resource(SUBNET, Tags=[{"Key": "aws-cdk:subnet-type", "Value": kind}])


ENDPOINT = resource("AWS::EC2::VPCEndpoint", VpcId=ref("Vpc"), VpcEndpointType="Interface")
GATEWAY_ENDPOINT = resource("AWS::EC2::VPCEndpoint", VpcId=ref("Vpc"), VpcEndpointType="Gateway")
ISOLATED = {name: body for name, body in routed().items() if name != "SubnetRoute"}


def conditional() -> dict[str, Any]:
    found = routed(NatGatewayId=ref("Nat"))
    return {**found, "SubnetRoute": {**found["SubnetRoute"], "Condition": "IsProd"}}


def way_out_of(leaf: Any, resources: dict[str, Any], **parameters: Any) -> WayOut:
    """Return what leads out of a subnet that a resource of a template names."""
    references = References([stack(parameters=parameters, Instances=resource("AWS::SNS::Topic"), **resources)])
    referrer = references.at("Stack/Instances")
    assert referrer is not None
    return Routes(references).way_out(leaf, referrer)


@pytest.mark.parametrize(
    ("resources", "way_out"),
    [
        (routed(NatGatewayId=ref("Nat")), WayOut.PRIVATE),
        (routed(TransitGatewayId="tgw-1"), WayOut.PRIVATE),
        (routed(InstanceId=ref("NatInstance")), WayOut.PRIVATE),
        (routed(GatewayId="vgw-1"), WayOut.PRIVATE),
        (routed(GatewayId=ref("InternetGateway")), WayOut.PUBLIC),
        (ISOLATED, WayOut.NONE),
        ({**ISOLATED, "Endpoint": ENDPOINT}, WayOut.PRIVATE),
        ({**ISOLATED, "Endpoint": GATEWAY_ENDPOINT}, WayOut.NONE),
        (conditional(), WayOut.UNKNOWN),
        ({**routed(NatGatewayId=ref("Nat")), "SubnetTable": None}, WayOut.UNKNOWN),
        ({"Subnet": tagged("Private")}, WayOut.PRIVATE),
        ({"Subnet": tagged("Public")}, WayOut.PUBLIC),
        ({"Subnet": tagged("Isolated")}, WayOut.NONE),
        ({"Subnet": resource(SUBNET, MapPublicIpOnLaunch=True)}, WayOut.PUBLIC),
        ({"Subnet": resource(SUBNET, MapPublicIpOnLaunch=False)}, WayOut.UNKNOWN),
        ({"Subnet": resource(SUBNET, Tags="not a list")}, WayOut.UNKNOWN),
    ],
)
def test_the_way_out_of_a_subnet_of_the_template(resources: Any, way_out: WayOut) -> None:
    kept = {name: body for name, body in resources.items() if body is not None}
    assert way_out_of(ref("Subnet"), kept) is way_out


@pytest.mark.parametrize(
    ("leaf", "way_out"),
    [
        (ref("PrivateSubnets"), WayOut.PRIVATE),
        (get_att("Network", "Outputs.PrivateSubnet1"), WayOut.PRIVATE),
        ({"Fn::Split": [",", {"Fn::ImportValue": "net-private-subnets"}]}, WayOut.PRIVATE),
        (ref("PublicSubnets"), WayOut.PUBLIC),
        (ref("PublicOrPrivateSubnets"), WayOut.PUBLIC),
        (ref("IsolatedSubnets"), WayOut.NONE),
        (ref("PrivateIsolatedSubnets"), WayOut.NONE),
        (ref("Subnets"), WayOut.UNKNOWN),
        ("subnet-1", WayOut.UNKNOWN),
    ],
)
def test_the_way_out_of_a_subnet_of_somewhere_else(leaf: Any, way_out: WayOut) -> None:
    assert way_out_of(leaf, {}) is way_out


@pytest.mark.parametrize(
    ("name", "description", "way_out"),
    [
        ("Subnets", "Private subnets for the instances", WayOut.PRIVATE),
        ("Subnets", "Subnets, public or private", WayOut.PUBLIC),
        ("Subnets", "Isolated subnets", WayOut.NONE),
        ("Subnets", "Subnets with a private IP", WayOut.UNKNOWN),
        ("Subnets", "Two subnets", WayOut.UNKNOWN),
        ("PublicSubnets", "Not the private ones", WayOut.PUBLIC),
    ],
)
def test_the_description_of_a_parameter_counts_where_its_name_says_nothing(
    name: str, description: str, way_out: WayOut
) -> None:
    parameter = {"Type": "List<AWS::EC2::Subnet::Id>", "Description": description}
    assert way_out_of(ref(name), {}, **{name: parameter}) is way_out
