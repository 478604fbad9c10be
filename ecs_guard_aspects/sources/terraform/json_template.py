"""JSON with interpolations: a JSON text in Terraform code with parts that Terraform evaluates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..text.json_text import read_json
from ..text.text import Text, TextError
from .escapes import DOUBLED
from .translation import Unevaluated

_QUOTE = re.compile(r'\\.|"', re.DOTALL)

# One private-use character of Unicode replaces each expression, so there can be this many.
_FIRST, _FILLER = 0xE000, "\uf8ff"
_MOST_HOLES = 6000
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")


class Hole(NamedTuple):
    """A part of a text that Terraform evaluates.

    Attributes:
        text: the expression, as a message shows it.
        length: how many characters it has.
    """

    text: str
    length: int


def json_with_holes(pieces: Sequence[str | Hole]) -> tuple[Any, Text | None]:
    """Return the value of a JSON text with unknown parts, and the text with replaced parts, in the same length.

    The value of a text that is not JSON is the text, or ``Unevaluated`` if it has unknown parts.
    """
    holes = [piece for piece in pieces if isinstance(piece, Hole)]
    texts = [piece for piece in pieces if isinstance(piece, str)]
    if len(holes) > _MOST_HOLES or any(_PRIVATE_USE.search(text) for text in texts):
        return Unevaluated("a template with too much in it"), None
    parts, is_in_string, number = [], False, 0
    for piece in pieces:
        if isinstance(piece, str):
            parts.append(DOUBLED.sub(rf"{_FILLER}\1{{", piece))
            is_in_string ^= len([quote for quote in _QUOTE.findall(piece) if quote == '"']) % 2 == 1
        else:
            mark = chr(_FIRST + number)
            parts.append(
                mark.ljust(piece.length, _FILLER) if is_in_string else f'"{mark.ljust(piece.length - 2, _FILLER)}"'
            )
            number += 1
    written = "".join(parts)
    try:
        text = read_json(written)
    except TextError:
        return Unevaluated("a template that is JSON only once it is evaluated") if holes else written, None
    return _filled(text.value, holes), text


def _filled(node: Any, holes: Sequence[Hole]) -> Any:
    """Return a value with its holes as ``Unevaluated``."""
    if isinstance(node, dict):
        if any(_PRIVATE_USE.search(key) for key in node):
            return Unevaluated("an object whose keys are computed")
        return {key: _filled(value, holes) for key, value in node.items()}
    if isinstance(node, list):
        return [_filled(item, holes) for item in node]
    if not isinstance(node, str) or not _PRIVATE_USE.search(node):
        return node
    marks = [character for character in _PRIVATE_USE.findall(node) if character != _FILLER]
    text = node.replace(_FILLER, "")
    for mark in marks:
        text = text.replace(mark, f"${{{holes[ord(mark) - _FIRST].text}}}")
    return Unevaluated(text) if marks else text
