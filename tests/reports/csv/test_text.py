"""Rows as CSV: no cell is a formula."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.reports.csv.text import csv_text


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("a", "a"),
        ("", ""),
        (None, ""),
        (-1, "-1"),
        ("=1", "'=1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\tx", "\\tx"),
        ("a=1", "a=1"),
        ("a,b", '"a,b"'),
        ('a"b', '"a""b"'),
        ("a\nb", "a\\nb"),
        ("\r=1", "\\r=1"),
        ("a\r\nb", "a\\r\\nb"),
    ],
)
def test_a_cell(value: object, cell: str) -> None:
    assert csv_text([["x", value, "y"]]) == f"x,{cell},y\n"


def test_lists_and_truth_values() -> None:
    assert csv_text([[["a", "b"], (), True, False, 0]]) == "a; b,,true,false,0\n"
