"""``ecs-guard check``: checks files, and exits with 0, 1 or 2."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ....policy.enforcement import Gate
from ....policy.files.discovery import repository_root
from ....policy.ids import STALE_EXEMPTION
from ....policy.judging.judge import judge
from ....policy.judging.report import Report, Scope
from ....sources.files import Files
from ....sources.text.text import lines_of
from ..exit_codes import exit_code
from ..file_choice import chosen_files, chosen_paths, is_all_of_it
from ..outputs import Extras, made_now, write_files, write_to_stdout
from ..policy_choice import policy_of
from ..terminal import Progress, say, style_of

if TYPE_CHECKING:
    from ..baseline_file import BaselineFile


def check(arguments: Namespace) -> int:
    """Run the command and return its exit code."""
    start = time.monotonic()
    root = repository_root(Path.cwd())
    policy = policy_of(arguments, root, Gate.CHECK)
    baseline = _baseline_of(arguments, root)
    progress = Progress(sys.stderr)
    files = chosen_files(arguments, root, progress)
    report = judge(files, policy)
    if not is_all_of_it(arguments, policy, root):
        # Inline exemptions always belong to a judged file; policy exemptions may belong to files that were not read.
        report = report.with_findings(f for f in report.findings if f.check != STALE_EXEMPTION or f.source)
    if baseline:
        report = baseline.applied_to(report)
    progress.clear()
    report = _with_requirement(report, arguments)
    report = made_now(report, Scope(tuple(chosen_paths(arguments)), tuple(arguments.exclude)))
    extras = Extras(
        read_lines=lambda file: _lines(files, file),
        style=style_of(sys.stdout),
        seconds=time.monotonic() - start,
        include_exempt=arguments.include_exempt,
    )
    _say_what_is_missing(report, files.empty_folders)
    _say_what_excludes_nothing(files.unused_globs)
    write_to_stdout(report, arguments.format, extras)
    write_files(report, arguments.output, extras)
    if baseline:
        baseline.keep(report)
    return exit_code(report, exit_zero=arguments.exit_zero)


def _with_requirement(report: Report, arguments: Namespace) -> Report:
    if len(report.resources) >= max(arguments.require, 1):
        return report
    from ..requirement import hint_to_synthesize, with_requirement

    hint = hint_to_synthesize(chosen_paths(arguments))
    report = with_requirement(report, arguments.require, hint)
    if report.shortfall:
        say(f"error: {report.shortfall}")
    elif hint:
        say(f"note: {hint}")
    return report


def _baseline_of(arguments: Namespace, root: Path) -> BaselineFile | None:
    if arguments.baseline is None and arguments.write_baseline is None:
        return None
    from ..baseline_file import BaselineFile  # most runs have no baseline, and start faster without the import

    return BaselineFile(arguments, root)


def _lines(files: Files, file: str) -> Sequence[str] | None:
    text = files.text_of(file)
    return lines_of(text) if text is not None else None


def _say_what_excludes_nothing(globs: Sequence[str]) -> None:
    for glob in globs:
        hint = ": write / between the folders of a path" if "\\" in glob else ""
        say(f"warning: --exclude {glob} does not exclude any file that is read{hint}")


def _say_what_is_missing(report: Report, empty_folders: Sequence[str]) -> None:
    for path in empty_folders:
        say(f"warning: no task definitions found in {path}")
    if not report.resources and not empty_folders and not report.not_read:
        say("warning: no task definition was judged")
