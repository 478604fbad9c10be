"""What the policy says about a task definition."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from .exemptions import Exemption


class Verdict(enum.Enum):
    """How sure a finding is.

    ``VIOLATION``: at least one reachable combination of parameters breaks the check.
    ``UNRESOLVED``: none is known to, but something the check depends on cannot be decided before deployment.
    """

    VIOLATION = "violation"
    UNRESOLVED = "unresolved"


class Severity(enum.Enum):
    """How much a violation matters, as AWS Security Hub grades the control it stands for."""

    HIGH = "high"
    MEDIUM = "medium"


class Enforcement(enum.Enum):
    """What the gate does with a finding: ``DENY`` fails synth, ``WARN`` shows it, ``AUDIT`` only reports it."""

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


@dataclass(frozen=True)
class Finding:
    """One check that one task definition, or one of its containers, does not pass.

    Attributes:
        check: the id of the check, such as ``host-mode-root-user``.
        resource: the logical id of the task definition; under CDK its construct path.
        container: the name of the container, or None if the finding is about the task definition.
        verdict: whether it is a violation or cannot be decided.
        enforcement: what the gate does with it, exemptions and profile rules applied.
        severity: how much it matters.
        message: what is wrong and why it matters, one sentence a line.
        remedy: what to change.
        location: where in the resource, as a JSON pointer without the leading slash.
        exemption: the exemption that covers it, whether it still holds or has expired.
        source: the line of Python that made the task definition, where it is known.
        acknowledged: the reason somebody gave for accepting it in the app; it is then not denied.
    """

    check: str
    resource: str
    container: str | None
    verdict: Verdict
    enforcement: Enforcement
    severity: Severity
    message: str
    remedy: str
    location: str
    exemption: Exemption | None = None
    source: str | None = None
    acknowledged: str | None = None

    @property
    def is_denied(self) -> bool:
        """Whether it stops the deployment."""
        return self.enforcement is Enforcement.DENY and self.acknowledged is None

    def describe(self, *, with_remedy: bool = True) -> str:
        """Return the finding as text: container, what is wrong, why it matters, what to change, where it was made."""
        subject = f"container {self.container}: " if self.container else ""
        lines = [f"{subject}{self.message}"]
        if with_remedy:
            lines.append(self.remedy)
        if self.source:
            lines.append(f"Made at {self.source}.")
        return "\n".join(lines)
