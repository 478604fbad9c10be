"""What is said if the gate itself fails."""

from __future__ import annotations

from ...model.notice import Notice


def failure(error: Exception) -> Notice:
    """Return what is said if the gate itself fails: it denies what it cannot judge."""
    return Notice(
        f"The gate failed with {type(error).__name__}: {error}.",
        "It fails closed: what it cannot judge it denies.",
        "See the debug log of ecs_guard_aspects for the traceback; if it stays so, report it with this message.",
    )
