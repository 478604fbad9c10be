"""Nested stacks: what their parents give to their parameters is judged, in the tree and in the written templates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from ecs_guard_aspects import EcsGuard
from ecs_guard_aspects.admission.assembly import read_templates
from ecs_guard_aspects.policy.template import Among, AnythingBut, Domain

from .support import AWSVPC, generic, report_of, said


def nested(scope: cdk.Stack, name: str = "Nested", /, **parameters: Any) -> cdk.NestedStack:
    """Return a nested stack with a task definition whose mode is a parameter that can be anything."""
    stack = cdk.NestedStack(scope, name, parameters=parameters)
    cdk.CfnParameter(stack, "Mode")
    generic(stack, mode=cdk.Fn.ref("Mode"))
    return stack


def stack_of(source_hash: str, **parameters: Any) -> dict[str, Any]:
    properties = {"TemplateURL": f"https://s3/{source_hash}.json", "Parameters": parameters}
    return {"Type": "AWS::CloudFormation::Stack", "Properties": properties}


def mode_in(folder: Path, outer: dict[str, Any], inner: dict[str, Any] | None = None) -> Domain:
    """Return what Mode, a parameter of the asset ``aaa``, can be in a stack with the resources ``outer``."""
    contents = {
        "S.template.json": {"Resources": outer},
        "A.nested.template.json": {"Parameters": {"Mode": {"Type": "String"}}, "Resources": inner or {}},
        "S.assets.json": {"files": {"aaa": {"source": {"path": "A.nested.template.json"}}}},
    }
    for name, content in contents.items():
        (folder / name).write_text(json.dumps(content))
    _, template = read_templates(folder / "S.template.json", "S")
    return template.context.parameters["Mode"].domain


def judge(app: cdk.App) -> dict[str, str]:
    """Return the verdicts by construct path; what is annotated is what is found in the templates."""
    guard = EcsGuard().protect(app)
    app.synth()
    assert sorted({path for path, _ in said(app, "error")}) == sorted({f.resource for f in guard.findings})
    assert {finding.check for finding in guard.findings} <= {AWSVPC}
    assert report_of(app)["success"] is not bool(guard.findings)
    return {finding.resource: finding.verdict.value for finding in guard.findings}


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


def test_in_a_stage(app: cdk.App) -> None:
    nested(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"), Mode="awsvpc")
    assert judge(app) == {}


# fmt: off
DEPLOYED = [
    # what stands beside the nested stack                                                   values of Mode; None: any
    ({},                                                                                    ("awsvpc",)),
    ({"Twin": stack_of("aaa", Mode="host")},                                                ("awsvpc", "host")),
    ({"Far": stack_of("bbb", Mode="host")},                                                 ("awsvpc",)),
    ({"Product": {"Type": "AWS::ServiceCatalog::CloudFormationProduct", "Properties": {"Url": "s3/aaa.json"}}}, None),
    ({"Fn::ForEach::Stacks": ["X", ["a"], {"S${X}": stack_of("aaa", Mode="host")}]},        None),
]
# fmt: on


@pytest.mark.parametrize("place", [[], ["Properties"], ["Properties", "Parameters"]], ids="/".join)
def test_what_a_macro_may_change_is_judged_as_it_is_declared(tmp_path: Path, place: list[str]) -> None:
    stack = stack_of("aaa", Mode="awsvpc")
    part = stack
    for name in place:
        part = part[name]
    part["Fn::Transform"] = {"Name": "Mine"}
    assert mode_in(tmp_path, {"Nested": stack}) == AnythingBut()


@pytest.mark.parametrize(("others", "values"), DEPLOYED)
def test_what_else_deploys_the_template(tmp_path: Path, others: Any, values: tuple[str, ...] | None) -> None:
    parent = {"Nested": stack_of("aaa", Mode="awsvpc"), **others}
    assert mode_in(tmp_path, parent) == (Among(values) if values else AnythingBut())


def test_a_stack_that_deploys_itself_is_judged_as_it_is_declared(tmp_path: Path) -> None:
    assert mode_in(tmp_path, {}, {"Own": stack_of("aaa", Mode={"Ref": "Mode"})}) == AnythingBut()
