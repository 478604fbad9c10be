"""Task definitions as the ECS API has them: the input of register-task-definition, the output of the describe call.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from ..cloudformation.declarations import AnythingBut, Declarations, Parameter
from ..cloudformation.resource import TASK_DEFINITION, LocalExemption, Place, Resource
from .text_file import Text

_CONTAINERS = ("containerDefinitions", "ContainerDefinitions")  # the latter from tools of .NET and PowerShell

# All other names differ from those of CloudFormation in their first letter only.
_OTHER_NAMES = {
    "efsVolumeConfiguration": "EFSVolumeConfiguration",
    "fsxWindowsFileServerVolumeConfiguration": "FSxWindowsFileServerVolumeConfiguration",
    "iam": "IAM",
    "properties": "ProxyConfigurationProperties",
}

_MAPS_OF_ANY_KEYS = ("dockerLabels", "driverOpts", "labels", "options")

_NAMES = ("name", "family")
"""What only tells one from another: a placeholder in it keeps nobody from a verdict."""

# What teams let envsubst, Jinja, Go templates or a pipeline fill in before they register.
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}|\{\{.*?\}\}|<%.*?%>|^<[A-Za-z][\w. -]*>$", re.DOTALL)
_FILLED_IN = Parameter(AnythingBut(), undecidable="a placeholder that something fills in before ECS sees it")


def paths_to_registered(value: object) -> list[tuple[str, ...]]:
    """Return where in ``value`` task definitions of the API stand: it is one, describes one, or lists some."""
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
    exemptions_at: Callable[[tuple[str, ...]], Sequence[LocalExemption]],
) -> Iterator[Resource]:
    """Yield task definitions of the API: the address is that of the file, with an index if it lists several.

    Args:
        name: what the file is called.
        text: the file.
        paths: where they stand in it.
        exemptions_at: the exemptions that stand beside one of them.
    """
    for path in paths:
        address = name if isinstance(text.value, dict) else f"{name}/{path[0]}"
        yield replace(_resource(name, address, text, path), exemptions=exemptions_at(path))


def _resource(name: str, address: str, text: Text, path: tuple[str, ...]) -> Resource:
    written = text.value
    for step in path:
        written = written[int(step) if isinstance(written, list) else step]
    converter = _Converter()
    properties = converter.convert(written)

    def place_of(location: str) -> Place:
        steps = location.split("/")[1:]
        return Place(name, *text.place_of((*path, *_as_written(written, steps))))

    family = properties.get("Family")
    return Resource(
        address=address,
        type=TASK_DEFINITION,
        properties=properties,
        declarations=Declarations().with_parameters(dict.fromkeys(converter.placeholders, _FILLED_IN)),
        name=family if isinstance(family, str) else "",
        place_of=place_of,
    )


class _Converter:
    """Turns the API's names into those of CloudFormation, and placeholders into what nobody can know."""

    def __init__(self) -> None:
        self.placeholders: list[str] = []

    def convert(self, node: Any) -> Any:
        """Return a value as CloudFormation has it."""
        if isinstance(node, dict):
            return {_property(key): self._member(key, value) for key, value in node.items()}
        if isinstance(node, list):
            return [self.convert(item) for item in node]
        return self._scalar(node)

    def _member(self, key: str, value: Any) -> Any:
        if key in _NAMES and isinstance(value, str):
            return value
        if key in _MAPS_OF_ANY_KEYS and isinstance(value, dict):
            return {name: self.convert(item) for name, item in value.items()}
        converted = self.convert(value)
        if key == "efsVolumeConfiguration" and isinstance(converted, dict) and "FileSystemId" in converted:
            converted["FilesystemId"] = converted.pop("FileSystemId")  # spelled so in EFS volumes alone
        return converted

    def _scalar(self, value: Any) -> Any:
        found = _PLACEHOLDER.search(value) if isinstance(value, str) else None
        if found is None:
            return value
        name = value[2:-1] if found[0] == value and value.startswith("${") else value
        self.placeholders.append(name)
        return {"Ref": name}


def _property(key: str) -> str:
    return _OTHER_NAMES.get(key, key[:1].upper() + key[1:])


def _as_written(node: Any, steps: Sequence[str]) -> Iterator[str]:
    """Yield the keys of the API for a location of CloudFormation, as far as it exists; then the location's own."""
    for step in steps:
        if isinstance(node, dict):
            step = next((key for key in reversed(node) if _property(key) == step), step)
            node = node.get(step)
        elif isinstance(node, list):
            node = node[int(step)] if step.isdecimal() and int(step) < len(node) else None
        yield step
