"""Exemptions in reports: what is read back from JSON, and what is refused."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest

from ecs_guard_aspects.policy import Enforcement, Exemption, Finding, Policy, Report, Severity, Verdict
from ecs_guard_aspects.policy.errors import ReportError
from ecs_guard_aspects.policy.exemptions import Subject
from ecs_guard_aspects.policy.tracking.exemption_list import Mention
from ecs_guard_aspects.reports.exemption_list.read import mentions_in

MODE = "awsvpc-network-mode"
POLICY = Policy(today=datetime.date(2026, 6, 1), origin="ecs-guard.yaml")
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


def test_an_inline_exemption_is_read_as_one() -> None:
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
    (b"",                                              "it is not JSON"),
    (b"{",                                             "it is not JSON"),
    (b"\xff\xfe\x00",                                  "it is not JSON"),
    (b"[" * 100_000,                                   "it is not JSON"),
    (b"{}",                                            "write one with --format json"),
    (b"5",                                             "write one with --format json"),
    (b"[5]",                                           "write one with --format json"),
    (b'{"Resources": {}}',                             "write one with --format json"),
    (b'{"findings": {}, "policy": {}}',                "write one with --format json"),
    (written(version=2),                               "it has version 2; this ecs-guard reads version 1"),
    (written(findings=[5]),                            "it is not a report of ecs-guard"),
    (written(findings=[{}]),                           "it is not a report of ecs-guard: KeyError: 'check'"),
    (written(findings=[{"check": 5, "address": ""}]),  "a value of the type int is not a text"),
]
# fmt: on


@pytest.mark.parametrize(("content", "problem"), NO_REPORTS, ids=[problem for _, problem in NO_REPORTS])
def test_other_files_than_reports(content: bytes, problem: str) -> None:
    with pytest.raises(ReportError) as raised:
        mentions_in(content, "r")
    assert problem in str(raised.value)


@pytest.mark.parametrize(
    "changes", [{"owner": ""}, {"expires": "soon"}, {"expires": 5}, {"account": "1"}, {"owner": {}}]
)
def test_an_exemption_that_is_none(changes: dict[str, Any]) -> None:
    report = json.loads(written(finding(exemption=EXEMPTION)))
    report["findings"][0]["exemption"] |= changes
    with pytest.raises(ReportError, match="it has an invalid exemption"):
        mentions_in(json.dumps(report).encode(), "r")
