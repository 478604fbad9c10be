"""Unexpected errors: their type and place in messages; their traceback on stderr if ``ECS_GUARD_DEBUG=1`` is set.

The text of an error can contain a value of a template, such as a password, so neither shows it.
"""

from __future__ import annotations

import os
import sys

HINT = "Set ECS_GUARD_DEBUG=1 to see the traceback"
"""The advice of messages about errors whose traceback can be shown, without a full stop."""


def type_and_place(error: BaseException) -> str:
    """Return the type of an error and the line of code that raised it, such as ``KeyError at my_checks.py:12``."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f" at {os.path.basename(frame.tb_frame.f_code.co_filename)}:{frame.tb_lineno}" if frame else ""
    return f"{type(error).__name__}{place}"


def with_hint(error: BaseException) -> str:
    """Return type and place of an error as a clause that ends with the advice to see its traceback."""
    return f"{type_and_place(error)} ({HINT[:1].lower()}{HINT[1:]})"


def show_traceback(error: BaseException, doing: str) -> None:
    """Write the traceback of an error to stderr, if debugging is on.

    Only files, lines of code and types of errors are written, neither their texts nor variables.

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
