"""API JSON: task definitions in the format of register-task-definition and describe-task-definition.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from ..cloudformation.declarations import Declarations
from ..cloudformation.values import Unknown
from ..model.inline_exemption import InlineExemption
from ..model.place import Place
from ..model.resource import TASK_DEFINITION, Resource
from .api_language import API
from .text.text import Text

_CONTAINERS = ("containerDefinitions", "ContainerDefinitions")  # the second form is from .NET and PowerShell

# All other names differ from those of CloudFormation in their first letter only.
_OTHER_NAMES = {
    "efsVolumeConfiguration": "EFSVolumeConfiguration",
    "fsxWindowsFileServerVolumeConfiguration": "FSxWindowsFileServerVolumeConfiguration",
    "iam": "IAM",
    "properties": "ProxyConfigurationProperties",
}

_MAPS_OF_ANY_KEYS = ("dockerLabels", "driverOpts", "labels", "options")

_NAMES = ("name", "family")
"""Identifiers: a placeholder in them does not matter for a verdict."""

# Placeholders of envsubst, Jinja, Go templates and pipelines.
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}|\{\{.*?\}\}|<%.*?%>|^<[A-Za-z][\w. -]*>$", re.DOTALL)


def paths_to_registered(value: object) -> list[tuple[str, ...]]:
    """Return the paths to task definitions in ``value``, which is one, describes one, or is a list of them."""
    if isinstance(value, list):
        return [(str(index), *path) for index, item in enumerate(value) for path in _path(item)]
    return _path(value)


def _path(value: object) -> list[tuple[str, ...]]:
    if not isinstance(value, dict):
        return []
    if _has_containers(value):
        return [()]
    return [("taskDefinition",)] if _has_containers(value.get("taskDefinition")) else []


def _has_containers(value: object) -> bool:
    return isinstance(value, dict) and any(name in value for name in _CONTAINERS)


def registered(
    name: str,
    text: Text,
    paths: Sequence[tuple[str, ...]],
    exemptions_at: Callable[[tuple[str, ...]], Sequence[InlineExemption]],
) -> Iterator[Resource]:
    """Yield the task definitions of a file. The address is the file, with an index if the file is a list.

    Args:
        name: the name of the file.
        text: its text.
        paths: the paths to the task definitions.
        exemptions_at: the exemptions that stand beside one of them.
    """
    for path in paths:
        address = name if isinstance(text.value, dict) else f"{name}/{path[0]}"
        yield replace(_resource(name, address, text, path), exemptions=exemptions_at(path))


def described_properties(described: Mapping[str, Any]) -> dict[str, Any]:
    """Return a registered task definition, from describe-task-definition, as CloudFormation properties.

    A registered task definition has no placeholders.
    """
    return {_property(key): _member(key, value, lambda scalar: scalar) for key, value in described.items()}


def _resource(name: str, address: str, text: Text, path: tuple[str, ...]) -> Resource:
    written = text.value
    for step in path:
        written = written[int(step) if isinstance(written, list) else step]
    properties = as_properties(written, _scalar)

    def place_of(location: str) -> Place:
        steps = location.split("/")[1:]
        return Place(name, *text.position_of((*path, *_as_written(written, steps))))

    family = properties.get("Family")
    return Resource(
        address=address,
        type=TASK_DEFINITION,
        properties=properties,
        declarations=Declarations(),
        name=family if isinstance(family, str) else "",
        place_of=place_of,
        language=API,
    )


def as_properties(node: Any, scalar: Callable[[Any], Any]) -> Any:
    """Return API JSON as CloudFormation properties.

    Args:
        node: the JSON, or a part of it.
        scalar: converts each value that is neither a map nor a list.
    """
    if isinstance(node, dict):
        return {_property(key): _member(key, value, scalar) for key, value in node.items()}
    if isinstance(node, list):
        return [as_properties(item, scalar) for item in node]
    return scalar(node)


def _member(key: str, value: Any, scalar: Callable[[Any], Any]) -> Any:
    if key in _NAMES and isinstance(value, str):
        return value
    if key in _MAPS_OF_ANY_KEYS and isinstance(value, dict):
        return {name: as_properties(item, scalar) for name, item in value.items()}
    converted = as_properties(value, scalar)
    if key == "efsVolumeConfiguration" and isinstance(converted, dict) and "FileSystemId" in converted:
        converted["FilesystemId"] = converted.pop("FileSystemId")  # only EFS volumes have this spelling
    return converted


def _scalar(value: Any) -> Any:
    """Return a value, ``Unknown`` for a text with a placeholder."""
    if isinstance(value, str) and _PLACEHOLDER.search(value):
        return Unknown(value, "a placeholder that is replaced before registration", outline="a text with a placeholder")
    return value


@lru_cache(maxsize=1024)  # a large plan repeats a hundred keys many thousand times
def _property(key: str) -> str:
    return _OTHER_NAMES.get(key, key[:1].upper() + key[1:])


def _as_written(node: Any, steps: Sequence[str]) -> Iterator[str]:
    """Yield the keys of the API for a location in CloudFormation properties; unknown steps stay as they are."""
    for step in steps:
        if isinstance(node, dict):
            step = next((key for key in reversed(node) if _property(key) == step), step)
            node = node.get(step)
        elif isinstance(node, list):
            node = node[int(step)] if step.isdecimal() and int(step) < len(node) else None
        yield step
