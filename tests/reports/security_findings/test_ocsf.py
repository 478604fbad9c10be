"""The report as OCSF: each line valid by the schema of OCSF 1.5, with and without an account."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ecs_guard_aspects.policy import Enforcement, Report
from ecs_guard_aspects.policy.tracking.comparison import Compared, Comparison, ComparisonStatus, FindingKey
from ecs_guard_aspects.reports.security_findings.ocsf import ocsf_report
from tests.cloud import IRELAND, OWN, arn

from ..test_hostile_names import NAMES, report_with
from ..test_text_report import finding, report_of
from .support import EVERYTHING, HELD, NOW, audit_of, found, judged, unread

SCHEMA = jsonschema.Draft202012Validator(json.loads((Path(__file__).parent / "ocsf-1.5.0.json").read_text()))


def events(report: Report) -> list[dict[str, Any]]:
    text = ocsf_report(report)
    assert text == "" or text.endswith("\n")
    listed = [json.loads(line) for line in text.splitlines()]
    for event in listed:
        SCHEMA.validate(event)
        assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]
        assert ("cloud" in event) == ("cloud" in event["metadata"].get("profiles", []))
    return listed


def test_something_of_everything_is_valid(report: Report) -> None:
    assert len(events(EVERYTHING)) > 15
    assert len(events(report)) > 5
    assert len(ocsf_report(report).splitlines()) == len(events(report))


def test_nothing_is_nothing() -> None:
    assert events(report_of()) == []


@pytest.mark.parametrize("name", NAMES, ids=[ascii(name)[:30] for name in NAMES])
def test_a_name_can_be_anything(name: str) -> None:
    assert len(events(report_with(name))) >= 2


def test_a_finding() -> None:
    event = events(audit_of(found(container="app", what="It is 'host'.")))[0]
    assert (event["class_uid"], event["category_uid"], event["time"]) == (2003, 2, int(NOW.timestamp() * 1000))
    assert (event["activity_name"], event["status"], event["severity"]) == ("Create", "New", "Medium")
    assert (event["compliance"]["status"], event["compliance"]["control"]) == ("Fail", "awsvpc-network-mode")
    assert event["cloud"] == {
        "provider": "AWS",
        "region": IRELAND,
        "account": {"uid": OWN, "type_id": 10, "type": "AWS Account"},
    }
    assert [resource["uid"] for resource in event["resources"]] == [arn("agent:1")]
    assert [one["container"] for one in event["unmapped"]["findings"]] == ["app"]
    assert event["resources"][0]["data"]["exposure"]["level"] == "unknown"
    since = datetime.datetime(2026, 9, 1, tzinfo=datetime.UTC)
    (of_finding, *_) = events(audit_of(found(first_seen=since)))
    assert of_finding["finding_info"]["first_seen_time"] == int(since.timestamp() * 1000)


STATES = [
    (audit_of(judged()), ("Close", "Resolved", "Pass", "passed")),
    (audit_of(found(enforcement=Enforcement.WARN)), ("Create", "New", "Warning", "warned")),
    (
        audit_of(found(enforcement=Enforcement.AUDIT, exemption=HELD)),
        ("Create", "Suppressed", "Warning", "exempt"),
    ),
    (audit_of(unread()), ("Create", "New", "Unknown", "denied")),
    (report_of(finding(baseline=True)), ("Create", "Suppressed", "Warning", "baseline")),
]


@pytest.mark.parametrize(("of", "said"), STATES)
def test_a_state(of: Report, said: tuple[str, ...]) -> None:
    event = events(of)[0]
    names = (event["activity_name"], event["status"], event["compliance"]["status"], event["status_detail"])
    assert names == said


@pytest.mark.parametrize(
    ("status", "names"),
    [
        (ComparisonStatus.STILL_THERE, {("Update", "New")}),
        (ComparisonStatus.NEW, {("Create", "New")}),
        (ComparisonStatus.NO_LONGER_IN_USE, {("Create", "New"), ("Close", "Archived")}),
    ],
)
def test_after_an_earlier_report(status: ComparisonStatus, names: set[tuple[str, str]]) -> None:
    name = "gone" if status is ComparisonStatus.NO_LONGER_IN_USE else "agent"
    key = FindingKey(OWN, IRELAND, name, arn(name), "awsvpc-network-mode", None)
    listed = events(audit_of(found(), compared=Comparison("1.json", (Compared(key, status),))))
    assert {(one["activity_name"], one["status"]) for one in listed if one["compliance"]["status"] != "Pass"} == names
