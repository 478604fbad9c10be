"""Subnets of VPCs that the app does not make: what leads out of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs

from ecs_guard_aspects import EcsGuard, EcsGuardFix, Network
from ecs_guard_aspects.gates.synth.tree.imported_subnets import ImportedSubnets, WayOut

from ..fix.support import INSTANCE_TYPE, cluster_in, network_given_to, service_in
from ..support import make_app


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
    network = network_given_to(app, service_in_imported(app, import_vpc, private_subnet_ids=ids))
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


@pytest.mark.parametrize(
    ("subnets", "way"),
    [
        ({"private_subnet_ids": ["subnet-1", "subnet-2"]}, WayOut.PRIVATE),
        ({"public_subnet_ids": ["subnet-1", "subnet-2"]}, WayOut.PUBLIC),
        ({"isolated_subnet_ids": ["subnet-1", "subnet-2"]}, WayOut.NONE),
    ],
)
def test_what_leads_out_of_an_imported_subnet(app: cdk.App, subnets: dict[str, Any], way: WayOut) -> None:
    imported(cdk.Stack(app, "Stack"), **subnets)
    found = ImportedSubnets(app)
    assert [found.way_out(name) for name in ("subnet-1", "subnet-2", "subnet-9")] == [way, way, WayOut.UNKNOWN]
