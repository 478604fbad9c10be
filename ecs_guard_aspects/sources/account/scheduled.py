"""Scheduled uses of task definitions: by EventBridge rules and schedules. Needs no AWS package."""

from __future__ import annotations

from collections.abc import Iterable

RULE, SCHEDULE = "rule ", "schedule "
"""How the uses by rules and schedules begin."""


def is_only_scheduled(uses: Iterable[str]) -> bool:
    """Return whether all uses are by rules and schedules."""
    return all(use.startswith((RULE, SCHEDULE)) for use in uses)
