"""Values and expressions of a template as text."""

from __future__ import annotations

import json

_LONGEST_EXPRESSION = 120


def is_blank(text: str) -> bool:
    """Return whether there is nothing to see in a text: white space, or characters without width."""
    return not any(character.isprintable() and not character.isspace() for character in text)


def scalar_text(value: object) -> str | None:
    """Return a scalar as CloudFormation passes it on, a string; None for what is no scalar."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else None


def text_of(expression: object) -> str:
    """Return an expression as it reads in a template, cut to a length that fits a message."""
    text = canonical(expression)
    return text if len(text) <= _LONGEST_EXPRESSION else f"{text[:_LONGEST_EXPRESSION]}..."


def kind_of(value: object) -> str:
    """Return what a value of the wrong type is, for a message: containers may be in it, and secrets in those."""
    kinds: dict[type, str] = {dict: "a map", list: "a list", str: "a text"}
    return kinds.get(type(value)) or text_of(value)


def shown(expression: object) -> str:
    """Return an expression as people write it in a string: ``${Name}`` for ``Ref``, the pattern of ``Fn::Sub``."""
    if isinstance(expression, dict) and len(expression) == 1:
        if isinstance(expression.get("Ref"), str):
            return f"${{{expression['Ref']}}}"
        if isinstance(expression.get("Fn::Sub"), str):
            return str(expression["Fn::Sub"])
    return text_of(expression)


def canonical(expression: object) -> str:
    """Return an expression as JSON that is the same for equal expressions."""
    try:
        return json.dumps(expression, sort_keys=True, default=repr)
    except TypeError:  # keys of several types, which JSON does not have
        return repr(expression)
