"""Exemptions: documented exceptions to checks, with an owner and a last day."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, NamedTuple

from ..cloudformation.text import is_blank
from ..model.address import AddressKind
from ..model.address_glob import is_match, pattern_of_glob, problem_of_glob
from .errors import PolicyError

LAST_DAYS = 14
"""The number of days before its last day during which an exempt finding is a warning."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_OPTIONAL = ("path", "family", "account", "container", "ticket")


class Subject(NamedTuple):
    """A finding for the match with exemptions: a check of a task definition, or of one of its containers."""

    check: str
    address: str
    family: str | None = None
    container: str | None = None
    account: str | None = None
    address_kind: AddressKind = AddressKind.PATH


@dataclass(frozen=True, init=False)
class Exemption:
    """A documented exception: its findings are reported, not denied, up to and including ``expires``.

    It covers findings that match all given fields of ``path``, ``family``, ``account`` and ``container``; ``path`` or
    ``family`` must be given.

    Attributes:
        check: id of the check it exempts from.
        path: glob on the address of the finding: the construct path in a CDK app or ``cdk.out``, the file and logical
            id in a template, the resource address in Terraform. ``*`` matches within one segment, ``**`` as a whole
            segment matches any number of them, also none. The last segment ``Resource``, which the CDK adds for the L1
            inside an L2, may be left out.
        family: glob on the family of the task definition; a family that is not a literal never matches. It is the same
            in every gate, and the author of the template chooses it.
        account: the AWS account it is for, 12 digits; only where the account is known.
        container: name of the one container it is for; None for all.
        reason: the reason for it.
        owner: the person or team that is responsible for it.
        expires: the last day on which it holds, a date or an ISO string (``2027-01-31``).
        ticket: the ticket that tracks it.
        origin: where it was read, such as ``ecs-guard.yaml``.
        is_inline: whether it was written inline, at its task definition; its path is one address then, not a glob.

    Raises:
        PolicyError: on a blank text, a malformed date, account or glob, or neither path nor family.
    """

    check: str
    path: str | None
    family: str | None
    account: str | None
    container: str | None
    reason: str
    owner: str
    expires: datetime.date
    ticket: str | None
    origin: str | None = field(compare=False)
    is_inline: bool = False

    def __init__(
        self,
        *,
        check: str,
        reason: str,
        owner: str,
        expires: datetime.date | str,
        path: str | None = None,
        family: str | None = None,
        account: str | None = None,
        container: str | None = None,
        ticket: str | None = None,
        origin: str | None = None,
    ) -> None:
        given = {
            "check": check,
            "reason": reason,
            "owner": owner,
            "path": path,
            "family": family,
            "account": account,
            "container": container,
            "ticket": ticket,
        }
        for name, value in given.items():
            _require_text(name, value)
            object.__setattr__(self, name, value)
        object.__setattr__(self, "expires", _date(expires))
        object.__setattr__(self, "origin", origin)
        if path is None and family is None:
            raise PolicyError("exemption: give path or family, or both")
        if path is not None and problem_of_glob(path, AddressKind.TERRAFORM):
            _require_glob("path", path)
        if family is not None:
            _require_glob("family", family)
        if account is not None and not re.fullmatch(r"\d{12}", account, re.ASCII):
            raise PolicyError(f"exemption account is {account!r}: it must be the 12 digits of an AWS account id")

    @classmethod
    def inline(cls, address: str, **values: Any) -> Exemption:
        """Return an inline exemption.

        Args:
            address: the address of its task definition; no character is special.
            **values: its fields, without ``path``.

        Raises:
            PolicyError: as for any other exemption.
        """
        exemption = cls(path="**", **values)
        object.__setattr__(exemption, "path", address)
        object.__setattr__(exemption, "is_inline", True)
        return exemption

    def covers(self, subject: Subject) -> bool:
        """Return whether it covers a finding."""
        if subject.check != self.check or self.container not in (None, subject.container):
            return False
        if self.account is not None and self.account != subject.account:
            return False
        return self._covers_family(subject.family) and self._covers_address(subject.address, subject.address_kind)

    def _covers_family(self, family: str | None) -> bool:
        if self.family is None:
            return True
        return family is not None and is_match(self._family_pattern, family, AddressKind.PATH)

    def _covers_address(self, address: str, kind: AddressKind) -> bool:
        if self.path is None:
            return True
        if self.is_inline:
            return address == self.path
        if kind is AddressKind.UNCERTAIN:
            return self.path == "**"
        if kind not in self._path_patterns:
            self._path_patterns[kind] = pattern_of_glob(self.path, kind)
        pattern = self._path_patterns[kind]
        if is_match(pattern, address, kind):
            return True
        is_l1 = kind is AddressKind.PATH and address.endswith("/Resource")
        return is_l1 and is_match(pattern, address.removesuffix("/Resource"), kind)

    def days_left(self, today: datetime.date) -> int:
        """Return how many days it still holds after today; negative once it has expired."""
        return (self.expires - today).days

    def describe(self) -> str:
        """Return owner, reason and ticket as a clause."""
        ticket = f" ({self.ticket})" if self.ticket else ""
        return f"{self.owner}: {self.reason}{ticket}"

    @property
    def where(self) -> str:
        """Its path, family and account, for messages."""
        parts = (self.path, self.family and f"family {self.family}", self.account and f"account {self.account}")
        return ", ".join(part for part in parts if part)

    @property
    def is_of_account(self) -> bool:
        """Whether its path is an ARN; only findings in an account have such an address."""
        return self.path is not None and self.path.startswith("arn:")

    @property
    def needs_account(self) -> bool:
        """Whether it can match only findings in an account: files have no accounts and no ARNs."""
        return self.is_of_account or self.account is not None

    @property
    def holds_at_hook(self) -> bool:
        """Whether it can hold at deployment: there, task definitions have a family and an account, but no path."""
        return self.path is None or (self.path == "**" and not self.is_inline)

    def to_json(self) -> dict[str, Any]:
        """Return the exemption as a policy in JSON has it: without its origin and fields that are not given."""
        values = {name: getattr(self, name) for name in FIELDS}
        given = {name: value for name, value in values.items() if value is not None}
        return {**given, "expires": self.expires.isoformat()}

    def to_report(self, today: datetime.date) -> dict[str, Any]:
        """Return the exemption as a finding in JSON has it.

        Args:
            today: the day from which its remaining days are counted.
        """
        return self.to_json() | {"days_left": self.days_left(today), "ticket": self.ticket, "origin": self.origin}

    @cached_property
    def _path_patterns(self) -> dict[AddressKind, re.Pattern[str]]:
        return {}

    @cached_property
    def _family_pattern(self) -> re.Pattern[str]:
        return pattern_of_glob(self.family or "", AddressKind.PATH)


FIELDS = tuple(one.name for one in fields(Exemption) if one.name not in ("origin", "is_inline"))
"""The fields of an exemption in a policy."""

REQUIRED_FIELDS = ("check", "reason", "owner", "expires")
"""The required ones."""

INLINE_FIELDS = tuple(name for name in FIELDS if name not in ("path", "family", "account"))
"""The fields of an inline exemption. It is for the task definition at which it is written."""

REPORTED_FIELDS = ("owner", "reason", "expires", "days_left", "ticket", "origin")
"""The fields of an exemption in reports, as in ``Exemption.to_report``."""


def find_exemption(exemptions: Iterable[Exemption], subject: Subject) -> Exemption | None:
    """Return the exemption that covers a finding; of several the one that holds longest."""
    covering = [exemption for exemption in exemptions if exemption.covers(subject)]
    return max(covering, key=lambda exemption: exemption.expires, default=None)


def _require_text(name: str, value: object) -> None:
    if value is None and name in _OPTIONAL:
        return
    if not isinstance(value, str) or is_blank(value):
        advice = "leave it out, or give a text" if name in _OPTIONAL else "it must be a text"
        which = "in quotes" if isinstance(value, int | float) else "that is not blank"
        raise PolicyError(f"exemption {name} is {value!r}: {advice} {which}")


def _date(value: object) -> datetime.date:
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    problem = PolicyError(f"exemption expires is {value!r}: it must be a date such as 2027-01-31")
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise problem
    try:
        return datetime.date.fromisoformat(value)
    except ValueError:
        raise problem from None


def _require_glob(name: str, glob: str) -> None:
    problem = problem_of_glob(glob, AddressKind.PATH)
    if problem:
        raise PolicyError(f"exemption {name} {glob!r}: {problem}")
