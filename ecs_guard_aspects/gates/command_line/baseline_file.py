"""``--baseline`` and ``--write-baseline``: reading and writing of the baseline file."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from ...model.plural import counted, first_of
from ...policy.judging.report import Report
from ...policy.tracking.baseline import Baseline, BaselineEntry, BaselineError
from ...sources.files import STDIN
from ...sources.folders import SKIPPED, SUFFIXES, glob_matcher
from .errors import CommandError
from .file_choice import chosen_paths
from .terminal import say
from .write_file import write_file

_SHOWN = 5


class BaselineFile:
    """The baseline of one run.

    Args:
        arguments: the parsed command line.
        root: the root of the repository.

    Raises:
        CommandError: if it cannot be read, or the file to write exists already.
    """

    def __init__(self, arguments: Namespace, root: Path) -> None:
        self._target: Path | None = arguments.write_baseline
        self._baseline = _read(arguments.baseline) if arguments.baseline else None
        self._origin: Path | None = arguments.baseline
        self._root = root
        self._paths = [Path(os.path.realpath(path)) for path in chosen_paths(arguments) if path != STDIN]
        self._is_excluded = glob_matcher(arguments.exclude) if arguments.exclude else None
        self._require_target()

    def applied_to(self, report: Report) -> Report:
        """Return the report in which the findings of the baseline pass."""
        return self._baseline.applied_to(report) if self._baseline else report

    def keep(self, report: Report) -> None:
        """Write the baseline if ``--write-baseline`` is given, and report on standard error which entries no longer
        occur.

        Raises:
            CommandError: if it cannot be written, or not all was read.
        """
        if self._target is not None and report.missing:
            why = "not all could be read" if report.not_read else "too few task definitions were judged"
            raise CommandError(f"--write-baseline {self._target}: not written, because {why}")
        if self._baseline is None:
            if self._target is not None:
                baseline = Baseline.of(report)
                _write(self._target, baseline)
                say(f"{self._target}: {counted(len(baseline.findings), 'finding')} written")
            return
        judged = {name for name, _ in report.sources}
        gone = self._baseline.gone(report, lambda source: source in judged or self._would_be_judged(source))
        if self._target is not None:
            left = self._baseline.without(gone)
            if gone or not self._is_origin(self._target):
                _write(self._target, left)
            say(f"{self._target}: {counted(len(gone), 'finding')} removed, {len(left.findings)} left{_listed(gone)}")
        elif gone:
            too_many = f"{self._origin} has {counted(len(gone), 'finding')} too many"
            say(f"note: {too_many}, --write-baseline removes what no longer occurs{_listed(gone)}")

    def _require_target(self) -> None:
        if self._target is None or self._is_origin(self._target) or not os.path.lexists(self._target):
            return
        raise CommandError(
            f"--write-baseline {self._target}: the file exists. Add --baseline {self._target} to remove findings"
            " that no longer occur, or delete the file to start again"
        )

    def _is_origin(self, path: Path) -> bool:
        return self._origin is not None and os.path.realpath(path) == os.path.realpath(self._origin)

    def _would_be_judged(self, source: str) -> bool:
        """Return whether a file is among the checked files, if it exists and has task definitions."""
        if self._is_excluded is not None and self._is_excluded(source):
            return False
        return any(_is_seen_from(path, self._root / source) for path in self._paths)


def _is_seen_from(path: Path, file: Path) -> bool:
    """Return whether a path includes a file: it is that file, or a folder that contains it."""
    if file == path or not file.is_relative_to(path):
        return file == path
    return file.name.lower().endswith(SUFFIXES) and SKIPPED.isdisjoint(file.relative_to(path).parts[:-1])


def _read(path: Path) -> Baseline:
    try:
        return Baseline.from_text(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise CommandError(f"--baseline {path}: the file does not exist; --write-baseline {path} creates it") from error
    except OSError as error:
        raise CommandError(f"--baseline {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"--baseline {path}: it is not in UTF-8") from error
    except BaselineError as error:
        raise CommandError(f"--baseline {path}: {error}") from error


def _write(path: Path, baseline: Baseline) -> None:
    write_file(path, baseline.to_text().encode(), f"--write-baseline {path}")


def _listed(entries: Sequence[BaselineEntry]) -> str:
    if not entries:
        return ""
    named = [
        f"{entry.check} at {entry.address or entry.source}{f', container {entry.container}' if entry.container else ''}"
        for entry in entries
    ]
    return f": {'; '.join(first_of(named, _SHOWN))}"
