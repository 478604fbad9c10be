"""A policy as JSON: the ``ecs-guard`` object of ``cdk.json``.

Its schema is published with the package as ``ecs-guard.schema.json``.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from enum import Enum
from typing import Any, Protocol, TypeVar

from ..cloudformation.document import NOT_CHECKED
from .checks import ALL as BUILT_IN
from .errors import PolicyError, known
from .exemptions import Exemption
from .finding import STALE_EXEMPTION, Enforcement
from .policy import Policy
from .profiles import Profile

CONTEXT_KEY = "ecs-guard"
OTHER_KEYS = ("fix",)
"""Keys of the same object that are not the policy's: ``fix`` is the app's own, to switch ``EcsGuardFix`` on."""

_SINGLE = ("profile", "unresolved", "today")
_KEYS = (*_SINGLE, "enforcement", "exemptions", *OTHER_KEYS)
_EXEMPTION_KEYS = tuple(field.name for field in fields(Exemption))
_ID = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"

E = TypeVar("E", bound=Enum)


class Scope(Protocol):
    """A construct, as far as its context goes."""

    @property
    def node(self) -> Any:
        """The node of the construct tree."""


def policy_from_context(scope: Scope, base: Policy) -> Policy:
    """Return ``base`` as the context of ``scope`` changes it.

    Reads the object under ``ecs-guard`` and single values given as ``-c ecs-guard:profile=strict`` or
    ``-c ecs-guard:enforcement:awsvpc-network-mode=warn``, which win over the object.

    Raises:
        PolicyError: on an unknown key or a bad value; it names the key, the value and what is allowed.
    """
    context: Mapping[str, Any] = scope.node.get_all_context() or {}
    configuration = dict(_object(context.get(CONTEXT_KEY)))
    for key, value in context.items():
        prefix, separator, name = key.partition(":")
        if prefix == CONTEXT_KEY and separator:
            _override(configuration, name, value)
    return policy_from_json(configuration, base)


def policy_from_json(configuration: Mapping[str, Any], base: Policy | None = None) -> Policy:
    """Return ``base`` with what a configuration object says: single values replaced, the rest added.

    Raises:
        PolicyError: on an unknown key or a bad value; it names the key, the value and what is allowed.
    """
    base = base or Policy()
    for key in configuration:
        known(f"{CONTEXT_KEY}: key", key, _KEYS)
    changes: dict[str, Any] = {}
    for key, parse in _PARSERS.items():
        if key in configuration:
            changes[key] = parse(configuration[key])
    checks = [check.id for check in (*BUILT_IN, *base.checks)]
    enforcement = _enforcement(configuration.get("enforcement", {}), (*checks, NOT_CHECKED, STALE_EXEMPTION))
    exemptions = _exemptions(configuration.get("exemptions", []), (*checks, NOT_CHECKED))
    return base.replace(**changes).extend(enforcement=enforcement, exemptions=exemptions)


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of the configuration object."""
    enforcement = {"enum": [member.value for member in Enforcement]}
    text = {"type": "string", "pattern": r"\S"}
    date = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
    exemption_types = dict.fromkeys(_EXEMPTION_KEYS, text) | {"expires": date}
    required = [field.name for field in fields(Exemption) if field.default is MISSING]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The ecs-guard object of cdk.json",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "profile": {"enum": [member.value for member in Profile]},
            "enforcement": {
                "type": "object",
                "description": "By check id; checks of your own too.",
                "propertyNames": {"pattern": _ID},
                "additionalProperties": enforcement,
            },
            "unresolved": enforcement,
            "exemptions": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": required,
                    "properties": exemption_types,
                },
            },
            "today": date,
            "fix": {"description": "Not read by the policy: the app's own switch for EcsGuardFix."},
        },
    }


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
        configuration[known(f"context key {CONTEXT_KEY}:", name, allowed)] = value


def _enforcement(value: object, checks: Iterable[str]) -> dict[str, Enforcement]:
    if not isinstance(value, Mapping):
        raise PolicyError(f"{CONTEXT_KEY}: enforcement is {value!r}: it must be an object of check ids")
    names = tuple(checks)
    return {
        known(f"{CONTEXT_KEY}: enforcement: check", check, names): _member(f"enforcement.{check}", Enforcement)(member)
        for check, member in value.items()
    }


def _exemptions(value: object, checks: Iterable[str]) -> list[Exemption]:
    if not isinstance(value, list):
        raise PolicyError(f"{CONTEXT_KEY}: exemptions is {value!r}: it must be a list")
    names = tuple(checks)
    return [_exemption(f"{CONTEXT_KEY}: exemptions[{index}]", item, names) for index, item in enumerate(value)]


def _exemption(name: str, value: object, checks: tuple[str, ...]) -> Exemption:
    if not isinstance(value, Mapping):
        raise PolicyError(f"{name} is {value!r}: it must be an object with {', '.join(_EXEMPTION_KEYS)}")
    for key in value:
        known(f"{name}: key", key, _EXEMPTION_KEYS)
    missing = [field.name for field in fields(Exemption) if field.default is MISSING and field.name not in value]
    if missing:
        raise PolicyError(f"{name} lacks {', '.join(missing)}")
    known(f"{name}: check", value["check"], checks)
    if not isinstance(value["expires"], str):
        raise PolicyError(f"{name}.expires is {value['expires']!r}: it must be a date such as 2027-01-31")
    try:
        return Exemption(**value)
    except PolicyError as error:
        raise PolicyError(f"{name}: {error}") from None


def _member(name: str, kind: type[E]) -> Callable[[object], E]:
    def parse(value: object) -> E:
        return kind(known(f"{CONTEXT_KEY}: {name}", value, [member.value for member in kind]))

    return parse


def _today(value: object) -> datetime.date:
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            return datetime.date.fromisoformat(value)
    except ValueError:
        pass
    raise PolicyError(f"{CONTEXT_KEY}: today is {value!r}: it must be a date such as 2027-01-31")


_PARSERS: dict[str, Callable[[object], Any]] = {
    "profile": _member("profile", Profile),
    "unresolved": _member("unresolved", Enforcement),
    "today": _today,
}
