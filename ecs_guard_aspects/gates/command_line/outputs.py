"""Where reports go, and in which format."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ...policy.judging.report import Report
from ...reports.text_report import PLAIN, ReadLines, Style
from .errors import CommandError
from .terminal import write_out


@dataclass(frozen=True)
class Extras:
    """What a format may want besides the report.

    Attributes:
        read_lines: where lines of sources come from.
        style: what the terminal shows.
        seconds: how long it took.
        include_exempt: whether SARIF and GitLab's format have what is exempt, or known from a baseline.
    """

    read_lines: ReadLines
    style: Style = PLAIN
    seconds: float | None = None
    include_exempt: bool = False


def _text(report: Report, extras: Extras) -> str:
    from ...reports.text_report import text_report

    return text_report(report, read_lines=extras.read_lines, style=extras.style, seconds=extras.seconds)


def _json(report: Report, extras: Extras) -> str:
    from ...reports.json_report import json_report

    return json_report(report)


def _sarif(report: Report, extras: Extras) -> str:
    from ...reports.sarif_report import sarif_report

    return sarif_report(report, include_exempt=extras.include_exempt)


def _junit(report: Report, extras: Extras) -> str:
    from ...reports.junit_report import junit_report

    return junit_report(report)


def _github(report: Report, extras: Extras) -> str:
    from ...reports.github_report import github_report

    return github_report(report, text=_text(report, extras))


def _gitlab(report: Report, extras: Extras) -> str:
    from ...reports.gitlab_report import gitlab_report

    return gitlab_report(report, include_exempt=extras.include_exempt)


def _markdown(report: Report, extras: Extras) -> str:
    from ...reports.markdown_report import markdown_report

    return markdown_report(report)


def _csv(report: Report, extras: Extras) -> str:
    from ...reports.csv_report import csv_report

    return csv_report(report)


def _html(report: Report, extras: Extras) -> str:
    from ...reports.html.report import html_report

    return html_report(report)


FORMATS: Mapping[str, Callable[[Report, Extras], str]] = {
    "text": _text,
    "json": _json,
    "sarif": _sarif,
    "junit": _junit,
    "github": _github,
    "gitlab": _gitlab,
    "markdown": _markdown,
    "csv": _csv,
    "html": _html,
}


def target(text: str) -> tuple[str, Path]:
    """Return format and file of ``FORMAT=FILE``.

    Raises:
        ArgumentTypeError: if it is something else.
    """
    name, separator, file = text.partition("=")
    if not separator or not file or name not in FORMATS:
        raise ArgumentTypeError(f"{text!r} is no FORMAT=FILE with one of the formats {', '.join(FORMATS)}")
    return name, Path(file)


def write_files(report: Report, targets: list[tuple[str, Path]], extras: Extras) -> None:
    """Write the report to files.

    Raises:
        CommandError: if one cannot be written.
    """
    plain = replace(extras, style=PLAIN)
    for name, file in targets:
        write_file(file, FORMATS[name](report, plain), f"{name}={file}")


def write_file(file: Path, text: str, given: str) -> None:
    """Write a text to a file.

    Args:
        file: the file.
        text: the text.
        given: what ``--output`` was given.

    Raises:
        CommandError: if it cannot be written.
    """
    try:
        file.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        raise CommandError(f"--output {given}: {error.strerror}") from None


def write_to_stdout(report: Report, name: str, extras: Extras) -> None:
    """Write the report to standard output."""
    write_out(FORMATS[name](report, extras))
