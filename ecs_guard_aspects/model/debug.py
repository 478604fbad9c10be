"""Tracebacks of errors: shown on stderr if ``ECS_GUARD_DEBUG=1`` is in the environment."""

from __future__ import annotations

import os
import sys

HINT = "Set ECS_GUARD_DEBUG=1 to see the traceback"
"""The advice of messages about errors whose traceback can be shown, without a full stop."""


def show_traceback(error: BaseException, doing: str) -> None:
    """Write the traceback of an error to stderr, if debugging is on.

    Values can be secrets: only files, lines of code and types of errors are written, neither messages nor variables.

    Args:
        error: the error; one that was never raised has no traceback, and is not written.
        doing: what failed, such as ``judging the templates``.
    """
    if os.environ.get("ECS_GUARD_DEBUG") != "1" or error.__traceback__ is None:
        return
    import traceback  # takes as long to load as all checks together

    lines = [f"ecs-guard: {doing} failed\n"]
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        lines += ["Traceback (most recent call last):\n", *traceback.format_tb(cause.__traceback__)]
        lines.append(f"{type(cause).__name__}\n")
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    sys.stderr.write("".join(lines))
