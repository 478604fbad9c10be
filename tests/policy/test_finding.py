"""A finding as text and as JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ecs_guard_aspects.policy import Enforcement, Exemption, Finding, Severity, Verdict

FINDING = Finding(
    check="host-mode-root-user",
    severity=Severity.HIGH,
    verdict=Verdict.VIOLATION,
    enforcement=Enforcement.DENY,
    what="What is wrong.",
    why="Why it matters.",
    remedy="What to change.",
    resource="Td",
    location="Properties",
)
EXEMPTION = Exemption("host-mode-root-user", "Td", "moves in Q3", "team-a", "2027-01-31")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "What is wrong.\nWhy it matters.\nWhat to change."),
        ({"container": "web"}, "container web: What is wrong.\nWhy it matters.\nWhat to change."),
        ({"notes": ("A.", "B.")}, "What is wrong.\nWhy it matters.\nA.\nB.\nWhat to change."),
        (
            {"file": "app.py", "line": 7},
            "What is wrong.\nWhy it matters.\nWhat to change.\nMade at app.py:7.",
        ),
        ({"file": "a.template.json"}, "What is wrong.\nWhy it matters.\nWhat to change."),
    ],
)
def test_it_is_described(changed: dict[str, Any], expected: str) -> None:
    assert replace(FINDING, **changed).describe() == expected


def test_the_remedy_can_be_left_out() -> None:
    assert FINDING.describe(with_remedy=False) == "What is wrong.\nWhy it matters."


def test_the_message_is_what_and_why() -> None:
    assert replace(FINDING, notes=("Exempt.",)).message == "What is wrong.\nWhy it matters."


@pytest.mark.parametrize(
    ("changed", "denied"),
    [
        ({}, True),
        ({"enforcement": Enforcement.WARN}, False),
        ({"enforcement": Enforcement.AUDIT}, False),
        ({"acknowledged": "known"}, False),
        ({"acknowledged": ""}, True),  # without a reason
        ({"baseline": True}, False),
        ({"verdict": Verdict.UNRESOLVED}, True),
        ({"exemption": EXEMPTION}, True),  # one that has expired: the enforcement says it
    ],
)
def test_what_is_denied(changed: dict[str, Any], denied: bool) -> None:
    assert replace(FINDING, **changed).is_denied is denied


def test_as_json() -> None:
    found = replace(FINDING, notes=("Exempt.",), exemption=EXEMPTION, file="app.py", line=7, column=3, source="a.json")
    assert found.to_json() == {
        "check": "host-mode-root-user",
        "severity": "high",
        "verdict": "violation",
        "enforcement": "deny",
        "source": "a.json",
        "resource": "Td",
        "address": "",
        "family": None,
        "container": None,
        "location": "Properties",
        "file": "app.py",
        "line": 7,
        "column": 3,
        "what": "What is wrong.",
        "why": "Why it matters.",
        "remedy": "What to change.",
        "notes": ["Exempt."],
        "exemption": {
            "check": "host-mode-root-user",
            "path": "Td",
            "reason": "moves in Q3",
            "owner": "team-a",
            "expires": "2027-01-31",
        },
        "acknowledged": None,
        "baseline": False,
    }
