"""Configuration: a policy as JSON, the ``ecs-guard`` object of ``cdk.json`` or a policy file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any, Protocol, TypeVar

from ..enforcement import GATE_KEYS, Enforcement, GatedEnforcement
from ..errors import PolicyError, as_written, require_known
from ..exemptions import FIELDS, REQUIRED_FIELDS, Exemption
from ..profiles import Profile, ProfileVersion, profile_named

OTHER_KEYS = ("fix",)
"""Keys of the same object that do not belong to the policy: apps use ``fix`` to switch ``EcsGuardFix`` on."""

SINGLE_KEYS = ("profile", "unresolved", "max_exemption_days", "local_exemptions")
"""Keys with a single value, which ``-c`` can give."""

KEYS = (*SINGLE_KEYS, "enforcement", "exemptions", "checks", *OTHER_KEYS)
"""All keys of the object."""

CHECK_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*")
"""A custom check: a module and a name in it."""

E = TypeVar("E", bound=Enum)


class Bounds(Protocol):
    """The limits of the policy that a configuration changes: a ``Policy`` has these attributes."""

    @property
    def max_exemption_days(self) -> int | None:
        """The number of days within which an exemption must end; a configuration can only reduce it."""

    @property
    def local_exemptions(self) -> bool:
        """Whether inline exemptions and acknowledgements count; a configuration can only refuse them."""

    @property
    def enforceable(self) -> tuple[str, ...]:
        """Ids whose enforcement can be set."""

    @property
    def exemptible(self) -> tuple[str, ...]:
        """Ids that an exemption can name."""


def parse_policy(
    configuration: Mapping[str, Any], bounds: Bounds, place: str = "", origin: str | None = None
) -> dict[str, Any]:
    """Return the fields of a policy that a configuration object gives.

    Args:
        configuration: the object.
        bounds: the limits of the policy that it changes.
        place: the beginning of messages.
        origin: where it was read, for its exemptions.

    Returns:
        Values by field of ``Policy``; ``enforcement`` and ``exemptions`` are only those of the object. Its ``checks``
        are in ``bounds``: see ``check_names``.

    Raises:
        PolicyError: on an unknown key or a bad value; it names the key, the value and what is allowed.
    """
    values = {key: parse(place, configuration[key]) for key, parse in _PARSERS.items() if key in configuration}
    _require_no_looser_bounds(place, values, bounds)
    enforcement = _enforcement(place, configuration.get("enforcement", {}), bounds.enforceable)
    exemptions = _exemptions(place, configuration.get("exemptions", []), bounds.exemptible, origin)
    return {**values, "enforcement": enforcement, "exemptions": exemptions}


def check_names(configuration: Mapping[str, Any], place: str = "") -> tuple[str, ...]:
    """Return the custom checks that a configuration object names, as ``MODULE:NAME``.

    Args:
        configuration: the object.
        place: the beginning of messages.

    Raises:
        PolicyError: on an unknown key, or a value that is not a list of such names.
    """
    if not isinstance(configuration, Mapping):
        raise PolicyError(f"{place}a policy is an object with {', '.join(KEYS)}, not {as_written(configuration)}")
    for key in configuration:
        require_known(f"{place}key", key, KEYS)
    names = configuration.get("checks", [])
    if not isinstance(names, list):
        raise PolicyError(f"{place}checks is {as_written(names)}: it must be a list of MODULE:NAME")
    for index, name in enumerate(names):
        if not isinstance(name, str) or not CHECK_NAME.fullmatch(name):
            raise PolicyError(
                f"{place}checks[{index}] is {as_written(name)}: it must be MODULE:NAME, such as acme_checks:CHECKS"
            )
    return tuple(dict.fromkeys(names))


def _require_no_looser_bounds(place: str, values: Mapping[str, Any], bounds: Bounds) -> None:
    days = values.get("max_exemption_days")
    if days is not None and bounds.max_exemption_days is not None and days > bounds.max_exemption_days:
        most = bounds.max_exemption_days
        raise PolicyError(f"{place}max_exemption_days is {days}: the policy it starts from allows {most} at the most")
    if values.get("local_exemptions") and not bounds.local_exemptions:
        raise PolicyError(
            f"{place}local_exemptions is true: the policy it starts from accepts no exemption from an app"
        )


def _enforcement(place: str, value: object, checks: tuple[str, ...]) -> dict[str, GatedEnforcement]:
    if not isinstance(value, Mapping):
        raise PolicyError(f"{place}enforcement is {as_written(value)}: it must be an object of check ids")
    return {
        require_known(f"{place}enforcement: check", check, checks): _gated(place, f"enforcement.{check}", member)
        for check, member in value.items()
    }


def _gated(place: str, name: str, value: object) -> GatedEnforcement:
    if not isinstance(value, Mapping):
        return _member(name, Enforcement)(place, value)
    return {
        require_known(f"{place}{name}: gate", gate, GATE_KEYS): _member(f"{name}.{gate}", Enforcement)(place, member)
        for gate, member in value.items()
    }


def _exemptions(place: str, value: object, checks: Iterable[str], origin: str | None) -> list[Exemption]:
    if not isinstance(value, list):
        raise PolicyError(f"{place}exemptions is {as_written(value)}: it must be a list")
    names = tuple(checks)
    return [_exemption(f"{place}exemptions[{index}]", item, names, origin) for index, item in enumerate(value)]


def _exemption(name: str, value: object, checks: tuple[str, ...], origin: str | None) -> Exemption:
    if not isinstance(value, Mapping):
        raise PolicyError(f"{name} is {as_written(value)}: it must be an object with {', '.join(FIELDS)}")
    for key in value:
        require_known(f"{name}: key", key, FIELDS)
    missing = [key for key in REQUIRED_FIELDS if key not in value]
    if missing:
        raise PolicyError(f"{name} lacks {', '.join(missing)}")
    for key, given in value.items():
        if given is None:
            raise PolicyError(f"{name}.{key} is null: leave it out, or give a text")
    require_known(f"{name}: check", value["check"], checks)
    try:
        return Exemption(**value, origin=origin)
    except PolicyError as error:
        raise PolicyError(f"{name}: {error}") from None


def _member(name: str, kind: type[E]) -> Callable[[str, object], E]:
    def parse(place: str, value: object) -> E:
        allowed = [member.value for member in kind]
        if value is False and "off" in allowed:
            raise PolicyError(f'{place}{name} is false: write "off", in quotes, because YAML reads off as false')
        return kind(require_known(f"{place}{name}", value, allowed))

    return parse


def _profile(place: str, value: object) -> Profile | ProfileVersion:
    try:
        return profile_named(value)
    except PolicyError as error:
        raise PolicyError(f"{place}{error}") from None


def _days(place: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise PolicyError(f"{place}max_exemption_days is {as_written(value)}: it must be a number of days, such as 90")
    return value


def _flag(place: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise PolicyError(f"{place}local_exemptions is {as_written(value)}: it must be true or false")
    return value


_PARSERS: dict[str, Callable[[str, object], Any]] = {
    "profile": _profile,
    "unresolved": _member("unresolved", Enforcement),
    "max_exemption_days": _days,
    "local_exemptions": _flag,
}
