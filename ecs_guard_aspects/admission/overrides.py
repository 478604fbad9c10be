"""Raw overrides of a CloudFormation resource, and what they make of it.

``add_override`` and its relatives are merged after a resource is rendered, and no public API shows them. The assertions
module does: its matchers look into the object on the other side of the language border.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk.assertions import Capture, Match

_FIELD = "rawOverrides"
_DELETED = re.compile(rf"Unexpected key .* at /{_FIELD}/(?P<pointer>.+) \(using objectEquals matcher\)", re.DOTALL)
_TOKEN = re.compile(r"Expected type (object|array) but received string at ")

# The intrinsic functions that CDK replaces as a whole instead of merging into them (core/lib/private/deep-merge).
_REPLACED_WHOLE = frozenset(
    [
        *("Ref", "Fn::Base64", "Fn::Cidr", "Fn::FindInMap", "Fn::GetAtt", "Fn::GetAZs", "Fn::ImportValue", "Fn::Join"),
        *("Fn::Select", "Fn::Split", "Fn::Sub", "Fn::Transform"),
        *("Fn::And", "Fn::Equals", "Fn::If", "Fn::Not", "Fn::Or"),
    ]
)


class _Deleted:
    """What a deletion override leaves."""


DELETED: Final = _Deleted()


class OverridesUnreadableError(Exception):
    """The overrides of a resource could not be read the way this version of the CDK is known to keep them."""


def read_overrides(resource: cdk.CfnResource, stack: cdk.Stack) -> dict[str, Any]:
    """Return the raw overrides of a resource, ``DELETED`` where something is deleted.

    Raises:
        OverridesUnreadableError: if the CDK does not keep them where it used to.
    """
    capture = Capture()
    result = Match.object_like({_FIELD: capture}).test(resource)
    if result.has_failed():
        raise OverridesUnreadableError("; ".join(result.to_human_strings()))
    result.finished()
    overrides: dict[str, Any] = captured(stack, capture)[0][-1]
    # Resolving leaves deletions out; an exact comparison names them.
    comparison = Match.object_like({_FIELD: Match.object_equals(overrides)}).test(resource)
    if comparison.has_failed():
        for failure in comparison.to_human_strings():
            deleted = _DELETED.fullmatch(failure)
            if deleted:
                _mark_deleted(overrides, deleted["pointer"].split("/"))
            elif not _TOKEN.match(failure):
                raise OverridesUnreadableError(failure)
    return overrides


def captured(stack: cdk.Stack, *captures: Capture) -> list[list[Any]]:
    """Return all that each capture has caught, with its tokens resolved in ``stack``."""
    return [caught["_captured"] for caught in stack.resolve(list(captures))]


def apply_overrides(resource: dict[str, Any], overrides: dict[str, Any]) -> dict[str, Any]:
    """Return a rendered resource with its overrides merged in as the CDK does it."""
    merged = _merge(resource, overrides)
    return {key: _without_holes(value) for key, value in merged.items() if value is not None}


def _mark_deleted(overrides: dict[str, Any], pointer: Iterable[str]) -> None:
    *parents, last = pointer
    for key in parents:
        overrides = overrides.setdefault(key, {})
    overrides[last] = DELETED


def _merge(target: Any, source: dict[str, Any]) -> Any:
    for key, value in source.items():
        if value is DELETED or value is None:
            _set(target, key, None)
        elif isinstance(value, dict):
            current = _get(target, key)
            if not isinstance(current, dict | list) or _is_replaced_whole(current) or _is_replaced_whole(value):
                current = {}
            merged = _merge(current, value)
            _set(target, key, merged or None)
        else:
            _set(target, key, value)
    return target


def _is_replaced_whole(value: Any) -> bool:
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)) in _REPLACED_WHOLE


def _get(target: Any, key: str) -> Any:
    if isinstance(target, list):
        return target[int(key)] if key.isdecimal() and int(key) < len(target) else None
    return target.get(key)


def _set(target: Any, key: str, value: Any) -> None:
    if not isinstance(target, list):
        target[key] = value
    elif key.isdecimal():
        # A gap is a hole, which the CDK drops with all that is undefined.
        target.extend([None] * (int(key) + 1 - len(target)))
        target[int(key)] = value


def _without_holes(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_holes(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_holes(item) for item in value if item is not None]
    return value
