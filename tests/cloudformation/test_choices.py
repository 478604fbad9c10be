"""Choices: every combination once, and what each one remembers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ecs_guard_aspects.cloudformation.choices import Choices
from ecs_guard_aspects.cloudformation.declarations import Declarations
from ecs_guard_aspects.cloudformation.values import Cause, Unknown

from ..policy.support import parameter

PARAMETERS = {"Stage": parameter("prod", "dev"), "Free": parameter(), "Mode": parameter(Default="host")}
UNKNOWN = Unknown("${Free}", "a parameter that can be anything", prefix="ecs-", variable="Free")


def all_of(ask: Callable[[Choices], Any]) -> list[Any]:
    """Return the answers in all scenarios, in their order."""
    answers, script = [], []
    while script is not None:
        choices = Choices(Declarations(PARAMETERS), script)
        answers.append(ask(choices))
        script = choices.next_script()
    return answers


# fmt: off
ASKED: list[tuple[Callable[[Choices], Any], list[Any]]] = [
    (lambda c: c.choose("a"),                                        ["a"]),
    (lambda c: c.choose("ab") + c.choose("xy"),                      ["ax", "ay", "bx", "by"]),
    (lambda c: c.choose("ab") == "a" or c.choose("xy"),              [True, "x", "y"]),
    (lambda c: c.pick("Stage"),                                      ["prod", "dev"]),
    (lambda c: (c.pick("Stage"), c.pick("Stage")),                   [("prod", "prod"), ("dev", "dev")]),
    (lambda c: getattr(c.pick("Mode"), "variable", "host"),          ["host", "Mode"]),
    (lambda c: c.pick("Free").variable,                              ["Free"]),
    (lambda c: c.is_member("Stage", frozenset(["prod"])),            [True, False]),
    (lambda c: c.is_member("Stage", frozenset(["prod", "dev"])),     [True]),
    (lambda c: c.is_member("Stage", frozenset(["x"])),               [False]),
    (lambda c: (c.is_member("Stage", frozenset(["prod"])), c.pick("Stage")), [(True, "prod"), (False, "dev")]),
    (lambda c: c.pick_among("Stage", ["prod", "x"], or_none=False),  ["prod"]),
    (lambda c: c.pick_among("Stage", ["prod", "x"], or_none=True),   ["prod", None]),
    (lambda c: c.assume_text(UNKNOWN, "Here", ["ecs-a", "b", None]), ["ecs-a", None, "${Free}"]),
]
# fmt: on


@pytest.mark.parametrize(("ask", "answers"), ASKED)
def test_each_combination_comes_once(ask: Callable[[Choices], Any], answers: list[Any]) -> None:
    assert all_of(ask) == answers


def test_a_parameter_that_can_be_none_of_the_values_and_must_be_one() -> None:
    with pytest.raises(LookupError):
        Choices(Declarations(PARAMETERS)).pick_among("Stage", ["x"], or_none=False)


def test_what_was_assumed_is_remembered_once() -> None:
    choices = Choices(Declarations(PARAMETERS))
    assert choices.is_the_only_one
    for _ in range(2):
        choices.assume(UNKNOWN, "Here", ["a"])
    assert choices.undecided == [Cause("Here", "is ${Free}, a parameter that can be anything")]
    assert not choices.is_the_only_one
