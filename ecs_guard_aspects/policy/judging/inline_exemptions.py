"""Inline exemptions under a policy: the valid ones, and findings about the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...model.document import Document
from ...model.inline_exemption import InlineExemption
from ...model.notice import Notice
from ...model.resource import Resource
from ..checks import HOST_MODE_PRIVILEGED
from ..enforcement import Enforcement, Severity
from ..errors import PolicyError, require_known
from ..exemptions import INLINE_FIELDS, REQUIRED_FIELDS, Exemption
from ..ids import EXEMPTIBLE_NOTICES, INVALID_EXEMPTION, STALE_EXEMPTION
from ..policy import Policy
from .finding import Finding, Verdict
from .findings_of_notices import stale_finding

_LONGEST_PROBLEM = 400

_WHY = "An exemption needs a check, a reason, an owner and a last day; without them it exempts nothing."
_IN_COMMENT = "Write # ecs-guard: ignore[check] owner=... until=YYYY-MM-DD reason, or remove it."
_IN_METADATA = (
    "Write under ecs-guard in Metadata a list of objects with check, owner, expires and reason, or remove it."
)


class InlineExemptions:
    """The inline exemptions of one item.

    Args:
        item: their subject; those that do not belong to an item belong to the document.
        policy: the policy.
        source: the name of the document.

    Attributes:
        policy: the policy with these exemptions, if it accepts inline exemptions.
    """

    def __init__(self, item: Resource | Notice | Document, policy: Policy, source: str) -> None:
        self.policy = policy
        self._item = item
        self._source = source
        self._given = policy
        self._read: list[tuple[Exemption, InlineExemption]] = []
        self._invalid: list[Finding] = []
        for written in item.exemptions:
            self._take(written)
        if self._read and policy.local_exemptions:
            self.policy = policy.extend(exemptions=self.exemptions)

    @property
    def exemptions(self) -> list[Exemption]:
        """The valid ones."""
        return [exemption for exemption, _ in self._read]

    def completed(self, findings: Sequence[Finding]) -> list[Finding]:
        """Return the findings, with more about exemptions that are invalid, stale or refused by the policy."""
        if not self._read:
            return [*findings, *self._invalid]
        is_refused = not self._given.local_exemptions
        noted = [self._refused(finding) for finding in findings] if is_refused else findings
        return [*noted, *self._invalid, *self._stale(findings)]

    def _take(self, written: InlineExemption) -> None:
        try:
            self._read.append((_exemption(written, self._address, self._given), written))
        except PolicyError as error:
            problem = str(error).removeprefix("exemption: ").removesuffix(".")[:_LONGEST_PROBLEM]
            finding = Finding(
                check=INVALID_EXEMPTION,
                severity=Severity.MEDIUM,
                verdict=Verdict.VIOLATION,
                enforcement=Enforcement.DENY,
                what=f"This exemption does not count: {problem}.",
                why=_WHY,
                remedy=_IN_METADATA if written.location else _IN_COMMENT,
            )
            self._invalid.append(self._at(finding, written))

    def _stale(self, findings: Sequence[Finding]) -> Iterator[Finding]:
        """Yield a finding for each exemption that covers nothing, though its check was made."""
        if self._given.enforcement_of(STALE_EXEMPTION) is Enforcement.OFF:
            return
        asked = {check.id for check in self._given.enforced_checks} | {HOST_MODE_PRIVILEGED.id, *EXEMPTIBLE_NOTICES}
        subjects = {finding.subject for finding in findings}
        is_next_to_nothing = isinstance(self._item, Document)
        for exemption, written in self._read:
            if is_next_to_nothing:
                what, remedy = (
                    "is not next to a task definition",
                    "Write it directly above the key of the task definition.",
                )
            elif exemption.check not in asked or any(exemption.covers(subject) for subject in subjects):
                continue
            else:
                what, remedy = "matches no finding", "Remove the exemption, or correct its check or container."
            what = f"The exemption from {exemption.check} {what} ({exemption.describe()})."
            yield self._at(stale_finding(exemption, self._given, what, remedy), written)

    def _refused(self, finding: Finding) -> Finding:
        """Return a finding with a note on each exemption that would cover it."""
        subject = finding.subject
        notes = [
            f"There is an inline exemption at {exemption.origin} ({exemption.describe()}), but the policy accepts none."
            for exemption in self.exemptions
            if exemption.covers(subject)
        ]
        return replace(finding, notes=(*finding.notes, *notes)) if notes else finding

    def _at(self, finding: Finding, written: InlineExemption) -> Finding:
        return finding.at(self._item, self._source, written.location, written.place)

    @property
    def _address(self) -> str:
        return self._source if isinstance(self._item, Document) else self._item.address


def with_inline_exemptions(policy: Policy, resource: Resource) -> Policy:
    """Return a policy with the inline exemptions of a resource, if the policy accepts inline exemptions."""
    return InlineExemptions(resource, policy, "").policy


def _exemption(written: InlineExemption, address: str, policy: Policy) -> Exemption:
    if written.problem:
        raise PolicyError(written.problem)
    for key in written.fields:
        require_known("key", key, INLINE_FIELDS)
    missing = [key for key in REQUIRED_FIELDS if key not in written.fields]
    if missing:
        raise PolicyError(f"it lacks {', '.join(missing)}")
    place = written.place
    origin = f"{place.file}:{place.line}" if place.line is not None else place.file
    exemption = Exemption.inline(address, **written.fields, origin=origin)
    policy.require_meant(exemption, "exemption")
    return exemption
