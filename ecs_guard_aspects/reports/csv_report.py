"""A Report as CSV, a finding a row, for spreadsheets."""

from __future__ import annotations

import csv
import io
from typing import Any

from ..cloudformation.document import UNREADABLE
from ..policy.finding import Finding
from ..policy.report import Report
from .levels import ERROR, WARNING, is_exempt, level_of
from .text_report import printable
from .wording import only_not_read

COLUMNS = (
    *("outcome", "check", "severity", "verdict", "enforcement"),
    *("account", "region", "source", "address", "resource", "family", "status", "in_use_by", "container"),
    *("location", "file", "line", "column", "what", "why", "remedy", "notes"),
    *("owner", "reason", "expires", "days_left", "ticket", "origin"),
    *("acknowledged", "baseline"),
)
"""The columns, the same whatever was judged; ``owner`` to ``origin`` are those of the exemption."""

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a cell begins that a spreadsheet calculates: https://owasp.org/www-community/attacks/CSV_Injection"""


def csv_report(report: Report) -> str:
    """Return the report as CSV: a header, a row for each finding, and one for each file that could not be read.

    ``outcome`` is denied, warned, exempt, known (from a baseline), reported, or not read. A text that a spreadsheet
    would calculate has an apostrophe in front.
    """
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for finding in report.findings:
        writer.writerow(_cells(_row(finding, report)))
    for entry in only_not_read(report):
        row = {"outcome": "not read", "check": UNREADABLE, "source": entry.source, "what": entry.reason}
        writer.writerow(_cells(row))
    return file.getvalue()


def _row(finding: Finding, report: Report) -> dict[str, Any]:
    said = finding.to_json(report.policy.date)
    return said | (said["exemption"] or {}) | {"outcome": _outcome(finding), "notes": " ".join(finding.notes)}


def _outcome(finding: Finding) -> str:
    if finding.check == UNREADABLE:
        return "not read"
    if finding.baseline:
        return "known"
    if is_exempt(finding):
        return "exempt"
    return {ERROR: "denied", WARNING: "warned"}.get(level_of(finding), "reported")


def _cells(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _cell(value) for name, value in row.items()}


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, int):
        return value
    text = printable("; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value))
    return f"'{text}" if text.startswith(_STARTS_FORMULA) else text
