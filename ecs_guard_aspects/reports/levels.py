"""How loud a finding is said, whatever the format."""

from __future__ import annotations

from ..policy.finding import STALE_EXEMPTION, Enforcement, Finding

ERROR = "error"
WARNING = "warning"
NOTE = "note"

_LEVELS = {Enforcement.DENY: ERROR, Enforcement.WARN: WARNING, Enforcement.AUDIT: NOTE, Enforcement.OFF: NOTE}


def level_of(finding: Finding) -> str:
    """Return how a finding is said: as an error if it is denied, as a note if it was accepted."""
    return NOTE if finding.acknowledged is not None or finding.baseline else _LEVELS[finding.enforcement]


def is_exempt(finding: Finding) -> bool:
    """Return whether a finding passes because somebody said so: an exemption, an acknowledgement, a baseline."""
    if finding.acknowledged is not None or finding.baseline:
        return True
    # A stale exemption names one as well, and an expired one is still there to be seen.
    return finding.exemption is not None and finding.check != STALE_EXEMPTION and not finding.is_denied
