"""The search for candidates finds what a search through all texts would find."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_guard_aspects.remediation.who_runs_it.candidates import TextIndex


@pytest.mark.parametrize(
    ("word", "holders"),
    [("web", [1, 3, 8]), ("api", [3]), ("apiweb", []), ("w", [1, 3, 8]), ("other", [])],
)
def test_who_has_a_text_with_the_word(word: str, holders: list[int]) -> None:
    index = TextIndex([(1, ["web"]), (2, []), (3, ["api", "web", "web"]), (5, [""]), (8, ["the web server"])])
    assert list(index.holders_of(word)) == holders


TEXTS = st.lists(st.lists(st.text("ab:\0", max_size=6), max_size=3), max_size=5)


@given(TEXTS, st.text("ab:", min_size=1, max_size=3))
def test_it_finds_what_a_search_finds(texts: list[list[str]], word: str) -> None:
    index = TextIndex(enumerate(texts))
    assert list(index.holders_of(word)) == [i for i, own in enumerate(texts) if any(word in text for text in own)]
