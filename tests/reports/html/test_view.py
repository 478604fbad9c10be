"""Values of the page: sentences, links, groups of findings."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.reports.html.data import STATES, Page, ShownFinding
from ecs_guard_aspects.reports.html.view import (
    CHANGE_LABELS,
    STATE_LABELS,
    bar_of,
    details_of,
    filtered,
    groups,
    lead,
    place_of,
)
from tools.example_report import example_report


def entry(state: str = "denied", **changes: Any) -> ShownFinding:
    fields = {"check": "x", "what": "What.", "why": "Why.", "remedy": "Do.", "acknowledged": None, "notes": []}
    places = {"container": None, "address": "a/Td", "family": "web", "resource": "Td", "source": "a", "file": None}
    return ShownFinding({**fields, **places, "line": None, "column": None, **changes}, state, "a")


def test_every_state_and_every_change_has_a_label() -> None:
    assert tuple(label.name for label in STATE_LABELS) == STATES
    assert {label.name for label in CHANGE_LABELS} == set(example_report()["compared"]) - {"with"}


@pytest.mark.parametrize(
    ("judged", "said"),
    [
        (
            {"sources": 5, "accounts": 3, "regions": 1, "task_definitions": 10},
            "10 task definitions in 3 accounts, 1 Region judged.",
        ),
        ({"sources": 51, "task_definitions": 1}, "1 task definition in 51 Regions judged."),
    ],
)
def test_the_lead(judged: dict[str, int], said: str) -> None:
    assert lead(Page.of({**example_report(), "judged": judged})).startswith(said)


def test_findings_that_say_the_same_are_one_group() -> None:
    same, other, exempt = entry(address="b"), entry(what="Else."), entry("exempt")
    assert groups([entry(), other, same, exempt]) == [[entry(), same], [other], [exempt]]


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({}, ["a/Td"]),
        ({"container": "app"}, ["container app", "a/Td"]),
        ({"file": "a.yaml", "line": 3, "column": 5}, ["a/Td", "a.yaml:3:5"]),
        ({"status": "ACTIVE"}, ["a/Td"]),
        ({"status": "INACTIVE", "in_use_by": ["service a", "service b"]}, ["a/Td", "INACTIVE", "service a, service b"]),
        ({"address": "web"}, []),
    ],
)
def test_the_place_of_a_finding(changes: dict[str, Any], parts: list[str]) -> None:
    assert place_of(entry(**changes)) == parts


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ({}, []),
        ({"container": "app", "account": "1", "region": "eu-west-1"}, ["container app", "1 \u00b7 eu-west-1"]),
        ({"exemption": {"owner": "a", "days_left": 1}, "reason": "R."}, ["exempt: a", "R."]),
        ({"exemption": {"owner": "a", "days_left": -1}}, ["exemption ended: a"]),
    ],
)
def test_the_details_of_a_change(change: dict[str, Any], parts: list[str]) -> None:
    assert details_of(change) == parts


@pytest.mark.parametrize(("days", "width"), [(0, 2), (45, 30), (90, 60), (400, 60)])
def test_the_bar_of_an_exemption(days: int, width: int) -> None:
    assert bar_of(days) == width


def test_a_link_to_findings() -> None:
    assert filtered(check="a", place="b c&d") == "#check=a&place=b+c%26d"
