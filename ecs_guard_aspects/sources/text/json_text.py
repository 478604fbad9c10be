"""JSON with places: parsed by the standard library, and scanned once more only where somebody asks for a place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .text import Lines, Member, Text, TextError, paths_of

_SPACE = re.compile(r"[ \t\n\r]*")
_value_at = json.JSONDecoder().raw_decode


def read_json(text: str) -> Text:
    """Return what a JSON text says.

    Raises:
        TextError: if it is no JSON.
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise TextError(error.msg, Lines(text).mark(error.pos)) from None
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, thousands of levels
        raise TextError(str(error)) from None
    return _JsonText(text, value)


class _Entry(NamedTuple):
    """A member of an object or array: its key, where that starts and where its value does."""

    key: str
    at: int
    value: int


class _JsonText(Text):
    """A node is where a value starts."""

    def _root(self) -> Member:
        start = self._next(0)
        return Member(start, start, start)

    def _look_into(self, node: int) -> Mapping[str, Member]:
        return {key: Member(at, value, value) for key, at, value in self._entries(node)}

    def _find_duplicates(self) -> Iterator[tuple[tuple[str, ...], int, int]]:
        # Parsed once more, where somebody asks: what is called for each map takes longer than the parser itself.
        value, repeated = _with_repeated(self._text)
        for path, _ in paths_of(value, repeated):
            first: dict[str, int] = {}
            last: dict[str, int] = {}
            for key, at, _ in self._entries(self.index_of(path)):
                last[key] = at
                first.setdefault(key, at)
            yield from (((*path, key), first[key], last[key]) for key in first if first[key] != last[key])

    def _entries(self, start: int) -> Iterator[_Entry]:
        return {"{": self._object, "[": self._array}.get(self._text[start], _nothing)(start)

    def _object(self, start: int) -> Iterator[_Entry]:
        at = self._next(start + 1)
        while self._text[at] == '"':
            key, end = _value_at(self._text, at)
            value = self._next(self._next(end) + 1)
            yield _Entry(key, at, value)
            at = self._after(value)

    def _array(self, start: int) -> Iterator[_Entry]:
        at, index = self._next(start + 1), 0
        while self._text[at] != "]":
            yield _Entry(str(index), at, at)
            at, index = self._after(at), index + 1

    def _next(self, index: int) -> int:
        """Return where the next character stands that is no white space."""
        match = _SPACE.match(self._text, index)
        return match.end() if match else index

    def _after(self, value: int) -> int:
        """Return where the member after a value starts, or the bracket that ends them all."""
        at = self._next(_value_at(self._text, value)[1])
        return self._next(at + 1) if self._text[at] == "," else at


def _with_repeated(text: str) -> tuple[Any, Mapping[int, Any]]:
    """Return a value, and by id its maps that have a key twice."""
    repeated: dict[int, Any] = {}

    def as_map(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            repeated[id(members)] = members  # kept alive: another object must not get its id
        return members

    try:
        return json.loads(text, object_pairs_hook=as_map), repeated
    except RecursionError:  # it was parsed when the stack was not as full
        return None, {}


def _nothing(start: int) -> Iterator[_Entry]:
    return iter(())
