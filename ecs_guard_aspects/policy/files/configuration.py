"""A policy as JSON: the ``ecs-guard`` object of ``cdk.json``, or a policy file of its own.

Its schema is published with the package as ``ecs-guard.schema.json``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Protocol, TypeVar

from ...model.notice import NOT_CHECKED
from ..checks import ALL as BUILT_IN
from ..checks import ContainerCheck
from ..enforcement import Enforcement
from ..errors import PolicyError, require_known
from ..exemptions import Exemption
from ..policy import Policy
from ..profiles import Profile

CONTEXT_KEY = "ecs-guard"
CONTEXT_ORIGIN = "the CDK context"
"""The origin of a policy that was read from it."""

OTHER_KEYS = ("fix",)
"""Keys of the same object that are not the policy's: ``fix`` is the app's own, to switch ``EcsGuardFix`` on."""

_SINGLE = ("profile", "unresolved", "max_exemption_days", "local_exemptions")
_KEYS = (*_SINGLE, "enforcement", "exemptions", *OTHER_KEYS)
_EXEMPTION_KEYS = ("check", "path", "family", "account", "container", "reason", "owner", "expires", "ticket")
_REQUIRED_KEYS = ("check", "reason", "owner", "expires")
# How the CDK CLI hands over the context: cx-api, CONTEXT_ENV and CONTEXT_OVERFLOW_LOCATION_ENV.
_SET_BY_CLI = ("CDK_CONTEXT_JSON", "CONTEXT_OVERFLOW_LOCATION_ENV")
_ID = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
_SEGMENT = r"(\*\*|([^/*]|\*(?!\*))+)"
_GLOB = rf"^(?=.*\S)/*{_SEGMENT}(/{_SEGMENT})*/*$"
# Of Terraform's addresses dots part the segments too, and what is in brackets is literal.
_PART = r"(\*\*|([^/*\[]|\[(?!\")|\[\"[^\"]*\"\]|\*(?!\*))+)"
_PATH_GLOB = rf"^(?=.*\S)/*{_PART}([/.]{_PART})*/*$"

E = TypeVar("E", bound=Enum)


class Scope(Protocol):
    """A construct, as far as its context goes."""

    @property
    def node(self) -> Any:
        """The node of the construct tree."""


def policy_from_context(scope: Scope, base: Policy) -> Policy:
    """Return ``base`` as the context of ``scope`` changes it; see ``Policy.from_context``.

    Without the CDK CLI (``python app.py``, pytest) the CDK does not load ``cdk.json``; it is then read from the working
    directory.

    Raises:
        PolicyError: on an unknown key or a bad value, or a key that is almost the one.
    """
    return policy_in_context(_context_of(scope), base, CONTEXT_ORIGIN)


def policy_in_context(context: Mapping[str, Any], base: Policy, origin: str) -> Policy:
    """Return ``base`` as a CDK context changes it.

    Reads the object under ``ecs-guard`` and single values given as ``-c ecs-guard:profile=strict`` or
    ``-c ecs-guard:enforcement:awsvpc-network-mode=warn``, which win over the object.

    Args:
        context: the context, by key.
        base: the policy it starts from.
        origin: where the context was read; the origin of ``base`` stays if the context says nothing.

    Raises:
        PolicyError: on an unknown key or a bad value, or a key that is almost the one.
    """
    for key in context:
        _require_no_near_miss(key)
    configuration = dict(_object(context.get(CONTEXT_KEY)))
    for key, value in context.items():
        prefix, separator, name = key.partition(":")
        if prefix == CONTEXT_KEY and separator:
            _override(configuration, name, value)
    return policy_from_json(configuration, base, origin if configuration else base.origin, f"{CONTEXT_KEY}: ")


def is_configured(scope: Scope) -> bool:
    """Return whether the context of a construct says anything of a policy, or almost does."""
    return any(_is_near_miss(key) or _says_policy(key, value) for key, value in _context_of(scope).items())


def policy_from_json(
    configuration: Mapping[str, Any], base: Policy, origin: str | None = None, place: str | None = None
) -> Policy:
    """Return ``base`` with what a configuration object says: single values replaced, the rest added.

    Args:
        configuration: the object.
        base: the policy it starts from; the bounds it sets on exemptions can only be made stricter.
        origin: where it was read.
        place: what messages begin with; the origin if left out.

    Raises:
        PolicyError: on an unknown key or a bad value; it names the key, the value and what is allowed.
    """
    place = place if place is not None else f"{origin}: " if origin else ""
    if not isinstance(configuration, Mapping):
        raise PolicyError(f"{place}a policy is an object with {', '.join(_KEYS)}, not {configuration!r}")
    for key in configuration:
        require_known(f"{place}key", key, _KEYS)
    changes = {key: parse(place, configuration[key]) for key, parse in _PARSERS.items() if key in configuration}
    _require_no_looser_bounds(place, changes, base)
    enforcement = _enforcement(place, configuration.get("enforcement", {}), base.enforceable)
    exemptions = _exemptions(place, configuration.get("exemptions", []), base.exemptible, origin)
    try:
        return base.replace(
            **changes,
            enforcement={**base.enforcement, **enforcement},
            exemptions=(*base.exemptions, *exemptions),
            origin=origin,
        )
    except PolicyError as error:
        raise PolicyError(f"{place}{error}") from None


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of the configuration object."""
    about_all = [*(check.id for check in BUILT_IN if not isinstance(check, ContainerCheck)), NOT_CHECKED]
    enforcement = {"enum": [member.value for member in Enforcement]}
    text = {"type": "string", "pattern": r"\S"}
    date = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
    glob = {"type": "string", "pattern": _GLOB, "description": "* within a segment, ** as a whole one for any number."}
    path = {**glob, "pattern": _PATH_GLOB}
    own = {"expires": date, "account": {"type": "string", "pattern": "^[0-9]{12}$"}, "path": path, "family": glob}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A policy of ecs-guard: the ecs-guard object of cdk.json, or a file of its own",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "profile": {"enum": [member.value for member in Profile]},
            "enforcement": {
                "type": "object",
                "description": "By check id, checks of your own too; naming one outside the profile switches it on.",
                "propertyNames": {"pattern": _ID},
                "additionalProperties": enforcement,
            },
            "unresolved": enforcement,
            "exemptions": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": list(_REQUIRED_KEYS),
                    "anyOf": [{"required": ["path"]}, {"required": ["family"]}],
                    "if": {"properties": {"check": {"enum": about_all}}},
                    "then": {"properties": {"container": False}},
                    "properties": dict.fromkeys(_EXEMPTION_KEYS, text) | own,
                },
            },
            "max_exemption_days": {
                "type": "integer",
                "minimum": 1,
                "maximum": 36500,
                "description": "In how many days from today an exemption must end at the latest.",
            },
            "local_exemptions": {
                "type": "boolean",
                "description": "Whether code and templates may exempt themselves.",
            },
            "fix": {"description": "Not read by the policy: the app's own switch for EcsGuardFix."},
        },
    }


def _context_of(scope: Scope) -> Mapping[str, Any]:
    """Return the context of a construct; where no CDK CLI has loaded cdk.json, with what that says of a policy."""
    given: Mapping[str, Any] = scope.node.get_all_context() or {}
    if any(name in os.environ for name in _SET_BY_CLI):
        return given
    return {**_context_in(Path("cdk.json")), **given}


def _context_in(file: Path) -> dict[str, Any]:
    try:
        context = json.loads(file.read_text(encoding="utf-8")).get("context") or {}
        return {key: value for key, value in context.items() if _is_near_miss(key) or _is_ours(key)}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError) as error:
        raise PolicyError(f"{file} cannot be read, and it may hold the policy: {error}") from None


def _is_ours(key: str) -> bool:
    return key.partition(":")[0] == CONTEXT_KEY


def _says_policy(key: str, value: object) -> bool:
    """Return whether a key of the context is about a policy: the app's own switches are not."""
    _, _, name = key.partition(":")
    if name:
        return _is_ours(key) and name not in OTHER_KEYS
    return _is_ours(key) and not (isinstance(value, Mapping) and set(value) <= set(OTHER_KEYS))


def _is_near_miss(key: str) -> bool:
    name = key.partition(":")[0]
    return name != CONTEXT_KEY and name.replace("_", "").replace("-", "").lower() == "ecsguard"


def _require_no_near_miss(key: str) -> None:
    if _is_near_miss(key):
        raise PolicyError(f"context key {key!r} is not read: did you mean {CONTEXT_KEY!r}?")


def _object(value: object) -> Mapping[str, Any]:
    if value is None:
        return {}
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise PolicyError(f"{CONTEXT_KEY} is {value!r}: it must be a JSON object ({error})") from None
    if not isinstance(value, Mapping):
        raise PolicyError(f"{CONTEXT_KEY} is {value!r}: it must be an object with {', '.join(_KEYS)}")
    return value


def _override(configuration: dict[str, Any], name: str, value: object) -> None:
    if name.startswith("enforcement:"):
        own = configuration.get("enforcement", {})
        own = own if isinstance(own, Mapping) else {}
        configuration["enforcement"] = {**own, name.removeprefix("enforcement:"): value}
    else:
        allowed = (*_SINGLE, "enforcement:<check>", *OTHER_KEYS)
        # What the CDK CLI is given by -c is text.
        configuration[require_known(f"context key {CONTEXT_KEY}:", name, allowed)] = _from_text(name, value)


def _from_text(name: str, value: object) -> object:
    if name in ("max_exemption_days", "local_exemptions") and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _require_no_looser_bounds(place: str, changes: Mapping[str, Any], base: Policy) -> None:
    days = changes.get("max_exemption_days")
    if days is not None and base.max_exemption_days is not None and days > base.max_exemption_days:
        most = base.max_exemption_days
        raise PolicyError(f"{place}max_exemption_days is {days}: the policy it starts from allows {most} at the most")
    if changes.get("local_exemptions") and not base.local_exemptions:
        raise PolicyError(f"{place}local_exemptions is true: the policy it starts from takes no exemption from an app")


def _enforcement(place: str, value: object, checks: tuple[str, ...]) -> dict[str, Enforcement]:
    if not isinstance(value, Mapping):
        raise PolicyError(f"{place}enforcement is {value!r}: it must be an object of check ids")
    parse = {check: _member(f"enforcement.{check}", Enforcement) for check in value}
    return {
        require_known(f"{place}enforcement: check", check, checks): parse[check](place, member)
        for check, member in value.items()
    }


def _exemptions(place: str, value: object, checks: Iterable[str], origin: str | None) -> list[Exemption]:
    if not isinstance(value, list):
        raise PolicyError(f"{place}exemptions is {value!r}: it must be a list")
    names = tuple(checks)
    return [_exemption(f"{place}exemptions[{index}]", item, names, origin) for index, item in enumerate(value)]


def _exemption(name: str, value: object, checks: tuple[str, ...], origin: str | None) -> Exemption:
    if not isinstance(value, Mapping):
        raise PolicyError(f"{name} is {value!r}: it must be an object with {', '.join(_EXEMPTION_KEYS)}")
    for key in value:
        require_known(f"{name}: key", key, _EXEMPTION_KEYS)
    missing = [key for key in _REQUIRED_KEYS if key not in value]
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
        return kind(require_known(f"{place}{name}", value, [member.value for member in kind]))

    return parse


def _days(place: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise PolicyError(f"{place}max_exemption_days is {value!r}: it must be a number of days, such as 90")
    return value


def _flag(place: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise PolicyError(f"{place}local_exemptions is {value!r}: it must be true or false")
    return value


_PARSERS: dict[str, Callable[[str, object], Any]] = {
    "profile": _member("profile", Profile),
    "unresolved": _member("unresolved", Enforcement),
    "max_exemption_days": _days,
    "local_exemptions": _flag,
}
