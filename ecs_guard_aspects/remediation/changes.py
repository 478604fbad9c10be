"""Changes and blockers: the parts of a plan."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Change:
    """A change of one property, or a new resource or parameter.

    Attributes:
        resource: the path of the resource or parameter.
        path: where in its properties, as a CDK override path: ``ContainerDefinitions.0.User``; empty if it is new.
        old: the present value, an expression as it is written; None if the property is absent.
        new: the new value; None deletes the property. Of a new resource its type, condition and properties, of a new
            parameter what declares it.
        is_parameter: whether it adds a parameter.
    """

    resource: str
    path: str
    old: object
    new: object
    is_parameter: bool = False

    @property
    def adds_resource(self) -> bool:
        """Whether the resource or parameter is new."""
        return not self.path

    @property
    def deletes(self) -> bool:
        """Whether the property is deleted."""
        return self.new is None


@dataclass(frozen=True)
class Blocker:
    """An obstacle to the fix.

    Attributes:
        resource: the path of the resource it is about: the task definition, a consumer, or what a consumer depends on.
        text: what shows it, and what would break, as a clause that needs no context: ``service Api/Svc has no
            NetworkConfiguration``, ``container web sets hostname``.
        lifted_by: the argument of the fix that would remove the obstacle, as Python; empty if none does.
        remedy: what else would remove it, as a sentence without a full stop: ``leave out host_port of container web``;
            empty if nothing does.
    """

    resource: str
    text: str
    lifted_by: str = ""
    remedy: str = ""


Step = Change | Blocker


def apply(properties: object, changes: Iterable[Change]) -> Any:
    """Return a copy of a resource's properties with changes made as CDK's property overrides make them.

    The changes must be those of this resource, from a plan that was made for these properties.
    """
    changed = {} if properties is None else copy.deepcopy(properties)
    for change in changes:
        *parents, last = change.path.split(".")
        node: Any = changed
        for key in parents:
            node = node[int(key)] if isinstance(node, list) else node[key]
        if change.deletes:
            node.pop(last, None)
        else:
            node[last] = copy.deepcopy(change.new)
    return changed


def overridden_parent(path: str, alone: object, written: object) -> str | None:
    """Return the outermost list or map around a path that raw overrides have changed, None if there is none.

    An index below a list that is an override itself takes the place of the whole list.

    Args:
        path: the path of a change.
        alone: the properties of the resource without raw overrides.
        written: the properties with raw overrides.
    """
    keys = path.split(".")
    for end in range(1, len(keys)):
        alone, written = _member(alone, keys[end - 1]), _member(written, keys[end - 1])
        if _without_absent(alone) != _without_absent(written):
            return ".".join(keys[:end])
    return None


def _member(node: object, key: str) -> object:
    if isinstance(node, list):
        return node[int(key)] if key.isdecimal() and int(key) < len(node) else None
    return node.get(key) if isinstance(node, dict) else None


def _without_absent(node: object) -> object:
    if isinstance(node, dict):
        members = {key: _without_absent(value) for key, value in node.items()}
        return {key: value for key, value in members.items() if value is not None}
    return [_without_absent(item) for item in node] if isinstance(node, list) else node
