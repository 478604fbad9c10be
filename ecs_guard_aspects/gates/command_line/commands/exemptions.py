"""``ecs-guard exemptions``: the list of all exemptions in the policy, in the checked files, and in reports."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path

from ....model.debug import show_traceback
from ....policy.enforcement import Gate
from ....policy.errors import ReportError
from ....policy.files.discovery import repository_root
from ....policy.judging.judge import judge
from ....policy.tracking.exemption_list import Mention, list_exemptions
from ....reports.exemption_list.read import mentions_in
from ....reports.exemption_list.report import EXEMPTION_LIST_FORMATS, exemption_list_text
from ..exit_codes import ADMITTED, FAILED
from ..file_choice import chosen_files, is_all_of_it
from ..policy_choice import policy_of
from ..terminal import Progress, say, style_of, write_out


def exemptions(arguments: Namespace) -> int:
    """Run the command and return its exit code: 0, or 2 if something cannot be read. A list is not a verdict."""
    root = repository_root(Path.cwd())
    policy = policy_of(arguments, root, Gate.CHECK)
    progress = Progress(sys.stderr)
    files = chosen_files(arguments, root, progress)
    report = judge(files, policy)
    progress.clear()
    elsewhere, problems = _read(arguments.report)
    for problem in (*(entry.reason for entry in report.not_read), *problems):
        say(f"error: {problem}")
    found = list_exemptions(report, elsewhere, is_all=is_all_of_it(arguments, policy, root))
    is_text = arguments.format == "text"
    text = (
        exemption_list_text(found, style_of(sys.stdout)) if is_text else EXEMPTION_LIST_FORMATS[arguments.format](found)
    )
    write_out(text)
    return FAILED if report.not_read or problems else ADMITTED


def _read(files: Iterable[Path]) -> tuple[list[Mention], list[str]]:
    """Return the exemptions in some reports, and why some of these cannot be read."""
    mentions: list[Mention] = []
    problems: list[str] = []
    for file in files:
        try:
            mentions += mentions_in(file.read_bytes(), file.as_posix())
        except (OSError, ReportError) as error:
            show_traceback(error, f"reading {file}")
            reason = error.strerror if isinstance(error, OSError) else str(error)
            problems.append(f"--report {file} cannot be read: {reason}")
    return mentions, problems
