"""Values and expressions of a template as text."""

from __future__ import annotations

import json

_LONGEST_EXPRESSION = 120


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


def canonical(expression: object) -> str:
    """Return an expression as JSON that is the same for equal expressions."""
    return json.dumps(expression, sort_keys=True, default=repr)
