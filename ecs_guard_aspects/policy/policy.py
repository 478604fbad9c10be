"""Policy: the checks of a profile, how strictly they are enforced, and the exemptions."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from ..model.notice import NOT_CHECKED, NOT_COVERED, UNKNOWN_FILE
from .checks import ALL as BUILT_IN
from .checks import Check, ContainerCheck, TaskDefinitionCheck
from .enforcement import DEFAULT, GATE_KEYS, Enforcement, Gate, GatedEnforcement, by_gate
from .errors import PolicyError, require_known
from .exemptions import Exemption
from .files.configuration import check_names, parse_policy
from .files.context import CONTEXT_KEY, CONTEXT_ORIGIN, HasNode, configuration_in, context_of, policy_keys
from .ids import EXEMPTIBLE_NOTICES, NOTICES, STALE_EXEMPTION
from .profiles import Profile, ProfileVersion

_MOST_DAYS = 36_500
_NOT_ALLOWED = (
    "is Python code, which is imported only if the caller allows it: add --allow-checks (in Python allow_checks=True,"
    " for cfn-lint -x E9500:allow_checks=true, in the GitHub action allow-checks: true)"
)

_DEFAULTS = {
    NOT_CHECKED: Enforcement.WARN,
    STALE_EXEMPTION: Enforcement.WARN,
    NOT_COVERED: Enforcement.AUDIT,
    UNKNOWN_FILE: Enforcement.AUDIT,
}

LoadChecks = Callable[[Sequence[str]], Sequence[Check]]
"""Returns the custom checks of these names."""


@dataclass(frozen=True)
class Policy:
    """One policy, the same for all gates.

    Attributes:
        profile: the named set of checks; ``Profile.SECURITY_HUB.at("2026-03")`` pins a version.
        enforcement: by check id, for checks that are not ``DENY``; naming a check outside the profile switches it on.
            For a single gate: ``{"default": Enforcement.DENY, "synth": Enforcement.WARN}``, with the gates ``synth``,
            ``check``, ``audit`` and ``hook``.
        unresolved: the strictest enforcement of findings that cannot be decided; not stricter than that of their check.
        exemptions: documented exceptions.
        checks: custom checks, added to those of the profile.
        max_exemption_days: the number of days from today within which an exemption must end; None for no limit.
        local_exemptions: whether code and templates may exempt their own task definitions: by acknowledgements in a CDK
            app, comments and metadata. If not, these are reported and do not count.
        today: the day on which exemptions must hold, for tests; the current day if left out. Policy files cannot set
            it.
        origin: where the policy was read, such as ``cdk.json``.
        base: the policy without the CDK context, if that has changed it.
        gate: the gate that enforces it; each gate sets it with ``at``.

    Raises:
        PolicyError: on unknown or duplicate checks, values of the wrong type, or an exemption that ends too late.
    """

    profile: Profile | ProfileVersion = Profile.DEFAULT
    enforcement: Mapping[str, GatedEnforcement] = field(default_factory=dict)
    unresolved: Enforcement = Enforcement.DENY
    exemptions: Sequence[Exemption] = ()
    checks: Sequence[Check] = ()
    max_exemption_days: int | None = None
    local_exemptions: bool = True
    today: datetime.date | None = None
    origin: str | None = field(default=None, compare=False)
    base: Policy | None = field(default=None, compare=False, repr=False)
    gate: Gate | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.profile, ProfileVersion):
            _require(self.profile, Profile, "profile")
        _require(self.unresolved, Enforcement, "unresolved")
        _require(self.enforcement, Mapping, "enforcement")
        _require(self.local_exemptions, bool, "local_exemptions")
        if self.today is not None:
            _require(self.today, datetime.date, "today")
            if isinstance(self.today, datetime.datetime):
                object.__setattr__(self, "today", self.today.date())
        object.__setattr__(self, "exemptions", _sequence("exemptions", self.exemptions, (Exemption,)))
        object.__setattr__(self, "checks", _sequence("checks", self.checks, (TaskDefinitionCheck, ContainerCheck)))
        self._require_distinct_checks()
        for check, enforcement in self.enforcement.items():
            require_known("enforcement: check", check, self.enforceable)
            _require_enforcement(f"enforcement[{check!r}]", enforcement)
        self._require_days()
        for index, exemption in enumerate(self.exemptions):
            self.require_meant(exemption, f"exemptions[{index}]")
        frozen = {check: _frozen(enforcement) for check, enforcement in self.enforcement.items()}
        object.__setattr__(self, "enforcement", MappingProxyType(frozen))

    @classmethod
    def from_context(cls, scope: HasNode, base: Policy | None = None, *, allow_checks: bool = False) -> Policy:
        """Return the policy in the CDK context under ``ecs-guard`` (cdk.json, ``-c``).

        Args:
            scope: a construct, usually the app.
            base: the policy that the context extends, such as that of a platform team; ``Policy()`` if left out. Single
                values of the context replace those of ``base``, enforcement and exemptions are added.
                ``max_exemption_days`` and ``local_exemptions`` can only be made stricter.
            allow_checks: whether the custom checks that the context names are imported.

        Raises:
            PolicyError: on an unknown key or a bad value; it names the key, the value and what is allowed.
        """
        load = _loader() if allow_checks else None
        return (base or cls()).in_context(context_of(scope), CONTEXT_ORIGIN, load)

    @classmethod
    def from_json(cls, value: Mapping[str, Any], origin: str | None = None, *, allow_checks: bool = False) -> Policy:
        """Return the policy in an object that follows ``ecs-guard.schema.json``.

        Args:
            value: the object, as ``to_json`` returns it.
            origin: where it was read; messages begin with it.
            allow_checks: whether the custom checks that it names are imported.

        Raises:
            PolicyError: on an unknown key or a bad value; it names the key, the value and what is allowed.
        """
        return cls()._changed_by(value, origin, f"{origin}: " if origin else "", _loader() if allow_checks else None)

    def to_json(self) -> dict[str, Any]:
        """Return the policy as JSON; ``Policy.from_json`` returns an equal policy from it, without ``today``.

        Raises:
            PolicyError: if it has custom checks, because they are code.
        """
        if self.checks:
            names = ", ".join(check.id for check in self.checks)
            raise PolicyError(f"custom checks are code and cannot be written as JSON: {names}")
        return {
            "profile": self.profile.value,
            "enforcement": {check: _in_json(enforcement) for check, enforcement in self.enforcement.items()},
            "unresolved": self.unresolved.value,
            "exemptions": [exemption.to_json() for exemption in self.exemptions],
            **({} if self.max_exemption_days is None else {"max_exemption_days": self.max_exemption_days}),
            "local_exemptions": self.local_exemptions,
        }

    def in_context(self, context: Mapping[str, Any], origin: str, load: LoadChecks | None = None) -> Policy:
        """Return the policy as a CDK context changes it; see ``from_context``.

        Args:
            context: the context, by key.
            origin: where the context was read; the policy keeps its origin if the context has no policy.
            load: loads the custom checks that the context names; None if that is not allowed.

        Raises:
            PolicyError: on an unknown key or a bad value, or a key that is nearly ``ecs-guard``.
        """
        configuration = configuration_in(context)
        is_changed = bool(policy_keys(context))
        changed = self._changed_by(configuration, origin if is_changed else self.origin, f"{CONTEXT_KEY}: ", load)
        return changed.replace(base=self) if is_changed else changed

    def _changed_by(
        self, configuration: Mapping[str, Any], origin: str | None, place: str, load: LoadChecks | None
    ) -> Policy:
        """Return the policy with the single values of a configuration, and with its checks, enforcement and exemptions
        added."""
        extended = self._with_checks(check_names(configuration, place), place, load)
        values = parse_policy(configuration, extended, place, origin)
        values["enforcement"] = {**self.enforcement, **dict(self._merged(values["enforcement"]))}
        values["exemptions"] = (*self.exemptions, *values["exemptions"])
        try:
            return extended.replace(**values, origin=origin)
        except PolicyError as error:
            raise PolicyError(f"{place}{error}") from None

    def _merged(self, enforcement: Mapping[str, GatedEnforcement]) -> Iterator[tuple[str, GatedEnforcement]]:
        """Yield the enforcement of each check; one that names only some gates does not change the others."""
        for check, given in enforcement.items():
            own = self.enforcement.get(check)
            is_whole = own is None or isinstance(given, Enforcement) or DEFAULT in given
            yield check, given if is_whole or own is None else {**by_gate(own), **by_gate(given)}

    def _with_checks(self, names: Sequence[str], place: str, load: LoadChecks | None) -> Policy:
        """Return the policy with the custom checks that a configuration names."""
        if not names:
            return self
        if load is None:
            raise PolicyError(f"{place}checks: {', '.join(names)} {_NOT_ALLOWED}")
        known = {(type(check), check.id) for check in self.checks}  # --checks may name the same
        added = [check for check in load(names) if (type(check), check.id) not in known]
        try:
            return self.extend(checks=added)
        except PolicyError as error:
            raise PolicyError(f"{place}{error}") from None

    def replace(self, **changes: Any) -> Policy:
        """Return a copy with other values for some fields."""
        return dataclasses.replace(self, **changes)

    def extend(
        self,
        *,
        enforcement: Mapping[str, GatedEnforcement] | None = None,
        exemptions: Sequence[Exemption] = (),
        checks: Sequence[Check] = (),
    ) -> Policy:
        """Return a copy with these added; an enforcement given here replaces that of the policy."""
        return self.replace(
            enforcement={**self.enforcement, **(enforcement or {})},
            exemptions=(*self.exemptions, *exemptions),
            checks=(*self.checks, *checks),
        )

    def without_custom_checks(self) -> Policy:
        """Return a copy without custom checks, their enforcement and the exemptions from them."""
        own = {check.id for check in self.checks}
        return self.replace(
            checks=(),
            enforcement={check: enforcement for check, enforcement in self.enforcement.items() if check not in own},
            exemptions=[exemption for exemption in self.exemptions if exemption.check not in own],
        )

    def require_meant(self, exemption: Exemption, name: str) -> None:
        """Make sure that an exemption is valid under this policy.

        Args:
            exemption: the exemption.
            name: its name in messages.

        Raises:
            PolicyError: if its check is unknown, if it has a container and its check is not for containers, or if it
                ends too late.
        """
        require_known(f"{name}: check", exemption.check, self.exemptible)
        if exemption.container is not None and exemption.check not in self._checks_of_containers:
            raise PolicyError(
                f"{name}: container is {exemption.container!r}, but {exemption.check} is about the task definition as a"
                " whole: leave the container out"
            )
        if self._last_day is not None and exemption.expires > self._last_day:
            days = "1 day" if self.max_exemption_days == 1 else f"{self.max_exemption_days} days"
            raise PolicyError(
                f"{name} ({exemption.check} for {exemption.where}) expires on {exemption.expires}: the policy allows"
                f" {days}, so the last day allowed today is {self._last_day}"
            )

    @cached_property
    def enforced_checks(self) -> tuple[Check, ...]:
        """The checks of the profile, those that ``enforcement`` names and the custom checks, without those that are
        ``OFF``."""
        chosen = [check for check in BUILT_IN if check in self.profile.checks or check.id in self.enforcement]
        return tuple(check for check in (*chosen, *self.checks) if self.enforcement_of(check.id) is not Enforcement.OFF)

    def at(self, gate: Gate | None) -> Policy:
        """Return the policy as a gate enforces it; without a gate, with its defaults."""
        return self if gate is self.gate else self.replace(gate=gate)

    def enforcement_of(self, check: str) -> Enforcement:
        """Return how a violation of a check is enforced at its gate."""
        given = by_gate(self.enforcement.get(check, {}))
        default = _DEFAULTS.get(check, Enforcement.DENY)
        return given.get(self.gate.value if self.gate else DEFAULT, given.get(DEFAULT, default))

    @property
    def sha256(self) -> str:
        """The digest of its content, independent of where it was read."""
        import hashlib
        import json

        demands = {
            "profile": self.profile.value,
            "enforcement": {check: _in_json(enforcement) for check, enforcement in self.enforcement.items()},
            "unresolved": self.unresolved.value,
            "exemptions": [exemption.to_json() for exemption in self.exemptions],
            "max_exemption_days": self.max_exemption_days,
            "local_exemptions": self.local_exemptions,
            "checks": [check.id for check in self.checks],
        }
        return hashlib.sha256(json.dumps(demands, sort_keys=True).encode()).hexdigest()

    @property
    def date(self) -> datetime.date:
        """The day on which exemptions must hold: the day in UTC, so that no time zone makes one hold longer."""
        return self.today or datetime.datetime.now(datetime.UTC).date()

    @property
    def enforceable(self) -> tuple[str, ...]:
        """Ids whose enforcement can be set."""
        return (*self._check_ids, *EXEMPTIBLE_NOTICES, STALE_EXEMPTION)

    @property
    def exemptible(self) -> tuple[str, ...]:
        """Ids that an exemption can name."""
        return (*self._check_ids, *EXEMPTIBLE_NOTICES)

    @property
    def _check_ids(self) -> tuple[str, ...]:
        return tuple(check.id for check in (*BUILT_IN, *self.checks))

    @cached_property
    def _checks_of_containers(self) -> frozenset[str]:
        return frozenset(check.id for check in (*BUILT_IN, *self.checks) if isinstance(check, ContainerCheck))

    @property
    def _last_day(self) -> datetime.date | None:
        """The last day that an exemption can have."""
        days = self.max_exemption_days
        return None if days is None else self.date + datetime.timedelta(days=days)

    def _require_days(self) -> None:
        if self.max_exemption_days is None:
            return
        if type(self.max_exemption_days) is not int:  # True is an int too
            raise PolicyError(f"max_exemption_days is {self.max_exemption_days!r}: it must be a number of days")
        if not 0 < self.max_exemption_days <= _MOST_DAYS:
            raise PolicyError(f"max_exemption_days is {self.max_exemption_days}: it must be from 1 to {_MOST_DAYS}")

    def _require_distinct_checks(self) -> None:
        seen: set[str] = set(NOTICES)
        for check_id in self._check_ids:
            if check_id in seen:
                raise PolicyError(f"checks: the id {check_id!r} is taken; give your check another id")
            seen.add(check_id)


def _loader() -> LoadChecks:
    from .files.custom_checks import load_checks  # few policies have custom checks

    return lambda names: load_checks(names, place="checks: ")


def _require(value: object, kind: type[Any], name: str) -> None:
    if not isinstance(value, kind):
        raise PolicyError(f"{name} is {value!r}: it must be a {kind.__name__}")


def _require_enforcement(name: str, value: object) -> None:
    if not isinstance(value, Mapping):
        _require(value, Enforcement, name)
        return
    if not value:
        raise PolicyError(f"{name} is empty: give it {', '.join(GATE_KEYS)}, or leave it out")
    for gate, enforcement in value.items():
        require_known(f"{name}: gate", gate, GATE_KEYS)
        _require(enforcement, Enforcement, f"{name}[{gate!r}]")


def _frozen(enforcement: GatedEnforcement) -> GatedEnforcement:
    return enforcement if isinstance(enforcement, Enforcement) else MappingProxyType(dict(enforcement))


def _in_json(enforcement: GatedEnforcement) -> str | dict[str, str]:
    if isinstance(enforcement, Enforcement):
        return enforcement.value
    return {gate: one.value for gate, one in enforcement.items()}


def _sequence(name: str, values: object, kinds: tuple[type[Any], ...]) -> tuple[Any, ...]:
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise PolicyError(f"{name} is {values!r}: it must be a list")
    for index, value in enumerate(values):
        if not isinstance(value, kinds):
            expected = " or ".join(kind.__name__ for kind in kinds)
            raise PolicyError(f"{name}[{index}] is {value!r}: it must be a {expected}")
    return tuple(values)
