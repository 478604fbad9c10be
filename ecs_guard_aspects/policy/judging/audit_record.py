"""Audit records: when an audit read which accounts and Regions, for whom, and with which options."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, NamedTuple

from .finding import in_utc


class AccountRecord(NamedTuple):
    """One account of an audit.

    Attributes:
        account: its id.
        asked: the Regions to read; none if they could not be listed.
        answered: those that answered at least one call.
    """

    account: str
    asked: tuple[str, ...]
    answered: tuple[str, ...]


@dataclass(frozen=True)
class AuditRecord:
    """The evidence of an audit.

    Attributes:
        began: when it began.
        ended: when it ended.
        caller: the ARN of its credentials.
        options: its options, as on the command line.
        accounts: the accounts.
    """

    began: datetime.datetime
    ended: datetime.datetime
    caller: str
    options: tuple[str, ...]
    accounts: tuple[AccountRecord, ...]

    @property
    def unanswered(self) -> tuple[str, ...]:
        """The accounts and Regions that did not answer."""
        accounts = [record.account for record in self.accounts if not record.asked]
        regions = [
            f"{record.account}/{region}"
            for record in self.accounts
            for region in record.asked
            if region not in record.answered
        ]
        return (*accounts, *regions)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "began": in_utc(self.began),
            "ended": in_utc(self.ended),
            "caller": self.caller,
            "options": list(self.options),
            "accounts": [
                {"account": record.account, "asked": list(record.asked), "answered": list(record.answered)}
                for record in self.accounts
            ],
        }
