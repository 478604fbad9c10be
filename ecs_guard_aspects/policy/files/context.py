"""CDK context: the policy under ``ecs-guard`` in ``cdk.json``, and single values given with ``-c``."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from ..enforcement import DEFAULT
from ..errors import PolicyError, as_written, require_known
from .configuration import KEYS, OTHER_KEYS, SINGLE_KEYS

CONTEXT_KEY = "ecs-guard"
CONTEXT_ORIGIN = "the CDK context"
"""The origin of a policy that was read from it."""

# The variables with which the CDK CLI passes the context: CONTEXT_ENV and CONTEXT_OVERFLOW_LOCATION_ENV of cx-api.
_SET_BY_CLI = ("CDK_CONTEXT_JSON", "CONTEXT_OVERFLOW_LOCATION_ENV")


class HasNode(Protocol):
    """A construct; only its node is used."""

    @property
    def node(self) -> Any:
        """The node of the construct tree."""


def policy_keys(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys of a context that belong to a policy, with their values."""
    return {key: value for key, value in context.items() if _has_policy(key, value)}


def context_of(scope: HasNode) -> Mapping[str, Any]:
    """Return the context of a construct.

    Without the CDK CLI (``python app.py``, pytest) the CDK does not load ``cdk.json``; the keys of the policy are then
    read from the one in the working directory.

    Raises:
        PolicyError: if ``cdk.json`` cannot be read.
    """
    given: Mapping[str, Any] = scope.node.get_all_context() or {}
    if any(name in os.environ for name in _SET_BY_CLI):
        return given
    return {**_context_in(Path("cdk.json")), **given}


def configuration_in(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the configuration object in a context, for ``parse_policy``; empty if there is none.

    It is the object under ``ecs-guard``, with single values such as ``ecs-guard:profile`` or
    ``ecs-guard:enforcement:awsvpc-network-mode``, which have precedence.

    Args:
        context: the context, by key.

    Raises:
        PolicyError: on an unknown key, a misspelled key, or a value that is not an object.
    """
    for key in context:
        _require_no_near_miss(key)
    configuration = dict(_object(context.get(CONTEXT_KEY)))
    for key, value in context.items():
        prefix, separator, name = key.partition(":")
        if prefix == CONTEXT_KEY and separator:
            _override(configuration, name, value)
    return configuration


def is_configured(scope: HasNode) -> bool:
    """Return whether the context of a construct has a policy, or a misspelled key for one."""
    return any(_is_near_miss(key) or _has_policy(key, value) for key, value in context_of(scope).items())


def _context_in(file: Path) -> dict[str, Any]:
    try:
        context = json.loads(file.read_text(encoding="utf-8")).get("context") or {}
        return {key: value for key, value in context.items() if _is_near_miss(key) or _is_of_policy(key)}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError) as error:
        raise PolicyError(f"{file} cannot be read, and it may hold the policy: {error}") from None


def _is_of_policy(key: str) -> bool:
    return key.partition(":")[0] == CONTEXT_KEY


def _has_policy(key: str, value: object) -> bool:
    """Return whether a key of the context belongs to a policy, and is not a switch of the app."""
    _, _, name = key.partition(":")
    if name:
        return _is_of_policy(key) and name not in OTHER_KEYS
    return _is_of_policy(key) and not (isinstance(value, Mapping) and value and set(value) <= set(OTHER_KEYS))


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
        raise PolicyError(f"{CONTEXT_KEY} is {as_written(value)}: it must be an object with {', '.join(KEYS)}")
    return value


def _override(configuration: dict[str, Any], name: str, value: object) -> None:
    if name.startswith("enforcement:"):
        own = configuration.get("enforcement", {})
        own = own if isinstance(own, Mapping) else {}
        check, _, gate = name.removeprefix("enforcement:").partition(":")
        configuration["enforcement"] = {**own, check: _of_gate(own.get(check), gate, value) if gate else value}
    else:
        allowed = (*SINGLE_KEYS, "enforcement:<check>", "enforcement:<check>:<gate>", *OTHER_KEYS)
        configuration[require_known(f"context key {CONTEXT_KEY}:", name, allowed)] = _from_text(name, value)


def _of_gate(own: object, gate: str, value: object) -> dict[str, object]:
    """Return the enforcement of a check with that of one gate replaced."""
    if own is None or isinstance(own, Mapping):
        return {**(own or {}), gate: value}
    return {DEFAULT: own, gate: value}


def _from_text(name: str, value: object) -> object:
    """Return a value as JSON: a value that is given with ``-c`` is a text."""
    if name in ("max_exemption_days", "local_exemptions") and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
