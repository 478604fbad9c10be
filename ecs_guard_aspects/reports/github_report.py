"""A Report as annotations of a GitHub Actions run, below the report for people.

How a step says them: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from ..policy.judging.finding import Finding
from ..policy.judging.report import Report
from .levels import ERROR, WARNING, level_of
from .wording import file_of, only_not_read, printable, sentences_of

MOST_OF_A_KIND = 10
"""How many errors, and how many warnings, of one step GitHub shows: https://github.com/actions/toolkit/issues/734"""


def github_report(report: Report, *, text: str = "") -> str:
    """Return the report as workflow commands: what is denied as errors, warnings as warnings.

    Args:
        report: the report.
        text: the report for people, which comes first. Nothing that stands in it counts as a command.
    """
    errors = [_annotation(ERROR, finding, report) for finding in report.findings if level_of(finding) == ERROR]
    errors += [
        _command(ERROR, {"file": entry.source, "title": "unreadable"}, entry.reason) for entry in only_not_read(report)
    ]
    warnings = [_annotation(WARNING, finding, report) for finding in report.findings if level_of(finding) == WARNING]
    commands = [*_shown(ERROR, errors), *_shown(WARNING, warnings)]
    return _without_commands(text) + "".join(f"{command}\n" for command in commands)


def _shown(level: str, commands: list[str]) -> Iterator[str]:
    """Yield as many as are shown: of more the last says how many, since GitHub drops them without a word."""
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


def _without_commands(text: str) -> str:
    """Return a text in which nothing is a command: names in it are written by anybody.

    Commands stop until a word comes that nobody can have written into the text, because it is made of all of it.
    """
    if not text:
        return ""
    token = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
    return f"::stop-commands::{token}\n{text}\n::{token}::\n"
