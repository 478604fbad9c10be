"""Documentation of a check: the parts of its docstring."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.policy import Severity, TaskDefinition, TaskDefinitionCheck
from ecs_guard_aspects.policy.checks import ALL, Check
from ecs_guard_aspects.policy.checks.documentation import denied_when, remarks_on, without_markup


class Documented(TaskDefinitionCheck):
    """Mode ``none``.

    See ``ECS``.

    Twice.
    """

    id = "documented"
    severity = Severity.MEDIUM
    title = "A check."

    def violation(self, task_definition: TaskDefinition) -> None:
        return None


class Plain(Documented):
    id = "plain"


def test_the_first_paragraph_says_when_it_is_violated() -> None:
    assert denied_when(Documented()) == "Mode `none`."
    assert remarks_on(Documented()) == ["See `ECS`.", "Twice."]


def test_a_check_without_a_docstring_has_not_that_of_another() -> None:
    assert denied_when(Plain()) == ""
    assert remarks_on(Plain()) == []


@pytest.mark.parametrize(
    ("markdown", "text"),
    [("`a` b", "a b"), ("see [b c](https://d.e/f)", "see b c <https://d.e/f>"), ("a [b] (c)", "a [b] (c)")],
)
def test_markdown_on_a_terminal(markdown: str, text: str) -> None:
    assert without_markup(markdown) == text


@pytest.mark.parametrize("check", ALL, ids=[check.id for check in ALL])
def test_every_check_says_its_risk_and_when_it_is_violated(check: Check) -> None:
    assert check.risk.endswith(".")
    assert denied_when(check).endswith(".")
