"""Values and expressions as text."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.cloudformation.text import canonical, is_blank, kind_of, outline, scalar_text, shown

# fmt: off
TEXTS = [
    # value                      scalar     shown                              kind
    ("a",                        "a",       '"a"',                             "a text"),
    ("",                         "",        '""',                              "a text"),
    (True,                       "true",    "true",                            "true"),
    (False,                      "false",   "false",                           "false"),
    (5,                          "5",       "5",                               "5"),
    (1.5,                        "1.5",     "1.5",                             "1.5"),
    (None,                       None,      "null",                            "null"),
    (["a"],                      None,      "a list",                          "a list"),
    ({"Ref": "Mode"},            None,      "${Mode}",                         "a map"),
    ({"Fn::Sub": "x-${Mode}"},   None,      "x-${Mode}",                       "a map"),
    ({"Fn::Sub": ["x", {}]},     None,      "Fn::Sub of 2 values",             "a map"),
    ({"Ref": ["x"]},             None,      '{"Ref": ["x"]}',                  "a map"),
    ({"Fn::Select": [0, ["a"]]}, None,      '{"Fn::Select": [0, ["a"]]}',      "a map"),
    ({"Fn::Foo": "x"},           None,      "Fn::Foo of a text",               "a map"),
    ({"Fn::If": ["C", {"a": 1}]}, None,     "Fn::If of 2 values",              "a map"),
]
# fmt: on
BLANK = [("", True), (" \t\n", True), ("\u200b", True), ("x", False), (" x ", False)]


@pytest.mark.parametrize(("value", "scalar", "text", "kind"), TEXTS, ids=repr)
def test_a_value_as_text(value: Any, scalar: str | None, text: str, kind: str) -> None:
    assert (scalar_text(value), shown(value), kind_of(value)) == (scalar, text, kind)


@pytest.mark.parametrize(("text", "blank"), BLANK)
def test_what_is_blank(text: str, blank: bool) -> None:
    assert is_blank(text) is blank


def test_equal_expressions_have_the_same_text_and_long_ones_are_cut() -> None:
    assert canonical({"b": 1, "a": 2}) == canonical({"a": 2, "b": 1})
    assert canonical({1: "a", "b": 2}) == repr({1: "a", "b": 2})
    assert len(shown("x" * 500)) < 150
    assert shown("x" * 500).endswith("...")


TRANSFORM = {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/c.yaml"}}
# fmt: off
OUTLINES = [
    ("secret",                                                  "a text"),
    (["secret"],                                                "a list"),
    ({"Value": "secret"},                                       "a map"),
    ({},                                                        "a map"),
    (None,                                                      "null"),
    ({"Ref": "Containers"},                                     "${Containers}"),
    ({"Ref": ["secret"]},                                       "Ref of 1 value"),
    ({"Fn::Sub": "secret"},                                     "a text"),
    ({"Fn::Sub": "secret ${Tag}, ${AWS::Region}, ${Tag}"},      "a text with ${Tag}, ${AWS::Region}"),
    ({"Fn::Sub": "secret ${a secret}"},                         "a text"),
    ({"Fn::Sub": ["secret ${X}", {"X": "secret"}]},             "Fn::Sub of 2 values"),
    ({"Fn::Join": ["", ["secret", "b"]]},                       "Fn::Join of 2 values"),
    ({"Fn::Container": {"Value": "secret"}},                    "Fn::Container of 1 property"),
    ({"Fn::Transform": TRANSFORM, "Name": "secret"},            "a map with Fn::Transform and 1 property"),
    ({"A": 1, "B": 2, "Fn::ForEach::X": [], "Value": "secret"}, "a map with Fn::ForEach::X and 3 properties"),
]
# fmt: on


@pytest.mark.parametrize(("expression", "text"), OUTLINES, ids=repr)
def test_an_outline_has_no_text_of_the_expression(expression: Any, text: str) -> None:
    assert outline(expression) == text
