"""Task definitions that are awsvpc by default: the obstacles of the fix are warnings."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_iam as iam

from ecs_guard_aspects import EcsGuard

from ..support import IMAGE, level2, report_of


def with_instances(stack: cdk.Stack, kind: str = "t3.small", **vpc: Any) -> ecs.Cluster:
    cluster = ecs.Cluster(stack, "Cluster", vpc=ec2.Vpc(stack, "Vpc", **{"max_azs": 2, **vpc}))
    cluster.add_capacity("Instances", instance_type=ec2.InstanceType(kind))
    return cluster


def daemon(stack: cdk.Stack) -> None:
    ecs.Ec2Service(stack, "Service", cluster=with_instances(stack), task_definition=level2(stack), daemon=True)


def worker(stack: cdk.Stack) -> None:
    ecs.Ec2Service(stack, "Service", cluster=with_instances(stack), task_definition=level2(stack))


def granted(stack: cdk.Stack) -> None:
    definition = level2(stack)
    ecs.Ec2Service(stack, "Service", cluster=with_instances(stack), task_definition=definition)
    definition.grant_run(iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")))


def without_way_out(stack: cdk.Stack) -> None:
    cluster = with_instances(stack, nat_gateways=0)
    ecs.Ec2Service(stack, "Service", cluster=cluster, task_definition=level2(stack))


def in_public_subnets(stack: cdk.Stack) -> None:
    public = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)
    cluster = with_instances(stack)
    ecs.Ec2Service(stack, "Service", cluster=cluster, task_definition=level2(stack), vpc_subnets=public)


def with_database(stack: cdk.Stack) -> None:
    cluster = with_instances(stack)
    database = ec2.SecurityGroup(stack, "Database", vpc=cluster.vpc)
    database.add_ingress_rule(cluster.connections.security_groups[0], ec2.Port.tcp(5432))
    ecs.Ec2Service(stack, "Service", cluster=cluster, task_definition=level2(stack))


def with_too_few_interfaces(stack: cdk.Stack) -> None:
    cluster = with_instances(stack, "t3.micro")
    ecs.Ec2Service(stack, "Service", cluster=cluster, task_definition=level2(stack), desired_count=4)


def behind_target_group(stack: cdk.Stack, arn: str) -> None:
    definition = level2(stack)
    web: Any = definition.default_container
    web.add_port_mappings(ecs.PortMapping(container_port=80))
    service = ecs.Ec2Service(stack, "Service", cluster=with_instances(stack), task_definition=definition)
    balancer = {"TargetGroupArn": arn, "ContainerName": web.container_name, "ContainerPort": 80}
    made: Any = service.node.find_child("Service")
    made.add_property_override("LoadBalancers", [balancer])


def behind_imported_target_group(stack: cdk.Stack) -> None:
    behind_target_group(stack, "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/a/b")


def behind_level1_target_group(stack: cdk.Stack) -> None:
    behind_target_group(stack, elb.CfnTargetGroup(stack, "Group", port=80, protocol="HTTP", vpc_id="vpc-1").ref)


def with_hostname(stack: cdk.Stack) -> None:
    definition = ecs.Ec2TaskDefinition(stack, "Td")
    definition.add_container("web", image=IMAGE, memory_limit_mib=64, hostname="web", dns_servers=["10.0.0.2"])
    ecs.Ec2Service(stack, "Service", cluster=with_instances(stack), task_definition=definition)


@pytest.mark.parametrize(
    ("build", "warned"),
    [
        (daemon, ["is a DAEMON: under awsvpc clients cannot use the address of its instance"]),
        (granted, ["allows a principal to run it with ecs:RunTask or ecs:StartTask"]),
        (without_way_out, ["names only subnets that have no route out of their VPC"]),
        (in_public_subnets, ["names public subnets only"]),
        (with_database, ["Stack/Database/Resource admits the security group of the instances"]),
        (with_too_few_interfaces, ["wants 4 tasks, and the instances of Stack/Cluster/Instances/ASG have network"]),
        (behind_imported_target_group, ["names a target group that is not in this app"]),
        (behind_level1_target_group, ["target group Stack/Group registers instances"]),
        (with_hostname, ["container web sets hostname", "container web sets dnsServers"]),
        (worker, []),
    ],
)
def test_the_obstacles_of_the_fix_are_warnings(app: cdk.App, stack: cdk.Stack, build: Any, warned: list[str]) -> None:
    EcsGuard().protect(app, defaults=True)
    build(stack)
    app.synth()
    said = [v["description"] for v in report_of(app)["violations"] if v["ruleName"] == "secure-defaults"]
    assert len(said) == len(warned), said
    assert all(words in text for words, text in zip(warned, said, strict=True)), said
