"""Nested stacks: what their parents give to their parameters is judged, before they are written and after."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest

from ecs_guard_aspects import EcsGuard, Exemption, Policy

from .support import AWSVPC, generic, only, report_of


def nested(scope: cdk.Stack, name: str = "Nested", /, **parameters: Any) -> cdk.NestedStack:
    """Return a nested stack with a task definition whose mode is a parameter that can be anything."""
    stack = cdk.NestedStack(scope, name, parameters=parameters)
    cdk.CfnParameter(stack, "Mode")
    generic(stack, mode=cdk.Fn.ref("Mode"))
    return stack


def judge(app: cdk.App) -> dict[str, str]:
    """Return the verdicts by construct path."""
    guard = EcsGuard().protect(app)
    app.synth()
    assert {finding.check for finding in guard.findings} <= {AWSVPC}
    assert report_of(app)["success"] is not bool(guard.findings)
    return {finding.address: finding.verdict.value for finding in guard.findings}


def parameter(stack: cdk.Stack, *allowed: str) -> str:
    return cdk.CfnParameter(stack, "Given", allowed_values=list(allowed) or None).value_as_string


# fmt: off
GIVEN = [
    ("awsvpc",                                                        None),
    ("bridge",                                                        "violation"),
    (lambda stack: parameter(stack, "awsvpc"),                        None),
    (lambda stack: parameter(stack, "awsvpc", "host"),                "violation"),
    (lambda stack: parameter(stack),                                  "unresolved"),
    (lambda stack: cdk.Fn.import_value("Mode"),                       "unresolved"),
    (lambda stack: cdk.CfnResource(stack, "A", type="AWS::SNS::Topic").ref, "unresolved"),
]
# fmt: on


@pytest.mark.parametrize("synthesizer", [cdk.DefaultStackSynthesizer, cdk.LegacyStackSynthesizer])
@pytest.mark.parametrize(("given", "verdict"), GIVEN)
def test_what_a_parent_gives(app: cdk.App, synthesizer: Any, given: Any, verdict: str | None) -> None:
    stack = cdk.Stack(app, "Stack", synthesizer=synthesizer())
    nested(stack, Mode=given if isinstance(given, str) else given(stack))
    assert judge(app) == ({"Stack/Nested/Td": verdict} if verdict else {})


@pytest.mark.parametrize(("mode", "expected"), [("awsvpc", {}), ("host", {"Stack/Outer/Inner/Td": "violation"})])
def test_through_two_levels(app: cdk.App, mode: str, expected: dict[str, str]) -> None:
    outer = cdk.NestedStack(cdk.Stack(app, "Stack"), "Outer", parameters={"Passed": mode})
    nested(outer, "Inner", Mode=cdk.CfnParameter(outer, "Passed").value_as_string)
    assert judge(app) == expected


def test_a_parameter_of_the_parent_that_the_cdk_passes_on(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Stack")
    generic(cdk.NestedStack(stack, "Nested"), mode=parameter(stack, "awsvpc"))
    assert judge(app) == {}


def test_what_is_given_by_an_override(app: cdk.App) -> None:
    inner = nested(cdk.Stack(app, "Stack"), Mode="bridge")
    assert inner.nested_stack_resource is not None
    inner.nested_stack_resource.add_property_override("Parameters.Mode", "awsvpc")
    assert judge(app) == {}


def test_two_nested_stacks_of_one_content(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Stack")
    for name in ("One", "Two"):
        nested(stack, name, Mode="awsvpc")
    assert judge(app) == {}


def test_each_is_judged_by_what_it_is_given_itself(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Stack")
    for name, mode in (("One", "awsvpc"), ("Two", "host"), ("Three", cdk.Aws.REGION)):
        nested(stack, name, Mode=mode)
    assert judge(app) == {"Stack/Two/Td": "violation", "Stack/Three/Td": "unresolved"}


def test_each_is_exempted_and_acknowledged_for_itself(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Stack")
    for name in ("Exempt", "Accepted", "Denied"):
        nested(stack, name, Mode="host")
    accepted = stack.node.find_child("Accepted")
    cdk.Validations.of(accepted).acknowledge(cdk.Acknowledgment(id=f"ecs-guard::{AWSVPC}", reason="moves in May"))
    exemption = Exemption(check=AWSVPC, path="Stack/Exempt/Td", reason="old agent", owner="team", expires="2099-01-01")
    guard = EcsGuard(Policy(exemptions=(exemption,))).protect(app)
    app.synth()
    assert {finding.address for finding in guard.findings if finding.is_denied} == {"Stack/Denied/Td"}
    assert len(guard.findings) == 3
    suppressed = {only(v["violatingConstructs"])["constructPath"].strip("/") for v in report_of(app)["suppressed"]}
    assert "Stack/Accepted/Td" in suppressed
    assert "Stack/Denied/Td" not in suppressed


def test_in_a_stage(app: cdk.App) -> None:
    nested(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"), Mode="awsvpc")
    assert judge(app) == {}
