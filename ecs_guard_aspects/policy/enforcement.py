"""Enforcement and severity: what the gate does with a finding, and how much it matters."""

from __future__ import annotations

import enum


class Severity(enum.Enum):
    """How much a violation matters, as AWS Security Hub grades the control that the check implements."""

    HIGH = "high"
    MEDIUM = "medium"


class Enforcement(enum.Enum):
    """What the gate does with a finding.

    ``DENY`` stops the deployment, ``WARN`` shows a warning, ``AUDIT`` only reports, ``OFF`` does not report.
    """

    DENY = "deny"
    WARN = "warn"
    AUDIT = "audit"
    OFF = "off"

    def at_most(self, limit: Enforcement) -> Enforcement:
        """Return the weaker of this enforcement and ``limit``."""
        return self if self.strictness <= limit.strictness else limit

    @property
    def strictness(self) -> int:
        """0 for ``OFF`` up to 3 for ``DENY``."""
        return _STRICTNESS[self]


_STRICTNESS = {Enforcement.OFF: 0, Enforcement.AUDIT: 1, Enforcement.WARN: 2, Enforcement.DENY: 3}
