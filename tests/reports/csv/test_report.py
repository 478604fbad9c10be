"""The report as CSV: a row for each finding, the same columns always, nothing a spreadsheet would calculate."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from ecs_guard_aspects.model.usage import ACCOUNT_FIELDS
from ecs_guard_aspects.policy import Enforcement, Finding, Policy, Report
from ecs_guard_aspects.policy.judging.report import NotRead
from ecs_guard_aspects.reports.csv.report import COLUMNS, csv_report

from ..support import POLICY, exemption
from ..test_text_report import finding, report_of


def rows(report: Report) -> list[dict[str, str]]:
    read = list(csv.reader(io.StringIO(csv_report(report)), strict=True))
    assert tuple(read[0]) == COLUMNS
    assert all(len(row) == len(COLUMNS) for row in read)
    return [dict(zip(COLUMNS, row, strict=True)) for row in read[1:]]


def test_all_of_it(report: Report, is_as_before: Callable[[str, str], None]) -> None:
    is_as_before("report.csv", csv_report(report))


def test_nothing_found_is_a_header() -> None:
    assert rows(Report(Policy())) == []


def test_every_field_of_a_finding_has_a_column() -> None:
    said = set(Finding.__dataclass_fields__) - {"exemption", "address_kind", "crashed", "usage"}
    assert said | set(ACCOUNT_FIELDS) - {"clusters"} <= set(COLUMNS)


OUTCOMES: list[tuple[dict[str, Any], str]] = [
    ({}, "denied"),
    ({"enforcement": Enforcement.WARN}, "warned"),
    ({"acknowledged": "moves in May"}, "acknowledged"),
    ({"baseline": True}, "baseline"),
    ({"exemption": exemption("**", "2999-01-01"), "enforcement": Enforcement.WARN}, "exempt"),
    ({"check": "unreadable"}, "denied"),
]


@pytest.mark.parametrize(("changes", "outcome"), OUTCOMES)
def test_the_outcome_is_that_of_the_finding(changes: dict[str, Any], outcome: str) -> None:
    (row,) = rows(report_of(finding(**changes)))
    assert row["outcome"] == outcome


def test_the_exemption_is_there_with_owner_and_end() -> None:
    ends = exemption("**", "2026-12-31", ticket="OBS-42", origin="ecs-guard.yaml")
    (row,) = rows(Report(POLICY, (finding(exemption=ends),)))
    assert [row[name] for name in ("owner", "reason", "expires", "days_left", "ticket", "origin")] == [
        *("team-obs", "reads the counters", "2026-12-31", "-1", "OBS-42", "ecs-guard.yaml")
    ]


def test_what_was_not_read_without_a_finding() -> None:
    (row,) = rows(report_of(not_read=(NotRead("eu-west-1", "AccessDenied"),)))
    assert {name: value for name, value in row.items() if value} == {
        "outcome": "denied",
        "check": "unreadable",
        "source": "eu-west-1",
        "what": "AccessDenied",
    }


# A text, and the cell that it becomes.
CELLS = [
    ("web", "web"),
    ('=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'),
    ("+1", "'+1"),
    ("-1", "'-1"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("\uff1d1", "'\uff1d1"),
    ("\t=1", "\\t=1"),
    ("\r\n=1", "\\r\\n=1"),
    ('a,"b";c', 'a,"b";c'),
    ("a=1", "a=1"),
    ("\u202e", "\\u202e"),
    ("\udcff", "\\udcff"),
]


@pytest.mark.parametrize(("text", "cell"), CELLS)
def test_nothing_is_calculated(text: str, cell: str) -> None:
    (row,) = rows(report_of(finding(container=text, address=text, notes=(text,))))
    assert (row["container"], row["address"], row["notes"]) == (cell, cell, cell)
