"""A Report as Markdown, for the summary of a job or a comment: the syntax of GitHub, which GitLab and others read
too."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ...model.notice import UNREADABLE
from ...policy.judging.finding import Finding
from ...policy.judging.report import Report
from ...policy.tracking.comparison import Compared, ComparisonStatus
from ..comparison_lines import comparison_lines, remarks_of, words_of
from ..text_report import summary_of
from ..wording import (
    ERROR,
    NOTE,
    WARNING,
    facts_of,
    level_of,
    only_not_read,
    problem_of,
    use_of,
    with_listed_files_counted,
)
from .text import code, plain, table_head, table_row

LIMIT = 1_000_000
"""The maximum number of bytes of rows: GitHub does not accept a summary above 1 MiB."""


class _Table(NamedTuple):
    """A table: its title, its columns, its cells."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]


def markdown_report(report: Report) -> str:
    """Return the report as Markdown: the verdict, what could not be read, then tables, denied findings first.

    Names are shown as code, so that they are not read as markup. Rows that do not fit are counted.
    """
    lines = [f"## ecs-guard: {_verdict(report)}", "", plain(summary_of(report))]
    facts = "; ".join(f"{name}: {value}" for name, value in facts_of(report).items())
    lines += ["", plain(facts)] if facts else []
    if report.compared:
        lines += ["", plain(next(comparison_lines(report.compared)))]
    left = LIMIT
    for table in _tables(report):
        if table.rows:
            shown = list(_that_fit(table.rows, left))
            left -= sum(len(row.encode()) for row in shown)
            lines += ["", f"### {table.title} ({len(table.rows)})", "", *table_head(table.columns), *shown]
            if len(shown) < len(table.rows):
                left = 0  # no rows of later tables, which matter less
                lines += ["", f"{len(table.rows) - len(shown)} more are left out: a summary may have 1 MiB."]
    return "\n".join(lines) + "\n"


def _verdict(report: Report) -> str:
    if report.missing:
        return "not all could be read" if report.not_read else "too little was judged"
    if not report.is_admitted:
        return "denied"
    return "admitted" if report.resources else "nothing was judged"


def _tables(report: Report) -> Iterator[_Table]:
    shown = with_listed_files_counted(report).findings
    findings = [finding for finding in shown if finding.check != UNREADABLE and not finding.baseline]
    today = report.policy.date
    exempt = sorted((f for f in findings if f.is_exempt(today)), key=lambda finding: _days_left(finding, report))
    yield _Table("Cannot be read", ("file" if report.unit == "file" else "part", "why"), list(_unread(report)))
    for title, level in (("Denied", ERROR), ("Warnings", WARNING), ("Reported", NOTE)):
        rows = [_row(finding) for finding in findings if level_of(finding) == level and not finding.is_exempt(today)]
        yield _Table(title, ("check", "where", "what is wrong", "what to change"), rows)
    columns = ("check", "where", "owner", "last day", "days left", "reason")
    yield _Table("Exempt", columns, [_exempt_row(finding, report) for finding in exempt])
    if report.compared:
        entries = [entry for status in ComparisonStatus for entry in report.compared.of(status)]
        rows = [_compared_row(entry) for entry in entries]
        yield _Table("Since the last report", ("what became of it", "check", "where", "remarks"), rows)


def _that_fit(rows: Iterable[tuple[str, ...]], limit: int) -> Iterator[str]:
    size = 0
    for row in rows:
        line = table_row(row)
        size += len(line.encode())
        if size > limit:
            return
        yield line


def _unread(report: Report) -> Iterator[tuple[str, str]]:
    for finding in report.findings:
        if finding.check == UNREADABLE:
            yield code(finding.place or finding.file or finding.source or finding.address), plain(finding.what)
    for entry in only_not_read(report):
        yield code(entry.source), plain(entry.reason)


def _row(finding: Finding) -> tuple[str, ...]:
    problem = " ".join(filter(None, [problem_of(finding), use_of(finding), *finding.notes]))
    return f"{code(finding.check)} ({finding.severity.value})", _where(finding), plain(problem), plain(finding.remedy)


def _exempt_row(finding: Finding, report: Report) -> tuple[str, ...]:
    check = code(f"{finding.check}, container {finding.container}" if finding.container else finding.check)
    exemption = finding.exemption
    if exemption is None:
        return check, _where(finding), "", "", "", plain(f"Acknowledged: {finding.acknowledged}")
    reason = f"{exemption.reason} ({exemption.ticket})" if exemption.ticket else exemption.reason
    days = str(_days_left(finding, report))
    return check, _where(finding), plain(exemption.owner), exemption.expires.isoformat(), days, plain(reason)


def _compared_row(entry: Compared) -> tuple[str, ...]:
    key = entry.key
    check = code(f"{key.check}, container {key.container}" if key.container else key.check)
    where = f"{code(f'{key.account}/{key.region}')} {code(key.family or key.address)}"
    return words_of(entry.status), check, where, plain("; ".join(remarks_of(entry)))


def _days_left(finding: Finding, report: Report) -> int:
    """Return how many days an exemption still holds; an acknowledgement has no end."""
    return finding.exemption.days_left(report.policy.date) if finding.exemption else sys.maxsize


def _where(finding: Finding) -> str:
    name = finding.address if finding.address not in (finding.file, finding.source) else ""
    place = finding.place or finding.file or finding.source
    return " ".join(code(part) for part in (name, place) if part)
