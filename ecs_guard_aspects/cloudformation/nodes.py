"""Nodes: the values of a template as they are written, before they are evaluated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

NO_VALUE = {"Ref": "AWS::NoValue"}


def nodes_in(value: object) -> Iterator[object]:
    """Yield a value and all values inside it, in the order in which they are written."""
    nodes = [value]
    while nodes:
        node = nodes.pop()
        yield node
        if isinstance(node, Mapping):
            nodes += reversed(list(node.values()))
        elif isinstance(node, list):
            nodes += reversed(node)


def maps_in(value: object) -> Iterator[Mapping[str, Any]]:
    """Yield the maps in a value, itself included, in the order in which they are written."""
    return (node for node in nodes_in(value) if isinstance(node, Mapping))


def located(value: object) -> Iterator[tuple[tuple[str, ...], dict[str, Any] | list[Any]]]:
    """Yield the maps and lists in a value, itself included, each with its path, in the order in which they are
    written."""
    nodes: list[tuple[tuple[str, ...], object]] = [((), value)]
    while nodes:
        path, node = nodes.pop()
        if not isinstance(node, dict | list):
            continue
        yield path, node
        members = node.items() if isinstance(node, dict) else enumerate(node)
        nodes += reversed([((*path, str(key)), member) for key, member in members])


def map_or_empty(value: object) -> Mapping[str, Any]:
    """Return a value that should be a map; an empty map for all others."""
    return value if isinstance(value, Mapping) else {}


def single_member(node: object) -> tuple[Any, Any]:
    """Return the key and the value of a map with one member, such as a function; ``(None, None)`` for other nodes."""
    if isinstance(node, Mapping) and len(node) == 1:
        ((key, value),) = node.items()
        return key, value
    return None, None


def branches_of(node: object) -> Sequence[Any] | None:
    """Return the two branches of a ``Fn::If``; None for other nodes."""
    function, operands = single_member(node)
    return operands[1:] if function == "Fn::If" and isinstance(operands, list) and len(operands) == 3 else None


def alternatives(node: object) -> Iterator[Any]:
    """Yield the possible values of a node with ``Fn::If``, except null and ``AWS::NoValue``."""
    branches = branches_of(node)
    if branches is not None:
        for branch in branches:
            yield from alternatives(branch)
    elif node is not None and node != NO_VALUE:
        yield node


def attribute_in(operands: object) -> tuple[str, str]:
    """Return the logical id and the attribute that a ``Fn::GetAtt`` with these operands names."""
    text = ".".join(map(str, operands)) if isinstance(operands, list) else str(operands)
    logical_id, _, attribute = text.partition(".")
    return logical_id, attribute
