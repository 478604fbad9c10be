"""Comments of a YAML text that are for the gate, and what they stand at.

No YAML library for Python tells of comments, and where a block scalar or a block map ends libyaml does not say exactly:
its marks run on to whatever comes next. So the text is parsed once more, with the name in each candidate replaced: what
turns up in a value was no comment.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

MENTION = "ecs-guard"
"""What the text of a comment for the gate begins with."""

_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
"""What ends a line, and a comment, for libyaml."""

_CANDIDATE = re.compile(rf"#+[ \t]*(?P<name>{MENTION})(?![\w-])")
_REST = re.compile("[^\r\n\x85\u2028\u2029]*")
_STAND_IN = "\ue000"  # for private use: nobody means anything by it
_MARKED = re.compile(rf"{_STAND_IN}(\d{{8}})")
_BEFORE_FIRST = " \t{[,-?\"'"  # what may stand in a line before the first member of a map or list
_BEHIND_LAST = " \t,]}"
_NO_COMMENT = ("|", ">")  # styles of scalars whose end marks are not exact


class Entry(NamedTuple):
    """A member of a map or list: its key or index, where that starts and where its value does."""

    step: str
    start: int
    value: int


class Layout(NamedTuple):
    """Where things stand in a text.

    Attributes:
        comments: where the comments for the gate start, and what they say.
        starts: where scalars, maps and lists start, and where flow collections end, in the order of the text.
        ends: by the start of a flow collection, where it ends.
        lines: where lines start.
    """

    comments: list[tuple[int, str]]
    starts: list[int]
    ends: dict[int, int]
    lines: list[int]

    def line_of(self, index: int) -> int:
        """Return where the line of a character starts."""
        return self.lines[bisect_right(self.lines, index) - 1]


def layout_of(text: str, loader: Any) -> Layout:
    """Return where things stand in a text that has been read.

    Args:
        text: the text.
        loader: the class of the loader that has read it.
    """
    candidates = list(_CANDIDATE.finditer(text))
    starts: list[int] = []
    ends: dict[int, int] = {}
    scalars: list[int] = []
    values: set[int] = set()
    opened: list[int] = []
    for event in _events(_with_stand_ins(text, candidates), loader):
        kind = type(event)
        start, end = event.start_mark.index, event.end_mark.index
        if kind is ScalarEvent:
            values.update(int(number) for number in _MARKED.findall(event.value))
            if event.style not in _NO_COMMENT:
                scalars.append(end)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            opened.append(start)
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            began = opened.pop()
            if end > start:
                ends[began] = end
        elif kind is not AliasEvent:
            continue
        if end > start:  # else it is not there to be seen: the end of a block, the value of a key without one
            starts.append(start)
    layout = Layout([], starts, ends, [0, *(match.end() for match in _BREAK.finditer(text))])
    for number, match in enumerate(candidates):
        if number not in values and _begins(text, layout.line_of(match.start()), match.start(), scalars):
            layout.comments.append((match.start(), _rest(text, match.start())))
    return layout


def _events(text: str, loader: Any) -> Iterator[Any]:
    reader = loader(text)
    try:
        while reader.check_event():
            yield reader.get_event()
    finally:
        reader.dispose()


def _with_stand_ins(text: str, candidates: Sequence[re.Match[str]]) -> str:
    """Return the text with another name, of the same length, in each candidate."""
    pieces, end = [], 0
    for number, match in enumerate(candidates):
        pieces += [text[end : match.start("name")], f"{_STAND_IN}{number:08}"]
        end = match.end("name")
    return "".join([*pieces, text[end:]])


def _rest(text: str, start: int) -> str:
    """Return the rest of a line."""
    match = _REST.match(text, start)
    return match[0].rstrip() if match else ""


def _begins(text: str, line: int, start: int, scalars: Sequence[int]) -> bool:
    """Return whether a comment begins here, rather than quoting one."""
    at = bisect_right(scalars, start) - 1
    return text.find("#", max(line, scalars[at] if at >= 0 else 0)) == start


class Section:
    """A map or list in block or flow style, and which of its members a comment stands at.

    Args:
        text: the text.
        layout: where things stand in it.
        entries: the members.
        end: where the map or list has ended at the latest.
        is_list: whether it is a list.
    """

    def __init__(self, text: str, layout: Layout, entries: Sequence[Entry], end: int, *, is_list: bool = False) -> None:
        self._text = text
        self._layout = layout
        self._entries = sorted(entries, key=lambda entry: entry.start)
        self._starts = [entry.start for entry in self._entries]
        self._last = {entry.step: entry.start for entry in self._entries}
        self._end = end
        self._is_list = is_list
        self._tops: dict[int, int] = {}

    def step_at(self, comment: int) -> str | None:
        """Return the member that a comment stands at: within its lines, or directly above it."""
        at = bisect_right(self._starts, comment) - 1
        if at >= 0 and comment < self._end_of(at) and self._is_within(at, comment):
            return self._step(at)
        if at + 1 < len(self._entries) and comment >= self._top_of(at + 1):
            return self._step(at + 1)
        return None

    def _step(self, at: int) -> str | None:
        """Return the key of a member; none of one that a later member with the same key replaces."""
        entry = self._entries[at]
        return entry.step if self._last[entry.step] == entry.start else None

    def _end_of(self, at: int) -> int:
        """Return where the next member starts, or whatever comes after the last."""
        return self._starts[at + 1] if at + 1 < len(self._entries) else self._end

    def _is_within(self, at: int, comment: int) -> bool:
        entry = self._entries[at]
        line = self._layout.line_of(comment)
        is_trailing = self._text[line:comment].strip(" \t") != ""
        end = self._layout.ends.get(entry.value, 0) if entry.value >= entry.start else 0
        if 0 < end <= comment:  # in flow style, and over
            return is_trailing and end > line and self._is_alone(entry, line, self._text[end:comment])
        if is_trailing:
            return self._is_alone(entry, line)
        column, least = comment - line, entry.start - self._layout.line_of(entry.start) + (not self._is_list)
        return self._comes_before(comment, self._end_of(at)) or column >= least

    def _comes_before(self, comment: int, end: int) -> bool:
        """Return whether anything of a member stands between a comment and its end."""
        following = bisect_right(self._layout.starts, comment)
        return following < len(self._layout.starts) and self._layout.starts[following] < end

    def _is_alone(self, entry: Entry, line: int, behind: str = "") -> bool:
        """Return whether nothing but one member stands in a line."""
        return not self._text[line : max(line, entry.start)].strip(_BEFORE_FIRST) and not behind.strip(_BEHIND_LAST)

    def _top_of(self, at: int) -> int:
        """Return where the comments directly above a member start."""
        if at not in self._tops:
            self._tops[at] = self._find_top(self._starts[at])
        return self._tops[at]

    def _find_top(self, start: int) -> int:
        lines = self._layout.lines
        number = bisect_right(lines, start) - 1
        if self._text[lines[number] : start].strip(_BEFORE_FIRST):  # it shares its line with what is before it
            return start
        while number > 0 and self._text[lines[number - 1] : lines[number]].lstrip(" \t").startswith("#"):
            number -= 1
        return lines[number]
