"""List of exemptions: owner, last day, and which of them are needed."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

from ..exemptions import FIELDS, LAST_DAYS, Exemption, Subject
from ..ids import INVALID_EXEMPTION, is_about_exemption
from ..judging.report import Report
from ..policy import Policy


class ExemptionStatus(enum.Enum):
    """Status of an exemption, the most urgent first."""

    INVALID = "invalid"
    EXPIRED = "expired"
    ENDING = "ending"
    STALE = "stale"
    REFUSED = "refused"
    NOT_JUDGED = "not-judged-here"
    LIVE = "live"


class Mention(NamedTuple):
    """A finding and its exemption, in the report of this run or of another gate.

    Attributes:
        subject: the finding.
        what: what is wrong.
        exemption: the exemption that covers it; for a ``stale-exemption`` the one that covers nothing.
        acknowledged: the reason of its acknowledgement.
        origin: where it was found.
    """

    subject: Subject
    what: str = ""
    exemption: Exemption | None = None
    acknowledged: str | None = None
    origin: str | None = None


@dataclass(frozen=True)
class ListedExemption:
    """One line of the list.

    Attributes:
        status: its status.
        check: the check it exempts from; empty if that is not known.
        path: see ``Exemption``; for an inline exemption and an acknowledgement, the address of its task definition.
        family: see ``Exemption``.
        account: see ``Exemption``.
        container: see ``Exemption``.
        owner: see ``Exemption``; None for an acknowledgement.
        expires: its last day; None for an acknowledgement.
        days_left: how many days it holds after today, negative once it has expired.
        ticket: see ``Exemption``.
        reason: the reason for it; for an invalid one, what is wrong with it.
        origin: where it was read.
        findings: how many findings it covers.
        at_hook: whether the gate at deployment knows it; see ``Exemption.holds_at_hook``.
    """

    status: ExemptionStatus
    check: str
    path: str | None = None
    family: str | None = None
    account: str | None = None
    container: str | None = None
    owner: str | None = None
    expires: datetime.date | None = None
    days_left: int | None = None
    ticket: str | None = None
    reason: str = ""
    origin: str | None = None
    findings: int = 0
    at_hook: bool = False

    @property
    def where(self) -> str:
        """Its path, family, account and container, for reports."""
        named = ("family", self.family), ("account", self.account), ("container", self.container)
        return ", ".join([*([self.path] if self.path else []), *(f"{name} {value}" for name, value in named if value)])


COLUMNS = tuple(field.name for field in fields(ListedExemption))


@dataclass(frozen=True)
class ExemptionList:
    """All exemptions, the most urgent first.

    Attributes:
        policy: the policy.
        entries: its lines.
    """

    policy: Policy
    entries: tuple[ListedExemption, ...]


def list_exemptions(report: Report, elsewhere: Sequence[Mention] = (), *, is_all: bool = True) -> ExemptionList:
    """Return the list of exemptions.

    Args:
        report: the report of the policy.
        elsewhere: findings in reports of other gates; an exemption that is used there is not stale.
        is_all: whether all files of the policy were judged; if not, its stale exemptions are not known.
    """
    own = [
        Mention(
            finding.subject,
            finding.what,
            finding.exemption,
            finding.acknowledged,
            finding.place or finding.file or finding.source or None,
        )
        for finding in report.findings
    ]
    mentions = [*own, *elsewhere]
    entries = [*_exemptions(report, mentions, is_all), *_acknowledgements(mentions), *_invalid(mentions)]
    return ExemptionList(report.policy, tuple(sorted(entries, key=_urgency)))


def _urgency(entry: ListedExemption) -> tuple[int, datetime.date, str, str]:
    return list(ExemptionStatus).index(entry.status), entry.expires or datetime.date.max, entry.where, entry.check


def _exemptions(report: Report, mentions: Sequence[Mention], is_all: bool) -> Iterator[ListedExemption]:
    policy = report.policy
    covered = _Covered(mentions)
    named = [(mention, mention.exemption) for mention in mentions if mention.exemption is not None]
    used = {_identity(exemption) for mention, exemption in named if not is_about_exemption(mention.subject.check)}
    stale = {_identity(exemption) for mention, exemption in named if is_about_exemption(mention.subject.check)}
    inline = {_identity(exemption) for exemption in report.inline_exemptions}
    # Only a report of the audit shows whether an exemption for an account is stale.
    for_files = {_identity(exemption) for exemption in policy.exemptions if not exemption.needs_account}
    stale = stale - for_files | (for_files if is_all else set())
    not_judged = {_identity(exemption) for exemption in policy.exemptions} - stale - used
    everywhere = [*policy.exemptions, *report.inline_exemptions, *(exemption for _, exemption in named)]
    for identity, exemption in _distinct(everywhere).items():
        findings = covered.count(exemption)
        status = ExemptionStatus.LIVE
        if identity in inline and not policy.local_exemptions:
            status = ExemptionStatus.REFUSED
        elif not findings and identity in stale and identity not in used:
            status = ExemptionStatus.STALE
        elif not findings and identity in not_judged:
            status = ExemptionStatus.NOT_JUDGED
        yield _entry(exemption, findings, policy.date, status)


def _entry(exemption: Exemption, findings: int, today: datetime.date, status: ExemptionStatus) -> ListedExemption:
    """Return a line of the list; the last day of an exemption is more urgent than its status."""
    days = exemption.days_left(today)
    if status is not ExemptionStatus.REFUSED and days < 0:
        status = ExemptionStatus.EXPIRED
    elif status in (ExemptionStatus.LIVE, ExemptionStatus.NOT_JUDGED) and days < LAST_DAYS:
        status = ExemptionStatus.ENDING
    values = {name: getattr(exemption, name) for name in (*FIELDS, "origin")}
    return ListedExemption(status, **values, days_left=days, findings=findings, at_hook=exemption.holds_at_hook)


def _acknowledgements(mentions: Iterable[Mention]) -> Iterator[ListedExemption]:
    counts: dict[tuple[str, str, str], set[Subject]] = {}
    origins: dict[tuple[str, str, str], str | None] = {}
    for mention in mentions:
        if mention.acknowledged:
            key = mention.subject.check, mention.subject.address, mention.acknowledged
            counts.setdefault(key, set()).add(mention.subject)
            origins.setdefault(key, mention.origin)
    for (check, address, reason), subjects in counts.items():
        origin = origins[check, address, reason]
        yield ListedExemption(
            ExemptionStatus.LIVE, check, address, reason=reason, origin=origin, findings=len(subjects)
        )


def _invalid(mentions: Iterable[Mention]) -> Iterator[ListedExemption]:
    found = {
        (mention.subject.address, mention.what, mention.origin): None
        for mention in mentions
        if mention.subject.check == INVALID_EXEMPTION
    }
    for address, what, origin in found:
        yield ListedExemption(ExemptionStatus.INVALID, "", address, reason=what, origin=origin)


class _Covered:
    """Subjects of findings, by check."""

    def __init__(self, mentions: Iterable[Mention]) -> None:
        self._subjects: dict[str, set[Subject]] = {}
        for mention in mentions:
            if not is_about_exemption(mention.subject.check):
                self._subjects.setdefault(mention.subject.check, set()).add(mention.subject)

    def count(self, exemption: Exemption) -> int:
        """Return how many findings an exemption covers."""
        return sum(map(exemption.covers, self._subjects.get(exemption.check, ())))


def _identity(exemption: Exemption) -> tuple[object, ...]:
    """Return the identity of an exemption, independent of where it was read."""
    return tuple(exemption.to_json().items())


def _distinct(exemptions: Iterable[Exemption]) -> dict[tuple[object, ...], Exemption]:
    found: dict[tuple[object, ...], Exemption] = {}
    for exemption in exemptions:
        found.setdefault(_identity(exemption), exemption)
    return found
