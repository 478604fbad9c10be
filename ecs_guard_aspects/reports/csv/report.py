"""A Report as CSV, for spreadsheets: one row for each finding."""

from __future__ import annotations

from typing import Any

from ...model.notice import UNREADABLE
from ...policy.exemptions import REPORTED_FIELDS
from ...policy.judging.finding import Finding, Outcome
from ...policy.judging.report import Report
from ..wording import facts_of_audit, only_not_read
from .text import csv_text

COLUMNS = (
    *("outcome", "check", "severity", "verdict", "enforcement"),
    *("account", "region", "source", "address", "resource", "family", "status", "in_use_by", "container"),
    *("location", "file", "line", "column", "what", "why", "remedy", "notes"),
    *REPORTED_FIELDS,
    *("acknowledged", "baseline"),
    *("exposure", "exposure_reasons", "running_tasks", "production", "first_seen"),
    *("began", "ended", "caller", "options"),
)
"""The columns of every report; ``owner`` to ``origin`` are of the exemption, ``began`` to ``options`` of the audit."""


def csv_report(report: Report) -> str:
    """Return the report as CSV: a header, a row for each finding, and one for each file that could not be read.

    ``outcome`` is that of the finding, as in JSON. A text that a spreadsheet would calculate begins
    with an apostrophe.
    """
    rows = [_row(finding, report) for finding in report.findings]
    rows += [
        {"outcome": Outcome.DENIED.value, "check": UNREADABLE, "source": entry.source, "what": entry.reason}
        for entry in only_not_read(report)
    ]
    audit = facts_of_audit(report)
    return csv_text([COLUMNS, *([(row | audit).get(name) for name in COLUMNS] for row in rows)])


def _row(finding: Finding, report: Report) -> dict[str, Any]:
    fields = finding.to_json(report.policy.date)
    exemption = fields["exemption"] or {}
    of_exemption = {name: exemption.get(name) for name in REPORTED_FIELDS}
    exposure = fields.get("exposure")
    of_exposure = {"exposure": exposure["level"], "exposure_reasons": exposure["reasons"]} if exposure else {}
    return fields | of_exemption | of_exposure | {"notes": " ".join(finding.notes)}
