"""How it is said that a rule or a schedule uses a task definition; apart, since it needs nothing of AWS."""

from __future__ import annotations

from collections.abc import Iterable

RULE, SCHEDULE = "rule ", "schedule "
"""How the uses begin that are only read if asked for."""


def is_only_scheduled(uses: Iterable[str]) -> bool:
    """Return whether none but rules and schedules are among the uses."""
    return all(use.startswith((RULE, SCHEDULE)) for use in uses)
