"""Reports: the result of judging, for every gate and every report format."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from ..._version import VERSION
from ...model.resource import TASK_DEFINITION
from ...model.usage import MayBeInAccount, Usage, account_fields
from ..exemptions import Exemption
from ..policy import Policy
from .finding import Finding, Outcome, in_utc

if TYPE_CHECKING:
    from ..tracking.comparison import Comparison
    from .audit_record import AuditRecord

VERSION_OF_FORMAT = 1

REGION = "Region"
"""The unit of a report about accounts: a document is one Region of one account."""


@dataclass(frozen=True)
class Judged(MayBeInAccount):
    """A task definition that was judged: its document, address, family and type.

    Account and usage are there if it was read from an account; see ``Finding``.
    """

    source: str
    address: str
    family: str | None
    account: str | None = None
    usage: Usage | None = None
    type: str = TASK_DEFINITION

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"address": self.address, "family": self.family, **account_fields(self.account, self.usage)}


class NotRead(NamedTuple):
    """Something that could not be read, and why."""

    source: str
    reason: str


class Scope(NamedTuple):
    """The scope of a command: files, or accounts and Regions."""

    paths: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    def to_json(self) -> dict[str, list[str]]:
        """Return it as JSON, without empty fields."""
        return {name: list(values) for name, values in self._asdict().items() if values}


class AccountsAndRegions(NamedTuple):
    """How many accounts, and how many Regions."""

    accounts: int
    regions: int


class Tally(NamedTuple):
    """The number of task definitions, and how many of them are denied, have warnings, are exempt, or are in the
    baseline."""

    task_definitions: int
    denied: int
    warned: int
    exempt: int
    known: int = 0


@dataclass(frozen=True)
class Report:
    """The result of judging a source by a policy.

    Attributes:
        policy: the policy.
        findings: all findings, in the order of the documents.
        resources: the task definitions that were judged.
        not_read: what could not be read; it is denied.
        sources: the documents that were judged, with the SHA-256 digest of those that are files.
        inline_exemptions: the inline exemptions of what was judged.
        unit: the noun for one document in messages.
        compared: the comparison with an earlier report, if there is one.
        created: when a command made it, in UTC; None at synth, so that the same app makes the same cloud assembly.
        scope: the scope of the command.
        audit: when and how accounts were read, if it is about accounts.
        shortfall: why too few task definitions were judged, one sentence; empty if they were enough.
    """

    policy: Policy
    findings: tuple[Finding, ...] = ()
    resources: tuple[Judged, ...] = ()
    not_read: tuple[NotRead, ...] = ()
    sources: tuple[tuple[str, str | None], ...] = field(default=())
    inline_exemptions: tuple[Exemption, ...] = ()
    unit: str = "file"
    compared: Comparison | None = None
    created: datetime.datetime | None = None
    scope: Scope | None = None
    audit: AuditRecord | None = None
    shortfall: str = ""

    @property
    def missing(self) -> tuple[NotRead, ...]:
        """Why it is not complete: what could not be read, and whether too few task definitions were judged."""
        return (*self.not_read, *((NotRead("", self.shortfall),) if self.shortfall else ()))

    @property
    def is_admitted(self) -> bool:
        """Whether all was read, enough was judged, and nothing is denied."""
        return not self.missing and not any(finding.is_denied for finding in self.findings)

    def with_findings(self, findings: Iterable[Finding]) -> Report:
        """Return a copy with other findings."""
        return replace(self, findings=tuple(findings))

    @property
    def is_of_accounts(self) -> bool:
        """Whether its documents are Regions of accounts."""
        return self.unit == REGION

    @property
    def accounts_and_regions(self) -> AccountsAndRegions:
        """How many accounts and how many Regions were judged."""
        names = [name.partition("/") for name, _ in self.sources]
        return AccountsAndRegions(len({account for account, _, _ in names}), len({region for _, _, region in names}))

    @property
    def digests(self) -> dict[str, str]:
        """The SHA-256 digests of the documents that are files."""
        return {name: sha256 for name, sha256 in self.sources if sha256 is not None}

    def tally(self) -> Tally:
        """Return how many task definitions are denied, have warnings, are exempt and known; each counts once, by its
        worst finding."""
        today = self.policy.date
        worst: dict[tuple[str, str], int] = {(judged.source, judged.address): 0 for judged in self.resources}
        for finding in self.findings:
            key = (finding.source, finding.address)
            if key in worst:
                worst[key] = max(worst[key], _WEIGHTS[finding.outcome(today)])
        weights = list(worst.values())
        return Tally(len(weights), *(weights.count(weight) for weight in (4, 3, 2, 1)))

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON has it, version 1."""
        return {
            "version": VERSION_OF_FORMAT,
            "tool": {"name": "ecs-guard", "version": VERSION},
            **self.origin_in_json(),
            "policy": policy_in_json(self.policy),
            "admitted": self.is_admitted,
            "judged": {
                "sources": len(self.sources),
                **(self.accounts_and_regions._asdict() if self.is_of_accounts else {}),
                "task_definitions": len(self.resources),
            },
            **({"shortfall": self.shortfall} if self.shortfall else {}),
            "not_read": [entry._asdict() for entry in self.not_read],
            "resources": [judged.to_json() for judged in self.resources],
            "findings": [finding.to_json(self.policy.date) for finding in self.findings],
            **({"compared": self.compared.to_json()} if self.compared else {}),
        }

    def origin_in_json(self) -> dict[str, Any]:
        """Return its time and scope as JSON; empty if no command made it."""
        created = {"created": in_utc(self.created)} if self.created else {}
        scope = {"scope": self.scope.to_json()} if self.scope else {}
        return created | scope | ({"audit": self.audit.to_json()} if self.audit else {})


def policy_in_json(policy: Policy) -> dict[str, Any]:
    """Return the policy for JSON reports: its name and digest, not its content."""
    return {"profile": policy.profile.value, "origin": policy.origin, "sha256": policy.sha256}


# A higher number is worse: a task definition counts by its worst finding.
_WEIGHTS = {
    Outcome.DENIED: 4,
    Outcome.WARNED: 3,
    Outcome.EXEMPT: 2,
    Outcome.ACKNOWLEDGED: 2,
    Outcome.BASELINE: 1,
    Outcome.LISTED: 0,
}
