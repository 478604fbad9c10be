"""Dependencies of constructs: what each waits for, itself or as a stack."""

from __future__ import annotations

import aws_cdk as cdk

from ecs_guard_aspects.gates.synth.tree.constructs import Nodes
from ecs_guard_aspects.gates.synth.tree.dependencies import Dependencies


def topic(scope: cdk.Stack, name: str) -> cdk.CfnResource:
    return cdk.CfnResource(scope, name, type="AWS::SNS::Topic")


def test_a_construct_waits_for_constructs_and_a_stack_for_stacks(app: cdk.App) -> None:
    first, second = cdk.Stack(app, "First"), cdk.Stack(app, "Second")
    one, other = topic(first, "One"), topic(first, "Other")
    one.node.add_dependency(other)
    second.add_dependency(first)
    found = Dependencies(Nodes(app))
    assert found.of("First/One") == ["First/Other"]
    assert found.of("First/Other") == []
    assert found.of("Second") == ["First"]


def test_each_is_asked_for_once(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Stack")
    one, other = topic(stack, "One"), topic(stack, "Other")
    found = Dependencies(Nodes(app))
    assert found.of("Stack/One") == []
    one.node.add_dependency(other)
    assert found.of("Stack/One") == []


def test_a_stage_and_what_is_not_there_wait_for_nothing(app: cdk.App) -> None:
    cdk.Stage(app, "Prod")
    found = Dependencies(Nodes(app))
    assert (found.of("Prod"), found.of("Nowhere")) == ([], [])
