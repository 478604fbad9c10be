"""Exit codes, those of linters: 0 admitted, 1 denied, 2 failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...policy.judging.report import Report

ADMITTED = 0
DENIED = 1
FAILED = 2
"""The command failed, also in part; this code has precedence over the others."""


def exit_code(report: Report, *, exit_zero: bool) -> int:
    """Return the exit code for a report.

    Args:
        report: the report.
        exit_zero: whether to return 0 instead of 1; 2 stays 2.
    """
    if report.missing:
        return FAILED
    return ADMITTED if report.is_admitted or exit_zero else DENIED
