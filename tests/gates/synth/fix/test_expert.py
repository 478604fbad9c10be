"""The fixed template of an app is that of the same app written with awsvpc by hand, but for what the documents list.

The oracle is the CDK: an expert sets the network mode, the security groups of the instances and the private subnets in
code, and the CDK writes the rest.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets

from ecs_guard_aspects import EcsGuard, EcsGuardFix

from ..support import IMAGE, make_app, template_of

RULES = ("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")


class Shop(cdk.Stack):
    """A stack with a cluster, in which tasks are awsvpc or not."""

    def __init__(self, app: cdk.App, awsvpc: bool) -> None:
        super().__init__(app, "Shop")
        self.awsvpc = awsvpc
        self.vpc = ec2.Vpc(self, "Vpc", max_azs=2)
        self.cluster = ecs.Cluster(self, "Cluster", vpc=self.vpc)
        self.cluster.add_capacity("Instances", instance_type=ec2.InstanceType("t3.small"))

    def task(self) -> ecs.Ec2TaskDefinition:
        mode = {"network_mode": ecs.NetworkMode.AWS_VPC} if self.awsvpc else {}
        task = ecs.Ec2TaskDefinition(self, "Task", **mode)
        task.add_container(
            "web", image=IMAGE, memory_limit_mib=128, port_mappings=[ecs.PortMapping(container_port=8080)]
        )
        return task

    def network(self) -> dict[str, Any]:
        """Return what an expert adds for awsvpc: the network that the tasks had before."""
        private = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS)
        groups = self.cluster.connections.security_groups
        return {"vpc_subnets": private, "security_groups": groups} if self.awsvpc else {}

    def service(self) -> ecs.Ec2Service:
        return ecs.Ec2Service(
            self, "Svc", cluster=self.cluster, task_definition=self.task(), min_healthy_percent=50, **self.network()
        )


def worker(shop: Shop) -> None:
    shop.service()


def application_load_balancer(shop: Shop) -> None:
    balancer = elbv2.ApplicationLoadBalancer(shop, "Balancer", vpc=shop.vpc, internet_facing=True)
    balancer.add_listener("Listener", port=80).add_targets("Targets", port=80, targets=[shop.service()])


def network_load_balancer(shop: Shop) -> None:
    service = shop.service()
    balancer = elbv2.NetworkLoadBalancer(shop, "Balancer", vpc=shop.vpc)
    balancer.add_listener("Listener", port=80).add_targets("Targets", port=80, targets=[service])
    peer = ec2.Peer.ipv4(shop.vpc.vpc_cidr_block)
    # The dynamic ports are what a Network Load Balancer needs today; the port of the container, what it needs then.
    shop.cluster.connections.allow_from(peer, ec2.Port.tcp(8080) if shop.awsvpc else ec2.Port.tcp_range(32768, 65535))


def scheduled(shop: Shop) -> None:
    rule = events.Rule(shop, "Rule", schedule=events.Schedule.rate(cdk.Duration.hours(1)))
    given = shop.network()
    chosen = {"subnet_selection": given.pop("vpc_subnets"), **given} if given else {}
    rule.add_target(targets.EcsTask(cluster=shop.cluster, task_definition=shop.task(), **chosen))


APPS: list[Callable[[Shop], None]] = [worker, application_load_balancer, network_load_balancer, scheduled]


def written_by(build: Callable[[Shop], None], awsvpc: bool, fix: EcsGuardFix | None = None) -> dict[str, Any]:
    """Return the resources that an app writes."""
    app = make_app()
    shop = Shop(app, awsvpc)
    build(shop)
    EcsGuard().protect(app, fix=fix)
    app.synth()
    resources: dict[str, Any] = template_of(shop)["Resources"]
    return resources


def as_compared(resources: dict[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """Return resources without what the documents list, and the rules of security groups."""
    others, rules = {}, set()
    for name, resource in resources.items():
        body = {key: value for key, value in resource.items() if key not in ("Metadata", "DependsOn")}
        properties = body.setdefault("Properties", {})
        if resource["Type"] in RULES:
            rules.add(rule_of(properties))
            continue
        for rule in properties.pop("SecurityGroupIngress", ()):
            rules.add(rule_of({**rule, "GroupId": {"Fn::GetAtt": [name, "GroupId"]}}))
        for container in properties.get("ContainerDefinitions", ()):
            container.pop("Environment", None)  # the CDK names the Region where it knows that the task is awsvpc
        for target in properties.get("Targets", ()):
            target["EcsParameters"].pop("LaunchType", None)  # EC2, which is the default
        others[name] = body
    return others, rules


def rule_of(properties: dict[str, Any]) -> str:
    return json.dumps({**properties, "Description": ""}, sort_keys=True)


@pytest.mark.parametrize("build", APPS, ids=[build.__name__ for build in APPS])
def test_the_fixed_app_is_that_of_an_expert(build: Callable[[Shop], None]) -> None:
    fix = EcsGuardFix(may_replace_target_groups=True)
    fixed, rules = as_compared(written_by(build, awsvpc=False, fix=fix))
    expert, wanted = as_compared(written_by(build, awsvpc=True))
    assert fix.refusals == ()
    assert fixed == expert
    assert wanted <= rules  # those for the dynamic ports stay: other tasks may need them
