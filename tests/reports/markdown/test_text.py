"""Markdown tables: names and sentences stay text."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.reports.markdown.text import code, plain, table_head, table_row


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("", ""),
        ("web", "`web`"),
        ("a b", "`a b`"),
        (" a", "<code> a</code>"),
        ("a|b", "<code>a&#124;b</code>"),
        ("a`b", "<code>a&#96;b</code>"),
        ("<b>", "<code>&#60;b&#62;</code>"),
        ("a\nb", "<code>a&#92;nb</code>"),
    ],
)
def test_a_name(name: str, written: str) -> None:
    assert code(name) == written


@pytest.mark.parametrize(
    ("sentence", "written"),
    [
        ("It is 5 (or 6), isn't it?", "It is 5 (or 6), isn't it?"),
        ("a_b", "a_b"),
        ("_a_", "&#95;a&#95;"),
        ("a|b", "a&#124;b"),
        ("@a", "&#64;a"),
        ("#1", "&#35;1"),
        ("https://a.b", "https&#58;//a.b"),
        ("WWW.a.b", "WWW&#46;a.b"),
        ("x" * 501, f"{'x' * 500} ..."),
    ],
)
def test_a_sentence(sentence: str, written: str) -> None:
    assert plain(sentence) == written


def test_a_table() -> None:
    assert [*table_head(["a", "b"]), table_row(["1", "2"])] == ["| a | b |", "| --- | --- |", "| 1 | 2 |"]
