"""Where reports go, and in which format."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ...policy.report import Report
from ...reports.text_report import PLAIN, ReadLines, Style
from .errors import CommandError


@dataclass(frozen=True)
class Extras:
    """What a format may want besides the report.

    Attributes:
        read_lines: where lines of sources come from.
        style: what the terminal shows.
        seconds: how long it took.
        include_exempt: whether SARIF has what is exempt.
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


FORMATS: Mapping[str, Callable[[Report, Extras], str]] = {"text": _text, "json": _json, "sarif": _sarif}


def target(text: str) -> tuple[str, Path]:
    """Return format and file of ``FORMAT=FILE``.

    Raises:
        ValueError: if it is something else.
    """
    name, separator, file = text.partition("=")
    if not separator or not file or name not in FORMATS:
        raise ValueError(text)
    return name, Path(file)


def write_files(report: Report, targets: list[tuple[str, Path]], extras: Extras) -> None:
    """Write the report to files.

    Raises:
        CommandError: if one cannot be written.
    """
    plain = replace(extras, style=PLAIN)
    for name, file in targets:
        try:
            file.write_text(FORMATS[name](report, plain), encoding="utf-8", errors="backslashreplace", newline="\n")
        except OSError as error:
            raise CommandError(f"--output {name}={file}: {error.strerror}") from None


def write_to_stdout(report: Report, name: str, extras: Extras) -> None:
    """Write the report to standard output."""
    text = FORMATS[name](report, extras)
    sys.stdout.write(text)
    sys.stdout.flush()
