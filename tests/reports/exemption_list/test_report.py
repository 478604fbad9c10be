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
from ecs_guard_aspects.policy import Enforcement, Exemption, Finding, Policy, Report, Severity, Verdict
from ecs_guard_aspects.policy.exemptions import Subject
from ecs_guard_aspects.policy.tracking.exemption_list import COLUMNS, ExemptionList, ListedExemption, Mention, Status
from ecs_guard_aspects.reports.csv_text import csv_text
from ecs_guard_aspects.reports.exemption_list.read import ReportError, mentions_in
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


def entry(status: Status, **changes: Any) -> ListedExemption:
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
            Status.INVALID, "", "infra/b.yaml/Task", reason="This does not count.", origin="infra/b.yaml:3"
        ),
        entry(Status.EXPIRED, expires=datetime.date(2026, 5, 1), days_left=-31, ticket="OPS-1", path="infra/**"),
        entry(Status.ENDING, expires=datetime.date(2026, 6, 1), days_left=0),
        entry(Status.STALE, path=None, family="web*", account="012345678901", findings=0, origin=None),
        entry(Status.LIVE, container="app", check="host-mode-root-user", findings=12),
        ListedExemption(
            Status.LIVE,
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
    (entry(Status.LIVE, owner="=1+1", reason="a|b\n<script>[x](y) \x1b[31m", ticket="@x", path="-a*_`b`"),),
)


@pytest.mark.parametrize("name", ["text", "markdown", "csv"])
def test_as_before(name: str, is_as_before: Callable[[str, str], None]) -> None:
    is_as_before(f"exemptions.{name}", EXEMPTION_LIST_FORMATS[name](ALL))


@pytest.mark.parametrize("exemptions", [ALL, HOSTILE, ExemptionList(POLICY, ())])
def test_json_follows_its_schema(exemptions: ExemptionList) -> None:
    value = json.loads(exemption_list_json(exemptions))
    jsonschema.validate(value, SCHEMA, format_checker=jsonschema.FormatChecker())
    assert sum(value["counts"].values()) == len(value["exemptions"]) == len(exemptions.entries)
    assert set(value["counts"]) == {status.value for status in Status}
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
    assert line.count(" | ") == 9
    assert "<script>" not in line
    assert "&#91;x&#93;(y)" in line
    assert "&#64;x" in line  # nobody is mentioned


def test_csv_has_numbers_as_numbers() -> None:
    rows = list(csv.DictReader(io.StringIO(exemption_list_csv(ALL))))
    assert [row["days_left"] for row in rows] == ["", "-31", "0", "92", "92", ""]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("a", "a"),
        ("", ""),
        (None, ""),
        (-1, "-1"),
        ("=1", "'=1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\tx", "\\tx"),
        ("a=1", "a=1"),
        ("a,b", '"a,b"'),
        ('a"b', '"a""b"'),
        ("a\nb", "a\\nb"),
        ("\r=1", "\\r=1"),
        ("a\r\nb", "a\\r\\nb"),
    ],
)
def test_a_cell(value: object, cell: str) -> None:
    assert csv_text([["x", value, "y"]]) == f"x,{cell},y\n"


# --- reports that are read -------------------------------------------------------------------------------------------


EXEMPTION = Exemption(
    check=MODE, path="a/**", reason="r", owner="o", expires="2026-09-01", ticket="T-1", origin="ecs-guard.yaml"
)


def finding(check: str = MODE, **changes: Any) -> Finding:
    fields = {"address": "a/Td", "family": "web", "source": "a", "file": "a.ts", "line": 3, **changes}
    return Finding(check, Severity.MEDIUM, Verdict.VIOLATION, Enforcement.DENY, "What.", "Why.", "Do.", **fields)


def written(*findings: Finding, **changes: Any) -> bytes:
    return json.dumps(Report(POLICY, findings).to_json() | changes).encode()


def test_a_report_says_what_was_found_and_what_exempts_it() -> None:
    mentions = mentions_in(written(finding(exemption=EXEMPTION), finding("stale-exemption", exemption=EXEMPTION)), "r")
    assert mentions == [
        Mention(Subject(check, "a/Td", "web"), "What.", EXEMPTION, None, "a.ts:3")
        for check in (MODE, "stale-exemption")
    ]
    assert [mention.exemption.origin for mention in mentions if mention.exemption] == ["ecs-guard.yaml"] * 2


def test_one_in_place_comes_back_as_one() -> None:
    local = Exemption.inline("a**b/Td", check=MODE, reason="r", owner="o", expires="2026-09-01")
    (mention,) = mentions_in(written(finding(address="a**b/Td", exemption=local)), "r")
    assert mention.exemption == local


def test_an_acknowledgement() -> None:
    (mention,) = mentions_in(written(finding(acknowledged="known", line=None)), "r")
    assert (mention.acknowledged, mention.origin) == ("known", "a.ts")


def test_a_list_of_reports_as_the_proof_of_an_app_is() -> None:
    one = written(finding())
    assert len(mentions_in(b"[" + one + b",\n" + one + b"]", "r")) == 2
    assert mentions_in(b"[]", "r") == []


def test_of_a_claim_that_names_no_check_the_finding_says_it() -> None:
    report = json.loads(written(finding(exemption=EXEMPTION), finding("stale-exemption", exemption=EXEMPTION)))
    for one in report["findings"]:
        one["exemption"] = {"owner": "o", "reason": "r", "expires": "2026-09-01", "days_left": 3}
    used, stale = mentions_in(json.dumps(report).encode(), "r.json")
    assert used.exemption == Exemption.inline("a/Td", check=MODE, owner="o", reason="r", expires="2026-09-01")
    assert used.exemption.origin == "r.json"
    assert stale.exemption is None


# fmt: off
NO_REPORTS: list[tuple[bytes, str]] = [
    (b"",                                              "it is no JSON"),
    (b"{",                                             "it is no JSON"),
    (b"\xff\xfe\x00",                                  "it is no JSON"),
    (b"[" * 100_000,                                   "it is no JSON"),
    (b"{}",                                            "write one with --format json"),
    (b"5",                                             "write one with --format json"),
    (b"[5]",                                           "write one with --format json"),
    (b'{"Resources": {}}',                             "write one with --format json"),
    (b'{"findings": {}, "policy": {}}',                "write one with --format json"),
    (written(version=2),                               "it has version 2, known is 1"),
    (written(findings=[5]),                            "it is no report of ecs-guard"),
    (written(findings=[{}]),                           "it is no report of ecs-guard: KeyError: 'check'"),
    (written(findings=[{"check": 5, "address": ""}]),  "5 is no text"),
]
# fmt: on


@pytest.mark.parametrize(("content", "problem"), NO_REPORTS, ids=[problem for _, problem in NO_REPORTS])
def test_what_is_no_report(content: bytes, problem: str) -> None:
    with pytest.raises(ReportError) as raised:
        mentions_in(content, "r")
    assert problem in str(raised.value)


@pytest.mark.parametrize(
    "changes", [{"owner": ""}, {"expires": "soon"}, {"expires": 5}, {"account": "1"}, {"owner": {}}]
)
def test_an_exemption_that_is_none(changes: dict[str, Any]) -> None:
    report = json.loads(written(finding(exemption=EXEMPTION)))
    report["findings"][0]["exemption"] |= changes
    with pytest.raises(ReportError, match="it has an exemption that is none"):
        mentions_in(json.dumps(report).encode(), "r")
