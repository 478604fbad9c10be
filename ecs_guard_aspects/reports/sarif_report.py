"""A Report as SARIF 2.1.0, for GitHub code scanning and other readers.

The properties that GitHub reads: https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

from .._version import VERSION
from ..model.notice import UNREADABLE
from ..policy.checks import Check
from ..policy.enforcement import Severity
from ..policy.judging.finding import Finding
from ..policy.judging.notices import NOTICE_KINDS
from ..policy.judging.report import Report, policy_in_json
from .wording import (
    ERROR,
    LEVELS,
    file_of,
    fingerprints,
    level_of,
    sentences_of,
    with_listed_files_counted,
)

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

# GitHub shows 7.0 to 8.9 as high and 4.0 to 6.9 as medium; the value must be a string.
_SECURITY_SEVERITY = {Severity.HIGH: "8.0", Severity.MEDIUM: "5.5"}


def sarif_report(report: Report, *, include_exempt: bool = False) -> str:
    """Return the report as SARIF.

    Args:
        report: the report.
        include_exempt: whether to include exempt and baseline findings, as suppressed; GitHub shows them as open.
    """
    today = report.policy.date
    shown = with_listed_files_counted(report).findings
    findings = [f for f in shown if file_of(f, report) and (include_exempt or not f.is_accepted(today))]
    rules = _rules(report, findings)
    run = {
        "tool": {"driver": {"name": "ecs-guard", "semanticVersion": VERSION, "version": VERSION, "rules": rules}},
        "automationDetails": {"id": "ecs-guard/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
        "invocations": [_invocation(report)],
        "properties": {"policy": policy_in_json(report.policy), **report.origin_in_json()},
        "results": list(_results(report, findings, [rule["id"] for rule in rules], include_exempt)),
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rules(report: Report, findings: Iterable[Finding]) -> list[dict[str, Any]]:
    rules = [_rule(check) for check in report.policy.enforced_checks]
    known = {rule["id"] for rule in rules}
    others = dict.fromkeys(finding.check for finding in findings if finding.check not in known)
    return rules + [_notice_rule(check, LEVELS[report.policy.enforcement_of(check)]) for check in others]


def _rule(check: Check) -> dict[str, Any]:
    names = [control.name for control in check.controls]
    demands = f"{check.title} Allowed: {check.allowed}." if check.allowed else check.title
    links = "".join(f"\n- [{control.name}]({control.url})" for control in check.controls)
    return {
        "id": check.id,
        **_name(check.id),
        "shortDescription": {"text": check.title},
        "fullDescription": {"text": demands},
        "help": {
            "text": f"{demands} It implements {', '.join(names)}." if names else demands,
            # GitHub does not read helpUri, so the links are here.
            "markdown": f"{demands}\n{links}\n\nSee `ecs-guard explain {check.id}`.",
        },
        "defaultConfiguration": {"level": ERROR},
        "properties": {
            "tags": ["security", *names],
            "precision": "very-high",
            "problem.severity": ERROR,
            "security-severity": _SECURITY_SEVERITY[check.severity],
        },
    }


def _notice_rule(check: str, level: str) -> dict[str, Any]:
    title = NOTICE_KINDS[check].title if check in NOTICE_KINDS else check
    return {
        "id": check,
        **_name(check),
        "shortDescription": {"text": title},
        "fullDescription": {"text": title},
        "help": {"text": title, "markdown": f"{title}\n\nSee `ecs-guard explain {check}`."},
        "defaultConfiguration": {"level": level},
        "properties": {"tags": ["security"], "precision": "very-high", "problem.severity": level},
    }


def _invocation(report: Report) -> dict[str, Any]:
    notifications = [
        {"level": ERROR, "message": {"text": ": ".join(filter(None, entry))}, "descriptor": {"id": UNREADABLE}}
        for entry in report.missing
    ]
    created = report.origin_in_json().get("created")
    end = {"endTimeUtc": created} if created else {}
    return {"executionSuccessful": not report.missing, **end, "toolExecutionNotifications": notifications}


def _results(
    report: Report, findings: Sequence[Finding], rules: list[str], include_exempt: bool
) -> Iterator[dict[str, Any]]:
    for finding, fingerprint in zip(findings, fingerprints(findings, report), strict=True):
        yield {
            "ruleId": finding.check,
            "ruleIndex": rules.index(finding.check),
            "level": level_of(finding),
            "message": {"text": sentences_of(finding)},
            "locations": [_location(finding, report)],
            "partialFingerprints": {"primaryLocationLineHash": fingerprint},
            **({"suppressions": _suppressions(finding, report)} if include_exempt else {}),
        }


def _location(finding: Finding, report: Report) -> dict[str, Any]:
    # A pull request shows an alert only if it contains all its lines, so the region is one line.
    region = {"startLine": finding.line or 1}
    if finding.line is not None and finding.column is not None:
        region["startColumn"] = finding.column
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": _artifact(file_of(finding, report)), "region": region}
    }
    if finding.address:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.address, "kind": "resource"}]
    return location


def _artifact(file: str) -> dict[str, str]:
    if os.path.isabs(file):
        return {"uri": f"file://{_quoted(file)}"}
    return {"uri": _quoted(file), "uriBaseId": "%SRCROOT%"}


def _quoted(file: str) -> str:
    try:
        return quote(file.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:  # a name in an assembly or a plan that a file cannot have
        return quote(file.encode("utf-8", "replace"))


def _suppressions(finding: Finding, report: Report) -> list[dict[str, str]]:
    if not finding.is_accepted(report.policy.date):
        return []
    reason = finding.acknowledged or (finding.exemption.describe() if finding.exemption else "It is in the baseline.")
    return [{"kind": "external", "justification": reason}]


def _name(check: str) -> dict[str, str]:
    """Return the name of a rule for people, if it differs from its id."""
    name = "".join(word.capitalize() for word in check.split("-"))
    return {"name": name} if name.lower() != check else {}
