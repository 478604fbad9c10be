"""Networks that the fix derives at synth: those of the instances of a cluster."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs

from ecs_guard_aspects import EcsGuard, EcsGuardFix, Network

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


def imported(stack: cdk.Stack, **subnets: Any) -> ec2.IVpc:
    zones = ["eu-west-1a", "eu-west-1b"]
    return ec2.Vpc.from_vpc_attributes(stack, "Vpc", vpc_id="vpc-1", availability_zones=zones, **subnets)


def looked_up(stack: cdk.Stack, **_subnets: Any) -> ec2.IVpc:
    """Return a VPC as it is in the first synth, before the CDK CLI has looked it up."""
    return ec2.Vpc.from_lookup(stack, "Vpc", vpc_id="vpc-1")


def service_in_imported(app: cdk.App, import_vpc: Callable[..., ec2.IVpc], **subnets: Any) -> ecs.Ec2Service:
    environment = cdk.Environment(account="111122223333", region="eu-west-1")
    stack = cdk.Stack(app, "Stack", env=environment)
    cluster = ecs.Cluster(stack, "Cluster", vpc=import_vpc(stack, **subnets))
    kind = ec2.SubnetType.PRIVATE_ISOLATED if "isolated_subnet_ids" in subnets else ec2.SubnetType.PRIVATE_WITH_EGRESS
    selected = ec2.SubnetSelection(subnet_type=kind)
    cluster.add_capacity("Instances", instance_type=INSTANCE_TYPE, vpc_subnets=selected)
    return service_in(stack, cluster)


@pytest.mark.parametrize("import_vpc", [imported, looked_up])
def test_a_vpc_that_the_app_does_not_make(import_vpc: Callable[..., ec2.IVpc]) -> None:
    app = make_app()
    ids = ["subnet-1", "subnet-2"] if import_vpc is imported else ["p-12345", "p-67890"]
    network = fixed(app, service_in_imported(app, import_vpc, private_subnet_ids=ids))
    assert network["Subnets"] == ids


def test_isolated_subnets_of_a_vpc_that_the_app_does_not_make() -> None:
    app = make_app()
    service_in_imported(app, imported, isolated_subnet_ids=["subnet-1", "subnet-2"])
    fix = EcsGuardFix()
    EcsGuard().protect(app, fix=fix)
    app.synth()
    assert "has no way out" in fix.refusals[0].blockers[0].text


def test_public_subnets_that_are_given_from_a_vpc_that_the_app_does_not_make() -> None:
    app = make_app()
    stack = cdk.Stack(app, "Stack")
    vpc = imported(stack, public_subnet_ids=["subnet-1", "subnet-2"])
    service_in(stack, cluster_in(cdk.Stack(app, "Network")))
    fix = EcsGuardFix(network=Network(tuple(subnet.subnet_id for subnet in vpc.public_subnets)))
    EcsGuard().protect(app, fix=fix)
    app.synth()
    assert any("subnet subnet-1 is public" in blocker.text for blocker in fix.refusals[0].blockers)


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
