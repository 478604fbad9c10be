"""A finding as text and as JSON."""

from __future__ import annotations

import datetime
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
EXEMPTION = Exemption(
    check="host-mode-root-user",
    path="Td",
    reason="moves in Q3",
    owner="team-a",
    expires="2027-01-31",
    ticket="OPS-1",
    origin="ecs-guard.yaml",
)

ENDED = Exemption(**{**EXEMPTION.to_json(), "expires": "2027-01-30"})


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


WARN, AUDIT = Enforcement.WARN, Enforcement.AUDIT
# fmt: off
ACCEPTED = [
    # the finding                                                            exempt  accepted
    ({},                                                                     False,  False),
    ({"enforcement": WARN},                                                  False,  False),
    ({"enforcement": AUDIT, "exemption": EXEMPTION},                         True,   True),
    ({"enforcement": WARN, "exemption": EXEMPTION},                          True,   True),   # in its last days
    ({"enforcement": WARN, "exemption": ENDED},                              False,  False),  # what is only warned of
    ({"enforcement": AUDIT, "exemption": ENDED},                             False,  False),
    ({"exemption": ENDED},                                                   False,  False),
    ({"enforcement": WARN, "exemption": ENDED, "acknowledged": "known"},     True,   True),
    ({"acknowledged": "known"},                                              True,   True),
    ({"acknowledged": ""},                                                   False,  False),
    ({"baseline": True},                                                     False,  True),   # not exempt, but known
    ({"check": "stale-exemption", "enforcement": WARN, "exemption": EXEMPTION}, False, False),
]
# fmt: on


@pytest.mark.parametrize(("changed", "exempt", "accepted"), ACCEPTED)
def test_whether_somebody_answers_for_it(changed: dict[str, Any], exempt: bool, accepted: bool) -> None:
    finding, today = replace(FINDING, **changed), datetime.date(2027, 1, 31)
    assert (finding.is_exempt(today), finding.is_accepted(today)) == (exempt, accepted)


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
    assert found.to_json(datetime.date(2027, 1, 1)) == {
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
            "owner": "team-a",
            "reason": "moves in Q3",
            "expires": "2027-01-31",
            "days_left": 30,
            "ticket": "OPS-1",
            "origin": "ecs-guard.yaml",
        },
        "acknowledged": None,
        "baseline": False,
    }


@pytest.mark.parametrize(("today", "days"), [("2027-01-31", 0), ("2027-02-01", -1), ("2026-12-31", 31)])
def test_how_many_days_are_left_counts_from_the_day_given(today: str, days: int) -> None:
    said = replace(FINDING, exemption=EXEMPTION).to_json(datetime.date.fromisoformat(today))
    assert said["exemption"]["days_left"] == days
    assert replace(FINDING).to_json(datetime.date.fromisoformat(today))["exemption"] is None
