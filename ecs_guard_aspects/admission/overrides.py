"""Raw overrides of a CloudFormation resource, and what they make of it.

``add_override`` and its relatives are merged after a resource is rendered, and no public API shows them. The assertions
module does: its matchers look into the object on the other side of the language border.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk.assertions import Capture, Match

_FIELD = "rawOverrides"
_KEY_DIFFERS = re.compile(
    rf"(?P<what>Unexpected|Missing) key (?P<quote>'?)(?P<key>.*)(?P=quote) at /{_FIELD}/(?P<parents>(?:.*/)?)(?P=key)"
    r" \(using objectEquals matcher\)",
    re.DOTALL,
)
_VALUE_DIFFERS = re.compile(
    r"(Expected .+ but received|Too many elements in array|Not enough elements in array) ", re.DOTALL
)
_INDEX = re.compile(r"0|[1-9][0-9]{0,9}", re.ASCII)

# core/lib/private/deep-merge: the keys that CDK skips, and the intrinsic functions that it replaces as a whole instead
# of merging into them.
_SKIPPED = frozenset(("__proto__", "constructor", "prototype"))
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
        _mark_deleted(overrides, comparison.to_human_strings())
    return overrides


def captured(stack: cdk.Stack, *captures: Capture) -> list[list[Any]]:
    """Return all that each capture has caught, with its tokens resolved in ``stack``."""
    return [caught["_captured"] for caught in stack.resolve(list(captures))]


def apply_overrides(resource: dict[str, Any], overrides: dict[str, Any]) -> dict[str, Any]:
    """Return a rendered resource with its overrides merged in as the CDK does it."""
    merged = _merge(resource, overrides) or {}
    return {key: _without_holes(value) for key, value in merged.items() if value is not None}


def _mark_deleted(overrides: dict[str, Any], differences: Iterable[str]) -> None:
    """Mark what the comparison of overrides with their resolved form shows to be deleted.

    It also shows every token, by whatever the token differs from what it resolves to.
    """
    missing: set[tuple[int, str]] = set()
    unexpected: list[tuple[dict[str, Any], str]] = []
    for difference in differences:
        match = _KEY_DIFFERS.fullmatch(difference)
        if match and "${Token[" not in match["key"]:
            parents = list(_at(overrides, match["parents"]))
            if len(parents) != 1:
                raise OverridesUnreadableError(difference)
            parent = parents[0]
            # What is inside a list is not merged: there a deletion is no more than an absence.
            if parent is not None and match["what"] == "Missing":
                missing.add((id(parent), match["key"]))
            elif parent is not None:
                unexpected.append((parent, match["key"]))
        elif match or not _VALUE_DIFFERS.match(difference):
            raise OverridesUnreadableError(difference)
    # Where nothing of what is resolved is found stands a token, and the unexpected keys are its own fields.
    deletions = [
        (parent, key) for parent, key in unexpected if not parent or not all((id(parent), k) in missing for k in parent)
    ]
    for parent, key in deletions:
        parent[key] = DELETED


def _at(node: Any, pointer: str, *, in_list: bool = False) -> Iterator[dict[str, Any] | None]:
    """Yield the maps that a pointer like ``Properties/Links/`` can mean: a key may hold slashes. None inside a list."""
    if not pointer:
        yield None if in_list or not isinstance(node, dict) else node
        return
    in_list = in_list or isinstance(node, list)
    items = enumerate(node) if isinstance(node, list) else node.items() if isinstance(node, dict) else ()
    for key, value in items:
        if pointer.startswith(f"{key}/"):
            yield from _at(value, pointer[len(f"{key}/") :], in_list=in_list)


def _merge(target: Any, source: dict[str, Any]) -> Any:
    """Return ``target`` with ``source`` merged into it; None if nothing is left."""
    if isinstance(target, list):
        merged = _merge({str(index): item for index, item in enumerate(target)}, source)
        # A gap is a hole, which the CDK drops with all that is undefined.
        return merged and [merged[key] for key in sorted(filter(_INDEX.fullmatch, merged), key=int)]
    for key, value in source.items():
        if key in _SKIPPED:
            continue
        if isinstance(value, dict):
            current = target.get(key)
            if not isinstance(current, dict | list) or _is_replaced_whole(current) or _is_replaced_whole(value):
                current = {}
            value = _merge(current, value)
        if value is DELETED or value is None:
            target.pop(key, None)
        else:
            target[key] = value
    return target or None


def _is_replaced_whole(value: Any) -> bool:
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)) in _REPLACED_WHOLE


def _without_holes(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_holes(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_holes(item) for item in value if item is not None]
    return value
