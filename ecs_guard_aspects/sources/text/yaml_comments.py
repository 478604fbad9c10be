"""Comments for the gate in a YAML text, each with the member it belongs to.

libyaml does not keep comments, and its marks for the end of a block scalar or a block map are not exact: they point to
the next token. So the text is parsed with the name in each candidate replaced: a candidate in a value is not a comment.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .syntax_tree import Member, Node, nodes_below
from .text import MENTION

_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
"""The characters that end a line, and a comment, for libyaml."""

_CANDIDATE = re.compile(rf"#+[ \t]*(?P<name>{MENTION})(?![\w-])")
_REST = re.compile("[^\r\n\x85\u2028\u2029]*")
_STAND_INS = [chr(code) for code in range(0xE000, 0xF900)]  # characters for private use
_BEFORE_FIRST = " \t{[,-?\"'"  # the characters that can be in a line before the first member of a map or list
_BEHIND_LAST = " \t,]}"
_BLOCK_SCALARS = ("|", ">")  # styles of scalars with inexact end marks


class CommentCandidates:
    """The places of a text that can be comments for the gate, and the text to parse, in which they can be recognized.

    Attributes:
        to_parse: the text with another name, of the same length, in each candidate.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._found = list(_CANDIDATE.finditer(text))
        self._in_values: set[int] = set()
        unused = next((character for character in _STAND_INS if character not in text), None)
        if unused is None:  # a text with all these characters counts as one without comments
            self._found = []
        self._marked = re.compile(rf"{unused}(\d{{8}})")
        pieces, end = [], 0
        for number, match in enumerate(self._found):
            pieces += [text[end : match.start("name")], f"{unused}{number:08}"]
            end = match.end("name")
        self.to_parse = "".join([*pieces, text[end:]])

    def restored(self, value: str) -> str:
        """Return a scalar as it is in the text, and record the candidates in it."""
        if self._found:
            self._in_values.update(int(number) for number in self._marked.findall(value))
            return self._marked.sub(MENTION, value)
        return value

    def comments_in(self, root: Node) -> Comments | None:
        """Return the comments of the text once it has been parsed; None if it has none."""
        outside = [match.start() for number, match in enumerate(self._found) if number not in self._in_values]
        if not outside:
            return None
        nodes = list(nodes_below(root))
        ends = [node.end for node in nodes if node.kind == "scalar" and node.style not in _BLOCK_SCALARS]
        lines = [0, *(match.end() for match in _BREAK.finditer(self._text))]
        comments = Comments(self._text, [], sorted(_visible(nodes, self._text)), lines)
        for start in outside:
            if _begins(self._text, comments.line_of(start), start, ends):
                comments.found.append((start, _rest(self._text, start)))
        return comments


class Comments(NamedTuple):
    """The comments of a text, and the positions that decide which member each belongs to.

    Attributes:
        text: the text.
        found: the starts of the comments for the gate, with their texts.
        starts: where scalars, aliases, maps and lists start, and where flow collections end, in the order of the text.
        lines: where lines start.
    """

    text: str
    found: list[tuple[int, str]]
    starts: list[int]
    lines: list[int]

    def line_of(self, index: int) -> int:
        """Return where the line of a character starts."""
        return self.lines[bisect_right(self.lines, index) - 1]

    def of_none(self) -> Section:
        """Return what finds that they belong to no member."""
        return Section(self, (), 0)

    def of_members(self, parent: Node, end: int) -> Section:
        """Return what finds the members of a map or list that comments belong to; it has ended at ``end``."""
        return Section(self, parent.members, _end_in_flow(parent, self.text) or end, is_list=parent.kind == "list")


def _visible(nodes: Sequence[Node], text: str) -> Iterator[int]:
    for node in nodes:
        if node.style == "flow" or node.is_marked or (node.style != "block" and node.end > node.start):
            yield node.start
        end = _end_in_flow(node, text)
        if end:
            yield end - 1


def _end_in_flow(node: Node, text: str) -> int:
    """Return the end of a map or list in flow style; 0 for all others, also for a pair in a list: ``[a: b]``."""
    return node.end if node.style == "flow" and text[node.end - 1 : node.end] in ("]", "}") else 0


def _rest(text: str, start: int) -> str:
    """Return the rest of a line."""
    match = _REST.match(text, start)
    return match[0].rstrip() if match else ""


def _begins(text: str, line: int, start: int, scalars: Sequence[int]) -> bool:
    """Return whether a comment begins here, and is not quoted in another one."""
    at = bisect_right(scalars, start) - 1
    return text.find("#", max(line, scalars[at] if at >= 0 else 0)) == start


class Section:
    """A map or list, and which of its members a comment belongs to.

    Args:
        comments: the comments of the text.
        members: the members.
        end: the latest possible end of the map or list.
        is_list: whether it is a list.
    """

    def __init__(self, comments: Comments, members: Sequence[Member], end: int, *, is_list: bool = False) -> None:
        self._text = comments.text
        self._comments = comments
        self._members = members
        self._starts = [member.start for member in members]
        self._last = {member.name: member.start for member in members}
        self._end = end
        self._is_list = is_list
        self._tops: dict[int, int] = {}

    def step_at(self, comment: int) -> str | None:
        """Return the member that a comment belongs to: it is within its lines, or directly above it."""
        at = bisect_right(self._starts, comment) - 1
        if at >= 0 and comment < self._end_of(at) and self._is_within(at, comment):
            return self._step(at)
        if at + 1 < len(self._members) and comment >= self._top_of(at + 1):
            return self._step(at + 1)
        return None

    def end_of(self, member: Member) -> int:
        """Return where the member after one starts, or where all of them have ended."""
        return min((start for start in self._starts if start > member.start), default=self._end)

    def _step(self, at: int) -> str | None:
        """Return the key of a member; None if a later member with the same key replaces it."""
        member = self._members[at]
        return member.name if self._last[member.name] == member.start else None

    def _end_of(self, at: int) -> int:
        """Return where the next member starts, or what comes after the last one."""
        return self._starts[at + 1] if at + 1 < len(self._members) else self._end

    def _is_within(self, at: int, comment: int) -> bool:
        member = self._members[at]
        line = self._comments.line_of(comment)
        is_trailing = self._text[line:comment].strip(" \t") != ""
        end = _end_in_flow(member.value, self._text)
        if 0 < end <= comment:
            return is_trailing and end > line and self._is_alone(member, line, self._text[end:comment])
        if is_trailing:
            return self._is_alone(member, line)
        column, least = comment - line, member.start - self._comments.line_of(member.start) + (not self._is_list)
        return self._comes_before(comment, self._end_of(at)) or column >= least

    def _comes_before(self, comment: int, end: int) -> bool:
        """Return whether a part of a member is between a comment and its end."""
        following = bisect_right(self._comments.starts, comment)
        return following < len(self._comments.starts) and self._comments.starts[following] < end

    def _is_alone(self, member: Member, line: int, behind: str = "") -> bool:
        """Return whether nothing but one member is in a line."""
        return not self._text[line : max(line, member.start)].strip(_BEFORE_FIRST) and not behind.strip(_BEHIND_LAST)

    def _top_of(self, at: int) -> int:
        """Return where the comments directly above a member start."""
        if at not in self._tops:
            self._tops[at] = self._find_top(self._starts[at])
        return self._tops[at]

    def _find_top(self, start: int) -> int:
        lines = self._comments.lines
        number = bisect_right(lines, start) - 1
        if self._text[lines[number] : start].strip(_BEFORE_FIRST):  # it shares its line with what is before it
            return start
        while number > 0 and self._text[lines[number - 1] : lines[number]].lstrip(" \t").startswith("#"):
            number -= 1
        return lines[number]
