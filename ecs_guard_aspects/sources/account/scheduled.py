"""Scheduled uses of task definitions: by EventBridge rules and schedules. Needs no AWS package."""

from __future__ import annotations

from collections.abc import Iterable

RULE, SCHEDULE = "rule ", "schedule "
"""The beginnings of the names of uses by rules and schedules."""


def is_only_scheduled(uses: Iterable[str]) -> bool:
    """Return whether all uses are by rules and schedules."""
    return all(use.startswith((RULE, SCHEDULE)) for use in uses)
