"""Nodes of YAML: what aliases, merge keys and short tags are as written, and as they count."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.sources.text.read import read_text
from ecs_guard_aspects.sources.text.syntax_tree import Node


def at(text: str, *path: str) -> Node:
    """Return the node at a path, aliases resolved."""
    node = read_text(text).root
    for step in path:
        node = node.by_name[step].value.resolved
    return node


FOUND = [
    # text, path, the text of the node
    ("a: &x {b: 1}\nc: *x", ("c", "b"), "1"),
    ("a: &x {b: 1}\nc: {<<: *x}", ("c", "b"), "1"),
    ("a: &x {b: 1}\nc: {<<: *x, b: 2}", ("c", "b"), "2"),
    ("a: &x {b: 1}\nc: &y {b: 2}\nd: {<<: [*y, *x]}", ("d", "b"), "<<"),
    ("a: {<<: {b: 1}}", ("a", "b"), "1"),
    ("a: !If [x, y, z]", ("a", "Fn::If", "1"), "y"),
    ("a: !Ref b", ("a", "Ref"), "!Ref b"),
    ("a: !Sub {b: 1}", ("a", "Fn::Sub", "b"), "1"),
    ("a: !Join ['', [!Ref b, c]]", ("a", "Fn::Join", "1", "1"), "c"),
]


@pytest.mark.parametrize(("text", "path", "expected"), FOUND)
def test_a_node_is_found_where_its_value_is(text: str, path: tuple[str, ...], expected: str) -> None:
    node = at(text, *path)
    assert text[node.start : node.end] == expected


def test_members_are_as_they_are_written() -> None:
    root = read_text("a: &x {b: 1}\nc: {<<: *x, d: 2}").root
    merging = root.by_name["c"].value
    assert [member.name for member in merging.members] == ["<<", "d"]
    assert [member.name for member in merging.own_members] == ["d"]
    assert list(merging.by_name) == ["b", "d"]
    assert merging.members[0].value.kind == "alias"
