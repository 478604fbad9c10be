"""Values and expressions of a template as text."""

from __future__ import annotations

import json
import re
from typing import Any

_LONGEST_EXPRESSION = 120

_PLACEHOLDER = re.compile(r"\$\{[\w:.]+\}")

_OF_SCALARS = frozenset(
    {
        *("Ref", "Condition", "DefaultValue", "Fn::And", "Fn::Base64", "Fn::Equals", "Fn::FindInMap", "Fn::GetAZs"),
        *("Fn::GetAtt", "Fn::If", "Fn::ImportValue", "Fn::Join", "Fn::Not", "Fn::Or", "Fn::Select", "Fn::Split"),
        *("Fn::Sub", "Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn", "Fn::RefAll", "Fn::ValueOf"),
    }
)
"""Functions whose arguments are scalars, functions, and lists of these."""


def is_blank(text: str) -> bool:
    """Return whether a text is blank: only white space, or characters without width."""
    return not any(character.isprintable() and not character.isspace() for character in text)


def scalar_text(value: object) -> str | None:
    """Return a scalar as CloudFormation passes it on, a string; None for a map, a list or null."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else None


def kind_of(value: object) -> str:
    """Return the kind of a value for a message: maps and lists can contain containers with secrets, so their values are
    not shown."""
    kinds: dict[type, str] = {dict: "a map", list: "a list", str: "a text"}
    return kinds.get(type(value)) or canonical(value)


def shown(expression: object) -> str:
    """Return an expression as people write it in a string: ``${Name}`` for ``Ref``, the pattern of ``Fn::Sub``.

    Functions of scalars are shown as JSON, shortened for a message. Of all other expressions only the outline is shown:
    a map that is not a function can be a container.
    """
    if isinstance(expression, dict) and len(expression) == 1:
        if isinstance(expression.get("Ref"), str):
            return f"${{{expression['Ref']}}}"
        if isinstance(expression.get("Fn::Sub"), str):
            return str(expression["Fn::Sub"])
    if isinstance(expression, list) or not _is_made_of_scalars(expression):
        return outline(expression)
    text = canonical(expression)
    return text if len(text) <= _LONGEST_EXPRESSION else f"{text[:_LONGEST_EXPRESSION]}..."


def outline(expression: object) -> str:
    """Return the outline of an expression without its values, which can be containers with secrets."""
    if not isinstance(expression, dict):
        return kind_of(expression)
    functions = [key for key in expression if isinstance(key, str) and (key == "Ref" or key.startswith("Fn::"))]
    if len(expression) > 1 and functions:
        others = len(expression) - 1
        return f"a map with {functions[0]} and {others} {'property' if others == 1 else 'properties'}"
    if not functions:
        return kind_of(expression)
    (function,) = functions
    argument = expression[function]
    if function == "Ref" and isinstance(argument, str):
        return f"${{{argument}}}"
    if function == "Fn::Sub" and isinstance(argument, str):
        names = list(dict.fromkeys(_PLACEHOLDER.findall(argument)))
        return f"a text with {', '.join(names)}" if names else "a text"
    return f"{function} of {_counted(argument)}" if isinstance(argument, dict | list) else f"{function} of a text"


def _counted(node: dict[Any, Any] | list[Any]) -> str:
    one, more = ("property", "properties") if isinstance(node, dict) else ("value", "values")
    return f"{len(node)} {one if len(node) == 1 else more}"


def _is_made_of_scalars(node: object) -> bool:
    """Return whether an expression is a scalar, or functions of scalars."""
    if isinstance(node, list):
        return all(map(_is_made_of_scalars, node))
    if not isinstance(node, dict):
        return True
    return len(node) == 1 and all(key in _OF_SCALARS and _is_made_of_scalars(node[key]) for key in node)


def canonical(expression: object) -> str:
    """Return an expression as JSON that is the same for equal expressions."""
    try:
        return json.dumps(expression, sort_keys=True, default=repr)
    except TypeError:  # keys of several types, which JSON does not have
        return repr(expression)
