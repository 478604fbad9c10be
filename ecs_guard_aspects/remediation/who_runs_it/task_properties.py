"""Task definition properties: the properties of services, rules and the like that name the task definition to run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ...cloudformation.nodes import NO_VALUE, branches_of
from ...model.start import RUNNERS

_PROPERTY = re.compile(r"(?:.*\.)?TaskDefinition(?:Arn)?(?:\.Fn::.*)?")


def is_task_definition_property(kind: str, location: str) -> bool:
    """Return whether a location in a resource of a type is a property that names the task definition to run."""
    return kind in RUNNERS and _PROPERTY.fullmatch(location) is not None


def task_definitions_in(node: Any, location: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the values of the properties that name a task definition, with their locations."""
    if isinstance(node, dict):
        for key, value in node.items():
            place = f"{location}.{key}" if location else str(key)
            if key in ("TaskDefinition", "TaskDefinitionArn"):
                yield from _alternatives(value, place)
            else:
                yield from task_definitions_in(value, place)
    elif isinstance(node, list):
        for index, item in enumerate(node):
            yield from task_definitions_in(item, f"{location}.{index}" if location else str(index))


def _alternatives(value: Any, location: str) -> Iterator[tuple[str, Any]]:
    branches = branches_of(value)
    if branches is not None:
        for index, branch in enumerate(branches, 1):
            yield from _alternatives(branch, f"{location}.Fn::If.{index}")
    elif value != NO_VALUE:
        yield location, value
