"""Findings: what a policy reports about a task definition."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass, replace
from typing import Any

from ...model.address import AddressKind
from ...model.document import Document
from ...model.notice import Notice
from ...model.place import NOWHERE, Place
from ...model.resource import Resource
from ...model.usage import MayBeInAccount, Usage, account_fields
from ..enforcement import Enforcement, Severity
from ..exemptions import Exemption, Subject
from ..ids import STALE_EXEMPTION

_NOT_IN_JSON = ("account", "usage", "first_seen", "address_kind", "crashed")


class Verdict(enum.Enum):
    """How sure a finding is.

    ``VIOLATION``: at least one reachable combination of parameters breaks the check.
    ``UNRESOLVED``: no known one does, but the check depends on a value that cannot be decided before deployment.
    """

    VIOLATION = "violation"
    UNRESOLVED = "unresolved"


class Outcome(enum.Enum):
    """The outcome of a finding; only ``DENIED`` stops a deployment.

    ``DENIED``: the policy does not admit it.
    ``WARNED``: it is a warning.
    ``LISTED``: it is only reported.
    ``EXEMPT``: an exemption covers it that still holds.
    ``ACKNOWLEDGED``: it was acknowledged in the app, with a reason.
    ``BASELINE``: the baseline has it.
    """

    DENIED = "denied"
    WARNED = "warned"
    LISTED = "listed"
    EXEMPT = "exempt"
    ACKNOWLEDGED = "acknowledged"
    BASELINE = "baseline"


@dataclass(frozen=True)
class Finding(MayBeInAccount):
    """One check that one task definition, or one of its containers, does not pass.

    Attributes:
        check: the id of the check, such as ``host-mode-root-user``.
        severity: how much it matters.
        verdict: whether it is a violation or cannot be decided.
        enforcement: what the gate does with it, exemptions and profile rules applied.
        what: what is wrong, one sentence.
        why: why it matters, one sentence.
        remedy: what to change.
        source: the document it was found in: the file of the template.
        resource: the name of the task definition there: its logical id.
        address: the address, which exemptions match: its construct path, or its file and logical id.
        family: the family of the task definition, if it is a literal.
        container: the name of the container, or None if the finding is about the task definition.
        location: where in the resource, as a JSON pointer without the leading slash.
        file: the file to correct: the code that made it, if it is known, or else the document.
        line: the line there, from 1.
        column: the column there, from 1, in code points.
        notes: more about it, one sentence each: the state of its exemption, why it was not fixed.
        exemption: the exemption that covers it, also an expired one.
        acknowledged: the reason of its acknowledgement, with which it is not denied; empty if that does not count.
        baseline: whether it is in the baseline, with which it is not denied.
        account: the AWS account, if it is known.
        usage: what the account knows about the task definition, if it was found in an account.
        first_seen: when an audit found it first, if it was found in an account.
        address_kind: how the address is divided into segments.
        crashed: whether the check itself failed, so that its result is not known.
    """

    check: str
    severity: Severity
    verdict: Verdict
    enforcement: Enforcement
    what: str
    why: str
    remedy: str
    source: str = ""
    resource: str = ""
    address: str = ""
    family: str | None = None
    container: str | None = None
    location: str = ""
    file: str | None = None
    line: int | None = None
    column: int | None = None
    notes: tuple[str, ...] = ()
    exemption: Exemption | None = None
    acknowledged: str | None = None
    baseline: bool = False
    account: str | None = None
    usage: Usage | None = None
    first_seen: datetime.datetime | None = None
    address_kind: AddressKind = AddressKind.PATH
    crashed: bool = False

    def at(
        self, item: Resource | Notice | Document, source: str, location: str = "", place: Place | None = None
    ) -> Finding:
        """Return the finding with where it was found.

        Args:
            item: its subject.
            source: the name of the document that has the item.
            location: where in the item.
            place: the place in a file; that of the location in the item if left out.
        """
        where: dict[str, Any] = {"source": source, "location": location}
        if isinstance(item, Document):
            where |= {"address": source, "resource": ""}
        else:
            where |= {name: getattr(item, name) for name in ("address", "address_kind", "account")}
            where["resource"] = item.name
        if isinstance(item, Resource):
            where |= {"family": item.family, "usage": item.usage}
            place = place or item.place_of(location)
        elif isinstance(item, Notice):
            place = place or item.place
        return replace(self, **where, **(place or NOWHERE)._asdict())

    @property
    def message(self) -> str:
        """What is wrong and why it matters, one sentence a line."""
        return f"{self.what}\n{self.why}"

    @property
    def is_denied(self) -> bool:
        """Whether it stops the deployment."""
        return self.enforcement is Enforcement.DENY and not self.acknowledged and not self.baseline

    def outcome(self, today: datetime.date) -> Outcome:
        """Return its outcome; ``today`` is the day on which an exemption must hold."""
        if self.baseline:
            return Outcome.BASELINE
        if self.is_denied:
            return Outcome.DENIED
        # The exemption of a stale-exemption finding is its subject: it does not exempt it.
        if self.exemption and self.exemption.days_left(today) >= 0 and self.check != STALE_EXEMPTION:
            return Outcome.EXEMPT
        if self.acknowledged:
            return Outcome.ACKNOWLEDGED
        return Outcome.WARNED if self.enforcement is Enforcement.WARN else Outcome.LISTED

    def is_exempt(self, today: datetime.date) -> bool:
        """Return whether it passes because of an exemption that holds or an acknowledgement."""
        return self.outcome(today) in (Outcome.EXEMPT, Outcome.ACKNOWLEDGED)

    def is_accepted(self, today: datetime.date) -> bool:
        """Return whether it passes although it is a violation: it is exempt, or in the baseline."""
        return self.baseline or self.is_exempt(today)

    @property
    def place(self) -> str | None:
        """``file:line`` of the code that made it, if the line is known."""
        return f"{self.file}:{self.line}" if self.line is not None else None

    @property
    def subject(self) -> Subject:
        """The finding for the match with exemptions."""
        return Subject(self.check, self.address, self.family, self.container, self.account, self.address_kind)

    def describe(self) -> str:
        """Return the finding as text: container, what is wrong, why it matters, what to change, where it was made."""
        subject = f"container {self.container}: " if self.container else ""
        lines = [f"{subject}{self.message}", *self.notes, self.remedy]
        if self.place:
            lines.append(f"Made at {self.place}.")
        return "\n".join(lines)

    def to_json(self, today: datetime.date) -> dict[str, Any]:
        """Return the finding as JSON for a report; ``today`` is the day from which the days of an exemption are
        counted."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__ if name not in _NOT_IN_JSON}
        plain = {name: value.value if isinstance(value, enum.Enum) else value for name, value in values.items()}
        more = {
            "notes": list(self.notes),
            "exemption": self.exemption and self.exemption.to_report(today),
            "outcome": self.outcome(today).value,
        }
        return plain | more | kind_in_json(self.address_kind) | self._account_fields()

    def _account_fields(self) -> dict[str, Any]:
        seen = {"first_seen": in_utc(self.first_seen)} if self.first_seen else {}
        return account_fields(self.account, self.usage) | seen


def kind_in_json(kind: AddressKind) -> dict[str, str]:
    """Return the field in the JSON of a report for addresses that are not divided only at slashes."""
    return {} if kind is AddressKind.PATH else {"address_kind": kind.value}


def in_utc(moment: datetime.datetime) -> str:
    """Return a moment as reports have it, such as ``2026-11-30T09:00:00Z``."""
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
