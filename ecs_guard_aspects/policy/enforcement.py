"""Enforcement, gates and severity: what a gate does with a finding, and how much the finding matters."""

from __future__ import annotations

import enum
from collections.abc import Mapping


class Severity(enum.Enum):
    """How much a violation matters: the severity of the corresponding control of AWS Security Hub.

    https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html
    """

    HIGH = "high"
    MEDIUM = "medium"


class Enforcement(enum.Enum):
    """What the gate does with a finding.

    ``DENY`` fails the command and stops the deployment, ``WARN`` shows a warning, ``AUDIT`` only reports. With ``OFF``
    the check is not made.
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


class Gate(enum.Enum):
    """A gate: where the policy is applied.

    ``SYNTH``: CDK apps and their tests. ``CHECK``: ``ecs-guard check`` and ``fix``, and cfn-lint. ``AUDIT``: task
    definitions in use in AWS accounts. ``HOOK``: CloudFormation, before it deploys.
    """

    SYNTH = "synth"
    CHECK = "check"
    AUDIT = "audit"
    HOOK = "hook"


DEFAULT = "default"
"""The key for the gates that are not named."""

GATE_KEYS = (DEFAULT, *(gate.value for gate in Gate))
"""The keys of an enforcement by gate."""

GatedEnforcement = Enforcement | Mapping[str, Enforcement]
"""An enforcement for all gates, or one by gate: ``{"default": Enforcement.DENY, "synth": Enforcement.WARN}``."""


def by_gate(enforcement: GatedEnforcement) -> Mapping[str, Enforcement]:
    """Return an enforcement by gate."""
    return {DEFAULT: enforcement} if isinstance(enforcement, Enforcement) else enforcement


_STRICTNESS = {Enforcement.OFF: 0, Enforcement.AUDIT: 1, Enforcement.WARN: 2, Enforcement.DENY: 3}
