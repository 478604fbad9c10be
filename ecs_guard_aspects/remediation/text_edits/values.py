"""Values as text: with the quotes and the indentation of the text around them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

# Functions that a network can be made of, and that have a short tag.
_SHORT_TAGS = frozenset(f"Fn::{name}" for name in ("FindInMap", "If", "ImportValue", "Join", "Select", "Split", "Sub"))
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_/-]*(?:::[A-Za-z0-9]+)*", re.ASCII)
# What YAML 1.1 takes for a boolean or for null. https://yaml.org/type/bool.html
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))


def scalar(value: object, quote: str) -> str:
    """Return a scalar in these quotes; without quotes only if YAML reads the same text from it."""
    if not isinstance(value, str):
        return json.dumps(value)
    if quote == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    if quote == "" and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)


def on_one_line(value: object, quote: str) -> str:
    """Return a value in flow style; functions with their short tags where keys have no quotes."""
    short = _with_short_tag(value, quote) if quote != '"' else None
    if short is not None:
        return short
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key, quote)}: {on_one_line(item, quote)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(on_one_line(item, quote) for item in value) + "]"
    return scalar(value, quote)


def in_block(key: str, value: object, quote: str, indent: str, unit: str) -> Iterator[str]:
    """Yield the lines of a member of a map in block style; lists stay on one line."""
    start = f"{indent}{scalar(key, quote)}:"
    if isinstance(value, dict) and _with_short_tag(value, quote) is None:
        yield start
        for name, item in value.items():
            yield from in_block(name, item, quote, indent + unit, unit)
    else:
        yield f"{start} {on_one_line(value, quote)}"


def as_json(key: str, value: object, indent: str, unit: str, colon: str) -> Iterator[str]:
    """Yield the lines of a member of a JSON object, its lines after the first with this indentation."""
    first, *others = json.dumps(value, ensure_ascii=False, indent=unit, separators=(",", colon)).split("\n")
    yield f"{indent}{json.dumps(key)}{colon}{first}"
    yield from (f"{indent}{line}" for line in others)


def _with_short_tag(value: object, quote: str) -> str | None:
    """Return a function of CloudFormation with its short tag, None for all else and where no short tag can be.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
    """
    if not isinstance(value, dict) or len(value) != 1:
        return None
    function, operand = next(iter(value.items()))
    if function == "Ref":
        return f"!Ref {operand}" if isinstance(operand, str) and scalar(operand, "") == operand else None
    if function == "Fn::GetAtt" and isinstance(operand, list):
        name = ".".join(map(str, operand))
        return f"!GetAtt {name}" if all(scalar(part, "") == part for part in name.split(".")) else None
    # A value has one tag: the operand cannot have another.
    if function not in _SHORT_TAGS or isinstance(operand, dict):
        return None
    return f"!{function.removeprefix('Fn::')} {on_one_line(operand, quote)}"
