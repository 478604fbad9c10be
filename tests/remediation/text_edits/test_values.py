"""Values as text: YAML reads the same value from it, with all kinds of quotes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_guard_aspects.remediation.text_edits.values import as_json, in_block, on_one_line, scalar
from ecs_guard_aspects.sources.text.read import read_text

# https://yaml.org/type/bool.html and https://yaml.org/type/null.html
WORDS = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]


@pytest.mark.parametrize("word", [form for word in WORDS for form in (word, word.upper(), word.capitalize())])
def test_words_of_yaml_get_quotes(word: str) -> None:
    """Also ``y`` and ``n``, which PyYAML reads as texts and other parsers of YAML 1.1 as booleans."""
    assert scalar(word, "") == f'"{word}"'


SCALARS = [
    ("awsvpc", "", "awsvpc"),
    ("awsvpc", "'", "'awsvpc'"),
    ("awsvpc", '"', '"awsvpc"'),
    ("1000:1000", "", '"1000:1000"'),
    ("1000", "", '"1000"'),
    ("it's", "'", "'it''s'"),
    ("a\n", "'", '"a\\n"'),
    ("caf\u00e9", "", '"caf\u00e9"'),
    ("", "", '""'),
    (True, "", "true"),
    (1, '"', "1"),
    (None, "", "null"),
]


@pytest.mark.parametrize(("value", "quote", "text"), SCALARS)
def test_a_scalar(value: object, quote: str, text: str) -> None:
    assert scalar(value, quote) == text


LINES = [
    ({"Ref": "A"}, "", "!Ref A"),
    ({"Ref": "A"}, '"', '{"Ref": "A"}'),
    ({"Ref": "no"}, "", '{Ref: "no"}'),
    ({"Ref": "A", "B": 1}, "", "{Ref: A, B: 1}"),
    (["a", {"Ref": "A"}], "", "[a, !Ref A]"),
    ({"Fn::GetAtt": ["Group", "GroupId"]}, "", "!GetAtt Group.GroupId"),
    ({"Fn::GetAtt": ["no", "GroupId"]}, "", '{Fn::GetAtt: ["no", GroupId]}'),
    ({"Fn::If": ["IsNew", [{"Ref": "A"}], {"Ref": "B"}]}, "", "!If [IsNew, [!Ref A], !Ref B]"),
    ({"Fn::ImportValue": {"Fn::Sub": "${Net}-a"}}, "", '{Fn::ImportValue: !Sub "${Net}-a"}'),
    ({"Fn::GetAtt": ["Group", "GroupId"]}, '"', '{"Fn::GetAtt": ["Group", "GroupId"]}'),
]


@pytest.mark.parametrize(("value", "quote", "text"), LINES)
def test_a_value_on_one_line(value: object, quote: str, text: str) -> None:
    assert on_one_line(value, quote) == text


printable = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=8)
values = st.recursive(
    printable | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abcRef", max_size=4), inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


@given(values, st.sampled_from(["'", '"', ""]))
def test_yaml_reads_the_same_value(value: Any, quote: str) -> None:
    wanted = {"k": value}
    lines = "\n".join(in_block("k", value, quote, "  ", "  "))
    for text in (f"k: {on_one_line(value, quote)}", lines):
        assert read_text(text).value == wanted


@given(values)
def test_json_reads_the_same_value(value: Any) -> None:
    assert json.loads("{" + "\n".join(as_json("k", value, "  ", " ", ": ")) + "}") == {"k": value}
