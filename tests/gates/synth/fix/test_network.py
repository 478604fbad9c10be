"""Networks that the fix derives at synth: those of the instances of a cluster."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs

from ecs_guard_aspects import EcsGuard, EcsGuardFix

from ..support import level2, make_app, report_of, resource_of

INSTANCE_TYPE = ec2.InstanceType("t3.small")


def cluster_in(stack: cdk.Stack, **capacity: Any) -> ecs.Cluster:
    cluster = ecs.Cluster(stack, "Cluster", vpc=ec2.Vpc(stack, "Vpc", max_azs=2))
    cluster.add_capacity("Instances", instance_type=INSTANCE_TYPE, **capacity)
    return cluster


def fixed(app: cdk.App, service: ecs.Ec2Service) -> Any:
    """Synthesize an app with the fix, and return the network of a service."""
    fix = EcsGuardFix()
    EcsGuard().protect(app, fix=fix)
    app.synth()
    assert fix.refusals == ()
    return resource_of(service)["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]


def service_in(stack: cdk.Stack, cluster: ecs.Cluster) -> ecs.Ec2Service:
    return ecs.Ec2Service(stack, "Svc", cluster=cluster, task_definition=level2(stack), min_healthy_percent=50)


def test_a_service_gets_the_network_of_its_instances() -> None:
    app = make_app()
    stack = cdk.Stack(app, "Stack")
    cluster = cluster_in(stack)
    network = fixed(app, service_in(stack, cluster))
    assert network["Subnets"] == [stack.resolve(subnet.subnet_id) for subnet in cluster.vpc.private_subnets]
    assert network["SecurityGroups"] == stack.resolve(
        [group.security_group_id for group in cluster.connections.security_groups]
    )


def test_the_report_says_what_a_deployment_does() -> None:
    app = make_app()
    stack = cdk.Stack(app, "Stack")
    fixed(app, service_in(stack, cluster_in(stack)))
    mode, network = (each["description"] for each in report_of(app)["violations"] if each["ruleName"] == "fix")
    assert mode.endswith("A deployment replaces the task definition, and each task gets a network interface and an"
                         " address of its own.")  # fmt: skip
    assert network.endswith("This is the network of its instances: a security group of its own can admit less.")


def test_a_service_of_another_stack_imports_the_network() -> None:
    app = make_app()
    network = fixed(app, service_in(cdk.Stack(app, "Shop"), cluster_in(cdk.Stack(app, "Network"))))
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
    network = fixed(app, service_in(stack, cluster))
    assert network["Subnets"] == resource_of(group)["Properties"]["VPCZoneIdentifier"]
    assert all(name["Fn::ImportValue"].startswith("Network:ExportsOutput") for name in network["Subnets"])
    assert [list(name) for name in network["SecurityGroups"]] == [["Fn::GetAtt"]]


def test_a_service_of_a_nested_stack_gets_it_by_parameters() -> None:
    app = make_app()
    stack = cdk.Stack(app, "Stack")
    network = fixed(app, service_in(cdk.NestedStack(stack, "Nested"), cluster_in(stack)))
    assert all(list(name) == ["Ref"] and name["Ref"].startswith("referenceto") for name in network["Subnets"])


@pytest.mark.parametrize(
    ("capacity", "reason"),
    [
        ({"vpc_subnets": ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)}, "is public"),
        ({"associate_public_ip_address": True, "vpc_subnets": ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)},
         "have public addresses"),
    ],
)  # fmt: skip
def test_instances_in_public_subnets(capacity: dict[str, Any], reason: str) -> None:
    app = make_app()
    stack = cdk.Stack(app, "Stack")
    service_in(stack, cluster_in(stack, **capacity))
    fix = EcsGuardFix()
    EcsGuard().protect(app, fix=fix)
    app.synth()
    assert fix.changes == ()
    (refusal,) = fix.refusals
    assert reason in refusal.blockers[0].text
    assert refusal.blockers[0].lifted_by.startswith("network=")
