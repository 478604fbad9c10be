"""Leaves of expressions, and what a leaf refers to."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.cloudformation.nodes import NO_VALUE
from ecs_guard_aspects.remediation.instances.leaves import leaves_of, reference_of

from .support import get_att, ref


@pytest.mark.parametrize(
    ("expression", "leaves"),
    [
        (None, []),
        ([ref("A"), "subnet-1"], [ref("A"), "subnet-1"]),
        (ref("List"), [ref("List")]),
        (
            {"Fn::If": ["C", [ref("A"), NO_VALUE], {"Fn::If": ["D", ref("B"), ref("E")]}]},
            [ref("A"), ref("B"), ref("E")],
        ),
    ],
)
def test_leaves_are_on_all_branches(expression: Any, leaves: list[Any]) -> None:
    assert list(leaves_of(expression)) == leaves


@pytest.mark.parametrize(
    ("leaf", "reference"),
    [
        (ref("A"), ("A", "")),
        (get_att("A", "GroupId"), ("A", "GroupId")),
        ({"Fn::GetAtt": "A.Outputs.B"}, ("A", "Outputs.B")),
        ({"Fn::Sub": "${A}"}, ("A", "")),
        ({"Fn::Sub": "${A.GroupId}"}, ("A", "GroupId")),
        ({"Fn::Sub": "${A}-${B}"}, None),
        ({"Fn::ImportValue": "a"}, None),
        ("subnet-1", None),
        ({"Ref": "A", "Fn::GetAtt": "B.C"}, None),
    ],
)
def test_what_a_leaf_refers_to(leaf: Any, reference: Any) -> None:
    assert reference_of(leaf) == reference
