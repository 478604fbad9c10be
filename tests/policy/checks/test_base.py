"""The base of all checks: what a check has to declare."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.policy import Severity
from ecs_guard_aspects.policy.checks import ContainerCheck, TaskDefinitionCheck


@pytest.mark.parametrize(
    ("attributes", "problem"),
    [
        ({"id": "Not-An-Id"}, "lower-case words"),
        ({"id": "spaces here"}, "lower-case words"),
        ({"id": "ends-"}, "lower-case words"),
        ({"id": 5}, "lower-case words"),
        ({"id": "no-severity", "title": "T."}, "Severity"),
        ({"id": "bad-severity", "title": "T.", "severity": "high"}, "Mine.severity must be a Severity"),
        ({"id": "no-title", "severity": Severity.HIGH}, "Mine.title must say what the check requires"),
    ],
)
def test_a_check_that_is_not_declared_properly_is_refused_where_it_is_written(attributes: Any, problem: str) -> None:
    with pytest.raises(TypeError, match=problem):
        type("Mine", (ContainerCheck,), attributes)


@pytest.mark.parametrize("identifier", ["mine", "no-latest-image", "rule-2", "a1"])
def test_an_id_is_words_joined_by_hyphens(identifier: str) -> None:
    made = type("Mine", (ContainerCheck,), {"id": identifier, "title": "T.", "severity": Severity.HIGH})
    assert made.id == identifier


def test_a_base_of_own_checks_needs_no_id() -> None:
    base = type("Ours", (TaskDefinitionCheck,), {"severity": Severity.MEDIUM})
    made = type("Mine", (base,), {"id": "mine", "title": "T."})
    assert made.severity is Severity.MEDIUM


def test_a_check_without_a_verdict_cannot_be_made() -> None:
    made = type("Mine", (ContainerCheck,), {"id": "mine", "title": "T.", "severity": Severity.HIGH})
    with pytest.raises(TypeError, match="violation"):
        made()
