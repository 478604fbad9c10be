"""Parsed text, JSON or YAML: its value, its syntax tree, and the lines and columns of its parts."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from ...cloudformation.nodes import located
from .syntax_tree import Node

MENTION = "ecs-guard"
"""The first word of a comment for the gate, and the key of its exemptions in the metadata of a resource."""

_LINE_END = re.compile(r"\r\n|\r|\n")
"""The ends of lines for editors and GitHub; YAML and ``str.splitlines`` know more."""


class Position(NamedTuple):
    """A position in a text: line and column count from 1, columns in code points."""

    line: int
    column: int


class Comment(NamedTuple):
    """A comment that begins with the name of the gate.

    Attributes:
        text: all of it.
        position: where it starts.
        step: the key or index of the member it belongs to; None if it belongs to none, or that is not clear.
    """

    text: str
    position: Position
    step: str | None


class Duplicate(NamedTuple):
    """A repeated key of a map: the positions of the first one and of the last one, which counts."""

    path: tuple[str, ...]
    first: Position
    last: Position


class TextError(ValueError):
    """A text that is neither JSON nor YAML, or that should not be read.

    Attributes:
        position: where the problem is.
        documents: the values, if the problem is that there are several.
        remedy: what to change.
    """

    def __init__(
        self,
        problem: str,
        position: Position | None = None,
        documents: Sequence[Any] = (),
        remedy: str = "Correct it, or leave it out with --exclude if there is no task definition in it.",
    ) -> None:
        super().__init__(problem)
        self.position = position
        self.documents = documents
        self.remedy = remedy


class Text(ABC):
    """A text that has been read.

    Attributes:
        content: the text.
        value: its value, as ``json.loads`` would give it; ``Unknown`` if YAML parsers disagree.
        root: its syntax tree.
    """

    def __init__(self, content: str, value: Any, root: Node) -> None:
        self.content = content
        self.value = value
        self.root = root

    def position_of(self, path: Sequence[str]) -> Position:
        """Return the position of the value at a path; for an absent one, that of the key of its nearest parent."""
        return self.position_at(self.index_of(path))

    def index_of(self, path: Sequence[str]) -> int:
        """Return ``position_of`` as an index."""
        node, key, value = self.root, self.root.start, self.root.start
        for step in path:
            member = node.by_name.get(step)
            if member is None:
                return key
            node = member.value.resolved
            key = node.start if member.key is None else member.key.start
            value = key if member.value.is_null else node.start
        return value

    @cached_property
    def duplicates(self) -> list[Duplicate]:
        """The repeated keys; in a map that aliases refer to, at each path to it."""
        value, repeated = self._repeated()
        return [duplicate for path in _paths_of(value, repeated) for duplicate in self._duplicates_at(path)]

    def comments_at(self, key: str | None = None) -> Iterable[Comment]:
        """Return the comments for the gate, each with its member: of the whole text, or of the value of a key."""
        return ()

    def _duplicates_at(self, path: tuple[str, ...]) -> Iterator[Duplicate]:
        node = self.root
        for step in path:
            member = node.by_name.get(step)
            if member is None:
                return
            node = member.value.resolved
        for source in node.sources:
            first: dict[str, int] = {}
            last: dict[str, int] = {}
            for member in source.own_members:
                first.setdefault(member.name, member.start)
                last[member.name] = member.start
            for name, start in first.items():
                if start != last[name]:
                    yield Duplicate((*path, name), self.position_at(start), self.position_at(last[name]))

    def position_at(self, index: int) -> Position:
        """Return line and column of a character."""
        return self._lines.position(index)

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self.content)

    @abstractmethod
    def _repeated(self) -> tuple[Any, Collection[int]]:
        """Return the value, and the ids of the maps in it with repeated keys."""


class Lines:
    """The lines of a text."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def position(self, index: int) -> Position:
        """Return line and column of a character."""
        line = bisect_right(self._starts, index)
        return Position(line, index - self._starts[line - 1] + 1)

    def index(self, position: Position) -> int:
        """Return the index of the character at a line and column."""
        return self._starts[position.line - 1] + position.column - 1


def lines_of(text: str) -> list[str]:
    """Return the lines of a text as editors count them, without their ends."""
    return _LINE_END.split(text)


def decode(content: bytes) -> str:
    """Return bytes as text without a byte order mark: UTF-8, UTF-16 or UTF-32, which Windows writes.

    Raises:
        TextError: if they are not text.
    """
    try:
        text = content.decode(json.detect_encoding(content))
    except UnicodeDecodeError as error:
        raise TextError(f"it is not text: {error.reason} at byte {error.start}") from error
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise TextError("it is not text: it has a NUL character", Lines(text).position(text.index("\0")))
    return text


def distinct(duplicates: Iterable[Duplicate]) -> Iterator[Duplicate]:
    """Yield duplicates; those of a map at several paths only once."""
    seen = set()
    for duplicate in duplicates:
        if duplicate.last not in seen:
            seen.add(duplicate.last)
            yield duplicate


def _paths_of(value: Any, ids: Collection[int]) -> Iterator[tuple[str, ...]]:
    """Yield the paths in ``value`` of the maps with these ids."""
    return (path for path, node in located(value) if id(node) in ids) if ids else iter(())
