"""Who may break which check, where, why, and until when."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from ..cloudformation.text import is_blank
from ..model.address import DottedAddress, dotted_segments
from .errors import PolicyError

LAST_DAYS = 14
"""In how many last days an exemption announces its end."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_OPTIONAL = ("path", "family", "account", "container", "ticket")


class Subject(NamedTuple):
    """What an exemption is asked about: a check of a task definition, or of one of its containers."""

    check: str
    address: str
    family: str | None = None
    container: str | None = None
    account: str | None = None


@dataclass(frozen=True, init=False)
class Exemption:
    """A documented exception: its findings are reported, not denied, up to and including ``expires``.

    It covers what all that is given of ``path``, ``family``, ``account`` and ``container`` match; ``path`` or
    ``family`` must be given.

    Attributes:
        check: id of the check it lifts.
        path: glob on the address of the finding: the construct path in a CDK app or ``cdk.out``, the file and logical
            id in a template, the resource address in Terraform. ``*`` matches within one segment, ``**`` as a whole
            segment matches any number of them, none too. The last segment ``Resource`` that CDK gives the L1 inside an
            L2 may be left out.
        family: glob on the family of the task definition; one that is no literal never matches. It is the same in every
            gate, and the claim of whoever writes the template.
        account: the AWS account it is for, 12 digits; only where the account is known.
        container: name of the one container it is for; None for all.
        reason: why it is needed.
        owner: who answers for it.
        expires: the last day it holds, a date or an ISO string (``2027-01-31``).
        ticket: where it is tracked.
        origin: where it was read, such as ``ecs-guard.yaml``.
        is_inline: whether it stands beside what it is for; its path is one address then, and no glob.

    Raises:
        PolicyError: on a blank text, a malformed date, account or glob, or neither path nor family.
    """

    check: str
    reason: str
    owner: str
    expires: datetime.date
    path: str | None
    family: str | None
    account: str | None
    container: str | None
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
            raise PolicyError("exemption: give path or family, or both: an exemption from everything is a policy")
        if path is not None and _problem(dotted_segments(path.strip("/"))):
            _require_glob("path", path)
        if family is not None:
            _require_glob("family", family)
        if account is not None and not re.fullmatch(r"\d{12}", account, re.ASCII):
            raise PolicyError(f"exemption account is {account!r}: it must be the 12 digits of an AWS account id")

    @classmethod
    def inline(cls, address: str, **fields: Any) -> Exemption:
        """Return an exemption that stands beside what it is for.

        Args:
            address: the address of that; no character of it is special.
            **fields: all but ``path``.

        Raises:
            PolicyError: as for any other.
        """
        exemption = cls(path="**", **fields)
        object.__setattr__(exemption, "path", address)
        object.__setattr__(exemption, "is_inline", True)
        return exemption

    def covers(self, subject: Subject) -> bool:
        """Return whether it is about this check of this task definition or container."""
        if subject.check != self.check or self.container not in (None, subject.container):
            return False
        if self.account is not None and self.account != subject.account:
            return False
        if self._family is not None and (subject.family is None or not self._family.fullmatch(f"/{subject.family}")):
            return False
        return self.path is None or self._covers(self.path, subject.address)

    def _covers(self, path: str, address: str) -> bool:
        if self.is_inline:
            return address == path
        if isinstance(address, DottedAddress):
            text = "".join(f"\0{segment}" for segment in dotted_segments(address))
            return self._dotted_path.fullmatch(text) is not None
        return any(self._path.fullmatch(f"/{candidate}") for candidate in (address, address.removesuffix("/Resource")))

    def days_left(self, today: datetime.date) -> int:
        """Return how many days it still holds after today; negative once it has expired."""
        return (self.expires - today).days

    def describe(self) -> str:
        """Return owner, reason and ticket as a clause."""
        ticket = f" ({self.ticket})" if self.ticket else ""
        return f"{self.owner}: {self.reason}{ticket}"

    @property
    def where(self) -> str:
        """What it is for, for a person: its path, family and account."""
        parts = (self.path, self.family and f"family {self.family}", self.account and f"account {self.account}")
        return ", ".join(part for part in parts if part)

    @property
    def is_of_account(self) -> bool:
        """Whether its path is that of what is registered in an account: code and templates have no such address."""
        return self.path is not None and self.path.startswith("arn:")

    @property
    def holds_at_hook(self) -> bool:
        """Whether it can hold at deployment: there a task definition has a family and an account, but no path."""
        return self.path is None or (self.path == "**" and not self.is_local)

    def to_json(self) -> dict[str, Any]:
        """Return the exemption as a policy in JSON has it: without what was left out, and without where it stands."""
        others = ("origin", "is_inline")
        values = {name: getattr(self, name) for name in self.__dataclass_fields__ if name not in others}
        return {name: value for name, value in values.items() if value is not None} | {
            "expires": self.expires.isoformat()
        }

    def to_report(self, today: datetime.date) -> dict[str, Any]:
        """Return the exemption as a finding in JSON has it.

        Args:
            today: the day its remaining days are counted from.
        """
        return self.to_json() | {"days_left": self.days_left(today), "ticket": self.ticket, "origin": self.origin}

    @cached_property
    def _path(self) -> re.Pattern[str]:
        return _compile(self.path or "")

    @cached_property
    def _dotted_path(self) -> re.Pattern[str]:
        return re.compile("".join(_pattern(segment, "\0") for segment in dotted_segments((self.path or "").strip("/"))))

    @cached_property
    def _family(self) -> re.Pattern[str] | None:
        return None if self.family is None else _compile(self.family)


def find_exemption(exemptions: Iterable[Exemption], subject: Subject) -> Exemption | None:
    """Return the exemption that covers a finding; of several the one that holds longest."""
    covering = [exemption for exemption in exemptions if exemption.covers(subject)]
    return max(covering, key=lambda exemption: exemption.expires, default=None)


def _require_text(name: str, value: object) -> None:
    if value is None and name in _OPTIONAL:
        return
    if not isinstance(value, str) or is_blank(value):
        advice = "leave it out, or give a text" if name in _OPTIONAL else "it must be a text"
        raise PolicyError(f"exemption {name} is {value!r}: {advice} that is not blank")


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
    problem = _problem(_segments(glob))
    if problem:
        raise PolicyError(f"exemption {name} {glob!r}: {problem}")


def _problem(segments: Iterable[str]) -> str | None:
    for segment in segments:
        if "**" in segment and segment != "**":
            return "'**' must be a whole segment, as in 'Prod/**/Agent'"
        if not segment:
            return "a segment is empty, so it matches nothing"
    return None


def _segments(glob: str) -> list[str]:
    return glob.strip("/").split("/")


@lru_cache(maxsize=1024)
def _compile(glob: str) -> re.Pattern[str]:
    segments = _segments(glob)
    # A glob that only dots part into segments is for addresses of Terraform, and matches no other.
    return re.compile("(?!)" if _problem(segments) else "".join(map(_pattern, segments)))


def _pattern(segment: str, separator: str = "/") -> str:
    if segment == "**":
        return f"(?:{separator}[^{separator}]+)*"
    return separator + re.escape(segment).replace(r"\*", f"[^{separator}]*")
