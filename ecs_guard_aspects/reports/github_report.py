"""A Report as annotations of a GitHub Actions run, below the report for people.

Their syntax: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from ..policy.judging.finding import Finding
from ..policy.judging.report import Report
from .text_report import PLAIN, ReadLines, Style, no_lines, text_report
from .wording import ERROR, WARNING, file_of, level_of, only_not_read, printable, sentences_of

MOST_OF_A_KIND = 10
"""The maximum number of errors, and of warnings, that GitHub shows for one step: https://github.com/actions/toolkit/issues/734"""


def github_report(
    report: Report, *, read_lines: ReadLines = no_lines, style: Style = PLAIN, seconds: float | None = None
) -> str:
    """Return the report for people, then denied findings as errors and warnings as warnings of GitHub Actions.

    Args:
        report: the report.
        read_lines: see ``text_report``.
        style: see ``text_report``.
        seconds: see ``text_report``.
    """
    text = text_report(report, read_lines=read_lines, style=style, seconds=seconds)
    return without_commands(text) + "".join(f"{command}\n" for command in _commands(report))


def _commands(report: Report) -> list[str]:
    errors = [_annotation(ERROR, finding, report) for finding in report.findings if level_of(finding) == ERROR]
    errors += [
        _command(ERROR, {"file": entry.source, "title": "unreadable"}, entry.reason) for entry in only_not_read(report)
    ]
    warnings = [_annotation(WARNING, finding, report) for finding in report.findings if level_of(finding) == WARNING]
    return [*_shown(ERROR, errors), *_shown(WARNING, warnings)]


def _shown(level: str, commands: list[str]) -> Iterator[str]:
    """Yield as many as GitHub shows. If there are more, the last one says how many, because GitHub drops them
    silently."""
    if len(commands) <= MOST_OF_A_KIND:
        yield from commands
        return
    yield from commands[: MOST_OF_A_KIND - 1]
    more = len(commands) - MOST_OF_A_KIND + 1
    message = f"{more} more {level}s are in the log of this step: GitHub shows {MOST_OF_A_KIND} of a kind."
    yield _command(level, {"title": "ecs-guard"}, message)


def _annotation(level: str, finding: Finding, report: Report) -> str:
    properties = {
        "file": file_of(finding, report),
        "line": str(finding.line or ""),
        "col": str(finding.column or ""),
        "title": f"{finding.check} ({finding.severity.value})",
    }
    return _command(level, properties, sentences_of(finding))


def _command(level: str, properties: dict[str, str], message: str) -> str:
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    return f"::{level} {given}::{_data(message)}"


def _data(text: str) -> str:
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def without_commands(text: str) -> str:
    """Return a text in which the runner finds no commands, also if names in it contain some.

    Commands stop until a word appears that the text cannot contain, because the word is a digest of the whole text.
    """
    token = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
    return f"::stop-commands::{token}\n{text}\n::{token}::\n"
