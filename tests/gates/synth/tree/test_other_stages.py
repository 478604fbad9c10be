"""Resources of other Stages, which may run a task definition by its family."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest

from ecs_guard_aspects.gates.synth.tree.other_stages import HOLE, resources_of_other_stages

from ..fix.support import SERVICE, refused
from ..support import level1, resource_of


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("A", {"type": SERVICE, "properties": {"TaskDefinition": "fam:3"}}),
        ("Z", {"type": SERVICE, "properties": {"TaskDefinition": "fam:3"}}),
        ("Z", {"type": "Custom::Run", "properties": {"run": "task-definition/fam"}}),
    ],
)
def test_a_family_that_another_stage_names_is_refused(app: cdk.App, name: str, told: Any) -> None:
    stages = {each: cdk.Stage(app, each) for each in sorted([name, "Prod"])}
    node = level1(cdk.Stack(stages["Prod"], "Stack"), family="fam")
    cdk.CfnResource(cdk.Stack(stages[name], "Stack"), "Svc", **told)
    (text,) = refused(app)
    assert text.startswith(f"{name}/Stack/Svc, which is in another Stage, names its family at ")
    assert resource_of(node)["Properties"]["NetworkMode"] == "bridge"


def test_of_another_account_it_is_another_family(app: cdk.App) -> None:
    for name, account in (("A", "1" * 12), ("B", "2" * 12)):
        env = cdk.Environment(account=account, region="eu-west-1")
        stack = cdk.Stack(cdk.Stage(app, name), "Stack", env=env)
        if name == "A":
            level1(stack, family="fam")
        else:
            cdk.CfnResource(stack, "Svc", type=SERVICE, properties={"TaskDefinition": "fam"})
    assert refused(app) == []


def test_a_stage_that_is_not_written_yet_has_what_was_given(app: cdk.App) -> None:
    prod, other = cdk.Stage(app, "Prod"), cdk.Stage(app, "Other")
    stack = cdk.Stack(other, "Stack")
    task = {"name": "web", "image": cdk.Fn.ref("Image"), "tags": ["x"]}
    cdk.CfnResource(stack, "Task", type="Custom::Task", properties={"task": task})
    cdk.CfnResource(cdk.Stack(prod, "Stack"), "Own", type="Custom::Own")
    cdk.CfnResource(cdk.Stack(cdk.Stage(other, "Inner"), "Stack"), "Deep", type="Custom::Deep")
    found = {each.resource.address: each.resource for each in resources_of_other_stages(prod)}
    assert sorted(found) == ["Other/Inner/Stack/Deep", "Other/Stack/Task"]
    given = found["Other/Stack/Task"].properties["Task"]
    assert (given["Name"], given["Tags"]) == ("web", ["x"])
    assert given["Image"] == HOLE


def test_a_stage_that_is_written_has_its_templates(app: cdk.App) -> None:
    prod, other = cdk.Stage(app, "Prod"), cdk.Stage(app, "Other")
    made = cdk.CfnResource(cdk.Stack(other, "Stack"), "Task", type="Custom::Task", properties={"Name": "web"})
    made.add_property_override("Name", "api")
    other.synth()
    (found,) = resources_of_other_stages(prod)
    assert (found.resource.address, found.resource.properties) == ("Other/Stack/Task", {"Name": "api"})
