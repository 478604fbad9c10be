"""How loud a finding is said, whatever the format."""

from __future__ import annotations

from ..policy.finding import STALE_EXEMPTION, Enforcement, Finding

ERROR = "error"
WARNING = "warning"
NOTE = "note"

LOUDEST_FIRST = (ERROR, WARNING, NOTE)

_LEVELS = {Enforcement.DENY: ERROR, Enforcement.WARN: WARNING, Enforcement.AUDIT: NOTE, Enforcement.OFF: NOTE}


def level_of(finding: Finding) -> str:
    """Return how a finding is said: as an error if it is denied, as a note if it was accepted."""
    return NOTE if finding.acknowledged or finding.baseline else _LEVELS[finding.enforcement]


def is_exempt(finding: Finding) -> bool:
    """Return whether a finding passes because somebody said so: an exemption or an acknowledgement."""
    if finding.baseline or finding.is_denied:
        return False
    # A stale exemption names one as well.
    return bool(finding.acknowledged) or (finding.exemption is not None and finding.check != STALE_EXEMPTION)


def is_accepted(finding: Finding) -> bool:
    """Return whether a finding passes though it is denied by the policy: it is exempt, or stands in a baseline."""
    return finding.baseline or is_exempt(finding)
