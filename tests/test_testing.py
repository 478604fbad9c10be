"""The helpers for teams' own tests: the only exception has the denied findings, in either annotation mode."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_ecs as ecs
from aws_cdk.assertions import Annotations, Match, Template

from ecs_guard_aspects import EcsGuard, Enforcement, Policy, Severity
from ecs_guard_aspects.policy import TaskDefinition, TaskDefinitionCheck, Violation
from ecs_guard_aspects.testing import assert_admitted, findings_of

IN_REPORT = "@aws-cdk/core:annotationsInValidationReport"
WARN = Policy(enforcement={"awsvpc-network-mode": Enforcement.WARN})


def an_app(*, in_report: bool = False) -> tuple[cdk.App, cdk.Stack]:
    """An app with one bad task definition in a stack and one in a Stage."""
    app = cdk.App(context={IN_REPORT: in_report})
    stack = cdk.Stack(app, "Stack")
    ecs.CfnTaskDefinition(stack, "Td", network_mode="bridge")
    ecs.CfnTaskDefinition(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"), "Td", network_mode="host")
    return app, stack


@pytest.mark.parametrize("in_report", [False, True])
@pytest.mark.parametrize("protected", [False, True])
def test_findings_are_returned_not_raised(in_report: bool, protected: bool) -> None:
    app, stack = an_app(in_report=in_report)
    if protected:
        EcsGuard().protect(app)
    assert [finding.address for finding in findings_of(stack)] == ["Stack/Td"]
    assert [finding.address for finding in findings_of(app)] == ["Stack/Td", "Prod/Stack/Td"]


@pytest.mark.parametrize("in_report", [False, True])
def test_the_failure_holds_every_denied_finding_whole(in_report: bool) -> None:
    app, _ = an_app(in_report=in_report)
    with pytest.raises(AssertionError) as failure:
        assert_admitted(app)
    text = str(failure.value)
    assert text.startswith("2 findings deny the app:\n\nStack/Td (awsvpc-network-mode)\nNetworkMode is 'bridge'.\n")
    assert "Prod/Stack/Td (awsvpc-network-mode)\nNetworkMode is 'host'.\n" in text
    assert text.count('Set network_mode="awsvpc"') == 2


def test_an_assembly_made_before_is_judged_all_the_same() -> None:
    _, stack = an_app()
    Template.from_stack(stack)
    with pytest.raises(AssertionError, match="1 finding denies Stack"):
        assert_admitted(stack)


def test_an_earlier_question_about_a_part_does_not_answer_for_the_whole() -> None:
    app, _ = an_app()
    stage = app.node.find_child("Prod")
    assert len(findings_of(stage)) == 1
    assert len(findings_of(app)) == 2


def test_what_has_come_since_the_last_question_is_judged() -> None:
    app = cdk.App()
    EcsGuard().protect(app)
    definition = ecs.CfnTaskDefinition(cdk.Stack(app, "Stack"), "Td", network_mode="awsvpc")
    assert_admitted(app)
    definition.network_mode = "host"
    with pytest.raises(AssertionError, match="NetworkMode is 'host'"):
        assert_admitted(app)


def test_a_gate_of_the_app_that_covers_a_part_does_not_answer_for_another() -> None:
    app, stack = an_app()
    EcsGuard().protect(app.node.find_child("Prod"))
    assert [finding.address for finding in findings_of(stack)] == ["Stack/Td"]
    assert len(findings_of(app)) == 2


def test_a_stack_without_an_app_is_judged() -> None:
    stack = cdk.Stack(None, "Stack")
    ecs.CfnTaskDefinition(stack, "Td", network_mode="bridge")
    with pytest.raises(AssertionError, match="1 finding denies"):
        assert_admitted(stack)


def test_the_scope_is_distinguished_by_its_whole_path() -> None:
    """Both stacks write a template of one file name, in two folders."""
    app = cdk.App()
    stacks = {"S": cdk.Stack(app, "S"), "Default/S": cdk.Stack(cdk.Stage(app, "Default"), "S")}
    for stack in stacks.values():
        ecs.CfnTaskDefinition(stack, "Td", network_mode="bridge")
    for path, stack in stacks.items():
        assert [finding.address for finding in findings_of(stack)] == [f"{path}/Td"]


def test_a_gate_that_fails_fails_the_test() -> None:
    app, _ = an_app()
    with pytest.raises(AssertionError, match=r"1 finding denies the app:[^!]*LookupError at test_testing.py:"):
        assert_admitted(app, Policy(checks=[RaisesLater()]))


def test_what_another_plugin_denies_is_not_ours() -> None:
    app = cdk.App()
    ecs.CfnTaskDefinition(cdk.Stack(app, "Stack"), "Td", network_mode="awsvpc")
    cdk.Validations.of(app).add_plugins(Denies())
    assert findings_of(app) == ()


@jsii.implements(cdk.IPolicyValidationPlugin)
class Denies:
    """Another plugin, which denies everything."""

    name, version, rule_ids = "denies", "1", None

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        violation = cdk.PolicyViolation(rule_name="no", description="No.", violating_resources=[])
        return cdk.PolicyValidationPluginReport(success=False, violations=[violation])


class Broken:
    """A violation that has only the property to point at: it fails when it is put into words."""

    property = "NetworkMode"

    def __getattr__(self, name: str) -> Any:
        raise LookupError("lost")


class RaisesLater(TaskDefinitionCheck):
    id = "raises-later"
    severity = Severity.MEDIUM
    title = "A check that fails where nobody expects it."

    def violation(self, task_definition: TaskDefinition) -> Violation | None:
        return Broken()  # type: ignore[return-value]


def test_a_policy_that_is_given_wins_over_that_of_the_app() -> None:
    app, stack = an_app()
    EcsGuard().protect(app)
    assert_admitted(stack, WARN)
    assert {finding.enforcement for finding in findings_of(stack, WARN)} == {Enforcement.WARN}


def test_without_one_the_policy_of_the_app_is_used() -> None:
    app, _ = an_app()
    EcsGuard(WARN).protect(app)
    assert_admitted(app)


def test_what_is_acknowledged_is_admitted() -> None:
    app, stack = an_app()
    acknowledgement = cdk.Acknowledgment(id="ecs-guard::awsvpc-network-mode", reason="moves in May")
    cdk.Validations.of(stack).acknowledge(acknowledgement)
    assert_admitted(stack)
    assert [finding.acknowledged for finding in findings_of(app)] == ["moves in May", None]


def test_a_synth_that_fails_for_another_reason_raises_it() -> None:
    app = cdk.App()
    stack = cdk.Stack(app, "Stack")
    ecs.Ec2Service(
        stack,
        "Service",
        cluster=ecs.Cluster(stack, "Cluster"),
        task_definition=ecs.Ec2TaskDefinition(stack, "Empty"),
        min_healthy_percent=50,
    )
    with pytest.raises(RuntimeError, match=r"does not have any|at least one"):
        assert_admitted(stack)


@pytest.mark.parametrize("in_report", [False, True])
def test_asking_leaves_the_app_as_it_was(in_report: bool) -> None:
    app, stack = an_app(in_report=in_report)
    assert len(findings_of(app)) == 2
    assert "AWS::ECS::TaskDefinition" in str(Template.from_stack(stack).to_json())
    assert Annotations.from_stack(stack).find_error("*", Match.any_value()) == []


def test_what_is_not_checked_elsewhere_is_not_a_finding() -> None:
    app = cdk.App()
    for name in ("Mine", "Other"):
        cdk.CfnResource(cdk.Stack(app, name), "Macro", type="AWS::CloudFormation::StackSet")
    policy = Policy(enforcement={"not-checked": Enforcement.DENY})
    assert [finding.address for finding in findings_of(app.node.find_child("Mine"), policy)] == ["Mine/Macro"]
    assert len(findings_of(app, policy)) == 2


def test_the_policy_of_a_guard_that_is_an_aspect_counts_before_its_first_visit() -> None:
    app, stack = an_app()
    cdk.Aspects.of(app).add(EcsGuard(WARN))
    assert [finding.enforcement for finding in findings_of(stack)] == [Enforcement.WARN]
