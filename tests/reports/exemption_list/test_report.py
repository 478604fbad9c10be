"""List of exemptions in every format, and reports that are read for it."""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ecs_guard_aspects import reports
from ecs_guard_aspects.policy import Policy
from ecs_guard_aspects.policy.tracking.exemption_list import COLUMNS, ExemptionList, ExemptionStatus, ListedExemption
from ecs_guard_aspects.reports.exemption_list.report import (
    EXEMPTION_LIST_FORMATS,
    exemption_list_csv,
    exemption_list_json,
    exemption_list_markdown,
    exemption_list_text,
)
from ecs_guard_aspects.reports.text_report import Style

MODE = "awsvpc-network-mode"
POLICY = Policy(today=datetime.date(2026, 6, 1), origin="ecs-guard.yaml")
SCHEMA = json.loads((Path(reports.__file__).parent / "exemptions.schema.json").read_text(encoding="utf-8"))


def entry(status: ExemptionStatus, **changes: Any) -> ListedExemption:
    fields = {
        "check": MODE,
        "path": "infra/a.yaml/Task",
        "owner": "team-a",
        "expires": datetime.date(2026, 9, 1),
        "days_left": 92,
        "reason": "moves in Q3",
        "origin": "infra/a.yaml:7",
        "findings": 1,
    }
    return ListedExemption(status, **{**fields, **changes})


ALL = ExemptionList(
    POLICY,
    (
        ListedExemption(
            ExemptionStatus.INVALID, "", "infra/b.yaml/Task", reason="This does not count.", origin="infra/b.yaml:3"
        ),
        entry(
            ExemptionStatus.EXPIRED, expires=datetime.date(2026, 5, 1), days_left=-31, ticket="OPS-1", path="infra/**"
        ),
        entry(ExemptionStatus.ENDING, expires=datetime.date(2026, 6, 1), days_left=0),
        entry(
            ExemptionStatus.STALE,
            path=None,
            family="web*",
            account="012345678901",
            findings=0,
            origin=None,
            at_hook=True,
        ),
        entry(ExemptionStatus.LIVE, container="app", check="host-mode-root-user", findings=12),
        ListedExemption(
            ExemptionStatus.LIVE,
            MODE,
            "Prod/Task/Resource",
            reason="known",
            origin="cdk.out/Prod.template.json",
            findings=1,
        ),
    ),
)
HOSTILE = ExemptionList(
    POLICY,
    (entry(ExemptionStatus.LIVE, owner="=1+1", reason="a|b\n<script>[x](y) \x1b[31m", ticket="@x", path="-a*_`b`"),),
)


@pytest.mark.parametrize("name", ["text", "markdown", "csv"])
def test_as_before(name: str, is_as_before: Callable[[str, str], None]) -> None:
    is_as_before(f"exemptions.{name}", EXEMPTION_LIST_FORMATS[name](ALL))


@pytest.mark.parametrize("exemptions", [ALL, HOSTILE, ExemptionList(POLICY, ())])
def test_json_follows_its_schema(exemptions: ExemptionList) -> None:
    value = json.loads(exemption_list_json(exemptions))
    jsonschema.validate(value, SCHEMA, format_checker=jsonschema.FormatChecker())
    assert sum(value["counts"].values()) == len(value["exemptions"]) == len(exemptions.entries)
    assert set(value["counts"]) == {status.value for status in ExemptionStatus}
    assert set(SCHEMA["properties"]["exemptions"]["items"]["properties"]) == set(COLUMNS)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ((), "No exemptions (policy: ecs-guard.yaml, profile default)."),
        (ALL.entries[1:2], "1 exemption: 1 expired (policy: ecs-guard.yaml, profile default)."),
        (
            ALL.entries,
            "6 exemptions: 1 invalid, 1 expired, 1 ending, 1 stale, 2 live (policy: ecs-guard.yaml, profile default).",
        ),
    ],
)
def test_the_sum_of_it(entries: tuple[ListedExemption, ...], said: str) -> None:
    assert exemption_list_text(ExemptionList(POLICY, entries)).splitlines()[-1] == said


def test_colours() -> None:
    text = exemption_list_text(ALL, Style(colour=True))
    assert "\x1b[31;1mexpired" in text
    assert "\x1b" not in exemption_list_text(ALL)


def test_what_anybody_writes_steers_nothing() -> None:
    text = exemption_list_text(HOSTILE)
    assert "\x1b" not in text
    assert len(text.splitlines()) == 5
    rows = list(csv.DictReader(io.StringIO(exemption_list_csv(HOSTILE))))
    assert [(row["owner"], row["ticket"], row["path"]) for row in rows] == [("'=1+1", "'@x", "'-a*_`b`")]
    line = exemption_list_markdown(HOSTILE).splitlines()[2]
    assert line.count(" | ") == 10
    assert "<script>" not in line
    assert "&#91;x&#93;(y)" in line
    assert "&#64;x" in line  # nobody is mentioned


def test_csv_has_numbers_as_numbers() -> None:
    rows = list(csv.DictReader(io.StringIO(exemption_list_csv(ALL))))
    assert [row["days_left"] for row in rows] == ["", "-31", "0", "92", "92", ""]
