"""Output of reports: the formats, and the files that they are written to."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from ...policy.judging.report import Report, Scope
from ...reports.text_report import PLAIN, ReadLines, Style
from .terminal import write_out


class Extras(NamedTuple):
    """Settings of the formats.

    Attributes:
        read_lines: returns the lines of a source.
        style: the colors of the terminal.
        seconds: how long the run took.
        include_exempt: whether the sarif and gitlab formats include exempt and baseline findings.
    """

    read_lines: ReadLines
    style: Style = PLAIN
    seconds: float | None = None
    include_exempt: bool = False


Format = Callable[[Report, Extras], str]


def _format(function: str, *options: str) -> Format:
    """Return a format. Its module is imported when a report is written, so that the command starts fast.

    Args:
        function: the function that writes it, as ``module.function`` below ``reports``.
        options: the extras that it uses.
    """

    def write(report: Report, extras: Extras) -> str:
        module, _, name = function.rpartition(".")
        text: str = getattr(import_module(f"...reports.{module}", __package__), name)(
            report, **{option: getattr(extras, option) for option in options}
        )
        return text

    return write


FORMATS: Mapping[str, Format] = {
    "text": _format("text_report.text_report", "read_lines", "style", "seconds"),
    "json": _format("json_report.json_report"),
    "sarif": _format("sarif_report.sarif_report", "include_exempt"),
    "junit": _format("junit_report.junit_report"),
    "github": _format("github_report.github_report", "read_lines", "style", "seconds"),
    "gitlab": _format("gitlab_report.gitlab_report", "include_exempt"),
    "markdown": _format("markdown.report.markdown_report"),
    "csv": _format("csv.report.csv_report"),
    "html": _format("html.report.html_report"),
    "ocsf": _format("security_findings.ocsf.ocsf_report"),
}
"""The formats of every report."""

AUDIT_FORMATS: Mapping[str, Format] = {**FORMATS, "asff": _format("security_findings.asff.asff_report")}
"""The formats of the report of an audit. Security Hub takes only findings that have an account and a Region."""


def made_now(report: Report, scope: Scope) -> Report:
    """Return the report with the time and the scope of the command."""
    return replace(report, created=datetime.datetime.now(datetime.UTC), scope=scope)


def write_files(report: Report, targets: list[tuple[str, Path]], extras: Extras) -> None:
    """Write the report to files.

    Raises:
        CommandError: if one cannot be written.
    """
    plain = extras._replace(style=PLAIN)
    for name, file in targets:
        write_output(file, AUDIT_FORMATS[name](report, plain), f"{name}={file}")


def write_output(file: Path, text: str, given: str) -> None:
    """Write a text to a file.

    Args:
        file: the file.
        text: the text.
        given: the value of ``--output``.

    Raises:
        CommandError: if it cannot be written.
    """
    from .write_file import write_file

    write_file(file, text.encode(errors="backslashreplace"), f"--output {given}")


def write_to_stdout(report: Report, name: str, extras: Extras) -> None:
    """Write the report to standard output."""
    write_out(AUDIT_FORMATS[name](report, extras))
