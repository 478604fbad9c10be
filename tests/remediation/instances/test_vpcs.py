"""VPCs of subnets and security groups: which of them cannot be given to one task."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation.instances.vpcs import other_vpcs
from ecs_guard_aspects.remediation.who_runs_it.references import References

from ..templates import resource, stack

SUBNET, GROUP = "AWS::EC2::Subnet", "AWS::EC2::SecurityGroup"


@pytest.mark.parametrize(
    ("members", "others"),
    [
        ({"A": resource(SUBNET, VpcId="vpc-1"), "B": resource(SUBNET, VpcId="vpc-1")}, []),
        ({"A": resource(SUBNET, VpcId="vpc-1"), "B": resource(SUBNET, VpcId={"Ref": "Vpc"})}, ["B"]),
        ({"A": resource(SUBNET, VpcId={"Ref": "Vpc"}), "B": resource(GROUP, VpcId={"Ref": "Other"})}, ["B"]),
        ({"A": resource(SUBNET, VpcId="vpc-1"), "B": resource(GROUP)}, []),  # it is not written
        ({"A": resource(SUBNET, VpcId="vpc-1"), "B": resource("Custom::Subnet", VpcId="vpc-2")}, []),
        ({}, []),
    ],
)
def test_members_of_another_vpc_than_the_first(members: dict[str, Any], others: list[str]) -> None:
    found = list(other_vpcs(References([stack(**members)]).all))
    assert found == [f"Stack/{name} is in another VPC than Stack/A" for name in others]
