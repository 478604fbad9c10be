"""JSON with places: parsed by the standard library, and scanned again only for values whose place is needed.

That takes 0.03 s for 316 files; a tree of all their values takes 0.64 s.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .syntax_tree import Member, Node
from .text import Lines, Text, TextError

_WHITESPACE = " \t\n\r"
_SPACE = re.compile(f"[{_WHITESPACE}]*")
_value_at = json.JSONDecoder().raw_decode


def read_json(text: str) -> Text:
    """Return a parsed JSON text.

    Raises:
        TextError: if it is not JSON.
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise TextError(error.msg, Lines(text).position(error.pos)) from error
    except RecursionError:  # how many levels that is depends on Python's version
        raise TextError("it is nested too deeply") from None
    except ValueError as error:  # a number of thousands of digits
        raise TextError(str(error)) from error
    return _JsonText(text, value)


class _JsonNode(Node):
    """A node that finds its members at their first use."""

    def __init__(self, text: str, start: int, end: int) -> None:
        kind = {"{": "map", "[": "list"}.get(text[start], "scalar")
        style = "flow" if kind != "scalar" else '"' if text[start] == '"' else ""
        super().__init__(kind, style, start, end)
        self._text = text

    def _find_members(self) -> Iterable[Member]:
        return {"map": self._in_map, "list": self._in_list}.get(self.kind, tuple)()

    def _in_map(self) -> Iterator[Member]:
        at = self._next(self.start + 1)
        while self._text[at] == '"':
            name, end = _value_at(self._text, at)
            value = self._value(self._next(self._next(end) + 1))
            yield Member(_JsonNode(self._text, at, end), name, value)
            at = self._after(value)

    def _in_list(self) -> Iterator[Member]:
        at, index = self._next(self.start + 1), 0
        while self._text[at] != "]":
            value = self._value(at)
            yield Member(None, str(index), value)
            at, index = self._after(value), index + 1

    def _value(self, start: int) -> _JsonNode:
        return _JsonNode(self._text, start, _value_at(self._text, start)[1])

    def _next(self, index: int) -> int:
        """Return the index of the next character that is not white space."""
        match = _SPACE.match(self._text, index)
        return match.end() if match else index

    def _after(self, value: Node) -> int:
        """Return where the member after a value starts, or the bracket that ends them all."""
        at = self._next(value.end)
        return self._next(at + 1) if self._text[at] == "," else at


class _JsonText(Text):
    def __init__(self, content: str, value: Any) -> None:
        start, end = len(content) - len(content.lstrip(_WHITESPACE)), len(content.rstrip(_WHITESPACE))
        super().__init__(content, value, _JsonNode(content, start, end))

    def _repeated(self) -> tuple[Any, Mapping[int, Any]]:
        # Parsed again only here: a hook that is called for each map takes longer than the parser itself.
        repeated: dict[int, Any] = {}

        def as_map(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            members = dict(pairs)
            if len(members) < len(pairs):
                repeated[id(members)] = members  # kept alive: another object must not get its id
            return members

        try:
            return json.loads(self.content, object_pairs_hook=as_map), repeated
        except RecursionError:  # when it was parsed, the call stack was shorter
            return None, {}
