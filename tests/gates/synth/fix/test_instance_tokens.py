"""The network of instances in other stacks: exports, and parameters of nested stacks."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs

from ..support import make_app, resource_of
from .support import INSTANCE_TYPE, cluster_in, network_given_to, service_in


def test_a_service_of_another_stack_imports_the_network() -> None:
    app = make_app()
    network = network_given_to(app, service_in(cdk.Stack(app, "Shop"), cluster_in(cdk.Stack(app, "Network"))))
    names = [*network["Subnets"], *network["SecurityGroups"]]
    assert len(names) == 3
    assert all(name["Fn::ImportValue"].startswith("Network:ExportsOutput") for name in names)


@pytest.mark.parametrize("has_own_vpc", [False, True], ids=["one VPC", "a VPC of its own with the same ids"])
def test_instances_in_the_vpc_of_another_stack(has_own_vpc: bool) -> None:
    app = make_app()
    vpc = ec2.Vpc(cdk.Stack(app, "Network"), "Vpc", max_azs=2)
    stack = cdk.Stack(app, "Shop")
    if has_own_vpc:
        ec2.Vpc(stack, "Vpc", max_azs=2)
    cluster = ecs.Cluster(stack, "Cluster", vpc=vpc)
    group = cluster.add_capacity("Instances", instance_type=INSTANCE_TYPE)
    network = network_given_to(app, service_in(stack, cluster))
    assert network["Subnets"] == resource_of(group)["Properties"]["VPCZoneIdentifier"]
    assert all(name["Fn::ImportValue"].startswith("Network:ExportsOutput") for name in network["Subnets"])
    assert [list(name) for name in network["SecurityGroups"]] == [["Fn::GetAtt"]]


def test_a_service_of_a_nested_stack_gets_it_by_parameters() -> None:
    app = make_app()
    stack = cdk.Stack(app, "Stack")
    network = network_given_to(app, service_in(cdk.NestedStack(stack, "Nested"), cluster_in(stack)))
    assert all(list(name) == ["Ref"] and name["Ref"].startswith("referenceto") for name in network["Subnets"])
