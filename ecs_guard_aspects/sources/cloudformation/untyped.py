"""Untyped resources: templates with a resource whose Type cannot be read, found by bytes before they are parsed.

Such a resource may be a task definition: ``Task: !Rain::Include task.yaml``. Most templates have none, and parsing all
of them takes fifty times as long.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from mmap import mmap

from ...cloudformation.nodes import map_or_empty

_IN_YAML = re.compile(
    rb"""^["']?Resources["']?[ \t]*:(?P<rest>[^\n]*)\n(?P<body>(?:[ \t#\r][^\n]*\n?|\n)*)""", re.MULTILINE
)
_IN_JSON = re.compile(rb'^\s*\{(?:.*?[{,])?\s*"Resources"\s*:', re.DOTALL)
_NOTHING = re.compile(rb"\s*(?:#.*)?")
_KEY_ONLY = re.compile(rb"""["']?[\w-]+["']?:\s*(?:&\w+\s*)?(?:#.*)?""")
_TYPE = re.compile(rb"""["']?Type["']?:\s*["']?\w+::""")


def may_have_untyped_resource(content: bytes | mmap) -> bool:
    """Return whether a file may be a template with a resource whose Type cannot be read."""
    if content.find(b"Resources") < 0:
        return False
    found = _IN_YAML.search(content)
    if found is not None:
        rest = _NOTHING.fullmatch(found["rest"]) is not None
        return not rest or not all(map(_is_typed, _resources_in(found["body"])))
    return _IN_JSON.match(content) is not None and _is_untyped_in_json(content[:])


def _resources_in(body: bytes) -> Iterator[list[bytes]]:
    """Yield the lines of each resource, without comments; in flow style only its first line."""
    lines = [line.rstrip() for line in body.split(b"\n") if not _NOTHING.fullmatch(line)]
    indent = _indent(lines[0]) if lines else 0
    resource: list[bytes] = []
    for line in lines:
        if _indent(line) <= indent and resource:
            yield resource
            resource = []
        resource.append(line)
    if resource:
        yield resource


def _is_typed(resource: list[bytes]) -> bool:
    first, *members = resource
    if _KEY_ONLY.fullmatch(first.strip()) is None:
        return _TYPE.search(first) is not None and b"<<" not in first
    indent = _indent(members[0]) if members else 0
    own = [line.strip() for line in members if _indent(line) == indent]
    return any(map(_TYPE.match, own)) and not any(line.startswith(b"<<") for line in own)


def _indent(line: bytes) -> int:
    return len(line) - len(line.lstrip())


def _is_untyped_in_json(content: bytes) -> bool:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return False
    members = map_or_empty(map_or_empty(value).get("Resources")).values()
    return any(not isinstance(member, dict) or not isinstance(member.get("Type"), str) for member in members)
