"""The constructs that a value refers to, through any kind of token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest

from ecs_guard_aspects.gates.synth.tree.targets import targets_of

from ..support import generic

VALUES: dict[str, Callable[[cdk.CfnResource], Any]] = {
    "a reference": lambda node: node.ref,
    "an attribute in a list": lambda node: ["x", {"Arn": node.get_att("Arn")}],
    "inside a text": lambda node: f"family/{node.ref}",
    "a function": lambda node: cdk.Fn.select(0, cdk.Fn.split("/", node.ref)),
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_what_a_value_refers_to(stack: cdk.Stack, value: Callable[[cdk.CfnResource], Any]) -> None:
    node = generic(stack)
    assert {target.node.path for target in targets_of(value(node), stack)} == {"Stack/Td"}


@pytest.mark.parametrize(
    "value", [None, "text", ["a", {"b": 1}], cdk.Aws.REGION], ids=["none", "text", "list", "token"]
)
def test_what_refers_to_no_construct(stack: cdk.Stack, value: Any) -> None:
    assert [target for target in targets_of(value, stack) if isinstance(target, cdk.CfnResource)] == []
