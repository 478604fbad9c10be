"""The fixed template of an app is that of the same app written with awsvpc by hand, but for what the documents list.

The oracle is the CDK: an expert sets the network mode, the security groups of the instances and the private subnets in
code, and the CDK writes the rest.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_applicationautoscaling as appscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_ecs_patterns as ecs_patterns
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks

from ecs_guard_aspects import EcsGuard, EcsGuardFix

from ..support import IMAGE, make_app, template_of

PAGE = Path(__file__).parents[4] / "docs" / "auto-fix.md"
RULES = ("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")


class Shop(cdk.Stack):
    """A stack with a cluster, in which tasks are awsvpc or not; services are in it, or in a stack of their own."""

    def __init__(self, app: cdk.App, awsvpc: bool, is_split: bool = False) -> None:
        super().__init__(app, "Shop")
        self.awsvpc = awsvpc
        self.services = cdk.Stack(app, "Services") if is_split else self
        self.vpc = ec2.Vpc(self, "Vpc", max_azs=2)
        self.cluster = ecs.Cluster(self, "Cluster", vpc=self.vpc)
        self.cluster.add_capacity("Instances", instance_type=ec2.InstanceType("t3.small"))

    def task(self) -> ecs.Ec2TaskDefinition:
        mode = {"network_mode": ecs.NetworkMode.AWS_VPC} if self.awsvpc else {}
        task = ecs.Ec2TaskDefinition(self.services, "Task", **mode)
        task.add_container(
            "web", image=IMAGE, memory_limit_mib=128, port_mappings=[ecs.PortMapping(container_port=8080)]
        )
        return task

    def network(self) -> dict[str, Any]:
        """Return what an expert adds for awsvpc: the network that the tasks had before."""
        private = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS)
        groups = self.cluster.connections.security_groups
        return {"vpc_subnets": private, "security_groups": groups} if self.awsvpc else {}

    def awsvpc_configuration(self) -> dict[str, Any]:
        """Return the same as CloudFormation writes it."""
        return {
            "AssignPublicIp": "DISABLED",
            "SecurityGroups": [group.security_group_id for group in self.cluster.connections.security_groups],
            "Subnets": [subnet.subnet_id for subnet in self.vpc.private_subnets],
        }

    def network_configuration(self) -> dict[str, Any]:
        """Return it as a property for what runs a task without a construct of its own."""
        return {"NetworkConfiguration": {"AwsvpcConfiguration": self.awsvpc_configuration()}} if self.awsvpc else {}

    def service(self) -> ecs.Ec2Service:
        given = {"cluster": self.cluster, "task_definition": self.task(), **self.network()}
        return ecs.Ec2Service(self.services, "Svc", min_healthy_percent=50, **given)


def worker(shop: Shop) -> None:
    shop.service()


def application_load_balancer(shop: Shop) -> None:
    balancer = elbv2.ApplicationLoadBalancer(shop.services, "Balancer", vpc=shop.vpc, internet_facing=True)
    balancer.add_listener("Listener", port=80).add_targets("Targets", port=80, targets=[shop.service()])


def load_balancer_of_the_cluster(shop: Shop) -> None:
    balancer = elbv2.ApplicationLoadBalancer(shop, "Balancer", vpc=shop.vpc, internet_facing=True)
    nothing = elbv2.ListenerAction.fixed_response(404)
    listener = balancer.add_listener("Listener", port=80, default_action=nothing)
    group = elbv2.ApplicationTargetGroup(shop.services, "Targets", vpc=shop.vpc, port=80, targets=[shop.service()])
    conditions = [elbv2.ListenerCondition.path_patterns(["/shop"])]
    given: dict[str, Any] = {"listener": listener, "priority": 1, "target_groups": [group]}
    elbv2.ApplicationListenerRule(shop.services, "Rule", conditions=conditions, **given)


def network_load_balancer(shop: Shop) -> None:
    service = shop.service()
    balancer = elbv2.NetworkLoadBalancer(shop.services, "Balancer", vpc=shop.vpc)
    balancer.add_listener("Listener", port=80).add_targets("Targets", port=80, targets=[service])
    peer = ec2.Peer.ipv4(shop.vpc.vpc_cidr_block)
    # The dynamic ports are what a Network Load Balancer needs today; the port of the container, what it needs then.
    shop.cluster.connections.allow_from(peer, ec2.Port.tcp(8080) if shop.awsvpc else ec2.Port.tcp_range(32768, 65535))


def scheduled(shop: Shop) -> None:
    rule = events.Rule(shop, "Rule", schedule=events.Schedule.rate(cdk.Duration.hours(1)))
    given = shop.network()
    chosen = {"subnet_selection": given.pop("vpc_subnets"), **given} if given else {}
    rule.add_target(targets.EcsTask(cluster=shop.cluster, task_definition=shop.task(), **chosen))


def scheduled_pattern(shop: Shop) -> None:
    options = ecs_patterns.ScheduledEc2TaskDefinitionOptions(task_definition=shop.task())
    every_hour = appscaling.Schedule.rate(cdk.Duration.hours(1))
    given = {"subnet_selection": shop.network()["vpc_subnets"], **groups_of(shop)} if shop.awsvpc else {}
    ecs_patterns.ScheduledEc2Task(
        shop,
        "Scheduled",
        cluster=shop.cluster,
        schedule=every_hour,
        scheduled_ec2_task_definition_options=options,
        **given,
    )


def groups_of(shop: Shop) -> dict[str, Any]:
    return {"security_groups": shop.cluster.connections.security_groups}


def queue_worker(shop: Shop) -> None:
    pattern = ecs_patterns.QueueProcessingEc2Service(
        shop, "Queue", cluster=shop.cluster, image=IMAGE, memory_limit_mib=128, min_healthy_percent=50
    )
    if shop.awsvpc:  # the pattern takes no task definition, so an expert changes what it makes
        task, service = pattern.task_definition.node.default_child, pattern.service.node.default_child
        task.network_mode = "awsvpc"  # type: ignore[union-attr]
        service.add_property_override("NetworkConfiguration.AwsvpcConfiguration", shop.awsvpc_configuration())  # type: ignore[union-attr]


def schedule(shop: Shop) -> None:
    parameters = {"TaskDefinitionArn": shop.task().task_definition_arn, **shop.network_configuration()}
    target = {
        "Arn": shop.cluster.cluster_arn,
        "RoleArn": "arn:aws:iam::111122223333:role/run",
        "EcsParameters": parameters,
    }
    properties = {"FlexibleTimeWindow": {"Mode": "OFF"}, "ScheduleExpression": "rate(1 hour)", "Target": target}
    cdk.CfnResource(shop, "Schedule", type="AWS::Scheduler::Schedule", properties=properties)


def pipe(shop: Shop) -> None:
    parameters = {"TaskDefinitionArn": shop.task().task_definition_arn, **shop.network_configuration()}
    properties = {
        "RoleArn": "arn:aws:iam::111122223333:role/run",
        "Source": "arn:aws:sqs:eu-west-1:111122223333:orders",
        "Target": shop.cluster.cluster_arn,
        "TargetParameters": {"EcsTaskParameters": parameters},
    }
    cdk.CfnResource(shop, "Pipe", type="AWS::Pipes::Pipe", properties=properties)


APPS: list[Callable[[Shop], None]] = [
    worker,
    application_load_balancer,
    load_balancer_of_the_cluster,
    network_load_balancer,
    scheduled,
    scheduled_pattern,
    queue_worker,
    schedule,
    pipe,
]


# Of these the cluster may be in another stack.
IN_TWO_STACKS: list[Callable[[Shop], None]] = [worker, load_balancer_of_the_cluster, network_load_balancer]


def written_by(
    build: Callable[[Shop], None], awsvpc: bool, fix: EcsGuardFix | None = None, is_split: bool = False
) -> dict[str, Any]:
    """Return the resources that an app writes."""
    app = make_app()
    shop = Shop(app, awsvpc, is_split)
    build(shop)
    EcsGuard().protect(app, fix=fix)
    app.synth()
    outputs = template_of(shop).get("Outputs", {}).values()
    exports = {output["Export"]["Name"]: output["Value"] for output in outputs if "Export" in output}
    written = {**template_of(shop)["Resources"], **template_of(shop.services)["Resources"]}
    resources: dict[str, Any] = without_imports(written, exports)
    return resources


def without_imports(node: Any, exports: dict[str, Any]) -> Any:
    """Return a part of a template with the exported values instead of imports: then all stacks look the same."""
    if isinstance(node, list):
        return [without_imports(item, exports) for item in node]
    if isinstance(node, dict):
        imported = exports.get(node["Fn::ImportValue"]) if "Fn::ImportValue" in node else None
        return imported or {key: without_imports(value, exports) for key, value in node.items()}
    return node


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


@pytest.mark.parametrize(
    ("build", "is_split"),
    [*((build, False) for build in APPS), *((build, True) for build in IN_TWO_STACKS)],
    ids=[*(build.__name__ for build in APPS), *(f"{build.__name__}-in-two-stacks" for build in IN_TWO_STACKS)],
)
def test_the_fixed_app_is_that_of_an_expert(build: Callable[[Shop], None], is_split: bool) -> None:
    fix = EcsGuardFix(may_replace_target_groups=True)
    fixed, rules = as_compared(written_by(build, False, fix, is_split))
    expert, wanted = as_compared(written_by(build, True, None, is_split))
    assert fix.refusals == ()
    assert fixed == expert
    assert wanted <= rules  # those for the dynamic ports stay: other tasks may need them


# --- load-balanced patterns: an expert's service has a security group of its own -------------------------------------


def pattern(kind: Any) -> Callable[[Shop], None]:
    def build(shop: Shop) -> None:
        made = kind(shop, "Api", cluster=shop.cluster, task_definition=shop.task(), min_healthy_percent=50)
        peer = ec2.Peer.ipv4(shop.vpc.vpc_cidr_block)
        if isinstance(made, ecs_patterns.NetworkLoadBalancedEc2Service):
            port = ec2.Port.tcp(8080) if shop.awsvpc else ec2.Port.tcp_range(32768, 65535)
            made.service.connections.allow_from(peer, port)

    return build


def without_groups(resources: dict[str, Any]) -> dict[str, Any]:
    """Return resources without security groups: the service has those of its instances, or one of its own."""
    kept = {name: body for name, body in resources.items() if body["Type"] != "AWS::EC2::SecurityGroup"}
    for body in kept.values():
        network = body["Properties"].get("NetworkConfiguration")
        if network:
            assert network["AwsvpcConfiguration"].pop("SecurityGroups")
    return kept


@pytest.mark.parametrize(
    "kind", [ecs_patterns.ApplicationLoadBalancedEc2Service, ecs_patterns.NetworkLoadBalancedEc2Service]
)
def test_a_load_balanced_pattern_is_that_of_an_expert(kind: Any) -> None:
    fix = EcsGuardFix(may_replace_target_groups=True)
    fixed, rules = as_compared(written_by(pattern(kind), awsvpc=False, fix=fix))
    expert, wanted = as_compared(written_by(pattern(kind), awsvpc=True))
    assert fix.refusals == ()
    assert without_groups(fixed) == without_groups(expert)
    assert ports_of(wanted) - ports_of(rules) == set()


def test_a_load_balancer_whose_cluster_is_in_another_stack() -> None:
    """The CDK makes a cycle of what an expert would write: here the rules are next to those for the dynamic ports."""
    fix = EcsGuardFix(may_replace_target_groups=True)
    resources, rules = as_compared(written_by(application_load_balancer, False, fix, is_split=True))
    _, wanted = as_compared(written_by(application_load_balancer, awsvpc=True))
    assert fix.refusals == ()
    (group,) = (each for each in resources.values() if each["Type"].endswith("::TargetGroup"))
    assert group["Properties"]["TargetType"] == "ip"
    assert wanted <= rules


def ports_of(rules: set[str]) -> set[tuple[str, int]]:
    """Return the ports that rules open, with what they open them to."""
    opened = (json.loads(rule) for rule in rules)
    return {("to" if "DestinationSecurityGroupId" in rule else "from", rule["FromPort"]) for rule in opened}


def test_the_refusal_is_that_of_the_page() -> None:
    fix = EcsGuardFix()
    written_by(pattern(ecs_patterns.ApplicationLoadBalancedEc2Service), awsvpc=False, fix=fix)
    (refusal,) = fix.refusals
    (blocker,) = refusal.blockers
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert f"Not fixed: {blocker.text}. In code: {refusal.code} ```" in page


# --- what is refused stays as it is ----------------------------------------------------------------------------------


def daemon(shop: Shop) -> None:
    task = ecs.Ec2TaskDefinition(shop, "Agent", network_mode=ecs.NetworkMode.HOST)
    task.add_container("agent", image=IMAGE, memory_limit_mib=128)
    ecs.Ec2Service(shop, "Svc", cluster=shop.cluster, task_definition=task, daemon=True)


def state_machine(shop: Shop) -> None:
    run = tasks.EcsRunTask(
        shop,
        "Run",
        cluster=shop.cluster,
        task_definition=shop.task(),
        launch_target=tasks.EcsEc2LaunchTarget(),
        integration_pattern=sfn.IntegrationPattern.RUN_JOB,
    )
    sfn.StateMachine(shop, "Machine", definition_body=sfn.DefinitionBody.from_chainable(run))


@pytest.mark.parametrize(
    ("build", "reason"),
    [(daemon, "is a DAEMON"), (state_machine, "runs it without a NetworkConfiguration")],
    ids=["daemon", "state machine"],
)
def test_what_is_refused_stays_as_it_is(build: Callable[[Shop], None], reason: str) -> None:
    fix = EcsGuardFix(may_replace_target_groups=True)
    assert written_by(build, awsvpc=False, fix=fix) == written_by(build, awsvpc=False)
    assert any(reason in blocker.text for refusal in fix.refusals for blocker in refusal.blockers)
