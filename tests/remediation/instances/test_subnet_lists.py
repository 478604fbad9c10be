"""Subnets of an Auto Scaling group: each becomes a member of its own."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.cloudformation.declarations import Declarations
from ecs_guard_aspects.remediation.instances.subnet_lists import one_by_one

from .support import get_att, ref

ONE, TWO = ref("Subnet1"), ref("Subnet2")
IMPORTED = {"Fn::ImportValue": "net-private-subnets"}


def joined(*items: Any) -> dict[str, Any]:
    return {"Fn::Join": [",", list(items)]}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ([ONE, TWO], [ONE, TWO]),
        (["subnet-1", "subnet-2"], ["subnet-1", "subnet-2"]),
        (ref("PrivateSubnets"), ref("PrivateSubnets")),
        ({"Fn::Split": [",", IMPORTED]}, {"Fn::Split": [",", IMPORTED]}),
        (["subnet-1, subnet-2"], ["subnet-1", "subnet-2"]),
        ([joined(ONE, TWO)], [ONE, TWO]),
        ([joined(ONE, TWO), "subnet-3"], [ONE, TWO, "subnet-3"]),
        ([{"Fn::Join": [", ", ref("PrivateSubnets")]}], ref("PrivateSubnets")),
        ([{"Fn::Join": ["-", ["subnet", "1"]]}], [{"Fn::Join": ["-", ["subnet", "1"]]}]),
        ([{"Fn::Select": [0, ref("PrivateSubnets")]}], [{"Fn::Select": [0, ref("PrivateSubnets")]}]),
        ([get_att("Network", "Outputs.PrivateSubnet1")], [get_att("Network", "Outputs.PrivateSubnet1")]),
        ([{"Fn::If": ["IsProd", ONE, TWO]}], [{"Fn::If": ["IsProd", ONE, TWO]}]),
        (None, None),
    ],
)
def test_each_subnet_is_a_member(written: Any, read: Any) -> None:
    assert one_by_one(written, Declarations()) == read


@pytest.mark.parametrize(
    "member",
    [
        ref("PrivateSubnets"),
        get_att("Network", "Outputs.SubnetIds"),
        IMPORTED,
        "{{resolve:ssm:/network/private-subnets}}",
        {"Fn::Sub": "${Subnet1},${Subnet2}"},
        {"Fn::If": ["IsProd", joined(ONE, TWO), ONE]},
        {"Fn::If": ["IsProd", "subnet-1,subnet-2", ONE]},
    ],
)
def test_a_member_that_may_be_several(member: Any) -> None:
    assert one_by_one([member], Declarations()) is None
    assert one_by_one([ONE, member], Declarations()) is None


def test_a_list_that_is_joined_next_to_others() -> None:
    assert one_by_one([{"Fn::Join": [",", ref("PrivateSubnets")]}, ONE], Declarations()) is None


IDS = "List<AWS::EC2::Subnet::Id>"
ZONES = {"Mappings": {"Zones": {"prod": {"Many": "subnet-1,subnet-2", "One": "subnet-1"}}}}


def find(key: object) -> dict[str, Any]:
    return {"Fn::FindInMap": ["Zones", "prod", key]}


def declared(**parameter: str) -> dict[str, Any]:
    return {"Parameters": {"Subnet1": {"Type": "String", **parameter}}}


@pytest.mark.parametrize(
    ("written", "template", "is_clear"),
    [
        ([ONE], declared(), True),
        ([ONE], declared(Default="subnet-1"), True),
        ([ONE], declared(Description="A private subnet."), True),
        ([ref("Subnets")], {"Parameters": {"Subnets": {"Type": "AWS::EC2::Subnet::Id"}}}, True),
        (ref("Subnets"), {"Parameters": {"Subnets": {"Type": IDS}}}, True),
        (ref("Subnets"), {"Parameters": {"Subnets": {"Type": f"AWS::SSM::Parameter::Value<{IDS}>"}}}, True),
        ([find("One")], ZONES, True),
        ([ONE], declared(Default="subnet-1,subnet-2"), False),
        ([ONE], declared(Description="The private subnets, with commas between them."), False),
        ([ONE], declared(AllowedValues=["subnet-1", "subnet-1,subnet-2"]), False),
        (ref("Subnet1"), declared(), False),
        ([find("Many")], ZONES, False),
        ([find(ref("Which"))], ZONES, False),
        (find("Many"), ZONES, False),
    ],
)
def test_what_declarations_say_of_a_subnet(written: Any, template: dict[str, Any], is_clear: bool) -> None:
    assert (one_by_one(written, Declarations.of(template)) is not None) == is_clear
