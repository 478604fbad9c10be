"""Expressions as text in which references keep their names: ``ECS_CLUSTER=${Cluster}``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...cloudformation.nodes import branches_of, single_member
from ...cloudformation.text import canonical, scalar_text

_PLACEHOLDER = re.compile(r"\$\{([^!}][^}]*)\}")


def named_text(node: Any) -> str:
    """Return an expression as text; the branches of an ``Fn::If`` follow each other on lines of their own."""
    return "\n".join(_texts(node))


def _texts(node: Any) -> Iterator[str]:
    text = scalar_text(node)
    if text is not None:
        yield text
    elif isinstance(node, list):
        for item in node:
            yield from _texts(item)
    elif isinstance(node, Mapping):
        function, operand = single_member(node)
        branches = branches_of(node)
        if branches is not None:
            yield from _texts(branches)
        elif isinstance(function, str) and (function == "Ref" or function.startswith("Fn::")):
            yield _of_function(function, operand)
        else:
            for value in node.values():
                yield from _texts(value)


def _of_function(function: str, operand: Any) -> str:
    if function == "Ref":
        return f"${{{operand}}}"
    if function == "Fn::GetAtt":
        return f"${{{'.'.join(map(str, operand)) if isinstance(operand, list) else operand}}}"
    if function == "Fn::Base64":
        return named_text(operand)
    if function == "Fn::Join" and isinstance(operand, list) and len(operand) == 2 and isinstance(operand[1], list):
        return str(operand[0]).join(named_text(part) for part in operand[1])
    if function == "Fn::Sub":
        pattern = operand[0] if isinstance(operand, list) and operand else operand
        given = operand[1] if isinstance(operand, list) and len(operand) == 2 else {}
        return _substituted(pattern, given if isinstance(given, Mapping) else {})
    return f"${{{canonical({function: operand})}}}"


def _substituted(pattern: object, given: Mapping[str, Any]) -> str:
    if not isinstance(pattern, str):
        return ""

    def value(match: re.Match[str]) -> str:
        name = match[1].strip()
        return named_text(given[name]) if name in given else f"${{{name}}}"

    return _PLACEHOLDER.sub(value, pattern).replace("${!", "${")
