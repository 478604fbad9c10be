"""Nodes: every value of a template is found, in the order in which it is written."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.cloudformation.nodes import (
    NO_VALUE,
    alternatives,
    attribute_in,
    located,
    map_or_empty,
    maps_in,
    nodes_in,
    single_member,
)

TREE: dict[str, Any] = {"A": [1, {"B": "b"}], "C": {"D": None}}


def test_all_values_are_found_in_the_order_in_which_they_are_written() -> None:
    assert list(nodes_in(TREE)) == [TREE, TREE["A"], 1, {"B": "b"}, "b", TREE["C"], None]


def test_a_value_nested_deeper_than_the_stack_of_python_is_found() -> None:
    node: object = "deepest"
    for _ in range(100_000):
        node = [node]
    assert list(nodes_in(node))[-1] == "deepest"


def test_maps_are_found_in_the_order_in_which_they_are_written() -> None:
    assert list(maps_in(TREE)) == [TREE, {"B": "b"}, TREE["C"]]


def test_maps_and_lists_have_paths() -> None:
    assert [path for path, _ in located(TREE)] == [(), ("A",), ("A", "1"), ("C",)]


@pytest.mark.parametrize(("value", "expected"), [({"A": 1}, {"A": 1}), ([], {}), (None, {}), ("A", {})])
def test_what_is_not_a_map_is_read_as_an_empty_one(value: object, expected: object) -> None:
    assert map_or_empty(value) == expected


@pytest.mark.parametrize(
    ("node", "expected"),
    [({"Ref": "A"}, ("Ref", "A")), ({"A": 1, "B": 2}, (None, None)), ({}, (None, None)), ("Ref", (None, None))],
)
def test_only_a_map_with_one_member_is_a_function(node: object, expected: object) -> None:
    assert single_member(node) == expected


def either(one: object, other: object) -> dict[str, Any]:
    return {"Fn::If": ["C", one, other]}


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ("a", ["a"]),
        (either("a", either("b", NO_VALUE)), ["a", "b"]),
        (either(None, ["c"]), [["c"]]),
        ({"Fn::If": ["C", "a"]}, [{"Fn::If": ["C", "a"]}]),
        ({**either("a", "b"), "Ref": "X"}, [{**either("a", "b"), "Ref": "X"}]),
    ],
)
def test_alternatives_are_the_values_of_all_branches(node: object, expected: list[object]) -> None:
    assert list(alternatives(node)) == expected


@pytest.mark.parametrize(
    ("operands", "expected"),
    [
        ("A.B.C", ("A", "B.C")),
        (["A", "B"], ("A", "B")),
        (["A"], ("A", "")),
        ([], ("", "")),
        (5, ("5", "")),
        ({}, ("{}", "")),
    ],
)
def test_an_attribute_is_read_from_operands_of_any_kind(operands: object, expected: tuple[str, str]) -> None:
    assert attribute_in(operands) == expected
