"""Secure defaults: with awsvpc the CDK sets the network, the target group and the rules too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_ecs_patterns as patterns
from aws_cdk import aws_elasticloadbalancingv2 as elb
from cfnlint.api import lint
from cfnlint.config import ManualArgs
from constructs import Construct

from ecs_guard_aspects import EcsGuard

from .support import AWSVPC, BY_CLI, IMAGE, facts, generic, level2, make_app, report_of, resource_of, template_of

KINDS = ("AWS::ECS::TaskDefinition", "AWS::ECS::Service", "AWS::ElasticLoadBalancingV2::TargetGroup")


def cluster_in(stack: cdk.Stack) -> ecs.Cluster:
    cluster = ecs.Cluster(stack, "Cluster", vpc=ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=1))
    cluster.add_capacity("Instances", instance_type=ec2.InstanceType("t3.small"))
    return cluster


def by_pattern(stack: cdk.Stack) -> None:
    patterns.ApplicationLoadBalancedEc2Service(
        stack,
        "Service",
        cluster=cluster_in(stack),
        memory_limit_mib=256,
        min_healthy_percent=50,
        task_image_options=patterns.ApplicationLoadBalancedTaskImageOptions(image=IMAGE, container_port=8080),
    )


def by_hand(stack: cdk.Stack) -> None:
    cluster = cluster_in(stack)
    definition = ecs.Ec2TaskDefinition(stack, "Td")
    definition.add_container(
        "web", image=IMAGE, memory_limit_mib=256, port_mappings=[ecs.PortMapping(container_port=8080)]
    )
    service = ecs.Ec2Service(stack, "Service", cluster=cluster, task_definition=definition, min_healthy_percent=50)
    balancer = elb.ApplicationLoadBalancer(stack, "Lb", vpc=cluster.vpc, internet_facing=True)
    listener = balancer.add_listener("Http", port=80)
    listener.add_targets("Targets", port=8080, targets=[service])


@pytest.mark.parametrize("build", [by_pattern, by_hand])
def test_a_service_behind_a_load_balancer_is_right_as_a_whole(app: cdk.App, stack: cdk.Stack, build: Any) -> None:
    guard = EcsGuard().protect(app, defaults=True)
    build(stack)
    app.synth()

    template = template_of(stack)
    resources = template["Resources"]
    definition, service, group = (
        next(found["Properties"] for found in resources.values() if found["Type"] == kind) for kind in KINDS
    )
    assert definition["NetworkMode"] == "awsvpc"
    (mapping,) = definition["ContainerDefinitions"][0]["PortMappings"]
    assert mapping["ContainerPort"] == 8080
    assert "HostPort" not in mapping
    assert group["TargetType"] == "ip"
    network = service["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert len(network["Subnets"]) == 2
    assert all("Private" in json.dumps(subnet) for subnet in network["Subnets"])
    (security_group,) = network["SecurityGroups"]
    own = security_group["Fn::GetAtt"][0]
    assert resources[own]["Type"] == "AWS::EC2::SecurityGroup"
    ingress = [found["Properties"] for found in resources.values() if found["Type"] == "AWS::EC2::SecurityGroupIngress"]
    assert any(rule["GroupId"] == security_group and rule["FromPort"] == 8080 for rule in ingress)
    assert guard.findings == ()
    assert errors(template) == []


def errors(template: dict[str, Any]) -> list[str]:
    found = lint(json.dumps(template), config=ManualArgs(regions=["us-east-1"]))
    return [f"{match.rule.id} {match.message}" for match in found if match.rule.id.startswith("E")]


def test_without_it_they_are_not(app: cdk.App, stack: cdk.Stack) -> None:
    guard = EcsGuard().protect(app)
    level2(stack)
    app.synth()
    assert facts(guard) == {(AWSVPC, "Stack/Td/Resource", "deny")}


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda stack: level2(stack), "awsvpc"),
        (lambda stack: level2(stack, network_mode=ecs.NetworkMode.BRIDGE), "bridge"),
        (lambda stack: level2(stack, network_mode=ecs.NetworkMode.HOST), "host"),
        (lambda stack: level2(stack, network_mode=ecs.NetworkMode.NONE), "none"),
        (lambda stack: ecs.FargateTaskDefinition(stack, "Td", cpu=256), "awsvpc"),
        (lambda stack: ecs.ExternalTaskDefinition(stack, "Td"), "bridge"),
        (lambda stack: ecs.ExternalTaskDefinition(stack, "Td", network_mode=ecs.NetworkMode.HOST), "host"),
        (lambda stack: both(stack, ecs.Compatibility.EC2), "awsvpc"),
        (lambda stack: both(stack, ecs.Compatibility.EXTERNAL), "bridge"),
        (lambda stack: both(stack, ecs.Compatibility.EC2_AND_FARGATE, cpu="256", memory_mib="512"), "awsvpc"),
        (lambda stack: both(stack, ecs.Compatibility.MANAGED_INSTANCES, cpu="256", memory_mib="512"), "awsvpc"),
        (lambda stack: generic(stack), "bridge"),
        (lambda stack: ecs.CfnTaskDefinition(stack, "Td", family="f"), None),
    ],
    ids=[
        *("absent", "bridge", "host", "none", "Fargate", "External", "External host", "EC2 by name"),
        *("EXTERNAL by name", "EC2 and Fargate", "managed instances", "generic", "L1"),
    ],
)
def test_only_l2_that_name_no_mode(app: cdk.App, stack: cdk.Stack, make: Any, expected: str | None) -> None:
    EcsGuard().protect(app, defaults=True)
    made = make(stack)
    if isinstance(made, ecs.TaskDefinition) and not made.default_container:
        made.add_container("web", image=IMAGE, memory_limit_mib=64)
    app.synth()
    assert resource_of(made)["Properties"].get("NetworkMode") == expected


def both(stack: cdk.Stack, compatibility: ecs.Compatibility, **properties: Any) -> ecs.TaskDefinition:
    return ecs.TaskDefinition(stack, "Td", compatibility=compatibility, **properties)


def test_a_subclass(app: cdk.App, stack: cdk.Stack) -> None:
    class Own(ecs.Ec2TaskDefinition):
        def __init__(self, scope: Construct) -> None:
            super().__init__(scope, "Td", family="own")
            self.add_container("web", image=IMAGE, memory_limit_mib=64)

    EcsGuard().protect(app, defaults=True)
    made = Own(stack)
    app.synth()
    properties = resource_of(made)["Properties"]
    assert (properties["NetworkMode"], properties["Family"]) == ("awsvpc", "own")


def test_where_it_holds(app: cdk.App) -> None:
    one, two = cdk.Stack(app, "One"), cdk.Stack(app, "Two")
    EcsGuard().protect(one, defaults=True)
    stage = cdk.Stage(app, "Prod")
    inside, nested, outside = level2(one), level2(cdk.NestedStack(one, "Nested")), level2(two)
    EcsGuard().protect(app, defaults=True)
    in_stage = level2(cdk.Stack(stage, "Stack"))
    app.synth()
    modes = [resource_of(made)["Properties"].get("NetworkMode") for made in (inside, nested, in_stage, outside)]
    assert modes[:3] == ["awsvpc"] * 3
    assert modes[3] in (None, "bridge")


@jsii.implements(cdk.IPropertyInjector)
class Own:
    """An injector of the app."""

    def __init__(self, **changes: Any) -> None:
        self._changes = changes

    @property
    def construct_unique_id(self) -> str:
        return "aws-cdk-lib.aws-ecs.TaskDefinition"

    def inject(self, original_props: Any, *, id: str, scope: Construct) -> Any:
        return {**original_props, **self._changes}


@pytest.mark.parametrize(
    ("changes", "mode"), [({"networkMode": "host"}, "host"), ({"family": "injected"}, "awsvpc")], ids=["mode", "family"]
)
@pytest.mark.parametrize("where", ["context", "injectors", "above"])
def test_an_injector_that_is_there_keeps_its_say(
    tmp_path: Path, changes: dict[str, Any], mode: str, where: str
) -> None:
    if where == "context":
        app = cdk.App(outdir=str(tmp_path), context=BY_CLI, property_injectors=[Own(**changes)])
    else:
        app = make_app(tmp_path)
        cdk.PropertyInjectors.of(app).add(Own(**changes))
    stack = cdk.Stack(app, "Stack")
    EcsGuard().protect(stack if where == "above" else app, defaults=True)
    made = level2(stack)
    app.synth()
    properties = resource_of(made)["Properties"]
    assert properties["NetworkMode"] == mode
    assert properties["Family"] == changes.get("family", properties["Family"])
    assert ("family" in changes) is (properties["Family"] == "injected")


def test_twice_is_once(app: cdk.App, stack: cdk.Stack) -> None:
    guard = EcsGuard()
    guard.protect(app, defaults=True)
    guard.protect(app, defaults=True)
    EcsGuard().protect(stack, defaults=True)
    made = level2(stack)
    app.synth()
    assert resource_of(made)["Properties"]["NetworkMode"] == "awsvpc"


MAPPED: dict[str, tuple[Any, Any, str | None]] = {
    # mode, host port, what comes of it: the written mapping's host port, or an error
    "dynamic": (None, 0, None),
    "absent": (None, None, None),
    "equal": (None, 80, None),
    "another": (None, 8080, "maps port 80 to host port 8080, which awsvpc does not support"),
    "another, in bridge mode by name": (ecs.NetworkMode.BRIDGE, 8080, None),
}


@pytest.mark.parametrize("name", MAPPED)
def test_port_mappings_of_new_containers(app: cdk.App, stack: cdk.Stack, name: str) -> None:
    mode, host_port, error = MAPPED[name]
    EcsGuard().protect(app, defaults=True)
    definition = ecs.Ec2TaskDefinition(stack, "Td", network_mode=mode)
    mapping = ecs.PortMapping(container_port=80, host_port=host_port)

    def add() -> None:
        definition.add_container("web", image=IMAGE, memory_limit_mib=64, port_mappings=[mapping])

    if error is None:
        add()
        app.synth()
        (written,) = resource_of(definition)["Properties"]["ContainerDefinitions"][0]["PortMappings"]
        assert written.get("HostPort") == (host_port or None)
        return
    with pytest.raises(RuntimeError) as raised:
        add()
    line = add.__code__.co_firstlineno + 1
    assert f"ecs-guard: container web (tests/gates/synth/test_defaults.py:{line}) {error}" in str(raised.value)
    assert "Leave out host_port" in str(raised.value)


def balanced_by_network(stack: cdk.Stack) -> patterns.NetworkLoadBalancedEc2Service:
    cluster = ecs.Cluster(stack, "Cluster", vpc=ec2.Vpc(stack, "Vpc", max_azs=2))
    cluster.add_capacity("Instances", instance_type=ec2.InstanceType("t3.small"))
    options = patterns.NetworkLoadBalancedTaskImageOptions(image=IMAGE, container_port=8080)
    return patterns.NetworkLoadBalancedEc2Service(
        stack, "Api", cluster=cluster, memory_limit_mib=256, task_image_options=options, min_healthy_percent=50
    )


@pytest.mark.parametrize("is_opened", [False, True])
@pytest.mark.parametrize("where", ["app", "stage"])
def test_a_network_load_balancer_is_let_in(app: cdk.App, is_opened: bool, where: str) -> None:
    EcsGuard().protect(app, defaults=True)
    stack = cdk.Stack(cdk.Stage(app, "Prod") if where == "stage" else app, "Stack")
    made = balanced_by_network(stack)
    if is_opened:
        made.service.connections.allow_from(ec2.Peer.ipv4("10.0.0.0/8"), ec2.Port.tcp(8080))
    app.synth()
    warnings = [v for v in report_of(app)["violations"] if v["severity"] == "warning"]
    if is_opened:
        assert warnings == []
        return
    (warning,) = warnings
    assert warning["ruleName"] == "network-load-balancer"
    line = "service.connections.allow_from(ec2.Peer.ipv4(vpc.vpc_cidr_block), ec2.Port.tcp(8080))"
    assert "/Api/Service/Service is behind a Network Load Balancer" in warning["description"]
    assert warning["description"].endswith(f"has no ingress rule: add {line}")


def test_without_defaults_nothing_is_said_of_load_balancers(app: cdk.App, stack: cdk.Stack) -> None:
    EcsGuard().protect(app)
    balanced_by_network(stack)
    app.synth()
    assert not any(v["ruleName"] == "network-load-balancer" for v in report_of(app)["violations"])
