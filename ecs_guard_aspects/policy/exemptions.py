"""Who may break which check, where, why, and until when."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from ..cloudformation.text import is_blank
from .errors import PolicyError

LAST_DAYS = 14
"""In how many last days an exemption announces its end."""


@dataclass(frozen=True)
class Exemption:
    """A documented exception: its findings are reported, not denied, up to and including ``expires``.

    Attributes:
        check: id of the check it lifts.
        path: glob on the construct path of the task definition; for a plain template on its logical id. ``*`` matches
            within one path segment, ``**`` as a whole segment matches any number of them, none too. The last segment
            ``Resource`` that CDK gives the L1 inside an L2 may be left out.
        reason: why it is needed.
        owner: who answers for it.
        expires: the last day it holds, a date or an ISO string (``2027-01-31``).
        container: name of the one container it is for; None for all.
        ticket: where it is tracked.

    Raises:
        PolicyError: on a blank check, path, reason or owner, a malformed date or a malformed glob.
    """

    check: str
    path: str
    reason: str
    owner: str
    expires: datetime.date
    container: str | None = None
    ticket: str | None = None

    def __post_init__(self) -> None:
        for name in ("check", "path", "reason", "owner"):
            value = getattr(self, name)
            if not isinstance(value, str) or is_blank(value):
                raise PolicyError(f"exemption {name} is {value!r}: it must be a text that is not blank")
        for name in ("container", "ticket"):
            value = getattr(self, name)
            if value is not None and (not isinstance(value, str) or is_blank(value)):
                raise PolicyError(f"exemption {name} is {value!r}: leave it out, or give a text that is not blank")
        object.__setattr__(self, "expires", _date(self.expires))
        _compile(self.path)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return _compile(self.path)

    def covers(self, check: str, path: str, container: str | None) -> bool:
        """Return whether it is about this check at this construct path, and about this container."""
        if check != self.check or self.container not in (None, container):
            return False
        return any(self._pattern.fullmatch(f"/{candidate}") for candidate in (path, path.removesuffix("/Resource")))

    def days_left(self, today: datetime.date) -> int:
        """Return how many days it still holds after today; negative once it has expired."""
        return (self.expires - today).days

    def to_json(self) -> dict[str, Any]:
        """Return the exemption as JSON has it, without what was left out."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        given = {name: value for name, value in values.items() if value is not None}
        return given | {"expires": self.expires.isoformat()}

    def describe(self) -> str:
        """Return owner, reason and ticket as a clause."""
        ticket = f" ({self.ticket})" if self.ticket else ""
        return f"{self.owner}: {self.reason}{ticket}"


def find_exemption(exemptions: Iterable[Exemption], check: str, path: str, container: str | None) -> Exemption | None:
    """Return the exemption that covers a finding; of several the one that holds longest."""
    covering = [exemption for exemption in exemptions if exemption.covers(check, path, container)]
    return max(covering, key=lambda exemption: exemption.expires, default=None)


def _date(value: object) -> datetime.date:
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    problem = PolicyError(f"exemption expires is {value!r}: it must be a date such as 2027-01-31")
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise problem
    try:
        return datetime.date.fromisoformat(value)
    except ValueError:
        raise problem from None


@lru_cache(maxsize=1024)
def _compile(glob: str) -> re.Pattern[str]:
    pattern = ""
    for segment in glob.strip("/").split("/"):
        if segment == "**":
            pattern += "(?:/[^/]+)*"
        elif "**" in segment:
            raise PolicyError(f"exemption path {glob!r}: '**' must be a whole segment, as in 'Prod/**/Agent'")
        else:
            pattern += "/" + re.escape(segment).replace(r"\*", "[^/]*")
    return re.compile(pattern)
