"""How messages count things, and cut long lists."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.model.plural import counted, first_of


@pytest.mark.parametrize(
    ("number", "noun", "plural", "text"),
    [
        (0, "file", None, "0 files"),
        (1, "file", None, "1 file"),
        (2, "file", None, "2 files"),
        (1, "event bus", "event buses", "1 event bus"),
        (2, "event bus", "event buses", "2 event buses"),
    ],
)
def test_a_number_with_its_noun(number: int, noun: str, plural: str | None, text: str) -> None:
    assert counted(number, noun, plural) == text


@pytest.mark.parametrize(
    ("items", "shown"),
    [
        ("", []),
        ("ab", ["a", "b"]),
        ("abc", ["a", "b", "and 1 more"]),
        ("abcde", ["a", "b", "and 3 more"]),
    ],
)
def test_a_long_list_is_cut(items: str, shown: list[str]) -> None:
    assert first_of(items, 2) == shown
