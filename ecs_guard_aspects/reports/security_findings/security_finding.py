"""Security findings: whether a task definition passes one check, with an identity that stays the same."""

from __future__ import annotations

import datetime
import enum
import json
from dataclasses import dataclass
from typing import NamedTuple

from ...model.usage import Usage
from ...policy.judging.finding import Finding

ACCOUNT = "AWS::::Account"
"""The type of the resource that findings about an account or a whole Region have. Ids of accounts begin with it."""


class Status(enum.Enum):
    """Whether the check is passed.

    ``NOT_AVAILABLE``: it could not be read, so it is denied. ``WARNING``: a violation that the policy does not deny.
    """

    PASSED = "PASSED"
    WARNING = "WARNING"
    FAILED = "FAILED"
    NOT_AVAILABLE = "NOT_AVAILABLE"


class Level(enum.Enum):
    """How much it matters now: a violation that is admitted matters less than its check does."""

    INFORMATIONAL = "INFORMATIONAL"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


class AccountRegion(NamedTuple):
    """An account and a Region; None where it is not known."""

    account: str | None = None
    region: str | None = None


class Affected(NamedTuple):
    """A resource that a security finding is about.

    Attributes:
        uid: its ARN, its address or its file.
        type: its CloudFormation type; ``ACCOUNT`` for an account; None if it is something else.
        family: its family, if it is a task definition.
        usage: what the account knows about it, if it was found in an account.
    """

    uid: str
    type: str | None = None
    family: str | None = None
    usage: Usage | None = None


class Identity(NamedTuple):
    """What a later report has in common with an earlier one: the same subject and the same check.

    Attributes:
        place: the account and the Region.
        source: the document; empty in an account, where the subject is enough.
        subject: the ARN of the task definition without its revision, or its address.
        check: the id of the check.
    """

    place: AccountRegion
    source: str
    subject: str
    check: str

    @property
    def is_of_account(self) -> bool:
        """Whether it was found in an account, and not in a file."""
        return self.place.account is not None and not self.source

    @property
    def uid(self) -> str:
        """A short id, the same in each report."""
        import hashlib  # loads OpenSSL, which would slow down the start of every command

        text = json.dumps([*self.place, self.source, self.subject, self.check])
        return f"ecs-guard:{hashlib.sha256(text.encode()).hexdigest()[:32]}"


@dataclass(frozen=True)
class SecurityFinding:
    """Whether a task definition passes a check, with all its containers and all its revisions in use.

    Attributes:
        identity: what identifies it.
        status: whether the check is passed.
        level: how much it matters.
        title: what was found, one line.
        text: the same at length, one line.
        remedy: what to change; empty if there is nothing to change.
        affected: the resources, such as the revisions of a task definition.
        findings: the findings, the worst first; none if the check is passed.
        references: the public rules that the check implements: their names and addresses.
        outcome: the outcome of the worst finding; ``passed`` without one.
        first_seen: when an audit found it first, where that is known.
        is_archived: whether it is closed because its task definition is not in use now.
    """

    identity: Identity
    status: Status
    level: Level
    title: str
    text: str
    remedy: str = ""
    affected: tuple[Affected, ...] = ()
    findings: tuple[Finding, ...] = ()
    references: tuple[tuple[str, str], ...] = ()
    outcome: str = "passed"
    first_seen: datetime.datetime | None = None
    is_archived: bool = False
