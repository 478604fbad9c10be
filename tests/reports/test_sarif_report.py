"""The report as SARIF: valid, and such that GitHub shows it.

``sarif-2.1.0.json`` is the schema of OASIS, as @microsoft/sarif-multitool 5.7.0 has it. Its validator is run where it
is installed: ``SARIF_MULTITOOL=.../Sarif.Multitool pytest tests/reports``.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ecs_guard_aspects._version import VERSION
from ecs_guard_aspects.policy import Enforcement, Policy, Profile, Report, judge
from ecs_guard_aspects.reports.sarif_report import sarif_report
from ecs_guard_aspects.sources.files import Files

from .support import BILLING, POLICY, report_on
from .test_text_report import finding, report_of

SCHEMA = Path(__file__).with_name("sarif-2.1.0.json")
VALIDATOR = os.environ.get("SARIF_MULTITOOL")


def run_of(report: Report, **options: Any) -> dict[str, Any]:
    (run,) = json.loads(sarif_report(report, **options))["runs"]
    return dict(run)


def results(report: Report, **options: Any) -> list[dict[str, Any]]:
    return list(run_of(report, **options)["results"])


POLICIES = [POLICY, Policy(), Policy(profile=Profile.STRICT)]


@pytest.mark.parametrize("include_exempt", [False, True])
@pytest.mark.parametrize("policy", POLICIES, ids=["exempt", "default", "strict"])
def test_it_is_valid(tmp_path: Path, policy: Policy, include_exempt: bool) -> None:
    text = sarif_report(report_on(tmp_path, policy)[0], include_exempt=include_exempt)
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(text))


@pytest.mark.skipif(VALIDATOR is None, reason="SARIF_MULTITOOL names no validator")
@pytest.mark.parametrize("policy", POLICIES, ids=["exempt", "default", "strict"])
def test_it_is_valid_by_the_validator_of_microsoft_with_the_rules_of_github(tmp_path: Path, policy: Policy) -> None:
    file = tmp_path / "guard.sarif"
    file.write_text(sarif_report(report_on(tmp_path, policy)[0]))
    line = [str(VALIDATOR), "validate", str(file), "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    # Its exit code is 0 whatever it finds. SARIF2005 wants a page on the tool: there is none to link to yet.
    found = re.findall(r"(?:error|warning) \w+\d+", done.stdout)
    assert set(found) <= {"warning SARIF2005"}, done.stdout
    assert "Analysis completed successfully" in done.stdout


def test_all_of_it(report: Report, is_as_before: Callable[[str, str], None]) -> None:
    is_as_before("report.sarif", sarif_report(report).replace(f'"{VERSION}"', '"VERSION"'))


def test_what_github_wants_of_a_rule(report: Report) -> None:
    for rule in run_of(report)["tool"]["driver"]["rules"]:
        assert rule.get("name", "").lower() != rule["id"]
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning")
        severity = rule["properties"].get("security-severity")
        assert severity is None or isinstance(severity, str)


def test_a_rule_names_what_it_stands_for(report: Report) -> None:
    rule = run_of(report)["tool"]["driver"]["rules"][0]
    assert "KICS 027a4b7a" in rule["properties"]["tags"]
    assert "[KICS 027a4b7a](https://docs.kics.io/" in rule["help"]["markdown"]
    assert rule["properties"]["security-severity"] == "5.5"


def test_every_rule_of_the_policy_is_there_even_if_nothing_was_found() -> None:
    rules = run_of(Report(Policy(profile=Profile.STRICT)))["tool"]["driver"]["rules"]
    assert len(rules) == len(Profile.STRICT.checks)


def test_a_result_points_at_one_line(report: Report) -> None:
    places = [result["locations"][0]["physicalLocation"] for result in results(report)]
    assert places[0]["artifactLocation"] == {"uri": "infra/agent.json", "uriBaseId": "%SRCROOT%"}
    assert places[0]["region"] == {"startLine": 3, "startColumn": 17}
    assert all(set(place["region"]) <= {"startLine", "startColumn"} for place in places)


LEVELS = [
    ({}, "error"),
    ({"enforcement": Enforcement.WARN}, "warning"),
    ({"enforcement": Enforcement.AUDIT}, "note"),
]


@pytest.mark.parametrize(("changes", "level"), LEVELS)
def test_a_level(changes: dict[str, Any], level: str) -> None:
    assert [result["level"] for result in results(report_of(finding(**changes)))] == [level]


URIS = [
    ("infra/a b.yaml", "infra/a%20b.yaml"),
    ("\u00fc#?%.yaml", "%C3%BC%23%3F%25.yaml"),
    ("a\udcffb.yaml", "a%FFb.yaml"),
    ("a\ud800b.yaml", "a%3Fb.yaml"),
    ("stdin", "stdin"),
    ("../other/x.yaml", "../other/x.yaml"),
]


@pytest.mark.parametrize(("file", "uri"), URIS)
def test_a_uri(file: str, uri: str) -> None:
    (result,) = results(report_of(finding(file=file, source=file)))
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": uri, "uriBaseId": "%SRCROOT%"}


def test_a_file_without_lines_is_shown_at_its_first() -> None:
    (result,) = results(report_of(finding(line=None, column=None)))
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}


def test_an_exemption_that_covers_nothing_is_shown_at_the_policy(report: Report) -> None:
    (result,) = [result for result in results(report) if result["ruleId"] == "stale-exemption"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "ecs-guard.yaml"


def test_what_stands_nowhere_is_left_out() -> None:
    assert results(report_of(finding(file=None, source=""))) == []


def fingerprints(report: Report) -> list[str]:
    return [result["partialFingerprints"]["primaryLocationLineHash"] for result in results(report)]


def test_an_alert_survives_that_lines_move(tmp_path: Path) -> None:
    def judged(text: str) -> Report:
        (tmp_path / "x.yaml").write_text(text)
        return judge(Files([str(tmp_path)], tmp_path))

    before, after = judged(BILLING), judged(f"# A comment.\n\n{BILLING}")
    assert results(before) != results(after)
    assert fingerprints(before) == fingerprints(after)
    assert len(set(fingerprints(before))) == 2


def test_an_alert_has_an_identity() -> None:
    findings = [
        finding(),
        finding(container="web"),
        finding(address="x.yaml/Other"),
        finding(check="host-mode-root-user"),
        finding(file="y.yaml"),
        finding(what="Twice at the same place."),
    ]
    prints = fingerprints(report_of(*findings))
    assert len(set(prints)) == len(findings)
    assert [text.rpartition(":")[2] for text in prints] == ["1", "1", "1", "1", "1", "2"]


def test_what_is_exempt_is_left_out_unless_it_is_asked_for(report: Report) -> None:
    rules = [result["ruleId"] for result in results(report)]
    assert len(results(report, include_exempt=True)) == len(rules) + 2
    suppressed = [result["suppressions"] for result in results(report, include_exempt=True)]
    assert [reasons for reasons in suppressed if reasons] == [
        [{"kind": "external", "justification": "team-obs: reads the counters (OBS-42)"}],
        [{"kind": "external", "justification": "team-obs: reads the counters"}],
    ]
    assert all("suppressions" not in result for result in results(report))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"acknowledged": "moves in May"}, "moves in May"), ({"baseline": True}, "It is in the baseline.")],
)
def test_what_was_accepted_otherwise_is_suppressed_too(changes: dict[str, Any], reason: str) -> None:
    report = report_of(finding(**changes))
    assert results(report) == []
    (result,) = results(report, include_exempt=True)
    assert result["suppressions"] == [{"kind": "external", "justification": reason}]


def test_what_was_not_read_makes_the_run_unsuccessful(report: Report) -> None:
    (invocation,) = run_of(report)["invocations"]
    assert invocation["executionSuccessful"] is False
    (said,) = invocation["toolExecutionNotifications"]
    assert said["message"]["text"].startswith("infra/broken.yaml: infra/broken.yaml cannot be read: ")
    (invocation,) = run_of(replace(report, not_read=()))["invocations"]
    assert invocation == {"executionSuccessful": True, "toolExecutionNotifications": []}
