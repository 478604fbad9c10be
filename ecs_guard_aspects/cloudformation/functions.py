"""Intrinsic functions, except ``Fn::If`` and ``Ref``.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from .text import kind_of, scalar_text, shown
from .values import Unknown, known_prefix

# Functions that replace what is next to them; a literal cannot stand in their place.
_MACROS = ("Fn::Transform", "Fn::ForEach::")
_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")


class Evaluator(Protocol):
    """The part of a scenario that functions use."""

    def value(self, node: Any) -> Any:
        """Return the value of an expression: plain on the outside, None for an absent one, or ``Unknown``."""

    def refer_to(self, name: object) -> Any:
        """Return the value of ``Ref`` to ``name``."""

    def mappings(self) -> Mapping[str, Any]:
        """Return the mappings of the template."""
        ...  # without it pyright reads the docstring as a body that returns None

    def entry_of(self, key: Unknown, names: Sequence[str], expression: str, or_none: bool) -> str | Unknown | None:
        """Return which of the entries ``names`` an unknown key is; None for a key that is in no entry."""


def function_of(node: dict[Any, Any]) -> str | None:
    """Return the name of the intrinsic function, ``Fn::`` for a function with siblings, or None for other nodes."""
    if len(node) == 1:
        (key,) = node
        return key if isinstance(key, str) and (key == "Ref" or key.startswith("Fn::")) else None
    for key in node:  # called for every map of every scenario: a generator takes twice as long
        if isinstance(key, str) and key.startswith("Fn::"):
            return "Fn::"
    return None


def call(evaluator: Evaluator, function: str, node: dict[str, Any]) -> Any:
    """Return the value of a function other than ``Fn::If``."""
    implementation = _FUNCTIONS.get(function)
    if implementation is None:
        macro = next((key for key in node if str(key).startswith(_MACROS)), None)
        decide = f"Write the value without {macro}" if macro else ""
        return Unknown(shown(node), "which only the deployment evaluates", decide=decide)
    return implementation(evaluator, node[function])


def _ref(evaluator: Evaluator, operands: object) -> Any:
    return evaluator.refer_to(operands)


def _find_in_map(evaluator: Evaluator, operands: object) -> Any:
    expression = shown({"Fn::FindInMap": operands})
    if not isinstance(operands, list) or len(operands) not in (3, 4):
        return Unknown(expression, "which needs a map, a top-level key and a second-level key")
    found: Any = evaluator.mappings()
    for operand in operands[:3]:
        key = _map_key(evaluator, operand, found, expression, has_default=len(operands) == 4)
        if isinstance(key, Unknown):
            return key
        if isinstance(found, Mapping) and any(str(name).startswith("Fn::") for name in found):
            return Unknown(expression, "which looks into a mapping that the deployment fills")
        if key is None or not isinstance(found, Mapping) or key not in found:
            return _map_default(evaluator, operands, expression)
        found = found[key]
    return found


def _map_key(
    evaluator: Evaluator, operand: Any, entries: object, expression: str, has_default: bool
) -> str | Unknown | None:
    """Return the key to look up; None for a key that is in no entry."""
    key = evaluator.value(operand)
    if not isinstance(key, Unknown):
        return scalar_text(key) or ""
    names = [name for name in entries if isinstance(name, str)] if isinstance(entries, Mapping) else []
    return evaluator.entry_of(key, names, expression, or_none=has_default)


def _map_default(evaluator: Evaluator, operands: list[Any], expression: str) -> Any:
    if len(operands) == 4 and isinstance(operands[3], dict) and "DefaultValue" in operands[3]:
        return evaluator.value(operands[3]["DefaultValue"])
    return Unknown(expression, "which finds no entry")


def _sub(evaluator: Evaluator, operands: object) -> Any:
    pattern, variables = operands if isinstance(operands, list) and len(operands) == 2 else (operands, {})
    if not isinstance(pattern, str) or not isinstance(variables, dict):
        return Unknown(shown({"Fn::Sub": operands}), "which needs a string and, at most, a map of variables")
    parts: list[Any] = []
    end = 0
    # Up to the last brace: behind it each "${" is searched to the end of the text, which takes quadratic time.
    for match in _PLACEHOLDER.finditer(pattern, 0, pattern.rfind("}") + 1):
        parts.append(pattern[end : match.start()])
        parts.append(_placeholder(evaluator, match.group(1).strip(), variables))
        end = match.end()
    return _concatenate([*parts, pattern[end:]], pattern)


def _placeholder(evaluator: Evaluator, name: str, variables: dict[str, Any]) -> Any:
    if name.startswith("!"):
        return f"${{{name[1:]}}}"
    if name in variables:
        return evaluator.value(variables[name])
    if "." in name:
        return Unknown(f"${{{name}}}", "an attribute of a resource that only the deployment knows")
    return evaluator.refer_to(name)


def _join(evaluator: Evaluator, operands: object) -> Any:
    expression = shown({"Fn::Join": operands})
    if not isinstance(operands, list) or len(operands) != 2 or not isinstance(operands[0], str):
        return Unknown(expression, "which needs a delimiter and a list")
    items = _items(evaluator, operands[1])
    if isinstance(items, Unknown):
        return Unknown(expression, items.reason)
    parts: list[Any] = []
    for item in items:
        parts += [operands[0], item]
    return _concatenate(parts[1:], expression)


def _select(evaluator: Evaluator, operands: object) -> Any:
    expression = shown({"Fn::Select": operands})
    if not isinstance(operands, list) or len(operands) != 2:
        return Unknown(expression, "which needs an index and a list")
    items = _items(evaluator, operands[1])
    if isinstance(items, Unknown):
        return Unknown(expression, items.reason)
    index = evaluator.value(operands[0])
    if isinstance(index, Unknown):
        return Unknown(expression, index.reason)
    number = scalar_text(index)
    if number is None or not number.isdecimal() or int(number) >= len(items):
        return Unknown(expression, "which selects an item that the list does not have")
    return items[int(number)]


def _items(evaluator: Evaluator, node: Any) -> list[Any] | Unknown:
    items = evaluator.value(node)
    if isinstance(items, Unknown):
        return items
    if not isinstance(items, list):
        return Unknown(kind_of(items), "which is not a list")
    values = [evaluator.value(item) for item in items]
    return [value for value in values if value is not None]


def _concatenate(parts: list[Any], expression: str) -> str | Unknown:
    parts = [part for part in parts if part != ""]
    if len(parts) == 1 and isinstance(parts[0], Unknown):
        return parts[0]
    text = ""
    for part in parts:
        known = scalar_text(part)
        if known is None:
            reason = (
                part.reason if isinstance(part, Unknown) else "which puts something that is not a string into a string"
            )
            prefix = part.prefix if isinstance(part, Unknown) else ""
            return Unknown(expression, reason, prefix=known_prefix(text + prefix))
        text += known
    return text


_FUNCTIONS: dict[str, Callable[[Evaluator, object], Any]] = {
    "Ref": _ref,
    "Fn::FindInMap": _find_in_map,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Select": _select,
}
