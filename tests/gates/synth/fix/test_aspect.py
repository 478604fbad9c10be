"""The fix: what it changes in the template, what it leaves alone, and what it reports."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_pipes as pipes
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from aws_cdk.cloudformation_include import CfnInclude

from ecs_guard_aspects import EcsGuard, EcsGuardFix, Enforcement, Exemption, Policy
from ecs_guard_aspects.gates.synth.fix.stage_fix import METADATA_KEY

from ..support import (
    AWSVPC,
    IMAGE,
    ROOT,
    container,
    facts,
    generic,
    level1,
    level2,
    make_app,
    notes_of,
    only,
    outdir_of,
    permissive_fix,
    report_of,
    resource_of,
    said,
    template_of,
)
from .of_aspect import (
    GIVEN,
    MADE_AWSVPC,
    NETWORK,
    add_as_aspect,
    at,
    blockers,
    fixed,
    mode_of,
    noted,
    properties_of,
    service,
)

STILL_DENIED = (
    "no User is set, because its network mode would still be denied: exempt the mode first, if it has to stay as it is"
)
ARN = "arn:aws:iam::111122223333:role/r"
Builder = Callable[[cdk.Stack, Any], Any]


ANY_MODE = Policy(enforcement={AWSVPC: Enforcement.OFF})
# References between stacks that are weak make no exports.
WEAK = ("@aws-cdk/core:defaultCrossStackReferences", "weak")


def spoken(app: cdk.App) -> list[tuple[str, str]]:
    """Return path and text of all notes of the fix."""
    has_report = (outdir_of(app) / "validation-report.json").exists()
    return sorted([*(noted(app) if has_report else []), *said(app, "info")])


def task_set(stack: cdk.Stack, arn: str) -> ecs.CfnTaskSet:
    return ecs.CfnTaskSet(stack, "User", task_definition=arn, cluster="c", service="s")


def rule(stack: cdk.Stack, arn: str) -> events.CfnRule:
    parameters = events.CfnRule.EcsParametersProperty(task_definition_arn=arn)
    other = events.CfnRule.TargetProperty(id="other", arn="arn:aws:sns:eu-west-1:1:t")
    target = events.CfnRule.TargetProperty(id="t", arn="arn:c", role_arn=ARN, ecs_parameters=parameters)
    return events.CfnRule(stack, "User", schedule_expression="rate(1 day)", targets=[other, target])


def schedule(stack: cdk.Stack, arn: str) -> scheduler.CfnSchedule:
    return scheduler.CfnSchedule(
        stack,
        "User",
        schedule_expression="rate(1 day)",
        flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
        target=scheduler.CfnSchedule.TargetProperty(
            arn="arn:c",
            role_arn=ARN,
            ecs_parameters=scheduler.CfnSchedule.EcsParametersProperty(task_definition_arn=arn),
        ),
    )


def pipe(stack: cdk.Stack, arn: str) -> pipes.CfnPipe:
    run = pipes.CfnPipe.PipeTargetEcsTaskParametersProperty(task_definition_arn=arn)
    return pipes.CfnPipe(
        stack,
        "User",
        role_arn=ARN,
        source="arn:aws:sqs:eu-west-1:1:q",
        target="arn:c",
        target_parameters=pipes.CfnPipe.PipeTargetParametersProperty(ecs_task_parameters=run),
    )


def generic_service(stack: cdk.Stack, arn: str) -> cdk.CfnResource:
    return cdk.CfnResource(stack, "User", type="AWS::ECS::Service", properties={"TaskDefinition": arn})


def overridden_service(stack: cdk.Stack, arn: str) -> cdk.CfnResource:
    made = service(stack, "other")
    made.add_property_override("TaskDefinition", arn)
    return made


# who runs it, where it is given its network
GIVEN_A_NETWORK: dict[str, tuple[Builder, tuple[Any, ...]]] = {
    "service": (service, ("NetworkConfiguration", "AwsvpcConfiguration")),
    "task set": (task_set, ("NetworkConfiguration", "AwsVpcConfiguration")),
    "rule": (rule, ("Targets", 1, "EcsParameters", "NetworkConfiguration", "AwsVpcConfiguration")),
    "schedule": (schedule, ("Target", "EcsParameters", "NetworkConfiguration", "AwsvpcConfiguration")),
    "pipe": (
        pipe,
        ("TargetParameters", "EcsTaskParameters", "NetworkConfiguration", "AwsvpcConfiguration"),
    ),
    "generic service": (generic_service, ("NetworkConfiguration", "AwsvpcConfiguration")),
    "a service by override": (overridden_service, ("NetworkConfiguration", "AwsvpcConfiguration")),
}


class TestConsumers:
    @pytest.mark.parametrize("name", GIVEN_A_NETWORK)
    def test_are_given_a_network(self, app: cdk.App, stack: cdk.Stack, name: str) -> None:
        make, path = GIVEN_A_NETWORK[name]
        definition = level1(stack)
        user = make(stack, definition.ref)
        guard, fix = fixed(app)
        assert mode_of(definition) == "awsvpc"
        assert at(properties_of(user), path) == GIVEN
        assert (guard.findings, fix.refusals) == ((), ())
        assert {change.resource for change in fix.changes} == {"Stack/Td", "Stack/User"}
        assert "NetworkConfiguration" not in json.dumps(properties_of(user).get("Targets", [{}])[0])

    @pytest.mark.parametrize("name", GIVEN_A_NETWORK)
    def test_refuse_without_one(self, app: cdk.App, stack: cdk.Stack, name: str) -> None:
        definition = level1(stack)
        user = GIVEN_A_NETWORK[name][0](stack, definition.ref)
        guard, fix = fixed(app, permissive_fix())
        kind = "service" if "service" in name else name
        reason = f"{kind} Stack/User has no NetworkConfiguration, and the instances of its cluster are not here"
        assert blockers(fix) == [reason]
        assert mode_of(definition) == "bridge"
        assert "NetworkConfiguration" not in json.dumps(resource_of(user))
        change = "EcsGuardFix(network=Network(subnets=tuple(subnet.subnet_id for subnet in vpc.private_subnets)))"
        note = f"Not fixed: {reason}. In code: {change}"
        assert only(guard.findings).notes == (note,)
        assert [note in violation["description"] for violation in report_of(app)["violations"]].count(True) == 1

    def test_state_machine(self, app: cdk.App, stack: cdk.Stack) -> None:
        vpc = ec2.Vpc(stack, "Vpc", max_azs=1)
        cluster = ecs.Cluster(stack, "Cluster", vpc=vpc)
        cluster.add_capacity("Instances", instance_type=ec2.InstanceType("t3.small"))
        definition = level2(stack)
        run = tasks.EcsRunTask(
            stack, "Run", cluster=cluster, task_definition=definition, launch_target=tasks.EcsEc2LaunchTarget()
        )
        sfn.StateMachine(stack, "Machine", definition_body=sfn.DefinitionBody.from_chainable(run))
        guard, fix = fixed(app)
        assert mode_of(definition) == "bridge"
        assert "state machine Stack/Machine/Resource" in "; ".join(blockers(fix))
        assert "NetworkConfiguration" in "; ".join(blockers(fix))
        assert only(guard.findings).is_denied

    def test_function(self, app: cdk.App, stack: cdk.Stack) -> None:
        definition = level2(stack)
        lambda_.Function(
            stack,
            "Run",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="index.main",
            code=lambda_.Code.from_inline("def main(*_): pass"),
            environment={"TASK": definition.task_definition_arn},
        )
        _, fix = fixed(app)
        assert mode_of(definition) == "bridge"
        what = "Stack/Run/Resource (AWS::Lambda::Function) names it at Environment.Variables.TASK"
        assert blockers(fix) == [f"{what} and may run it without a NetworkConfiguration"]

    @pytest.mark.parametrize(("permitted", "mode"), [(False, "bridge"), (True, "awsvpc")])
    def test_who_is_granted_to_run_it_does(self, app: cdk.App, stack: cdk.Stack, permitted: bool, mode: str) -> None:
        definition = level2(stack)
        service(stack, definition.task_definition_arn)
        definition.grant_run(iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")))
        _, fix = fixed(app, EcsGuardFix(network=NETWORK, run_elsewhere=permitted))
        assert mode_of(definition) == mode
        what = "allows a principal to run it with ecs:RunTask or ecs:StartTask"
        assert [what in text for text in blockers(fix)] == ([] if permitted else [True])

    def test_an_output_gives_it_to_others(self, app: cdk.App, stack: cdk.Stack) -> None:
        definition = level1(stack)
        service(stack, definition.ref)
        cdk.CfnOutput(stack, "Task", value=definition.ref, export_name="task")
        _, fix = fixed(app, EcsGuardFix(network=NETWORK))
        assert [text.partition(",")[0] for text in blockers(fix)] == ["output Task gives it to others"]

    @pytest.mark.parametrize("strength", ["strong", "weak"])
    def test_an_export_that_is_imported_cannot_be_changed(self, tmp_path: Path, strength: str) -> None:
        app = make_app(tmp_path, **{"@aws-cdk/core:defaultCrossStackReferences": strength})
        definition = level1(cdk.Stack(app, "Tasks"))
        service(cdk.Stack(app, "Services"), definition.ref)
        _, fix = fixed(app)
        assert [text.partition(",")[0] for text in blockers(fix)] == (
            ["stack Services imports its ARN from stack Tasks"] if strength == "strong" else []
        )

    @pytest.mark.parametrize("order", ["definition first", "consumer first"])
    def test_across_stacks(self, app: cdk.App, order: str) -> None:
        app.node.set_context(*WEAK)
        names = ["A", "B"] if order == "definition first" else ["B", "A"]
        stacks = {name: cdk.Stack(app, name) for name in names}
        definition = level1(stacks["A"])
        # The same logical id in the consumer's stack is another resource.
        user = service(stacks["B"], definition.ref)
        _, fix = fixed(app)
        assert mode_of(definition) == "awsvpc"
        assert at(properties_of(user), ("NetworkConfiguration", "AwsvpcConfiguration")) == GIVEN
        assert len(fix.changes) == 2

    def test_of_the_same_logical_id_in_another_stack_are_not_its_own(self, app: cdk.App) -> None:
        one, two = cdk.Stack(app, "One"), cdk.Stack(app, "Two")
        mine, other = level1(one), level1(two)
        service(two, other.ref, role=ARN)
        _, fix = fixed(app)
        assert (mode_of(mine), mode_of(other)) == ("awsvpc", "bridge")
        assert [refusal.resource for refusal in fix.refusals] == ["Two/Td"]

    @pytest.mark.parametrize("inner", ["consumer", "definition"])
    def test_nested_stacks(self, app: cdk.App, stack: cdk.Stack, inner: str) -> None:
        nested = cdk.NestedStack(stack, "Nested")
        definition = level1(nested if inner == "definition" else stack)
        user = service(nested if inner == "consumer" else stack, definition.ref)
        fixed(app)
        assert mode_of(definition) == "awsvpc"
        assert at(properties_of(user), ("NetworkConfiguration", "AwsvpcConfiguration")) == GIVEN

    def test_included(self, app: cdk.App, stack: cdk.Stack, tmp_path: Path) -> None:
        body = {
            "Resources": {
                "Td": {
                    "Type": "AWS::ECS::TaskDefinition",
                    "Properties": {
                        "ContainerDefinitions": [container(PortMappings=[{"ContainerPort": 80, "HostPort": 0}])]
                    },
                },
                "User": {"Type": "AWS::ECS::Service", "Properties": {"TaskDefinition": {"Ref": "Td"}}},
            }
        }
        file = tmp_path / "included.json"
        file.write_text(json.dumps(body))
        CfnInclude(stack, "Include", template_file=str(file))
        fixed(app)
        resources = template_of(stack)["Resources"]
        assert resources["Td"]["Properties"]["NetworkMode"] == "awsvpc"
        assert resources["Td"]["Properties"]["ContainerDefinitions"][0]["PortMappings"] == [{"ContainerPort": 80}]
        assert resources["User"]["Properties"]["NetworkConfiguration"] == {"AwsvpcConfiguration": GIVEN}

    def test_by_family(self, app: cdk.App, stack: cdk.Stack) -> None:
        definition = level1(stack, family="web")
        service(cdk.Stack(app, "Other"), "web:3", role=ARN)
        _, fix = fixed(app)
        assert mode_of(definition) == "bridge"
        has_role = "service Other/User has a Role, which awsvpc does not permit: removing it replaces the service"
        assert blockers(fix) == [has_role]

    def test_what_is_called_like_the_family_is_not_it(self, app: cdk.App, stack: cdk.Stack) -> None:
        definition = level1(stack, family="web")
        service(stack, definition.ref, service_name="web", role=None)
        level1(stack, "Website", family="website")
        elb.CfnTargetGroup(stack, "Group", name="web", target_type="ip")
        service(cdk.Stack(app, "Other"), "other", service_name="web", role=ARN)
        _, fix = fixed(app)
        assert mode_of(definition) == "awsvpc"
        assert fix.refusals == ()

    def test_by_an_export_of_ones_own(self, app: cdk.App, stack: cdk.Stack) -> None:
        definition = level1(stack)
        cdk.CfnOutput(stack, "Out", value=definition.ref, export_name="shared-task")
        service(cdk.Stack(app, "Other"), cdk.Fn.import_value("shared-task"), role=ARN)
        _, fix = fixed(app)
        assert mode_of(definition) == "bridge"
        assert [refusal.resource for refusal in fix.refusals] == ["Stack/Td"]

    def test_by_an_export_of_the_cdk(self, app: cdk.App, stack: cdk.Stack) -> None:
        definition = level1(stack)
        service(cdk.Stack(app, "Other"), definition.ref, role=ARN)
        # References between stacks have become exports and imports before the fix is there.
        app.synth()
        fix = permissive_fix(network=NETWORK)
        cdk.Aspects.of(app).add(fix)
        app.synth(force=True)
        assert mode_of(definition) == "bridge"
        assert [refusal.resource for refusal in fix.refusals] == ["Stack/Td"]

    @pytest.mark.parametrize("inner", ["nested", "by URL"])
    def test_by_a_parameter_of_a_nested_stack(self, app: cdk.App, stack: cdk.Stack, inner: str) -> None:
        definition = level1(stack)
        if inner == "nested":
            nested = cdk.NestedStack(stack, "Nested", parameters={"Task": definition.ref})
            service(nested, cdk.CfnParameter(nested, "Task").value_as_string)
        else:
            cdk.CfnStack(stack, "Nested", template_url="https://s/t.json", parameters={"Task": definition.ref})
        _, fix = fixed(app)
        assert mode_of(definition) == "bridge"
        assert [refusal.resource for refusal in fix.refusals] == ["Stack/Td"]

    def test_two_of_them_all_or_none(self, app: cdk.App, stack: cdk.Stack) -> None:
        definition = level1(stack)
        first = service(stack, definition.ref)
        ecs.CfnService(stack, "Second", task_definition=definition.ref, launch_type="EXTERNAL")
        _, fix = fixed(app)
        assert mode_of(definition) == "bridge"
        assert "NetworkConfiguration" not in properties_of(first)
        assert fix.changes == ()
        assert blockers(fix) == [
            "service Stack/Second has LaunchType EXTERNAL, and ECS Anywhere does not support awsvpc"
        ]

    def test_target_groups(self, app: cdk.App, stack: cdk.Stack) -> None:
        for name, target_type in (("Ip", "ip"), ("Instance", "instance")):
            part = cdk.Stack(stack, name)
            group = elb.CfnTargetGroup(part, "Group", target_type=target_type)
            definition = level1(part)
            balancer = ecs.CfnService.LoadBalancerProperty(container_port=80, target_group_arn=group.ref)
            service(part, definition.ref, load_balancers=[balancer])
        _, fix = fixed(app)
        assert [refusal.resource for refusal in fix.refusals] == ["Stack/Instance/Td"]
        assert blockers(fix) == [
            (
                "target group Stack/Instance/Group registers instances: switching it replaces the target group, and its"
                " listener is not here"
            )
        ]

    def test_in_another_stage_are_not_seen(self, app: cdk.App) -> None:
        for name in ("Dev", "Prod"):
            stack = cdk.Stack(cdk.Stage(app, name), "Stack")
            definition = level1(stack)
            service(stack, definition.ref, role=ARN if name == "Prod" else None)
        guard, fix = fixed(app)
        assert [refusal.resource for refusal in fix.refusals] == ["Prod/Stack/Td"]
        assert facts(guard) == {(AWSVPC, "Prod/Stack/Td", "deny")}
        assert {change.resource for change in fix.changes} == {"Dev/Stack/Td", "Dev/Stack/User"}


WAYS: dict[str, Callable[[cdk.App, EcsGuardFix], Any]] = {
    "once": lambda app, fix: EcsGuard().protect(app, fix=fix),
    "protect twice": lambda app, fix: EcsGuard().protect(app, fix=fix).protect(app, fix=fix),
    "two guards": lambda app, fix: (EcsGuard().protect(app, fix=fix), EcsGuard().protect(app, fix=fix)),
    "two fixes": lambda app, fix: (
        EcsGuard().protect(app, fix=fix),
        EcsGuard().protect(app, fix=permissive_fix(network=NETWORK)),
    ),
    "also a plain Aspect": lambda app, fix: (
        EcsGuard().protect(app, fix=fix),
        add_as_aspect(app, fix),
        add_as_aspect(app.node.find_child("Stack"), fix),  # type: ignore[arg-type]
    ),
    "a plain Aspect and no guard": lambda app, fix: add_as_aspect(app, fix),
    "visited by hand": lambda app, fix: (
        [fix.visit(node) for node in app.node.find_all()],
        EcsGuard().protect(app, fix=fix),
    ),
}


class TestIdempotence:
    """In every number and order of fixes, the template is that of one fix, applied once."""

    @staticmethod
    def build(tmp_path: Path, stabilization: bool = False) -> tuple[cdk.App, cdk.Stack]:
        app = make_app(tmp_path, **{"@aws-cdk/core:aspectStabilization": stabilization})
        stack = cdk.Stack(app, "Stack")
        definition = generic(
            stack, ContainerDefinitions=[container(PortMappings=[{"ContainerPort": 8, "HostPort": 0}])]
        )
        service(stack, definition.ref)
        generic(stack, "Refused", ContainerDefinitions=[container(Links=["x"])])
        return app, stack

    @pytest.fixture(scope="class")
    @classmethod
    def reference(cls, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, list[tuple[str, str]]]:
        """Return the template of one fix, and its notes."""
        app, stack = cls.build(tmp_path_factory.mktemp("reference"))
        EcsGuard().protect(app, fix=permissive_fix(network=NETWORK))
        app.synth()
        return template_of(stack), spoken(app)

    @pytest.mark.parametrize("stabilization", [False, True], ids=["one pass", "stabilized"])
    @pytest.mark.parametrize("way", WAYS)
    def test_however_it_is_added(
        self, tmp_path: Path, reference: tuple[Any, list[tuple[str, str]]], way: str, stabilization: bool
    ) -> None:
        template, expected = reference
        app, stack = self.build(tmp_path / "app", stabilization)
        fix = permissive_fix(network=NETWORK)
        WAYS[way](app, fix)
        app.synth()
        first = template_of(stack)
        notes = spoken(app)
        app.synth(force=True)
        assert template_of(stack) == first == template
        assert first["Resources"]["Td"]["Properties"]["NetworkMode"] == "awsvpc"
        assert len(fix.changes) == 3
        assert len(fix.refusals) == 1
        assert spoken(app) == notes
        if way == "a plain Aspect and no guard":  # which leaves no finding to say it
            text = "ecs-guard has not fixed this:\n   - container web uses links, ..."
            expected = [*expected, ("Stack/Refused", text)]
        assert [(path, text[:60]) for path, text in notes] == [(path, text[:60]) for path, text in sorted(expected)]


def test_what_is_broken_between_two_synths_is_fixed(app: cdk.App, stack: cdk.Stack) -> None:
    node = level1(stack, mode="awsvpc")
    guard, fix = fixed(app)
    node.network_mode = "bridge"
    app.synth(force=True)
    assert mode_of(node) == "awsvpc"
    assert (guard.findings, len(fix.changes)) == ((), 1)


def test_what_was_refused_and_is_corrected_since_is_no_longer_refused(app: cdk.App, stack: cdk.Stack) -> None:
    definition = level1(stack)
    user = service(stack, definition.ref)
    guard, fix = fixed(app, permissive_fix())
    assert [refusal.resource for refusal in fix.refusals] == ["Stack/Td"]
    user.add_property_override("NetworkConfiguration", {"AwsvpcConfiguration": GIVEN})
    app.synth(force=True)
    assert (guard.findings, fix.refusals) == ((), ())
    assert noted(app) == [("Stack/Td", MADE_AWSVPC)]


class TestUser:
    def test_only_host_mode_root_is_given_one(self, app: cdk.App, stack: cdk.Stack) -> None:
        containers = [
            container("root", User="0"),
            container("absent", User=None),
            container("own", User="7"),
            container("lord", User="root", Privileged=True),
        ]
        node = generic(stack, mode="host", ContainerDefinitions=containers)
        bridged = generic(stack, "Bridged", ContainerDefinitions=[container(User="0")])
        guard, fix = fixed(app, permissive_fix(awsvpc=False, user="1000:1000", may_replace_root=True), ANY_MODE)
        users = [item.get("User") for item in properties_of(node)["ContainerDefinitions"]]
        assert users == ["1000:1000", "1000:1000", "7", "root"]
        assert properties_of(bridged)["ContainerDefinitions"][0]["User"] == "0"
        assert {(f.check, f.container, f.enforcement.value) for f in guard.findings} == {
            ("host-mode-privileged", "lord", "audit"),
        }
        assert fix.refusals == ()

    @pytest.mark.parametrize(("policy", "user"), [(None, None), (ANY_MODE, "1000")])
    def test_where_awsvpc_is_refused(
        self, app: cdk.App, stack: cdk.Stack, policy: Policy | None, user: str | None
    ) -> None:
        """Nothing is changed where it would stay denied."""
        node = generic(stack, mode="host", ContainerDefinitions=[container(User=None, Hostname="h")])
        guard, fix = fixed(app, permissive_fix(user="1000"), policy)
        assert properties_of(node)["ContainerDefinitions"][0].get("User") == user
        assert mode_of(node) == "host"
        assert blockers(fix) == ["container web sets hostname", *([] if user else [STILL_DENIED])]
        assert (AWSVPC in {finding.check for finding in guard.findings}) is (policy is None)

    def test_without_awsvpc_it_is_not_enough(self, app: cdk.App, stack: cdk.Stack) -> None:
        node = generic(stack, mode="host", ContainerDefinitions=[container(User=None)])
        _, fix = fixed(app, permissive_fix(awsvpc=False, user="1000"))
        assert "User" not in properties_of(node)["ContainerDefinitions"][0]
        assert blockers(fix) == [STILL_DENIED]

    def test_one_that_is_written_as_root_is_kept(self, app: cdk.App, stack: cdk.Stack) -> None:
        node = generic(stack, mode="host", ContainerDefinitions=[container(User="0")])
        fixed(app, permissive_fix(awsvpc=False, user="1000"), ANY_MODE)
        assert properties_of(node)["ContainerDefinitions"][0]["User"] == "0"

    def test_not_where_awsvpc_is_set(self, app: cdk.App, stack: cdk.Stack) -> None:
        node = generic(stack, mode="host", ContainerDefinitions=[container(User="0")])
        fixed(app, permissive_fix(user="1000"))
        assert mode_of(node) == "awsvpc"
        assert properties_of(node)["ContainerDefinitions"][0]["User"] == "0"

    def test_on_a_lazy_list(self, app: cdk.App, stack: cdk.Stack) -> None:
        definition = ecs.Ec2TaskDefinition(stack, "Td", network_mode=ecs.NetworkMode.HOST)
        fix = permissive_fix(awsvpc=False, user="1000")
        EcsGuard(ANY_MODE).protect(app, fix=fix)
        definition.add_container("late", image=IMAGE, memory_limit_mib=64)
        app.synth()
        assert properties_of(definition)["ContainerDefinitions"][0]["User"] == "1000"

    @pytest.mark.parametrize("user", ["0", "root", "0:0", "", "a b", "1000:", 1000, "-5"])
    def test_a_bad_one_is_refused(self, user: Any) -> None:
        with pytest.raises(ValueError, match="user is"):
            permissive_fix(user=user)

    def test_a_bad_network_is_refused(self) -> None:
        with pytest.raises(ValueError, match="must be a Network"):
            permissive_fix(network={"subnets": ["a"]})  # type: ignore[arg-type]


class TestWhatIsAdmitted:
    def exemption(self, check: str, expires: str) -> Policy:
        exemption = Exemption(check=check, path="Stack/Td", reason="agent", owner="team", expires=expires)
        return Policy(exemptions=(exemption,), today=datetime.date(2026, 6, 1))

    @pytest.mark.parametrize(
        ("check", "expires", "mode"),
        [
            (AWSVPC, "2026-06-01", "host"),
            (AWSVPC, "2026-05-31", "awsvpc"),
            (ROOT, "2026-06-01", "awsvpc"),
        ],
    )
    def test_by_exemption(self, app: cdk.App, stack: cdk.Stack, check: str, expires: str, mode: str) -> None:
        node = generic(stack, mode="host")
        generic(stack, "Other", mode="host", ContainerDefinitions=[container(User="0")])
        fixed(app, policy=self.exemption(check, expires))
        assert mode_of(node) == mode
        assert template_of(stack)["Resources"]["Other"]["Properties"]["NetworkMode"] == "awsvpc"

    def test_its_root_user_is_fixed_all_the_same(self, app: cdk.App, stack: cdk.Stack) -> None:
        node = generic(stack, mode="host", ContainerDefinitions=[container(User=None)])
        fixed(app, permissive_fix(user="1000"), self.exemption(AWSVPC, "2027-01-01"))
        assert (mode_of(node), properties_of(node)["ContainerDefinitions"][0]["User"]) == ("host", "1000")

    @pytest.mark.parametrize(("reason", "mode"), [("reads host counters", "bridge"), (" ", "awsvpc")])
    @pytest.mark.parametrize("where", ["node", "stack"])
    def test_by_acknowledgement(self, app: cdk.App, stack: cdk.Stack, where: str, reason: str, mode: str) -> None:
        definition = level2(stack)
        scope = stack if where == "stack" else definition
        cdk.Validations.of(scope).acknowledge(cdk.Acknowledgment(id=f"ecs-guard::{AWSVPC}", reason=reason))
        fixed(app)
        assert mode_of(definition) == mode


class TestWhere:
    def test_stages_of_any_depth(self, app: cdk.App) -> None:
        prod = cdk.Stage(app, "Prod")
        stacks = [cdk.Stack(prod, "Stack"), cdk.Stack(cdk.Stage(prod, "Eu"), "Stack"), cdk.Stack(app, "Top")]
        stacks.append(cdk.NestedStack(stacks[1], "Nested"))
        nodes = [level1(stack) for stack in stacks]
        guard, fix = fixed(app)
        assert [mode_of(node) for node in nodes] == ["awsvpc"] * 4
        assert guard.findings == ()
        assert len(fix.changes) == 4

    def test_a_stage_made_after_protect_is_denied_not_fixed(self, app: cdk.App) -> None:
        fix = permissive_fix()
        guard = EcsGuard().protect(app, fix=fix)
        level1(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"))
        app.synth()
        assert facts(guard) == {(AWSVPC, "Prod/Stack/Td", "deny")}

    def test_only_below_the_scope(self, app: cdk.App, stack: cdk.Stack) -> None:
        inside, outside = level1(stack), level1(cdk.Stack(app, "Other"))
        EcsGuard().protect(stack, fix=permissive_fix())
        app.synth()
        assert (mode_of(inside), mode_of(outside)) == ("awsvpc", "bridge")

    def test_consumers_outside_the_scope_count(self, app: cdk.App, stack: cdk.Stack) -> None:
        definition = level1(stack)
        service(cdk.Stack(app, "Other"), definition.ref, role=ARN)
        fix = permissive_fix(network=NETWORK)
        EcsGuard().protect(stack, fix=fix)
        app.synth()
        assert mode_of(definition) == "bridge"

    def test_fine_ones_are_not_touched(self, app: cdk.App, stack: cdk.Stack) -> None:
        node = level1(stack, mode="awsvpc")
        _, fix = fixed(app, permissive_fix(user="1000"))
        assert "Metadata" not in resource_of(node) or METADATA_KEY not in resource_of(node)["Metadata"]
        assert (fix.changes, fix.refusals, notes_of(app)) == ((), (), [])

    def test_expressions_as_a_whole_are_left_alone(self, app: cdk.App, stack: cdk.Stack) -> None:
        node = generic(stack)
        node.add_override("Properties", {"Fn::If": ["C", {"NetworkMode": "host"}, {"Ref": "AWS::NoValue"}]})
        guard, fix = fixed(app)
        assert resource_of(node)["Properties"] == {"Fn::If": ["C", {"NetworkMode": "host"}, {"Ref": "AWS::NoValue"}]}
        assert len(fix.refusals) == 1
        assert any(finding.is_denied for finding in guard.findings)
