"""A finding as text and as JSON."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest

from ecs_guard_aspects.model.address import AddressKind
from ecs_guard_aspects.model.document import Document
from ecs_guard_aspects.model.notice import Notice
from ecs_guard_aspects.model.place import Place
from ecs_guard_aspects.model.resource import TASK_DEFINITION, Resource
from ecs_guard_aspects.model.usage import Usage
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
def test_whether_it_is_exempt_or_accepted(changed: dict[str, Any], exempt: bool, accepted: bool) -> None:
    finding, today = replace(FINDING, **changed), datetime.date(2027, 1, 31)
    assert (finding.is_exempt(today), finding.is_accepted(today)) == (exempt, accepted)


# fmt: off
OUTCOMES = [
    ({},                                                                 "denied"),
    ({"verdict": Verdict.UNRESOLVED},                                    "denied"),
    ({"acknowledged": ""},                                               "denied"),  # without a reason
    ({"exemption": ENDED},                                               "denied"),
    ({"check": "unreadable"},                                            "denied"),
    ({"enforcement": WARN},                                              "warned"),
    ({"enforcement": WARN, "exemption": ENDED},                          "warned"),
    ({"check": "stale-exemption", "enforcement": WARN, "exemption": EXEMPTION}, "warned"),
    ({"enforcement": AUDIT},                                             "listed"),
    ({"enforcement": AUDIT, "exemption": ENDED},                         "listed"),
    ({"enforcement": AUDIT, "exemption": EXEMPTION},                     "exempt"),
    ({"enforcement": WARN, "exemption": EXEMPTION},                      "exempt"),  # in its last days
    ({"acknowledged": "known"},                                          "acknowledged"),
    ({"enforcement": WARN, "acknowledged": "known"},                     "acknowledged"),
    ({"exemption": ENDED, "acknowledged": "known"},                      "acknowledged"),
    ({"baseline": True},                                                 "baseline"),
    ({"baseline": True, "acknowledged": "known"},                        "baseline"),
]
# fmt: on


@pytest.mark.parametrize(("changed", "outcome"), OUTCOMES)
def test_the_outcome_is_one_word(changed: dict[str, Any], outcome: str) -> None:
    finding, today = replace(FINDING, **changed), datetime.date(2027, 1, 31)
    assert finding.outcome(today).value == outcome
    assert finding.is_denied is (outcome == "denied")
    assert finding.to_json(today)["outcome"] == outcome


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
        "outcome": "denied",
    }


@pytest.mark.parametrize(("today", "days"), [("2027-01-31", 0), ("2027-02-01", -1), ("2026-12-31", 31)])
def test_how_many_days_are_left_counts_from_the_day_given(today: str, days: int) -> None:
    said = replace(FINDING, exemption=EXEMPTION).to_json(datetime.date.fromisoformat(today))
    assert said["exemption"]["days_left"] == days
    assert replace(FINDING).to_json(datetime.date.fromisoformat(today))["exemption"] is None


HERE = Place("a.yaml", 7, 5)
TASK = Resource(
    "a.yaml/Td",
    TASK_DEFINITION,
    {"Family": "web"},
    name="Td",
    place_of=lambda location: HERE._replace(line=len(location)),
    account="012345678901",
    usage=Usage("eu-west-1", "ACTIVE", ("service web",)),
)
NOTICE = Notice(
    "What.", "Why.", "Remedy.", address="module.a", name="a", place=HERE, address_kind=AddressKind.TERRAFORM
)

# fmt: off
WHERE: list[tuple[Any, tuple[Any, ...], dict[str, Any]]] = [
    (TASK,                     ("Properties",),  {"address": "a.yaml/Td", "resource": "Td", "line": 10}),
    (TASK,                     ("Properties",),  {"family": "web", "in_use_by": ("service web",)}),
    (TASK,                     ("", HERE),       {"file": "a.yaml", "line": 7, "column": 5, "location": ""}),
    (NOTICE,                   (),               {"address": "module.a", "resource": "a", "line": 7, "family": None}),
    (NOTICE,                   (),               {"address_kind": AddressKind.TERRAFORM, "region": None}),
    (NOTICE,                   ("", Place("b")), {"file": "b", "line": None}),
    (Document("a.yaml", ()),   (),               {"address": "a.yaml", "resource": "", "file": None, "account": None}),
    (Document("a.yaml", ()),   ("", HERE),       {"address": "a.yaml", "resource": "", "line": 7}),
]
# fmt: on


@pytest.mark.parametrize(("item", "where", "expected"), WHERE)
def test_where_it_was_found(item: Any, where: tuple[Any, ...], expected: dict[str, Any]) -> None:
    found = FINDING.at(item, "a.yaml", *where)
    assert {name: getattr(found, name) for name in expected} == expected
    assert (found.source, found.check, found.what) == ("a.yaml", FINDING.check, FINDING.what)


def test_an_exemption_is_matched_with_all_that_identifies_it() -> None:
    subject = replace(FINDING.at(TASK, "a.yaml"), container="app").subject
    assert subject == ("host-mode-root-user", "a.yaml/Td", "web", "app", "012345678901", AddressKind.PATH)


def test_json_names_the_kind_of_an_address_that_slashes_alone_do_not_divide() -> None:
    today = datetime.date(2026, 6, 1)
    assert FINDING.at(NOTICE, "plan.json").to_json(today)["address_kind"] == "terraform"
    assert "address_kind" not in FINDING.at(TASK, "a.yaml").to_json(today)
