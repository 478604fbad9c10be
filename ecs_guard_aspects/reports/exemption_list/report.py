"""List of exemptions in all formats: text, JSON, CSV and Markdown."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ..._version import VERSION
from ...model.plural import counted
from ...policy.judging.report import policy_in_json
from ...policy.tracking.exemption_list import COLUMNS, ExemptionList, ExemptionStatus, ListedExemption
from ..csv.text import csv_text
from ..markdown.text import plain, table_head, table_row
from ..text_report import PLAIN, Style
from ..wording import name_of_policy, printable

VERSION_OF_FORMAT = 1

_COLOURS = {
    ExemptionStatus.INVALID: "31",
    ExemptionStatus.EXPIRED: "31",
    ExemptionStatus.ENDING: "33",
    ExemptionStatus.STALE: "33",
    ExemptionStatus.REFUSED: "36",
    ExemptionStatus.NOT_JUDGED: "36",
    ExemptionStatus.LIVE: "32",
}
_HEADINGS = ("status", "last day", "days", "owner", "check", "where", "findings")
_BOLD = "1"


def exemption_list_text(exemptions: ExemptionList, style: Style = PLAIN) -> str:
    """Return the list as text: two lines for each exemption, and how many there are."""
    rows = [[printable(cell) for cell in _row(entry)] for entry in exemptions.entries]
    widths = [max(map(len, column)) for column in zip(_HEADINGS, *rows, strict=True)]
    lines = [style.paint(_aligned([heading.upper() for heading in _HEADINGS], widths), _BOLD)] if rows else []
    for entry, row in zip(exemptions.entries, rows, strict=True):
        status = row[0].ljust(widths[0])
        lines.append(style.paint(status, _COLOURS[entry.status], _BOLD) + _aligned(row, widths)[len(status) :])
        lines.append(f"{' ' * widths[0]}  {printable(_remark(entry))}")
    return "\n".join([*lines, *([""] if rows else []), summary(exemptions)]) + "\n"


def exemption_list_json(exemptions: ExemptionList) -> str:
    """Return the list as JSON, version 1; its schema is ``exemptions.schema.json``."""
    policy = exemptions.policy
    counts = {status.value: number for status, number in _counts(exemptions).items()}
    value = {
        "version": VERSION_OF_FORMAT,
        "tool": {"name": "ecs-guard", "version": VERSION},
        "policy": policy_in_json(policy),
        "date": policy.date.isoformat(),
        "counts": counts,
        "exemptions": [dict(zip(COLUMNS, _values(entry), strict=True)) for entry in exemptions.entries],
    }
    return json.dumps(value, indent=2) + "\n"


def exemption_list_csv(exemptions: ExemptionList) -> str:
    """Return the list as CSV: a header, and a row for each exemption."""
    return csv_text([COLUMNS, *map(_values, exemptions.entries)])


def exemption_list_markdown(exemptions: ExemptionList) -> str:
    """Return the list as a Markdown table, for an issue or the summary of a job."""
    headings = (*_HEADINGS[:2], "days left", *_HEADINGS[3:], "ticket", "reason", "origin", "hook")
    lines = table_head(headings) if exemptions.entries else []
    for entry in exemptions.entries:
        cells = [*_row(entry), entry.ticket or "", entry.reason, entry.origin or "", "yes" if entry.at_hook else "no"]
        lines.append(table_row(map(plain, cells)))
    return "\n".join([*lines, *([""] if lines else []), plain(summary(exemptions))]) + "\n"


EXEMPTION_LIST_FORMATS: Mapping[str, Callable[[ExemptionList], str]] = {
    "text": exemption_list_text,
    "json": exemption_list_json,
    "csv": exemption_list_csv,
    "markdown": exemption_list_markdown,
}


def summary(exemptions: ExemptionList) -> str:
    """Return how many exemptions there are, and how many of each status, in one line."""
    counts = ", ".join(f"{count} {_words(status)}" for status, count in _counts(exemptions).items() if count)
    total = counted(len(exemptions.entries), "exemption") if exemptions.entries else "No exemptions"
    return f"{total}{f': {counts}' if counts else ''} (policy: {name_of_policy(exemptions.policy)})."


def _words(status: ExemptionStatus) -> str:
    return status.value.replace("-", " ")


def _counts(exemptions: ExemptionList) -> dict[ExemptionStatus, int]:
    statuses = [entry.status for entry in exemptions.entries]
    return {status: statuses.count(status) for status in ExemptionStatus}


def _values(entry: ListedExemption) -> list[Any]:
    """Return the values of the columns, as in JSON."""
    values = {column: getattr(entry, column) for column in COLUMNS}
    values["status"] = entry.status.value
    values["expires"] = entry.expires and entry.expires.isoformat()
    return list(values.values())


def _row(entry: ListedExemption) -> list[str]:
    last_day = entry.expires.isoformat() if entry.expires else "none" if entry.check else ""
    days = "" if entry.days_left is None else str(entry.days_left)
    return [_words(entry.status), last_day, days, entry.owner or "", entry.check, entry.where, str(entry.findings)]


def _aligned(cells: list[str], widths: list[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _remark(entry: ListedExemption) -> str:
    ticket = f" ({entry.ticket})" if entry.ticket else ""
    # Only an exemption that holds here can be a surprise at deployment.
    holds = entry.status in (ExemptionStatus.ENDING, ExemptionStatus.LIVE)
    hook = " (not at the hook)" if holds and not entry.at_hook else ""
    return f"{entry.reason}{ticket}{f' [{entry.origin}]' if entry.origin else ''}{hook}"
