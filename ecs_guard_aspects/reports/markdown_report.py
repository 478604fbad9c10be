"""A Report as Markdown, for the summary of a job or a comment: GitHub's flavour, which GitLab and others read too."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..cloudformation.document import UNREADABLE
from ..policy.comparison import Compared, Outcome
from ..policy.finding import Finding
from ..policy.report import Report
from .comparison_lines import comparison_lines, remarks_of, words_of
from .levels import ERROR, NOTE, WARNING, is_exempt, level_of
from .text_report import printable, summary_of
from .wording import claim_of, only_not_read, use_of

LIMIT = 1_000_000
"""How many bytes of rows there are at the most: GitHub takes no summary above 1 MiB."""

_LONGEST_CELL = 500

_PLAIN_NAME = re.compile(r"[^\s`|\\<>&](?:[^`|\\<>&]*[^\s`|\\<>&])?")
_MARKUP = re.compile(r"[^\w\s.,;:()'\"/=+%!?-]|(?<![^\W_])_|_(?![^\W_])|:(?=//)|(?<=www)\.", re.IGNORECASE)
_NOT_A_LETTER = re.compile(r"[^\w ]|_")


class _Table(NamedTuple):
    """A table: its title, its columns, its cells."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]


def markdown_report(report: Report) -> str:
    """Return the report as Markdown: the verdict, what was not read, then tables, what is denied first.

    Names are shown as code, and nothing in them counts as markup. What does not fit is counted.
    """
    lines = [f"## ecs-guard: {_verdict(report)}", "", _text(summary_of(report))]
    if report.compared:
        lines += ["", _text(next(comparison_lines(report.compared)))]
    left = LIMIT
    for table in _tables(report):
        if table.rows:
            shown = list(_that_fit(table.rows, left))
            left -= sum(len(row.encode()) for row in shown)
            lines += ["", f"### {table.title} ({len(table.rows)})", "", *_head(table), *shown]
            if len(shown) < len(table.rows):
                left = 0  # nothing of a later table, that matters less
                lines += ["", f"{len(table.rows) - len(shown)} more are left out: a summary may have 1 MiB."]
    return "\n".join(lines) + "\n"


def _verdict(report: Report) -> str:
    if report.not_read:
        return "not all could be read"
    return "admitted" if report.is_admitted else "denied"


def _tables(report: Report) -> Iterator[_Table]:
    findings = [finding for finding in report.findings if finding.check != UNREADABLE and not finding.baseline]
    exempt = sorted(filter(is_exempt, findings), key=lambda finding: _days_left(finding, report))
    yield _Table("Cannot be read", ("file" if report.unit == "file" else "part", "why"), list(_unread(report)))
    for title, level in (("Denied", ERROR), ("Warnings", WARNING), ("Reported", NOTE)):
        rows = [_row(finding) for finding in findings if level_of(finding) == level and not is_exempt(finding)]
        yield _Table(title, ("check", "where", "what is wrong", "what to change"), rows)
    columns = ("check", "where", "owner", "last day", "days left", "reason")
    yield _Table("Exempt", columns, [_exempt_row(finding, report) for finding in exempt])
    if report.compared:
        entries = [entry for outcome in Outcome for entry in report.compared.of(outcome)]
        rows = [_compared_row(entry) for entry in entries]
        yield _Table("Since the last report", ("what became of it", "check", "where", "remarks"), rows)


def _head(table: _Table) -> list[str]:
    return [_line(table.columns), "|" + " --- |" * len(table.columns)]


def _that_fit(rows: Iterable[tuple[str, ...]], limit: int) -> Iterator[str]:
    size = 0
    for row in rows:
        line = _line(row)
        size += len(line.encode())
        if size > limit:
            return
        yield line


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _unread(report: Report) -> Iterator[tuple[str, str]]:
    for finding in report.findings:
        if finding.check == UNREADABLE:
            yield _code(finding.place or finding.file or finding.source or finding.address), _text(finding.what)
    for entry in only_not_read(report):
        yield _code(entry.source), _text(entry.reason)


def _row(finding: Finding) -> tuple[str, ...]:
    said = " ".join(filter(None, [claim_of(finding), use_of(finding), *finding.notes]))
    return f"{_code(finding.check)} ({finding.severity.value})", _where(finding), _text(said), _text(finding.remedy)


def _exempt_row(finding: Finding, report: Report) -> tuple[str, ...]:
    check = _code(f"{finding.check}, container {finding.container}" if finding.container else finding.check)
    exemption = finding.exemption
    if exemption is None:
        return check, _where(finding), "", "", "", _text(f"Acknowledged: {finding.acknowledged}")
    reason = f"{exemption.reason} ({exemption.ticket})" if exemption.ticket else exemption.reason
    days = str(_days_left(finding, report))
    return check, _where(finding), _text(exemption.owner), exemption.expires.isoformat(), days, _text(reason)


def _compared_row(entry: Compared) -> tuple[str, ...]:
    key = entry.key
    check = _code(f"{key.check}, container {key.container}" if key.container else key.check)
    where = f"{_code(f'{key.account}/{key.region}')} {_code(key.family or key.address)}"
    return words_of(entry.outcome), check, where, _text("; ".join(remarks_of(entry)))


def _days_left(finding: Finding, report: Report) -> int:
    """Return how long an exemption holds; what is acknowledged has no end."""
    return finding.exemption.days_left(report.policy.date) if finding.exemption else sys.maxsize


def _where(finding: Finding) -> str:
    name = finding.address if finding.address not in (finding.file, finding.source) else ""
    place = finding.place or finding.file or finding.source
    return " ".join(_code(said) for said in (name, place) if said)


def _code(name: str) -> str:
    """Return a name as code. In backticks a pipe would still end the cell, and a backtick the code."""
    text = _cut(name)
    if _PLAIN_NAME.fullmatch(text):
        return f"`{text}`"
    return f"<code>{_NOT_A_LETTER.sub(_entity, text)}</code>" if text else ""


def _text(sentence: str) -> str:
    """Return a sentence in which nothing is markup, and nothing becomes a link or a mention by itself."""
    return _MARKUP.sub(_entity, _cut(sentence))


def _cut(text: str) -> str:
    said = printable(text)
    return said if len(said) <= _LONGEST_CELL else f"{said[:_LONGEST_CELL]} ..."


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"
