"""Comparison: the status of the findings of an earlier report."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..judging.finding import in_utc


class ComparisonStatus(enum.Enum):
    """What became of a finding."""

    FIXED = "fixed"
    STILL_THERE = "still_there"
    NEW = "new"
    NO_LONGER_IN_USE = "no_longer_in_use"
    NOT_KNOWN = "not_known"


class FindingKey(NamedTuple):
    """The identity of a finding in an account, which is the same for all revisions of a family.

    Attributes:
        account: the AWS account.
        region: the AWS Region.
        family: the family of the task definition.
        address: the ARN of the task definition, without its revision.
        check: the id of the check.
        container: the name of the container; None if the finding is about the task definition.
    """

    account: str
    region: str
    family: str | None
    address: str
    check: str
    container: str | None


class Compared(NamedTuple):
    """A finding, and what became of it.

    Attributes:
        key: its identity.
        status: its status.
        exemption: the exemption that covers it, or covered it before it was gone, as reports have it in JSON.
        reason: why its status is not known.
        first_seen: when an audit found it first; None if the earlier report does not have it.
        days_open: how many days later this audit is.
        in_use_by: what used the task definition, if the status of the finding is not known.
    """

    key: FindingKey
    status: ComparisonStatus
    exemption: Mapping[str, Any] | None = None
    reason: str | None = None
    first_seen: datetime.datetime | None = None
    days_open: int = 0
    in_use_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """The status of the findings of an earlier report.

    Attributes:
        origin: the file that the earlier report was read from.
        entries: the findings of both reports.
    """

    origin: str
    entries: tuple[Compared, ...]

    def of(self, status: ComparisonStatus) -> list[Compared]:
        """Return the findings with a status."""
        return [entry for entry in self.entries if entry.status is status]

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as JSON: a list for each status, also empty ones."""
        return {
            "with": self.origin,
            **{status.value: list(map(_entry, self.of(status))) for status in ComparisonStatus},
        }


def _entry(entry: Compared) -> dict[str, Any]:
    reason = {"reason": entry.reason} if entry.reason else {}
    used = {"in_use_by": list(entry.in_use_by)} if entry.in_use_by else {}
    seen = {"first_seen": in_utc(entry.first_seen), "days_open": entry.days_open} if entry.first_seen else {}
    return {**entry.key._asdict(), "exemption": entry.exemption, **reason, **used, **seen}
