"""Nodes of the HCL syntax tree, as tree-sitter returns them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node


def children(node: Node, *kinds: str) -> list[Node]:
    """Return the named children of these types."""
    return [child for child in node.named_children if child.type in kinds]


def interpolations(node: Node) -> list[Node]:
    """Return the interpolations and directives of a template."""
    return children(node, "template_interpolation", "template_directive")


def unwrapped(expression: Node) -> Node:
    """Return an expression without the nodes that only wrap it."""
    node = expression
    while node.type in ("expression", "literal_value", "template_expr", "collection_value"):
        children = [child for child in node.named_children if child.type != "comment"]
        if len(children) != 1:
            return node
        node = children[0]
    return node


def first_error(root: Node) -> Node:
    """Return the first node that could not be parsed."""
    node = root
    while not (node.is_error or node.is_missing):
        inner = next((child for child in node.children if child.has_error or child.is_missing), None)
        if inner is None:
            break
        node = inner
    return node
