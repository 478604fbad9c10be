"""References in expressions, and their texts with holes."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.cloudformation.declarations import Declarations
from ecs_guard_aspects.remediation.who_runs_it.expressions import HOLE, flat, is_constant, may_be_equal, references_in

DECLARATIONS = Declarations.of(
    {
        "Parameters": {
            "Mode": {"Type": "String", "AllowedValues": ["a", "b"]},
            "Name": {"Type": "String", "Default": "x"},
            "Any": {"Type": "String"},
        },
        "Mappings": {"M": {"one": {"key": "m1"}, "two": {"key": ["m2"]}}},
    }
)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"A": "text"}, [("A", "text", "text")]),
        ({"A": [{"B": "x"}]}, [("A.0.B", "text", "x")]),
        ({"A": {"Ref": "R"}}, [("A", "id", "R")]),
        ({"A": {"Ref": "Mode"}}, [("A", "id", "Mode"), ("A", "text", "a"), ("A", "text", "b")]),
        ({"A": {"Ref": "Name"}}, [("A", "id", "Name"), ("A", "text", "x")]),
        ({"A": {"Ref": "Any"}}, [("A", "id", "Any")]),
        ({"A": {"Fn::GetAtt": ["R", "Arn"]}}, [("A", "id", "R")]),
        ({"A": {"Fn::GetAtt": "R.Arn"}}, [("A", "id", "R")]),
        ({"A": {"Fn::FindInMap": ["M", "one", "key"]}}, [("A", "text", "m1"), ("A", "text", "m2")]),
        (
            {"A": {"Fn::If": ["C", {"Ref": "R"}, "y"]}},
            [("A.Fn::If.0", "text", "C"), ("A.Fn::If.1", "id", "R"), ("A.Fn::If.2", "text", "y")],
        ),
        ({"A": {"Fn::ImportValue": "name"}}, [("A", "text", "name"), ("A", "import", "name")]),
        (
            {"A": {"Fn::Sub": "${R.Arn}-${!x}"}},
            [("A", "text", "${R.Arn}-${!x}"), ("A", "id", "R"), ("A", "text", f"{HOLE}-${{x}}")],
        ),
        (1, []),
    ],
)
def test_the_references_in_properties(node: Any, expected: list[tuple[str, str, str]]) -> None:
    assert list(references_in(node, DECLARATIONS)) == expected


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ("text", "text"),
        (80, "80"),
        ("{{resolve:ssm:/a}}-x", f"{HOLE}-x"),
        ({"Ref": "R"}, HOLE),
        ({"Fn::Join": ["-", ["a", {"Ref": "R"}, "b"]]}, f"a-{HOLE}-b"),
        ({"Fn::Join": ["-", {"Ref": "List"}]}, HOLE),
        ({"Fn::Sub": "a-${R}"}, f"a-{HOLE}"),
        ({"Fn::Sub": ["a-${X}", {"X": "b"}]}, "a-b"),
        ({"Fn::Sub": 1}, HOLE),
        ({"Fn::Base64": {"Fn::Sub": "x"}}, "x"),
        (None, HOLE),
    ],
)
def test_the_text_of_an_expression(node: Any, expected: str) -> None:
    assert flat(node) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("a", "a", True),
        ("a", "b", False),
        (f"a{HOLE}", "abc", True),
        (f"a{HOLE}", "b", False),
        (f"{HOLE}c", "abc", True),
        (f"{HOLE}c", "ab", False),
        (f"a{HOLE}", f"{HOLE}b", True),
        (f"a{HOLE}x", f"{HOLE}b", False),
    ],
)
def test_whether_texts_may_be_equal(one: str, other: str, expected: bool) -> None:
    assert may_be_equal(one, other) is expected
    assert may_be_equal(other, one) is expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ({"Fn::Sub": "bridge"}, True),
        ({"Fn::Sub": ["${a}", {"a": "bridge"}]}, True),
        ({"Fn::Join": ["", ["bri", "dge"]]}, True),
        ({"Fn::Sub": "${Mode}"}, False),
        ({"Ref": "Mode"}, False),
        ({"Fn::If": ["C", "a", "a"]}, False),
        ("{{resolve:ssm:/mode}}", False),
    ],
)
def test_expressions_that_are_constant(expression: Any, expected: bool) -> None:
    assert is_constant(expression) is expected
