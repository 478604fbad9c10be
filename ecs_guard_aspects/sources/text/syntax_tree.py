"""How a JSON or YAML text is laid out: what is needed to change a part of it and leave all else as it is."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import NamedTuple


class Entry(NamedTuple):
    """A member of a map or list: its key, what that says, and its value. In a list there is no key."""

    key: Node | None
    name: str
    value: Node


@dataclass
class Node:
    """A scalar, an alias, a map or a list, and where it stands.

    Attributes:
        kind: "scalar", "alias", "map" or "list".
        style: of a scalar its quote, ``|`` or ``>``, empty if it is plain; of a map or list "flow" or "block".
        start: the index of its first character, that of its anchor or tag if it has one.
        end: the index after its last character; of what is in block style the parser does not know it.
        is_marked: whether it has an anchor or a tag.
        entries: the members of a map or list, as they are written: a key may be there twice.
    """

    kind: str
    style: str
    start: int
    end: int
    is_marked: bool = False
    entries: list[Entry] = field(default_factory=list)

    def add(self, node: Node, waiting: Entry | None) -> None:
        """Add the value of a list, or that of the map's key that waits for one."""
        key, name = (waiting.key, waiting.name) if waiting else (None, str(len(self.entries)))
        self.entries.append(Entry(key, name, node))


def layout_of(text: str) -> Node | None:
    """Return the layout of a text that ``read_text`` has read; None if there is nothing in it."""
    if text.lstrip()[:1] in ("{", "["):
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            pass  # YAML in flow style
        else:
            from .json_tree import json_layout

            return json_layout(text)
    from .yaml_tree import yaml_layout

    return yaml_layout(text)
