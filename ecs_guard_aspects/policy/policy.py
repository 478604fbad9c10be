"""What a platform team demands: a profile, how strictly, and with which exceptions."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..cloudformation.document import NOT_CHECKED
from .checks import ALL as BUILT_IN
from .checks import Check, ContainerCheck, TaskDefinitionCheck
from .errors import PolicyError, known
from .exemptions import Exemption
from .finding import NOTICES, STALE_EXEMPTION, Enforcement
from .profiles import Profile

if TYPE_CHECKING:
    from .configuration import Scope


@dataclass(frozen=True)
class Policy:
    """One policy, the same wherever task definitions are judged.

    Attributes:
        profile: the named set of checks.
        enforcement: by check id, where it is not ``DENY``.
        unresolved: the strictest enforcement of what cannot be decided; never stricter than that of its check.
        exemptions: documented exceptions.
        checks: checks of your own, added to those of the profile.
        today: the day exemptions are judged by; the current one unless a test sets it.
        origin: where it was read, such as ``ecs-guard.yaml``.

    Raises:
        PolicyError: on unknown or duplicate checks, or values of the wrong type.
    """

    profile: Profile = Profile.DEFAULT
    enforcement: Mapping[str, Enforcement] = field(default_factory=dict)
    unresolved: Enforcement = Enforcement.DENY
    exemptions: Sequence[Exemption] = ()
    checks: Sequence[Check] = ()
    today: datetime.date | None = None
    origin: str | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        _require(self.profile, Profile, "profile")
        _require(self.unresolved, Enforcement, "unresolved")
        _require(self.enforcement, Mapping, "enforcement")
        if self.today is not None:
            _require(self.today, datetime.date, "today")
            if isinstance(self.today, datetime.datetime):
                object.__setattr__(self, "today", self.today.date())
        object.__setattr__(self, "exemptions", _sequence(self.exemptions, Exemption, "exemptions"))
        object.__setattr__(self, "checks", _sequence(self.checks, (TaskDefinitionCheck, ContainerCheck), "checks"))
        self._require_distinct_checks()
        for check, enforcement in self.enforcement.items():
            known("enforcement: check", check, (*self._check_ids, NOT_CHECKED, STALE_EXEMPTION))
            _require(enforcement, Enforcement, f"enforcement[{check!r}]")
        for exemption in self.exemptions:
            known("exemption: check", exemption.check, (*self._check_ids, NOT_CHECKED))
        object.__setattr__(self, "enforcement", MappingProxyType(dict(self.enforcement)))

    @classmethod
    def from_context(cls, scope: Scope, base: Policy | None = None) -> Policy:
        """Return the policy that the CDK context gives under ``ecs-guard`` (cdk.json, ``-c``).

        Args:
            scope: a construct, usually the app.
            base: the policy it starts from, such as the platform team's; ``Policy()`` if left out. Single values of
                the context replace its own, enforcement and exemptions are added.

        Raises:
            PolicyError: on an unknown key or a bad value; it names the key, the value and what is allowed.
        """
        from .configuration import policy_from_context

        return policy_from_context(scope, base or cls())

    def replace(self, **changes: Any) -> Policy:
        """Return a copy with these fields instead of its own."""
        return dataclasses.replace(self, **changes)

    def extend(
        self,
        *,
        enforcement: Mapping[str, Enforcement] | None = None,
        exemptions: Sequence[Exemption] = (),
        checks: Sequence[Check] = (),
    ) -> Policy:
        """Return a copy with these added; an enforcement given here wins over the policy's own."""
        return self.replace(
            enforcement={**self.enforcement, **(enforcement or {})},
            exemptions=(*self.exemptions, *exemptions),
            checks=(*self.checks, *checks),
        )

    @cached_property
    def enforced_checks(self) -> tuple[Check, ...]:
        """The checks of the profile and the policy's own, without those that are ``OFF``."""
        return tuple(
            check
            for check in (*self.profile.checks, *self.checks)
            if self.enforcement_of(check.id) is not Enforcement.OFF
        )

    def enforcement_of(self, check: str) -> Enforcement:
        """Return how a violation of a check is enforced."""
        default = Enforcement.WARN if check in (NOT_CHECKED, STALE_EXEMPTION) else Enforcement.DENY
        return self.enforcement.get(check, default)

    @property
    def sha256(self) -> str:
        """The digest of what it demands, wherever it was read."""
        import hashlib
        import json

        demands = {
            "profile": self.profile.value,
            "enforcement": {check: enforcement.value for check, enforcement in self.enforcement.items()},
            "unresolved": self.unresolved.value,
            "exemptions": [exemption.to_json() for exemption in self.exemptions],
            "checks": [check.id for check in self.checks],
        }
        return hashlib.sha256(json.dumps(demands, sort_keys=True).encode()).hexdigest()

    @property
    def date(self) -> datetime.date:
        """The day exemptions are judged by."""
        return self.today or datetime.date.today()

    @property
    def _check_ids(self) -> tuple[str, ...]:
        return tuple(check.id for check in (*BUILT_IN, *self.checks))

    def _require_distinct_checks(self) -> None:
        seen = set(NOTICES)
        for check_id in self._check_ids:
            if check_id in seen:
                raise PolicyError(f"checks: the id {check_id!r} is taken; give your check another one")
            seen.add(check_id)


def _require(value: object, kind: type[Any], name: str) -> None:
    if not isinstance(value, kind):
        raise PolicyError(f"{name} is {value!r}: it must be a {kind.__name__}")


def _sequence(values: object, kind: type[Any] | tuple[type[Any], ...], name: str) -> tuple[Any, ...]:
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise PolicyError(f"{name} is {values!r}: it must be a list")
    for index, value in enumerate(values):
        if not isinstance(value, kind):
            expected = kind[0].__mro__[1].__name__ if isinstance(kind, tuple) else kind.__name__
            raise PolicyError(f"{name}[{index}] is {value!r}: it must be a {expected}")
    return tuple(values)
