"""Leaves of expressions: the single values that a list of subnets or security groups may come to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

NO_VALUE = {"Ref": "AWS::NoValue"}


def leaves_of(node: Any) -> Iterator[Any]:
    """Yield the members of lists, on all branches of ``Fn::If``, without what is absent."""
    branches = node.get("Fn::If") if isinstance(node, dict) else None
    if isinstance(branches, list) and len(branches) == 3:
        yield from leaves_of(branches[1:])
    elif isinstance(node, list):
        for item in node:
            yield from leaves_of(item)
    elif node is not None and node != NO_VALUE:
        yield node


def reference_of(leaf: Any) -> tuple[str, str] | None:
    """Return the logical id and the attribute of a ``Ref`` or ``Fn::GetAtt``, "" for a ``Ref``; None for all else."""
    if not isinstance(leaf, dict) or len(leaf) != 1:
        return None
    function, operand = next(iter(leaf.items()))
    if function == "Ref" and isinstance(operand, str):
        return operand, ""
    if function == "Fn::GetAtt":
        parts = operand if isinstance(operand, list) else str(operand).split(".", 1)
        if len(parts) == 2 and all(isinstance(part, str) for part in parts):
            return parts[0], parts[1]
    if function == "Fn::Sub" and isinstance(operand, str) and operand.startswith("${") and operand.endswith("}"):
        name, _, attribute = operand[2:-1].partition(".")
        return (name, attribute) if name.isalnum() else None
    return None
