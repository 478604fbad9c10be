"""A finding as text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecs_guard_aspects.policy import Enforcement, Finding, Severity, Verdict

FINDING = Finding(
    check="host-mode-root-user",
    resource="Td",
    container=None,
    verdict=Verdict.VIOLATION,
    enforcement=Enforcement.DENY,
    severity=Severity.HIGH,
    message="What is wrong.\nWhy it matters.",
    remedy="What to change.",
    location="Properties",
)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "What is wrong.\nWhy it matters.\nWhat to change."),
        ({"container": "web"}, "container web: What is wrong.\nWhy it matters.\nWhat to change."),
        ({"source": "app.py:7"}, "What is wrong.\nWhy it matters.\nWhat to change.\nMade at app.py:7."),
    ],
)
def test_it_is_described(changed: dict[str, str], expected: str) -> None:
    assert replace(FINDING, **changed).describe() == expected  # type: ignore[arg-type]


def test_the_remedy_can_be_left_out() -> None:
    assert FINDING.describe(with_remedy=False) == "What is wrong.\nWhy it matters."
