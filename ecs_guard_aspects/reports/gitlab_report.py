"""A Report as GitLab code quality, for merge requests: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format"""

from __future__ import annotations

import json
from typing import Any

from ..model.notice import UNREADABLE
from ..policy.enforcement import Severity
from ..policy.judging.finding import Finding
from ..policy.judging.report import Report
from .wording import (
    ERROR,
    NOTE,
    WARNING,
    file_of,
    fingerprints,
    level_of,
    only_not_read,
    printable,
    sentences_of,
    with_listed_files_counted,
)

_SEVERITIES = {
    (ERROR, Severity.HIGH): "critical",
    (ERROR, Severity.MEDIUM): "major",
    (WARNING, Severity.HIGH): "minor",
    (WARNING, Severity.MEDIUM): "minor",
    (NOTE, Severity.HIGH): "info",
    (NOTE, Severity.MEDIUM): "info",
}
_NOT_READ = "blocker"


def gitlab_report(report: Report, *, include_exempt: bool = False) -> str:
    """Return the report as a list of code quality violations.

    Args:
        report: the report.
        include_exempt: whether to include exempt and baseline findings, as ``info``.
    """
    today = report.policy.date
    shown = with_listed_files_counted(report).findings
    findings = [finding for finding in shown if include_exempt or not finding.is_accepted(today)]
    entries = [_entry(f, mark, report) for f, mark in zip(findings, fingerprints(findings, report), strict=True)]
    unread = [
        _violation(
            UNREADABLE, ": ".join(filter(None, entry)), ":".join((UNREADABLE, *entry)), _NOT_READ, entry.source, 1
        )
        for entry in only_not_read(report)
    ]
    return json.dumps([*entries, *unread], indent=2) + "\n"


def _entry(finding: Finding, fingerprint: str, report: Report) -> dict[str, Any]:
    severity = _SEVERITIES[level_of(finding), finding.severity]
    return _violation(
        finding.check,
        sentences_of(finding),
        fingerprint,
        _NOT_READ if finding.check == UNREADABLE else severity,
        file_of(finding, report),
        finding.line or 1,
    )


def _violation(check: str, description: str, fingerprint: str, severity: str, path: str, line: int) -> dict[str, Any]:
    return {
        "description": printable(f"{check}: {description}"),  # GitLab does not show check_name
        "check_name": check,
        "fingerprint": printable(fingerprint),
        "severity": severity,
        "location": {"path": printable(path) or ".", "lines": {"begin": line}},
    }
