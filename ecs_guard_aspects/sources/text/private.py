"""Private values: properties that can hold secrets, which no excerpt and no diff shows."""

from __future__ import annotations

from collections.abc import Iterator

from .syntax_tree import Node

PRIVATE = frozenset(
    {
        *("command", "credentialspecs", "dockerlabels", "entrypoint", "environment", "environmentfiles"),
        *("firelensconfiguration", "healthcheck", "labels", "logconfiguration", "secrets"),
    }
)
"""Names of properties of containers, in lower case: templates and JSON of the ECS API spell them differently."""


def private_nodes(root: Node) -> Iterator[Node]:
    """Yield the values of private properties, and the values that their aliases refer to.

    Args:
        root: the syntax tree of a text.
    """
    nodes = [root]
    while nodes:
        for member in nodes.pop().members:
            if member.key is not None and member.name.lower() in PRIVATE:
                yield member.value
                yield from _referred_to(member.value)
            else:
                nodes.append(member.value)


def without_private(text: str, root: Node) -> str:
    """Return a text with an asterisk for each character of a private value.

    Args:
        text: the text.
        root: its syntax tree.
    """
    hidden = list(text)
    for node in private_nodes(root):
        for index in range(node.start, min(node.end, len(text))):
            if not hidden[index].isspace():
                hidden[index] = "*"
    return "".join(hidden)


def _referred_to(node: Node) -> Iterator[Node]:
    """Yield the values that the aliases in a value refer to, recursively."""
    nodes, seen = [node], set()
    while nodes:
        node = nodes.pop()
        if node.resolved is not node and id(node.resolved) not in seen:
            seen.add(id(node.resolved))
            yield node.resolved
            nodes.append(node.resolved)
        nodes += [member.value for member in node.members]
