"""Values and expressions as text."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.cloudformation.text import canonical, is_blank, kind_of, scalar_text, shown, text_of

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
    (["a"],                      None,      '["a"]',                           "a list"),
    ({"Ref": "Mode"},            None,      "${Mode}",                         "a map"),
    ({"Fn::Sub": "x-${Mode}"},   None,      "x-${Mode}",                       "a map"),
    ({"Fn::Sub": ["x", {}]},     None,      '{"Fn::Sub": ["x", {}]}',          "a map"),
    ({"Ref": ["x"]},             None,      '{"Ref": ["x"]}',                  "a map"),
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
    assert len(text_of("x" * 500)) < 150
    assert text_of("x" * 500).endswith("...")
