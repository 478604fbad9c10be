"""Plain resources, which the CDK writes as their code sets them."""

from __future__ import annotations

from collections.abc import Callable

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecs as ecs

from ecs_guard_aspects.gates.synth.tree.plain import are_plain, are_plainly_awsvpc

from ..support import crossings, generic, level1, level2


class Own(ecs.CfnTaskDefinition):
    """A level 1 construct of the user, which may write anything."""


def overridden(stack: cdk.Stack) -> ecs.CfnTaskDefinition:
    node = level1(stack, mode="awsvpc")
    node.add_property_override("Family", "own")
    return node


def without_properties(stack: cdk.Stack) -> ecs.CfnTaskDefinition:
    node = level1(stack, mode="awsvpc")
    node.add_deletion_override("Properties")
    return node


def of_level2(stack: cdk.Stack) -> cdk.CfnResource:
    node = level2(stack, network_mode=ecs.NetworkMode.AWS_VPC).node.default_child
    assert isinstance(node, cdk.CfnResource)
    return node


# a task definition; whether it is plain, and whether it is plainly awsvpc
NODES: dict[str, tuple[Callable[[cdk.Stack], cdk.CfnResource], bool, bool]] = {
    "level 1": (lambda stack: level1(stack, mode="awsvpc"), True, True),
    "level 2": (
        of_level2,
        True,
        True,
    ),
    "another mode": (level1, True, False),
    "no mode": (lambda stack: level1(stack, mode=None), True, False),
    "a token": (
        lambda stack: level1(stack, mode=cdk.Fn.join("", ["aws", "vpc"])),
        True,
        False,
    ),
    "generic": (lambda stack: generic(stack, mode="awsvpc"), True, False),
    "raw override": (overridden, False, False),
    "raw override that deletes": (without_properties, False, False),
    "subclass": (lambda stack: Own(stack, "Td", network_mode="awsvpc"), False, False),
}


@pytest.mark.parametrize("name", NODES)
def test_what_is_plain(app: cdk.App, stack: cdk.Stack, name: str) -> None:
    make, is_plain, is_awsvpc = NODES[name]
    node = make(stack)
    level1(stack, "Other", mode="awsvpc")
    assert are_plain([node]) is is_plain
    assert are_plainly_awsvpc(app) is is_awsvpc


def test_all_must_be_plain(app: cdk.App, stack: cdk.Stack) -> None:
    nodes = [level1(stack, f"Td{number}", mode="awsvpc") for number in range(3)]
    assert are_plain(nodes)
    nodes[1].add_property_override("Family", "own")
    assert not are_plain(nodes)


def test_a_stage_inside_counts(app: cdk.App) -> None:
    level1(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"))
    assert not are_plainly_awsvpc(app)


@pytest.mark.parametrize("number", [0, 1, 30])
def test_all_are_asked_about_at_once(app: cdk.App, stack: cdk.Stack, number: int) -> None:
    for index in range(number):
        level1(stack, f"Td{index}", mode="awsvpc")
    with crossings() as sent:
        assert are_plainly_awsvpc(app)
    assert len(sent) <= 7
