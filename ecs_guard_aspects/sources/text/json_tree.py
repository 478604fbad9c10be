"""The layout of JSON."""

from __future__ import annotations

import json
import re

from .syntax_tree import Entry, Node

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def json_layout(text: str) -> Node:
    """Return the layout of a text that is known to be JSON."""
    root = Node("list", "flow", 0, len(text))
    open_nodes: list[Node] = [root]
    keys: list[Entry | None] = [None]  # by open map: the key that waits for its value
    for match in _TOKEN.finditer(text):
        token, parent = match[0], open_nodes[-1]
        if token in "{[":
            node = Node("map" if token == "{" else "list", "flow", match.start(), 0)
            parent.add(node, keys[-1])
            open_nodes.append(node)
            keys.append(None)
        elif token in "}]":
            parent.end = match.end()
            open_nodes.pop()
            keys.pop()
        elif token == ",":
            keys[-1] = None
        elif token != ":":
            node = Node("scalar", '"' if token[0] == '"' else "", match.start(), match.end())
            if parent.kind == "map" and keys[-1] is None:
                keys[-1] = Entry(node, json.loads(token), node)
            else:
                parent.add(node, keys[-1])
    return root.entries[0].value
