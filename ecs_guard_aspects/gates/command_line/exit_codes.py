"""What the command ends with, as linters do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...policy.judging.report import Report

ADMITTED = 0
DENIED = 1
FAILED = 2
"""It could not do its job, or not all of it: whatever else was found."""


def exit_code(report: Report, *, exit_zero: bool) -> int:
    """Return what a command ends with that has judged: 2 beats 1, and ``exit_zero`` makes 0 of 1 alone."""
    if report.not_read:
        return FAILED
    return ADMITTED if report.is_admitted or exit_zero else DENIED
