"""JSON and YAML as people write it: the value, and where in the file each part of it stands."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

_LINE_END = re.compile(r"\r\n|\r|\n")
"""What editors and GitHub take for the end of a line; YAML and ``str.splitlines`` know more."""


class Mark(NamedTuple):
    """A place in a text: line and column count from 1, columns in code points."""

    line: int
    column: int


class Comment(NamedTuple):
    """A comment that begins with the name of the gate.

    Attributes:
        text: all of it.
        mark: where it starts.
        step: the member it stands at, a key or an index; None if it stands at none, or nobody can tell at which.
    """

    text: str
    mark: Mark
    step: str | None


class Member(NamedTuple):
    """A member of a map or list: where its key and its value start, and by what its own members are found."""

    key: int
    value: int
    node: int


class Duplicate(NamedTuple):
    """A key that a map has twice: where it stands first and last; what the last one says counts."""

    path: tuple[str, ...]
    first: Mark
    last: Mark


class TextError(ValueError):
    """A text that is neither JSON nor YAML, or that nobody should read.

    Attributes:
        mark: where the problem is.
        documents: the values, where the problem is that there are several.
        remedy: what to change.
    """

    def __init__(
        self,
        problem: str,
        mark: Mark | None = None,
        documents: Sequence[Any] = (),
        remedy: str = "Mend it, or leave it out with --exclude if there is no task definition in it.",
    ) -> None:
        super().__init__(problem)
        self.mark = mark
        self.documents = documents
        self.remedy = remedy


class Text(ABC):
    """What was read.

    Attributes:
        value: the value, as ``json.loads`` would give it.
        size: how many characters it has.
    """

    def __init__(self, text: str, value: Any) -> None:
        self.value = value
        self.size = len(text)
        self._text = text
        self._members: dict[int, Mapping[str, Member]] = {}

    def place_of(self, path: Sequence[str]) -> Mark:
        """Return where the value at a path starts; what is absent stands where the key of its nearest parent does."""
        return self._mark(self.index_of(path))

    @cached_property
    def duplicates(self) -> list[Duplicate]:
        """The keys that are there twice."""
        return [Duplicate(path, self._mark(first), self._mark(last)) for path, first, last in self._find_duplicates()]

    def comments_at(self, key: str | None = None) -> Iterable[Comment]:
        """Return the comments for the gate, each with the member it stands at: of the whole, or of what a key holds."""
        return ()

    def index_of(self, path: Sequence[str]) -> int:
        """Return at which character it is what ``place_of`` returns."""
        key, value, node = self._root()
        for step in path:
            member = self._members_of(node).get(step)
            if member is None:
                return key
            key, value, node = member
        return value

    def _members_of(self, node: int) -> Mapping[str, Member]:
        if node not in self._members:
            try:
                self._members[node] = self._look_into(node)
            except RecursionError:  # it was read when the stack was not as full
                return {}
        return self._members[node]

    def _mark(self, index: int) -> Mark:
        return self._lines.mark(index)

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self._text)

    @abstractmethod
    def _root(self) -> Member:
        """Return the value as a whole."""

    @abstractmethod
    def _look_into(self, node: int) -> Mapping[str, Member]:
        """Return the members of a map by key, of a list by index; none of a scalar."""

    @abstractmethod
    def _find_duplicates(self) -> Iterable[tuple[tuple[str, ...], int, int]]:
        """Yield the path of each key that is there twice, and where the first and the last one start."""


class Lines:
    """The lines of a text."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def mark(self, index: int) -> Mark:
        """Return line and column of a character."""
        line = bisect_right(self._starts, index)
        return Mark(line, index - self._starts[line - 1] + 1)


def lines_of(text: str) -> list[str]:
    """Return the lines of a text as editors count them, without their ends."""
    return _LINE_END.split(text)


def decode(content: bytes) -> str:
    """Return bytes as text: UTF-8, or UTF-16 and UTF-32 as Windows writes it, without a byte order mark.

    Raises:
        TextError: if they are no text.
    """
    try:
        text = content.decode(json.detect_encoding(content))
    except UnicodeDecodeError as error:
        raise TextError(f"it is no text: {error.reason} at byte {error.start}") from None
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise TextError("it is no text: it has a NUL character", Lines(text).mark(text.index("\0")))
    return text


def read_text(text: str) -> Text:
    """Return what a text says, JSON or YAML.

    Raises:
        TextError: if it is neither.
    """
    problem: TextError | None = None
    if text.lstrip()[:1] in ("{", "["):
        from .json_text import read_json

        try:
            return read_json(text)
        except TextError as error:
            problem = error  # YAML takes comments and commas at the end; what it does not take is best said of JSON
    from .yaml_text import read_yaml

    try:
        return read_yaml(text)
    except TextError as error:
        raise problem or error from None


def paths_of(value: Any, ids: Collection[int]) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield where in ``value`` the maps with these ids are: one path and the id of each."""
    left = set(ids)
    nodes: list[tuple[tuple[str, ...], Any]] = [((), value)]
    seen: set[int] = set()
    while nodes and left:
        path, node = nodes.pop()
        if not isinstance(node, dict | list) or id(node) in seen:
            continue
        seen.add(id(node))
        if id(node) in left:
            left.remove(id(node))
            yield path, id(node)
        members = node.items() if isinstance(node, dict) else enumerate(node)
        nodes += reversed([((*path, str(key)), member) for key, member in members])
