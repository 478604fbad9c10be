"""Sentences: their equality, and whether they say what to change."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.model.sentence import NETWORK_MODE, USER, Remove, Sentence, Set


def test_sentences_of_the_same_words_are_equal() -> None:
    assert Sentence("{a}", a=1) == Sentence("{a}", a=1)
    assert Sentence("{a}", a=1) != Sentence("{a}", a=2)
    assert len({Sentence("{a}", a=1), Sentence("{a}", a=1)}) == 1
    assert Sentence("{a}", a=1) != Sentence("{a}.", a=1)
    assert Sentence("{a}", a=1) != "{a}"


SET, REMOVE = Set(NETWORK_MODE, "awsvpc"), Remove(USER)


@pytest.mark.parametrize(
    ("sentence", "changes", "begins"),
    [
        (Sentence("{change}.", change=SET), True, True),
        (Sentence("{change}, or {other}.", change=REMOVE, other=NETWORK_MODE), True, True),
        (Sentence("{other}, or {change}.", change=SET, other=NETWORK_MODE), True, False),
        (Sentence("First {change}.", change=SET), True, False),
        (Sentence("{mode} is not set.", mode=NETWORK_MODE), False, False),
        (Sentence("It is so."), False, False),
    ],
)
def test_whether_it_says_what_to_change(sentence: Sentence, changes: bool, begins: bool) -> None:
    assert (sentence.changes, sentence.begins_with_change) == (changes, begins)


def test_its_repr_shows_the_words_and_the_values() -> None:
    assert repr(Sentence("{a}.", a=1)) == "Sentence('{a}.', {'a': 1})"
