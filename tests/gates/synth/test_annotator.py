"""The annotations of the guard as an Aspect: their texts and levels, and when they are made."""

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
from aws_cdk.assertions import Annotations, Match
from aws_cdk.cloudformation_include import CfnInclude
from constructs import IConstruct

from ecs_guard_aspects import EcsGuard, Enforcement, Exemption, Policy, Profile
from ecs_guard_aspects.policy import Verdict

from .support import (
    AWSVPC,
    DENIED,
    IMAGE,
    ROOT,
    Raises,
    RaisesLater,
    annotations_of,
    container,
    facts,
    generic,
    level1,
    level2,
    make_app,
    only,
    permissive_fix,
    report_of,
    reported,
    said,
)


def guarded(scope: IConstruct, policy: Policy | None = None) -> EcsGuard:
    guard = EcsGuard(policy)
    cdk.Aspects.of(scope).add(guard)
    return guard


def found(stack: cdk.Stack) -> dict[str, list[str]]:
    """Return the texts of the guard's annotations below a stack, by level."""
    annotations = Annotations.from_stack(stack)
    finders = {
        "error": annotations.find_error,
        "warning": annotations.find_warning,
        "info": annotations.find_info,
    }
    return {
        level: [m.entry.data for m in find("*", Match.any_value()) if "ecs-guard" in m.entry.data]  # type: ignore[misc]
        for level, find in finders.items()
    }


def one_error(stack: cdk.Stack) -> str:
    texts = found(stack)
    assert (texts["warning"], texts["info"]) == ([], [])
    (text,) = texts["error"]
    return text


def test_everything_a_reader_needs_is_said(stack: cdk.Stack) -> None:
    node = generic(stack, mode="host", ContainerDefinitions=[container("web"), container("agent", User="0")])
    guarded(stack)
    errors = Annotations.from_stack(stack).find_error(f"/{node.node.path}", Match.any_value())
    assert len(errors) == 2
    (text,) = [error.entry.data for error in errors if ROOT in error.entry.data]  # type: ignore[operator]
    for part in ("container agent", "ecs-guard::host-mode-root-user", "User is '0'", "in host n", "1000:1000"):
        assert part in text, part
    assert "web" not in text


@pytest.mark.parametrize(
    ("enforcement", "level"),
    [(Enforcement.DENY, "error"), (Enforcement.WARN, "warning"), (Enforcement.AUDIT, None), (Enforcement.OFF, None)],
)
def test_the_level_is_the_enforcement(stack: cdk.Stack, enforcement: Enforcement, level: str | None) -> None:
    generic(stack)
    guard = guarded(stack, Policy(enforcement={AWSVPC: enforcement}))
    texts = found(stack)
    assert {name for name, of_level in texts.items() if of_level} == ({level} if level else set())
    assert len(guard.findings) == (0 if enforcement is Enforcement.OFF else 1)


def test_a_warning_can_be_acknowledged_as_cdk_does_it(stack: cdk.Stack) -> None:
    node = generic(stack)
    guarded(stack, Policy(enforcement={AWSVPC: Enforcement.WARN}))
    (text,) = found(stack)["warning"]
    assert f"ecs-guard::{AWSVPC}" in text
    other = cdk.Stack(node.node.root, "Other")
    cdk.Validations.of(generic(other)).acknowledge(cdk.Acknowledgment(id=f"ecs-guard::{AWSVPC}", reason="known"))
    guarded(other, Policy(enforcement={AWSVPC: Enforcement.WARN}))
    assert found(other) == {"error": [], "warning": [], "info": []}


MADE: dict[str, Any] = {
    "L1": lambda stack: level1(stack),
    "L1 token": lambda stack: level1(stack, mode=cdk.Token.as_string("host")),
    "L2": lambda stack: level2(stack),
    "generic": lambda stack: generic(stack),
    "pattern": lambda stack: pattern(stack),
}


def pattern(stack: cdk.Stack) -> Any:
    cluster = ecs.Cluster(stack, "Cluster", vpc=ec2.Vpc(stack, "Vpc", max_azs=2))
    cluster.add_capacity("Instances", instance_type=ec2.InstanceType("t3.small"))
    return patterns.QueueProcessingEc2Service(
        stack, "Service", cluster=cluster, image=IMAGE, memory_limit_mib=128, min_healthy_percent=50
    )


@pytest.mark.parametrize("name", MADE)
def test_every_way_to_make_one(stack: cdk.Stack, name: str) -> None:
    MADE[name](stack)
    guard = guarded(stack.node.root)
    assert AWSVPC in one_error(stack)
    assert only(guard.findings).verdict is Verdict.VIOLATION


def test_fargate_is_fine(stack: cdk.Stack) -> None:
    ecs.FargateTaskDefinition(stack, "Td").add_container("web", image=IMAGE)
    assert found(stack) == {"error": [], "warning": [], "info": []}


def test_overrides_are_judged_as_they_stand(stack: cdk.Stack) -> None:
    generic(stack, "Mended").add_property_override("NetworkMode", "awsvpc")
    generic(stack, "Harmed", mode="awsvpc").add_property_deletion_override("NetworkMode")
    generic(stack, "ByToken", mode="awsvpc").add_property_override(
        "NetworkMode", cdk.Fn.condition_if("Unknown", "awsvpc", "host")
    )
    generic(stack, "Retyped").add_override("Type", "AWS::SNS::Topic")
    guard = guarded(stack)
    assert len(found(stack)["error"]) == 2
    assert {finding.address for finding in guard.findings} == {"Stack/Harmed", "Stack/ByToken"}


class TestExpressions:
    def test_parameters(self, stack: cdk.Stack) -> None:
        cdk.CfnParameter(stack, "Good", allowed_values=["awsvpc"])
        cdk.CfnParameter(stack, "Bad", allowed_values=["awsvpc", "host"])
        cdk.CfnParameter(stack, "Open")
        for name in ("Good", "Bad", "Open"):
            generic(stack, f"Td{name}", mode=cdk.Fn.ref(name))
        guard = guarded(stack)
        assert len(found(stack)["error"]) == 2
        verdicts = {finding.address: finding.verdict for finding in guard.findings}
        assert verdicts == {"Stack/TdBad": Verdict.VIOLATION, "Stack/TdOpen": Verdict.UNRESOLVED}

    def test_conditions_move_together(self, stack: cdk.Stack) -> None:
        env = cdk.CfnParameter(stack, "Env", allowed_values=["dev", "prod"])
        is_prod = cdk.CfnCondition(stack, "IsProd", expression=cdk.Fn.condition_equals(env.value_as_string, "prod"))
        mode = cdk.Fn.condition_if("IsProd", "host", "awsvpc").to_string()
        user = cdk.Fn.condition_if("IsProd", "1000", "0").to_string()
        generic(stack, mode=mode, ContainerDefinitions=[container(User=user)])
        only_dev = generic(stack, "OnlyDev", mode=mode)
        not_prod = cdk.CfnCondition(stack, "NotProd", expression=cdk.Fn.condition_not(is_prod))
        only_dev.cfn_options.condition = not_prod
        guard = guarded(stack)
        one_error(stack)
        assert facts(guard) == {(AWSVPC, "Stack/Td", "deny")}

    def test_mappings(self, stack: cdk.Stack) -> None:
        modes = cdk.CfnMapping(stack, "Modes", mapping={"eu": {"mode": "awsvpc"}, "us": {"mode": "host"}})
        generic(stack, "Fine", mode=modes.find_in_map("eu", "mode"))
        generic(stack, "Bad", mode=cdk.Fn.find_in_map("Modes", "us", "mode"))
        generic(stack, "Either", mode=cdk.Fn.find_in_map("Modes", cdk.Fn.ref("Area"), "mode"))
        cdk.CfnParameter(stack, "Area", allowed_values=["eu", "us"])
        guard = guarded(stack)
        assert len(found(stack)["error"]) == 2
        assert {f.address for f in guard.findings} == {"Stack/Bad", "Stack/Either"}

    def test_each_stack_has_its_own(self, app: cdk.App) -> None:
        for name, mode in (("Fine", "awsvpc"), ("Bad", "host")):
            stack = cdk.Stack(app, name)
            cdk.CfnParameter(stack, "Mode", allowed_values=[mode])
            generic(stack, mode=cdk.Fn.ref("Mode"))
        guard = guarded(app)
        app.synth()
        assert facts(guard) == {(AWSVPC, "Bad/Td", "deny")}

    def test_included(self, stack: cdk.Stack, tmp_path: Path) -> None:
        body = {
            "Parameters": {"Env": {"Type": "String", "AllowedValues": ["dev", "prod"]}},
            "Conditions": {
                "IsProd": {"Fn::Equals": [{"Ref": "Env"}, "prod"]},
                "IsDev": {"Fn::Not": [{"Condition": "IsProd"}]},
            },
            "Mappings": {"Modes": {"dev": {"Mode": "bridge"}, "prod": {"Mode": "awsvpc"}}},
            "Resources": {
                name: {
                    "Type": "AWS::ECS::TaskDefinition",
                    "Condition": condition,
                    "Properties": {"NetworkMode": {"Fn::FindInMap": ["Modes", {"Ref": "Env"}, "Mode"]}},
                }
                for name, condition in (("Prod", "IsProd"), ("Dev", "IsDev"))
            },
        }
        file = tmp_path / "included.json"
        file.write_text(json.dumps(body))
        CfnInclude(stack, "Include", template_file=str(file))
        guard = guarded(stack)
        one_error(stack)
        assert facts(guard) == {(AWSVPC, "Stack/Include/Dev", "deny")}

    def test_what_depends_on_the_region_is_undecided(self, stack: cdk.Stack) -> None:
        generic(stack, mode=cdk.Aws.REGION)
        guard = guarded(stack, Policy(unresolved=Enforcement.WARN))
        (text,) = found(stack)["warning"]
        assert "cannot be decided" in text
        assert "AWS::Region" in text
        assert only(guard.findings).verdict is Verdict.UNRESOLVED


class TestAcknowledgements:
    RULE = f"ecs-guard::{AWSVPC}"

    def acknowledge(self, scope: IConstruct, rule: str = RULE, reason: str = "moves in May") -> None:
        cdk.Validations.of(scope).acknowledge(cdk.Acknowledgment(id=rule, reason=reason))

    @pytest.mark.parametrize("where", ["node", "construct", "stack", "app"])
    def test_on_it_or_above(self, app: cdk.App, stack: cdk.Stack, where: str) -> None:
        definition = level2(stack)
        scopes = {"node": definition.node.default_child, "construct": definition, "stack": stack, "app": app}
        self.acknowledge(scopes[where])  # type: ignore[arg-type]
        guard = guarded(stack)
        assert found(stack) == {"error": [], "warning": [], "info": []}
        assert len(guard.findings) == 1

    def test_only_this_check_only_this_branch(self, stack: cdk.Stack) -> None:
        level2(stack)
        self.acknowledge(level2(stack, "Other"))
        self.acknowledge(stack, rule=f"ecs-guard::{ROOT}")
        self.acknowledge(stack, rule=AWSVPC)
        self.acknowledge(stack, rule=f"other::{AWSVPC}")
        guarded(stack)
        assert AWSVPC in one_error(stack)

    @pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
    def test_a_blank_reason_does_not_count(self, stack: cdk.Stack, reason: str) -> None:
        level2(stack)
        self.acknowledge(stack, reason=reason)
        guarded(stack)
        assert "acknowledged at Stack, but without a reason" in one_error(stack)

    def test_the_nearest_counts(self, stack: cdk.Stack) -> None:
        self.acknowledge(stack, reason="")
        self.acknowledge(level2(stack))
        guarded(stack)
        assert found(stack)["error"] == []


class TestFailingClosed:
    def test_a_check_that_raises_is_denied(self, stack: cdk.Stack) -> None:
        generic(stack, mode="awsvpc")
        cdk.Validations.of(stack).acknowledge(cdk.Acknowledgment(id="ecs-guard::other", reason="never mind"))
        exemptions = (Exemption(check="raises", path="**", reason="any", owner="me", expires="2099-01-01"),)
        policy = Policy(checks=(Raises(),), exemptions=exemptions, unresolved=Enforcement.AUDIT)
        guard = guarded(stack, policy)
        text = one_error(stack)
        assert "The check itself failed with KeyError at support.py:" in text
        assert "ecs-guard::raises" in text
        assert facts(guard) == {("raises", "Stack/Td", "deny")}

    def test_a_judgement_that_breaks_off_is_reported(self, app: cdk.App, stack: cdk.Stack) -> None:
        generic(stack, mode="awsvpc")
        guarded(app, Policy(checks=(RaisesLater(),), unresolved=Enforcement.AUDIT))
        app.synth()
        (violation,) = report_of(app)["violations"]
        assert "The gate failed with LookupError at support.py:" in violation["description"]
        assert (said(app, "error"), report_of(app)["success"]) == ([], False)

    def test_a_stack_that_cannot_be_rendered_fails_the_synth(self, app: cdk.App, stack: cdk.Stack) -> None:
        """It cannot be written either."""
        generic(stack, mode="awsvpc", Family=cdk.Lazy.uncached_string(RaisesWhenRendered()))
        guarded(app)
        with pytest.raises(RuntimeError, match="no such mapping"):
            app.synth()

    def test_what_fails_for_one_guard_does_not_hide_what_another_finds(self, app: cdk.App, stack: cdk.Stack) -> None:
        generic(stack)
        inner = cdk.Stage(app, "Prod")
        generic(cdk.Stack(inner, "Stack"), mode="awsvpc")
        cdk.Aspects.of(inner).add(EcsGuard(Policy(checks=(RaisesLater(),))))
        guard = guarded(app)
        app.synth()
        assert facts(guard) == {(AWSVPC, "Stack/Td", "deny")}
        assert {rule for rule, _, _ in reported(app)} >= {"unreadable"}


@jsii.implements(cdk.IStringProducer)
class RaisesWhenRendered:
    """A token with a value when the CDK looks for references, and none after that."""

    def __init__(self) -> None:
        self._asked = 0

    def produce(self, context: cdk.IResolveContext) -> str:
        self._asked += 1
        if self._asked > 1:
            raise ValueError("no such mapping")
        return "web"


class TestWhen:
    """It remembers in ``visit``, and judges when its Stage is validated, from one rendering of each stack."""

    def test_nothing_is_judged_in_visit(self, app: cdk.App, stack: cdk.Stack) -> None:
        node = generic(stack)
        guard = guarded(app)
        before = [entry.type for entry in node.node.metadata]
        guard.visit(node)
        assert (guard.findings, [entry.type for entry in node.node.metadata]) == ((), before)

    @pytest.mark.parametrize("priority", [1, 1000])
    def test_what_a_later_aspect_changes_is_judged(self, app: cdk.App, stack: cdk.Stack, priority: int) -> None:
        for name in ("Mended", "Harmed"):
            generic(stack, name, mode={"Mended": "bridge", "Harmed": "awsvpc"}[name])
        guard = EcsGuard()
        cdk.Aspects.of(app).add(guard, priority=500)
        cdk.Aspects.of(app).add(SetsModes(Mended="awsvpc", Harmed="host"), priority=priority)
        app.synth()
        assert facts(guard) == {(AWSVPC, "Stack/Harmed", "deny")}
        assert [path for path, _ in said(app, "error")] == ["Stack/Harmed"]

    def test_what_the_fix_corrects_is_not_denied(self, app: cdk.App, stack: cdk.Stack) -> None:
        generic(stack)
        guard = guarded(app)
        cdk.Aspects.of(app).add(permissive_fix())
        app.synth()
        assert (guard.findings, said(app, "error")) == ((), [])

    def test_what_a_later_aspect_takes_away_is_not_judged(self, app: cdk.App, stack: cdk.Stack) -> None:
        @jsii.implements(cdk.IAspect)
        class Removes:
            def visit(self, node: IConstruct) -> None:
                if node.node.path == "Stack":
                    node.node.try_remove_child("Td")

        generic(stack)
        generic(stack, "Other")
        guard = EcsGuard()
        cdk.Aspects.of(app).add(Removes(), priority=900)
        cdk.Aspects.of(app).add(guard, priority=100)
        # The Aspect has visited it before it was gone.
        guard.visit(stack.node.find_child("Td"))
        app.synth()
        assert facts(guard) == {(AWSVPC, "Stack/Other", "deny")}

    def test_each_stage_has_its_turn(self, app: cdk.App, stack: cdk.Stack) -> None:
        generic(stack)
        prod = cdk.Stage(app, "Prod")
        generic(cdk.Stack(prod, "Stack"))
        generic(cdk.NestedStack(cdk.Stack(cdk.Stage(prod, "Eu"), "Stack"), "Nested"))
        guard = EcsGuard()
        for scope in (app, prod, prod.node.find_child("Eu")):
            cdk.Aspects.of(scope).add(guard)
        app.synth()
        paths = {"Stack/Td", "Prod/Stack/Td", "Prod/Eu/Stack/Nested/Td"}
        assert facts(guard) == {(AWSVPC, path, "deny") for path in paths}
        # The CDK CLI shows no annotations of stacks that are not selected, as those in Stages: they are reported.
        assert [path for path, _ in said(app, "error")] == ["Stack/Td"]
        assert {path for _, path, _ in reported(app)} == paths - {"Stack/Td"}
        assert {judged.address for judged in guard.report.resources} == paths

    def test_an_app_that_is_synthesized_again(self, app: cdk.App, stack: cdk.Stack) -> None:
        """What an earlier synth has annotated is withdrawn, and annotated again where it is still true."""
        node = level1(stack)
        guard = guarded(app)
        errors = []
        for mode in ("bridge", "bridge", "awsvpc", "bridge"):
            node.network_mode = mode
            app.synth(force=True)
            errors.append([path for path, _ in said(app, "error")])
        assert errors == [["Stack/Td"], ["Stack/Td"], [], ["Stack/Td"]]
        assert facts(guard) == {(AWSVPC, "Stack/Td", "deny")}

    def test_without_validation_it_is_reported(self, app: cdk.App, stack: cdk.Stack) -> None:
        generic(stack)
        guarded(app)
        app.synth(skip_validation=True)
        assert (said(app, "error"), reported(app)) == ([], [(AWSVPC, "Stack/Td", DENIED)])


@jsii.implements(cdk.IAspect)
class SetsModes:
    """Gives task definitions, by the name of their construct, another network mode."""

    def __init__(self, **modes: str) -> None:
        self._modes = modes

    def visit(self, node: IConstruct) -> None:
        if node.node.id in self._modes:
            node.add_property_override("NetworkMode", self._modes[node.node.id])  # type: ignore[attr-defined]


def test_two_aspects_say_it_once(stack: cdk.Stack) -> None:
    generic(stack)
    guard = EcsGuard()
    cdk.Aspects.of(stack).add(guard)
    cdk.Aspects.of(stack.node.root).add(guard)
    guarded(stack)
    one_error(stack)


def test_with_protect_everything_is_reported_once(app: cdk.App, stack: cdk.Stack) -> None:
    generic(stack)
    generic(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"))
    guard = guarded(app)
    guard.protect(app)
    app.synth()
    both = {"Stack/Td", "Prod/Stack/Td"}
    assert (said(app, "error"), {path for _, path, _ in reported(app)}) == ([], both)
    assert facts(guard) == {(AWSVPC, path, "deny") for path in both}


def test_it_stops_at_its_scope(app: cdk.App, stack: cdk.Stack) -> None:
    generic(cdk.Stack(app, "Elsewhere"))
    generic(cdk.NestedStack(stack, "Nested"))
    guard = guarded(stack)
    app.synth()
    assert facts(guard) == {(AWSVPC, "Stack/Nested/Td", "deny")}
    assert [path for path, _ in said(app, "error")] == ["Stack/Nested/Td"]


@pytest.mark.parametrize("stabilization", [True, False])
def test_both_aspect_modes(tmp_path: Path, stabilization: bool) -> None:
    app = make_app(tmp_path, **{"@aws-cdk/core:aspectStabilization": stabilization})
    generic(cdk.Stack(app, "Stack"))
    guarded(app)
    app.synth()
    app.synth(force=True)
    assert len(annotations_of(app)) == 1


def test_the_profile_decides(stack: cdk.Stack) -> None:
    generic(stack, mode="host", ContainerDefinitions=[container(Privileged=True)])
    guard = guarded(stack, Policy(profile=Profile.SECURITY_HUB))
    assert len(found(stack)["error"]) == 2
    assert {finding.check for finding in guard.findings} == {"no-privileged-containers", "no-host-network-mode"}


@pytest.mark.parametrize("how", ["add_dependency", "reference", "through another", "nested"])
def test_a_stack_that_depends_on_one_without_a_task_definition(app: cdk.App, how: str) -> None:
    network, service = cdk.Stack(app, "Network"), cdk.Stack(app, "Service")
    task = generic(cdk.NestedStack(service, "Nested") if how == "nested" else service)
    if how == "add_dependency":
        service.add_dependency(network)
    elif how == "through another":
        between = cdk.Stack(app, "Between")
        between.add_dependency(network)
        service.add_dependency(between)
    else:
        vpc = ec2.CfnVPC(network, "Vpc", cidr_block="10.0.0.0/16")
        task.add_property_override("Tags", [{"Key": "vpc", "Value": vpc.ref}])
    cdk.Aspects.of(app).add(EcsGuard())
    app.synth()
    assert [path for path, _ in said(app, "error")] == [task.node.path]
    assert reported(app) == []
