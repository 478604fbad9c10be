"""Leaves of expressions: the single values that a list of subnets or security groups may come to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...cloudformation.nodes import alternatives, single_member


def leaves_of(node: Any) -> Iterator[Any]:
    """Yield the members of lists, on all branches of ``Fn::If``, without what is absent."""
    for value in alternatives(node):
        if isinstance(value, list):
            for item in value:
                yield from leaves_of(item)
        else:
            yield value


def reference_of(leaf: Any) -> tuple[str, str] | None:
    """Return the logical id and the attribute of a ``Ref`` or ``Fn::GetAtt``, "" for a ``Ref``; None for all else."""
    function, operand = single_member(leaf)
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
