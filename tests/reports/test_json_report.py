"""The report as JSON: every report is valid by its schema."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import ecs_guard_aspects
from ecs_guard_aspects.model.usage import ACCOUNT_FIELDS
from ecs_guard_aspects.policy import Finding, Policy, Profile, Report, judge
from ecs_guard_aspects.reports.json_report import json_report
from ecs_guard_aspects.sources.files import Files

from .support import report_on

SCHEMA = Path(ecs_guard_aspects.__file__).parent / "reports" / "report.schema.json"
CORPUS = Path(__file__).parents[3] / "shared" / "corpus"


def schema() -> Any:
    return json.loads(SCHEMA.read_text(encoding="utf-8"))


def require_valid(text: str) -> None:
    jsonschema.Draft202012Validator(schema(), format_checker=jsonschema.FormatChecker()).validate(json.loads(text))


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_the_schema_has_every_field_of_a_finding() -> None:
    finding = schema()["$defs"]["finding"]
    fields = set(Finding.__dataclass_fields__)
    assert fields - {"crashed", "usage"} | set(ACCOUNT_FIELDS) <= set(finding["properties"])
    assert set(finding["required"]) <= fields | {"outcome"}


@pytest.mark.parametrize("policy", [Policy(), Policy(profile=Profile.STRICT)])
def test_a_report_is_valid(tmp_path: Path, policy: Policy) -> None:
    require_valid(json_report(report_on(tmp_path, policy)[0]))


def test_a_report_with_exemptions_is_valid(report: Report) -> None:
    require_valid(json_report(report))


def test_a_report_of_nothing_is_valid() -> None:
    require_valid(json_report(Report(Policy())))


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"there is no {CORPUS}")
def test_a_report_of_files_of_strangers_is_valid() -> None:
    report = judge(Files([str(CORPUS)], CORPUS), Policy(profile=Profile.STRICT))
    assert len(report.resources) > 300
    require_valid(json_report(report))


def test_it_says_what_was_judged_and_by_what(report: Report) -> None:
    said = json.loads(json_report(report))
    assert (said["version"], said["tool"]["name"], said["admitted"]) == (1, "ecs-guard", False)
    assert (said["policy"]["profile"], said["policy"]["origin"]) == ("default", "ecs-guard.yaml")
    assert said["judged"] == {"sources": 5, "task_definitions": 6}
    assert [entry["source"] for entry in said["not_read"]] == ["infra/broken.yaml"]
    assert {"address": "infra/billing.yaml/taskdefinition", "family": "billing"} in said["resources"]


def test_one_finding(report: Report) -> None:
    (finding,) = [
        f for f in json.loads(json_report(report))["findings"] if f["address"] == "infra/billing.yaml/taskdefinition"
    ]
    assert finding == {
        "check": "awsvpc-network-mode",
        "severity": "medium",
        "verdict": "violation",
        "enforcement": "deny",
        "source": "infra/billing.yaml",
        "resource": "taskdefinition",
        "address": "infra/billing.yaml/taskdefinition",
        "family": "billing",
        "container": None,
        "location": "Properties/NetworkMode",
        "file": "infra/billing.yaml",
        "line": 6,
        "column": 20,
        "what": "NetworkMode is 'none'.",
        "why": finding["why"],
        "remedy": finding["remedy"],
        "notes": [],
        "exemption": None,
        "acknowledged": None,
        "baseline": False,
        "outcome": "denied",
    }


def test_the_digest_is_that_of_what_the_policy_demands(tmp_path: Path) -> None:
    def digest(policy: Policy) -> str:
        return str(json.loads(json_report(Report(policy)))["policy"]["sha256"])

    assert digest(Policy()) == digest(Policy(origin="x.yaml"))
    assert digest(Policy()) != digest(Policy(profile=Profile.STRICT))


def test_it_is_ascii(report: Report, is_as_before: Callable[[str, str], None]) -> None:
    assert json_report(report).isascii()
