"""The syntax tree: kinds, styles and spans, the same for JSON and YAML; the order of the nodes."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.sources.text.read import read_text
from ecs_guard_aspects.sources.text.syntax_tree import Node, nodes_below


def described(text: str) -> list[tuple[str, str, str]]:
    """Return kind, style and text of all nodes."""
    return [(node.kind, node.style, text[node.start : node.end]) for node in nodes_below(read_text(text).root)]


SCALARS = [
    ("a", "", "a"),
    ("'a'", "'", "'a'"),
    ('"a"', '"', '"a"'),
    ("&x a", "", "&x a"),
    ("!Ref a", "", "!Ref a"),
    ("|\n  a\n", "|", "|\n  a\n"),
    (">\n  a\n", ">", ">\n  a\n"),
]


@pytest.mark.parametrize(("text", "style", "span"), SCALARS)
def test_a_scalar(text: str, style: str, span: str) -> None:
    assert described(text) == [("scalar", style, span)]


@pytest.mark.parametrize("text", ['{"a": [1, {"b": null}], "c": {}}', ' \n{ "a" : [ 1 , {"b":null} ] ,\n"c":{ } }\n '])
def test_json_and_yaml_have_the_same_nodes(text: str) -> None:
    as_yaml = f"# a comment, which JSON has not\n{text.strip()}"
    found = [("map", "flow"), ("scalar", '"'), ("list", "flow"), ("scalar", ""), ("map", "flow"), ("scalar", '"')]
    found += [("scalar", ""), ("scalar", '"'), ("map", "flow")]
    assert [(kind, style) for kind, style, _ in described(text)] == found
    assert [span for *_, span in described(text)] == [span for *_, span in described(as_yaml)]


def test_a_walk_is_in_the_order_of_the_text() -> None:
    text = "a: &x {b: 1}\nc:\n  - *x\n  - d: 2\ne:\n"
    nodes = list(nodes_below(read_text(text).root))
    assert [node.start for node in nodes] == sorted(node.start for node in nodes)
    assert [text[node.start : node.end] for node in nodes if node.kind in ("scalar", "alias")] == [
        *("a", "b", "1", "c", "*x", "d", "2", "e", "")
    ]


MARKED = [("a: &x b", True), ("a: !Ref b", True), ("a: &x {}", True), ("a: !If []", True), ("a: b", False)]


@pytest.mark.parametrize(("text", "is_marked"), MARKED)
def test_an_anchor_or_a_tag_marks_a_node(text: str, is_marked: bool) -> None:
    assert value_of("a", text).is_marked is is_marked


NULLS = [("a:", True), ("a: ~", True), ("a: null", True), ("a: ''", False), ('{"a": null}', False), ("a: b", False)]


@pytest.mark.parametrize(("text", "is_null"), NULLS)
def test_the_null_of_yaml_may_have_no_character(text: str, is_null: bool) -> None:
    assert value_of("a", text).is_null is is_null


@pytest.mark.parametrize("text", ["a: 1\nb: 2\na: 3", '{"a": 1, "b": 2, "a": 3}'])
def test_equal_keys_are_all_written_and_the_last_one_counts(text: str) -> None:
    root = read_text(text).root
    assert [member.name for member in root.members] == ["a", "b", "a"]
    assert text[root.by_name["a"].value.start] == "3"


def value_of(name: str, text: str) -> Node:
    return read_text(text).root.by_name[name].value
