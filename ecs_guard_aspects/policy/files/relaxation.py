"""Relaxations: settings that the context of a CDK app makes less strict, and the files that they come from.

The CDK CLI merges ``-c``, ``cdk.json``, ``cdk.context.json`` and ``~/.cdk.json`` before it runs the app, so the app can
only compare its context with these files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..enforcement import Gate
from ..errors import PolicyError
from ..ids import EXEMPTIBLE_NOTICES
from ..policy import Policy
from .context import CONTEXT_ORIGIN, HasNode, context_of, policy_keys
from .reading import CDK_JSON

_LOOKUPS = "cdk.context.json"
_OF_USER = ".cdk.json"
_ELSEWHERE = "-c or the code of the app"


def relaxations(scope: HasNode, policy: Policy) -> Iterator[str]:
    """Yield the settings that the context of an app relaxes, such as ``awsvpc-network-mode: off (cdk.json)``.

    The context relaxes what the policy is without it. ``-c`` and other files relax what ``cdk.json`` adds, too.

    Args:
        scope: a construct of the app.
        policy: the policy that the context has changed.
    """
    if policy.base is None:
        return
    before, final = policy.base.at(Gate.SYNTH), policy.at(Gate.SYNTH)
    for where, context in _steps(policy_keys(context_of(scope))):
        with suppress(PolicyError):  # the context is valid as a whole, and not each part of it by itself
            after = policy.base.in_context(context, CONTEXT_ORIGIN, lambda names: policy.checks).at(Gate.SYNTH)
            last = set(_relaxed(before, final))
            yield from (f"{setting} ({where})" for setting in _relaxed(before, after) if setting in last)
            before = after


def _steps(context: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield how a context becomes what it is: each file, with the context that it and those before it give."""
    read: dict[str, Any] = {}
    for name, file in _files().items():
        keys = policy_keys(file)
        # A value of cdk.json that is replaced counts too; one of another file has no effect.
        read |= {key: value for key, value in keys.items() if name == CDK_JSON or context.get(key) == value}
        yield name, read
    yield _ELSEWHERE, context


def _relaxed(before: Policy, after: Policy) -> Iterator[str]:
    """Yield the settings with which a policy is less strict than before."""
    made = {*after.enforcement, *(check.id for check in after.enforced_checks)}
    is_lenient = after.profile.warns_where_nothing_can_be_fixed and not before.profile.warns_where_nothing_can_be_fixed
    if is_lenient or not {check.id for check in before.enforced_checks} <= made:
        yield f"profile: {after.profile.value}"
    if after.unresolved.strictness < before.unresolved.strictness:
        yield f"unresolved: {after.unresolved.value}"
    if after.local_exemptions and not before.local_exemptions:
        yield "local_exemptions: true"
    days = after.max_exemption_days
    if before.max_exemption_days is not None and (days is None or days > before.max_exemption_days):
        yield f"max_exemption_days: {days or 'no limit'}"
    for check in (*(check.id for check in before.enforced_checks), *EXEMPTIBLE_NOTICES):
        enforcement = after.enforcement_of(check)
        if check in after.enforcement and enforcement.strictness < before.enforcement_of(check).strictness:
            yield f"{check}: {enforcement.value}"


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
