"""Verification: what did not come out as planned, or runs it in another Stage, fails the synth."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import jsii
import pytest

from ecs_guard_aspects import EcsGuard

from ..support import container, level1, permissive_fix
from .support import NETWORK, SERVICE


class Forgetful(cdk.CfnResource):
    """A resource that sets another value than the given one."""

    def add_property_override(self, property_path: str, value: Any) -> None:
        super().add_property_override("Cpu", "1")
        super().add_property_override(property_path, value)


def test_what_did_not_come_out_as_planned_fails_the_synth(app: cdk.App, stack: cdk.Stack) -> None:
    properties = {"ContainerDefinitions": [container()]}
    Forgetful(stack, "Td", type="AWS::ECS::TaskDefinition", properties=properties)
    EcsGuard().protect(app, fix=permissive_fix())
    with pytest.raises(RuntimeError, match="Stack/Td, and the change did not have the planned effect"):
        app.synth()


@jsii.implements(cdk.IStringProducer)
class Fam:
    def produce(self, context: cdk.IResolveContext) -> str:
        return "fam"


def test_what_only_shows_later_fails_the_synth(app: cdk.App) -> None:
    stages = {each: cdk.Stage(app, each) for each in ("Prod", "Z")}
    level1(cdk.Stack(stages["Prod"], "Stack"), family="fam")
    properties = {"TaskDefinition": cdk.Lazy.uncached_string(Fam())}
    cdk.CfnResource(cdk.Stack(stages["Z"], "Stack"), "Svc", type=SERVICE, properties=properties)
    EcsGuard().protect(app, fix=permissive_fix(network=NETWORK))
    with pytest.raises(RuntimeError, match="Z/Stack/Svc, which is in another Stage, names its family"):
        app.synth()


@pytest.mark.parametrize(("name", "is_it"), [("shop-task", True), ("other-task", False)])
def test_an_import_in_another_stage_fails_the_synth(app: cdk.App, name: str, is_it: bool) -> None:
    stages = {each: cdk.Stage(app, each) for each in ("Prod", "Z")}
    task = level1(cdk.Stack(stages["Prod"], "Stack"))
    cdk.CfnOutput(cdk.Stack.of(task), "Arn", value=task.ref, export_name="shop-task")
    properties = {"TaskDefinition": cdk.Fn.import_value(name)}
    cdk.CfnResource(cdk.Stack(stages["Z"], "Stack"), "Svc", type=SERVICE, properties=properties)
    EcsGuard().protect(app, fix=permissive_fix(network=NETWORK))
    if is_it:
        with pytest.raises(RuntimeError, match="Z/Stack/Svc, which is in another Stage, imports it at TaskDefinition"):
            app.synth()
    else:
        app.synth()
