"""The layout of YAML, from the events of its parser."""

from __future__ import annotations

from typing import Any

import yaml
from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, MappingStartEvent, ScalarEvent

from .syntax_tree import Entry, Node

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def yaml_layout(text: str) -> Node | None:
    """Return the layout of a text that is known to be YAML, of its first document; None if there is nothing in it."""
    root = Node("list", "block", 0, len(text))
    open_nodes: list[Node] = [root]
    keys: list[Entry | None] = [None]  # by open map: the key that waits for its value
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, CollectionEndEvent):
            node = open_nodes.pop()
            end: Any = event.end_mark
            node.end = end.index
            keys.pop()
            _place(node, "", open_nodes[-1], keys)
        elif isinstance(event, CollectionStartEvent):
            kind = "map" if isinstance(event, MappingStartEvent) else "list"
            open_nodes.append(_node(kind, "flow" if event.flow_style else "block", event))
            keys.append(None)
        elif isinstance(event, ScalarEvent):
            _place(_node("scalar", event.style or "", event), event.value, open_nodes[-1], keys)
        elif isinstance(event, AliasEvent):
            _place(_node("alias", "", event), "", open_nodes[-1], keys)
    return root.entries[0].value if root.entries else None


def _node(kind: str, style: str, event: Any) -> Node:
    tag = getattr(event, "tag", None)
    is_marked = event.anchor is not None or (tag is not None and kind != "alias")
    return Node(kind, style, event.start_mark.index, event.end_mark.index, is_marked)


def _place(node: Node, name: str, parent: Node, keys: list[Entry | None]) -> None:
    """Put a node where it belongs: a map takes keys and values by turns."""
    if parent.kind == "map" and keys[-1] is None:
        keys[-1] = Entry(node, name, node)
    else:
        parent.add(node, keys[-1])
        keys[-1] = None
