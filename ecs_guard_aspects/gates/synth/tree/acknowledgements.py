"""Acknowledgements above stacks: findings accepted on an app or a Stage with ``Validations.of(x).acknowledge(...)``.

Acknowledgements in a stack are in its metadata file. Those above stacks are only in the construct tree.
"""

from __future__ import annotations

from collections.abc import Iterable

import aws_cdk as cdk
from constructs import IConstruct

from ....sources.assembly.metadata import Acknowledgements, reasons_in
from .constructs import node_at


def acknowledged_above(root: IConstruct, stack_paths: Iterable[str]) -> Acknowledgements:
    """Return the acknowledgements on the constructs above stacks, by construct path.

    Args:
        root: the app.
        stack_paths: the construct paths of the stacks.
    """
    found = {}
    for path in _above(stack_paths):
        node = node_at(root, path)
        reasons = _acknowledged_on(node) if node is not None else {}
        if reasons:
            found[path] = reasons
    return found


def _above(paths: Iterable[str]) -> set[str]:
    above = {""}
    for path in paths:
        names = path.split("/")
        above.update("/".join(names[:end]) for end in range(1, len(names)))
    return above


def _acknowledged_on(node: IConstruct) -> dict[str, str]:
    reasons: dict[str, str] = {}
    for entry in node.node.metadata:
        if entry.type == cdk.Validations.ACKNOWLEDGED_RULES_METADATA_KEY:
            reasons |= reasons_in(entry.data)
    return reasons
