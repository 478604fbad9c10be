"""How loud a finding is said, whatever the format."""

from __future__ import annotations

from ..policy.judging.finding import Enforcement, Finding

ERROR = "error"
WARNING = "warning"
NOTE = "note"

LOUDEST_FIRST = (ERROR, WARNING, NOTE)

_LEVELS = {Enforcement.DENY: ERROR, Enforcement.WARN: WARNING, Enforcement.AUDIT: NOTE, Enforcement.OFF: NOTE}


def level_of(finding: Finding) -> str:
    """Return how a finding is said: as an error if it is denied, as a note if it was accepted."""
    return NOTE if finding.acknowledged or finding.baseline else _LEVELS[finding.enforcement]
