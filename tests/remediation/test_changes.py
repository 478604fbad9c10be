"""Changes are made as CDK's property overrides make them."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation.changes import Change, apply, overridden_parent


@pytest.mark.parametrize(
    ("properties", "path", "new", "expected"),
    [
        ({"A": 1}, "A", 2, {"A": 2}),
        ({}, "A", 2, {"A": 2}),
        (None, "A", 2, {"A": 2}),
        ({"A": 1, "B": 2}, "A", None, {"B": 2}),
        ({"B": 2}, "A", None, {"B": 2}),
        ({"L": [{"A": 1}, {"A": 2}]}, "L.1.A", 3, {"L": [{"A": 1}, {"A": 3}]}),
    ],
)
def test_apply_returns_a_changed_copy(properties: Any, path: str, new: object, expected: object) -> None:
    before = repr(properties)
    assert apply(properties, [Change("X", path, None, new)]) == expected
    assert repr(properties) == before


@pytest.mark.parametrize(
    ("path", "alone", "written", "expected"),
    [
        ("A", {"A": 1}, {"A": 2}, None),
        ("L.0.A", {"L": [{"A": 1}]}, {"L": [{"A": 1}]}, None),
        ("L.0.A", {"L": [{"A": 1}]}, {"L": [{"A": 1}, {"A": 2}]}, "L"),
        ("L.0.A", {"L": [{"A": 1}]}, {"L": [{"A": 1, "B": None}]}, None),
        ("L.0.A.B", {"M": 1, "L": [{"A": {}}]}, {"M": 2, "L": [{"A": {}}]}, None),
        ("L.0.A", None, {"L": [{"A": 1}]}, "L"),
    ],
)
def test_the_outermost_parent_with_a_raw_override(path: str, alone: Any, written: Any, expected: str | None) -> None:
    assert overridden_parent(path, alone, written) == expected
