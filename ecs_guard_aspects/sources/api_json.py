"""API JSON: task definitions in the format of register-task-definition and describe-task-definition.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from ..cloudformation.declarations import Declarations
from ..cloudformation.nodes import located
from ..cloudformation.values import Unknown
from ..model.inline_exemption import InlineExemption
from ..model.place import Place
from ..model.resource import DAEMON_TASK_DEFINITION, JUDGED_TYPES, TASK_DEFINITION, Resource
from .api_language import API
from .text.text import Text

_CONTAINERS = ("containerDefinitions", "ContainerDefinitions")  # the second form is from .NET and PowerShell

# All other names differ from those of CloudFormation only in their first letter.
_OTHER_NAMES = {
    "efsVolumeConfiguration": "EFSVolumeConfiguration",
    "fsxWindowsFileServerVolumeConfiguration": "FSxWindowsFileServerVolumeConfiguration",
    "iam": "IAM",
    "properties": "ProxyConfigurationProperties",
}

_DAEMON = ("daemonTaskDefinition", "DaemonTaskDefinition")
_COLLECTIONS = ("taskDefinitions", "TaskDefinitions", "configurationItems", "baseConfigurationItems")
_DESCRIBED = ("taskDefinition", "TaskDefinition", *_DAEMON)
_WRAPPERS = (*_DESCRIBED, "configuration", "data")

ONLY_DESCRIBED = (
    *("taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities"),
    *("registeredAt", "registeredBy", "deregisteredAt", "deleteRequestedAt"),
)
"""Members of a described task definition that ``register-task-definition`` does not accept.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html
"""

_MAPS_OF_ANY_KEYS = ("dockerLabels", "driverOpts", "labels", "options")

_NAMES = ("name", "family")
"""Identifiers: a placeholder in them does not matter for a verdict."""

# Placeholders of envsubst, Jinja, Go templates and pipelines.
_ENDS_OF_PLACEHOLDERS = (("${", "}"), ("{{", "}}"), ("<%", "%>"))
_WHOLE_PLACEHOLDER = re.compile(r"<[A-Za-z][\w. -]*>")


def paths_to_registered(value: object) -> list[tuple[str, ...]]:
    """Return the paths to task definitions in ``value``, which is one, describes one, or is a list of them."""
    if isinstance(value, list):
        return [(str(index), *path) for index, item in enumerate(value) for path in _path(item)]
    return _path(value) or (_members(value) if isinstance(value, dict) else [])


def is_registered(value: object) -> bool:
    """Return whether ``value`` itself is a task definition, or describes one."""
    return bool(_path(value))


def _path(value: object) -> list[tuple[str, ...]]:
    if not isinstance(value, dict):
        return []
    if _has_containers(value):
        return [()]
    for wrapper in _DESCRIBED:
        if _has_containers(value.get(wrapper)):
            return [(wrapper,)]
    if value.get("resourceType") in JUDGED_TYPES and _has_containers(_decoded(value.get("configuration"))):
        return [("configuration",)]
    return []


def _members(value: dict[str, Any]) -> list[tuple[str, ...]]:
    """Return the paths in an object with task definitions under other keys, if its form is certain."""
    for key in _COLLECTIONS:
        held = value.get(key)
        if isinstance(held, list | dict):
            return [(key, *path) for path in paths_to_registered(held)]
    recorded = value.get("data")  # an answer that botocore's placebo recorded
    if "status_code" in value and isinstance(recorded, dict):
        return [("data", *path) for path in _path(recorded)]
    paths = [(key, *path) for key, member in value.items() for path in _path(member)]
    # A map that contains only task definitions with containers.
    is_certain = len(paths) == len(value) and all(map(_holds_containers, value.values()))
    return paths if is_certain else []


def _holds_containers(member: dict[str, Any]) -> bool:
    return any(
        bool(node.get(name)) for node in (member, *member.values()) if isinstance(node, dict) for name in _CONTAINERS
    )


def paths_to_unread(value: object, read: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Yield the paths to objects in ``value`` that have container definitions, but those that are read."""
    known = set(read)
    for path, node in located(value):
        has_containers = isinstance(node, dict) and any(str(key).casefold() == "containerdefinitions" for key in node)
        if has_containers and path not in known:
            yield path


def member_of(path: tuple[str, ...]) -> tuple[str, ...]:
    """Return the path to a task definition, without the keys that only wrap it."""
    while path and path[-1] in _WRAPPERS:
        path = path[:-1]
    return path


def _decoded(value: Any) -> Any:
    """Return a value, that of a text which is JSON: AWS Config has the properties of a resource as a text."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return value


def _has_containers(value: object) -> bool:
    return isinstance(value, dict) and any(name in value for name in _CONTAINERS)


def registered(
    name: str,
    text: Text,
    paths: Sequence[tuple[str, ...]],
    exemptions_at: Callable[[tuple[str, ...]], Sequence[InlineExemption]],
) -> Iterator[Resource]:
    """Yield the task definitions of a file.

    Args:
        name: the name of the file.
        text: its text.
        paths: the paths to the task definitions.
        exemptions_at: returns the inline exemptions of one of them.
    """
    for path in paths:
        yield replace(_resource(name, address_of(name, path), text, path), exemptions=exemptions_at(path))


def address_of(name: str, path: tuple[str, ...]) -> str:
    """Return the address of a task definition: the file, with the path to a member of it."""
    return "/".join((name, *member_of(path)))


def described_properties(described: Mapping[str, Any]) -> dict[str, Any]:
    """Return a registered task definition, from describe-task-definition, as CloudFormation properties.

    A registered task definition has no placeholders.
    """
    return _properties(described, lambda scalar: scalar)


def _resource(name: str, address: str, text: Text, path: tuple[str, ...]) -> Resource:
    written: Any = text.value
    kind = None
    for step in path:
        kind = written.get("resourceType") if isinstance(written, dict) else None
        written = written[int(step) if isinstance(written, list) else step]
    is_text = isinstance(written, str)
    written = _decoded(written)
    properties = as_properties(written, _scalar)

    def place_of(location: str) -> Place:
        steps = () if is_text else location.split("/")[1:]
        return Place(name, *text.position_of((*path, *as_written(written, steps))))

    family = properties.get("Family")
    return Resource(
        address=address,
        type=DAEMON_TASK_DEFINITION if kind == DAEMON_TASK_DEFINITION or _is_daemon(written, path) else TASK_DEFINITION,
        properties=properties,
        declarations=Declarations(),
        name=family if isinstance(family, str) else "",
        place_of=place_of,
        language=API,
    )


def _is_daemon(written: Mapping[str, Any], path: Sequence[str]) -> bool:
    """Return whether a task definition has keys that only those of daemons have, and no network mode.

    Without these keys both look the same.
    """
    if any(key.casefold() == "networkmode" for key in written):
        return False
    if (path and path[-1] in _DAEMON) or any(f"{name}Arn" in written for name in _DAEMON):
        return True
    return any(written.get(key) == "shared" for key in ("pidMode", "ipcMode"))


def as_properties(node: Any, scalar: Callable[[Any], Any]) -> Any:
    """Return API JSON as CloudFormation properties.

    Args:
        node: the JSON, or a part of it.
        scalar: converts each value that is neither a map nor a list.
    """
    if isinstance(node, dict):
        return _properties(node, scalar)
    if isinstance(node, list):
        return [as_properties(item, scalar) for item in node]
    return scalar(node)


def _properties(node: Mapping[str, Any], scalar: Callable[[Any], Any]) -> dict[str, Any]:
    properties = {_property(key): _member(key, value, scalar) for key, value in node.items()}
    spellings: dict[str, list[str]] = {}
    for key in node:
        spellings.setdefault(key.casefold(), []).append(key)
    if len(spellings) < len(node):
        for keys in spellings.values():
            if len(keys) > 1:
                properties |= dict.fromkeys(map(_property, keys), _ambiguous(keys))
    return properties


def _ambiguous(keys: Sequence[str]) -> Unknown:
    """Return the value of a property with several spellings: tools differ in which one they take."""
    reason = f"because it is spelled {' and '.join(keys)} in the same object"
    return Unknown.one_of_several(reason, f"Remove {' or '.join(keys)}, so that one of them is left")


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
    if isinstance(value, str) and _has_placeholder(value):
        return Unknown(value, "which contains a placeholder", outline="a text")
    return value


def _has_placeholder(text: str) -> bool:
    if _WHOLE_PLACEHOLDER.fullmatch(text):
        return True
    # Not a pattern, which takes quadratic time in a text of opening brackets.
    starts = ((text.find(first), len(first), last) for first, last in _ENDS_OF_PLACEHOLDERS)
    return any(start >= 0 and text.find(last, start + length) >= 0 for start, length, last in starts)


@lru_cache(maxsize=1024)  # a large plan repeats a hundred keys many thousand times
def _property(key: str) -> str:
    return _OTHER_NAMES.get(key, key[:1].upper() + key[1:])


def as_written(node: Any, steps: Sequence[str]) -> Iterator[str]:
    """Yield the keys of the API for a location in CloudFormation properties; unknown steps stay as they are."""
    for step in steps:
        if isinstance(node, dict):
            step = next((key for key in reversed(node) if _property(key) == step), step)
            node = node.get(step)
        elif isinstance(node, list):
            node = node[int(step)] if step.isdecimal() and int(step) < len(node) else None
        yield step
