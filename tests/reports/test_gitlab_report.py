"""The report as GitLab's code quality has it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ecs_guard_aspects.policy import Enforcement, Policy, Report, Severity, judge
from ecs_guard_aspects.policy.judging.report import NotRead
from ecs_guard_aspects.reports.gitlab_report import gitlab_report
from ecs_guard_aspects.sources.files import Files

from .support import BILLING
from .test_text_report import finding, report_of

# https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "minLength": 1, "pattern": r"^(?!\./)"},
                    "lines": {"properties": {"begin": {"type": "integer", "minimum": 1}}, "required": ["begin"]},
                },
            },
        },
    },
}


def entries(report: Report, **options: Any) -> list[dict[str, Any]]:
    said = json.loads(gitlab_report(report, **options))
    jsonschema.Draft202012Validator(SCHEMA).validate(said)
    prints = [entry["fingerprint"] for entry in said]
    assert len(set(prints)) == len(prints), "GitLab takes equal fingerprints for one violation"
    return list(said)


def test_all_of_it(report: Report, is_as_before: Callable[[str, str], None]) -> None:
    assert len(entries(report)) == 8
    is_as_before("report.gitlab.json", gitlab_report(report))


SEVERITIES: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["major"]),
    ({"severity": Severity.HIGH}, ["critical"]),
    ({"severity": Severity.HIGH, "enforcement": Enforcement.WARN}, ["minor"]),
    ({"enforcement": Enforcement.AUDIT}, ["info"]),
    ({"check": "unreadable"}, ["blocker"]),
    ({"baseline": True}, []),
    ({"acknowledged": "moves in May"}, []),
    ({"acknowledged": ""}, ["major"]),
]


@pytest.mark.parametrize(("changes", "severities"), SEVERITIES)
def test_a_severity(changes: dict[str, Any], severities: list[str]) -> None:
    report = report_of(finding(**changes))
    assert [entry["severity"] for entry in entries(report)] == severities
    assert [entry["severity"] for entry in entries(report, include_exempt=True)] == (severities or ["info"])


def test_a_violation_has_an_identity_that_stays_when_lines_move(tmp_path: Path) -> None:
    def prints(text: str) -> list[str]:
        (tmp_path / "x.yaml").write_text(text)
        return [entry["fingerprint"] for entry in entries(judge(Files([str(tmp_path)], tmp_path), Policy()))]

    assert prints(BILLING) == prints(f"# A comment.\n\n{BILLING}")
    assert len(entries(report_of(finding(), finding(), finding(container="web")))) == 3


@pytest.mark.parametrize(("file", "path"), [("a/b.yaml", "a/b.yaml"), (None, "x.yaml"), ("a\nb", "a\\nb")])
def test_a_path(file: str | None, path: str) -> None:
    (entry,) = entries(report_of(finding(file=file, line=None)))
    assert entry["location"] == {"path": path, "lines": {"begin": 1}}


def test_what_stands_nowhere_is_at_the_root() -> None:
    (entry,) = entries(report_of(finding(file=None, source="")))
    assert entry["location"]["path"] == "."


def test_what_was_not_read_without_a_finding() -> None:
    report = report_of(not_read=(NotRead("eu-west-1", "AccessDenied"), NotRead("eu-west-1", "Throttled")))
    assert [(entry["severity"], entry["location"]["path"]) for entry in entries(report)] == [
        ("blocker", "eu-west-1"),
        ("blocker", "eu-west-1"),
    ]
