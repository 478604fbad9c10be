"""Relaxations: settings that the context of a CDK app makes less strict, and the files that they come from.

The CDK CLI merges ``-c``, ``cdk.json``, ``cdk.context.json`` and ``~/.cdk.json`` before it runs the app, so the app can
only compare its context with these files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..enforcement import Enforcement
from ..profiles import Profile, profile_named
from .context import Scope, configuration_in, context_of, policy_keys
from .reading import CDK_JSON

_LOOKUPS = "cdk.context.json"
_OF_USER = ".cdk.json"
_ELSEWHERE = "-c or the code of the app"


def relaxations(scope: Scope) -> Iterator[str]:
    """Yield the settings that the context of an app relaxes, such as ``awsvpc-network-mode: off (cdk.json)``."""
    files = _files()
    for key, value in policy_keys(context_of(scope)).items():
        names = [name for name, context in files.items() if key in context and context[key] == value]
        where = names[0] if names else _ELSEWHERE
        yield from (f"{setting} ({where})" for setting in _relaxed_by(configuration_in({key: value})))


def _relaxed_by(configuration: Mapping[str, Any]) -> Iterator[str]:
    profile = configuration.get("profile")
    if isinstance(profile, str) and not set(Profile.DEFAULT.checks) <= set(profile_named(profile).checks):
        yield f"profile: {profile}"
    if configuration.get("unresolved", Enforcement.DENY.value) != Enforcement.DENY.value:
        yield f"unresolved: {configuration['unresolved']}"
    by_default = {check.id for check in Profile.DEFAULT.checks}
    enforcement = configuration.get("enforcement")
    for check, value in enforcement.items() if isinstance(enforcement, Mapping) else ():
        if check in by_default and value != Enforcement.DENY.value:
            yield f"{check}: {value}"


def _files() -> dict[str, Mapping[str, Any]]:
    """Return the contexts of the files that the CDK CLI reads, by the name of the file."""
    found = {
        CDK_JSON: _object_in(Path(CDK_JSON)).get("context"),
        _LOOKUPS: _object_in(Path(_LOOKUPS)),
        f"~/{_OF_USER}": _object_in(Path.home() / _OF_USER).get("context"),
    }
    return {name: context for name, context in found.items() if isinstance(context, Mapping)}


def _object_in(file: Path) -> Mapping[str, Any]:
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # then the context has no known values from it
        return {}
    return value if isinstance(value, Mapping) else {}
