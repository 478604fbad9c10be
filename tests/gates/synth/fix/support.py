"""Services and instances in apps, and what the fix does with them."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs

from ecs_guard_aspects import EcsGuard, EcsGuardFix, Network

from ..support import level2, permissive_fix, resource_of

INSTANCE_TYPE = ec2.InstanceType("t3.small")


def cluster_in(stack: cdk.Stack, **capacity: Any) -> ecs.Cluster:
    cluster = ecs.Cluster(stack, "Cluster", vpc=ec2.Vpc(stack, "Vpc", max_azs=2))
    cluster.add_capacity("Instances", instance_type=INSTANCE_TYPE, **capacity)
    return cluster


def network_given_to(app: cdk.App, service: ecs.Ec2Service) -> Any:
    """Synthesize an app with the fix, and return the network of a service."""
    fix = EcsGuardFix()
    EcsGuard().protect(app, fix=fix)
    app.synth()
    assert fix.refusals == ()
    return resource_of(service)["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]


def service_in(stack: cdk.Stack, cluster: ecs.Cluster) -> ecs.Ec2Service:
    return ecs.Ec2Service(stack, "Svc", cluster=cluster, task_definition=level2(stack), min_healthy_percent=50)


SERVICE = "AWS::ECS::Service"


NETWORK = Network(("subnet-1",))


GIVEN = {"AwsvpcConfiguration": {"Subnets": ["subnet-1"], "AssignPublicIp": "DISABLED"}}


DYNAMIC = {"ContainerPort": 80, "HostPort": 0}


def serve(definition: cdk.CfnResource, stack: cdk.Stack | None = None, **properties: Any) -> cdk.CfnResource:
    scope = stack or cdk.Stack.of(definition)
    return cdk.CfnResource(scope, "Svc", type=SERVICE, properties={"TaskDefinition": definition.ref, **properties})


def refused(app: cdk.App, network: Network | None = NETWORK, **more: Any) -> list[str]:
    """Synthesize an app with a fix, and return what stood against it."""
    fix = permissive_fix(network=network, **more)
    EcsGuard().protect(app, fix=fix)
    app.synth()
    return [blocker.text for refusal in fix.refusals for blocker in refusal.blockers]


def ec2_task(stack: cdk.Stack) -> Any:
    definition = level2(stack)
    web: Any = definition.default_container
    web.add_port_mappings(ecs.PortMapping(container_port=80, host_port=0))
    return definition.node.default_child
