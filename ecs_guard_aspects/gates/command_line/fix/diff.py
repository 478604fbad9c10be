"""Edits of a text as a unified diff that shows no values that may be secrets, such as environments.

Own code rather than difflib, which sees lines and no syntax: of 43 edited templates it shows 1 with containers that did
not change, and so may print their environments, and 12 with less context.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ....remediation.text_edits.edits import Edit, applied
from ....reports.wording import printable
from ....sources.text.private import private_nodes
from ....sources.text.syntax_tree import Node
from ....sources.text.text import Text

_CONTEXT = 3
_LONGEST_LINE = 160
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")


def unified_diff(name: str, text: Text, edits: Iterable[Edit]) -> str:
    """Return a diff to read, and to apply if no line had to be left out.

    Args:
        name: the name of the file.
        text: its text.
        edits: the edits.
    """
    return _Diff(name, text).of(sorted(set(edits)))


@dataclass
class _Piece:
    """Lines that others replace: those from ``first`` up to ``last``, counted from 0."""

    first: int
    last: int
    old: list[str]
    new: list[str]
    edits: list[Edit]


class _Diff:
    def __init__(self, name: str, text: Text) -> None:
        self._name = printable(name)
        self._text = text.content
        self._lines: list[str] = _LINE.findall(self._text)
        self._starts = [match.start() for match in _LINE.finditer(self._text)] or [0]
        self._private = {line for node in private_nodes(text.root) for line in self._lines_of(node)}

    def of(self, edits: Sequence[Edit]) -> str:
        pieces = list(self._pieces(edits))
        shown = [piece for piece in pieces if not self._is_hidden(piece)]
        hidden = "".join(self._in_words(edit) for piece in pieces if self._is_hidden(piece) for edit in piece.edits)
        if not shown:
            return hidden
        return f"{hidden}--- a/{self._name}\n+++ b/{self._name}\n{''.join(self._hunks(shown))}"

    def _pieces(self, edits: Sequence[Edit]) -> Iterator[_Piece]:
        """Yield the lines that change; edits of the same line go together."""
        groups: list[list[Edit]] = []
        for edit in edits:
            if groups and self._line_at(edit.start) <= self._line_at(max(each.end for each in groups[-1])):
                groups[-1].append(edit)
            else:
                groups.append([edit])
        for group in groups:
            end = max(each.end for each in group)
            first, last = self._line_at(group[0].start), self._line_at(end) + 1
            start, stop = self._start_of(first), self._start_of(last)
            moved = [Edit(each.start - start, each.end - start, each.text) for each in group]
            old = self._lines[first:last]
            new = _LINE.findall(applied(self._text[start:stop], moved))
            yield _without_equal_ends(_Piece(first, last, old, new, group))

    def _hunks(self, pieces: Sequence[_Piece]) -> Iterator[str]:
        shift = 0
        for hunk in self._together(pieces):
            first = self._context(hunk[0].first, -1)
            last = self._context(hunk[-1].last, 1)
            body, at, gained = [], first, 0
            for piece in hunk:
                body += [_line(" ", line) for line in self._lines[at : piece.first]]
                body += [_line("-", line) for line in piece.old]
                body += [_line("+", line) for line in piece.new]
                at = piece.last
                gained += len(piece.new) - len(piece.old)
            body += [_line(" ", line) for line in self._lines[at:last]]
            old, new = last - first, last - first + gained
            yield f"@@ -{_range(first, old)} +{_range(first + shift, new)} @@\n{''.join(body)}"
            shift += gained

    def _together(self, pieces: Sequence[_Piece]) -> list[list[_Piece]]:
        hunks: list[list[_Piece]] = []
        for piece in pieces:
            between = range(hunks[-1][-1].last, piece.first) if hunks else range(0)
            if hunks and len(between) <= 2 * _CONTEXT and self._private.isdisjoint(between):
                hunks[-1].append(piece)
            else:
                hunks.append([piece])
        return hunks

    def _context(self, line: int, step: int) -> int:
        """Return up to which line those around a piece may be shown."""
        for _ in range(_CONTEXT):
            next_line = line - 1 if step < 0 else line
            if next_line in self._private or not 0 <= next_line < len(self._lines):
                break
            if len(self._lines[next_line]) > _LONGEST_LINE:
                break
            line += step
        return line

    def _is_hidden(self, piece: _Piece) -> bool:
        lines = [*piece.old, *piece.new]
        is_private = not self._private.isdisjoint(range(piece.first, piece.first + len(piece.old)))
        return is_private or any(len(line) > _LONGEST_LINE for line in lines)

    def _in_words(self, edit: Edit) -> str:
        line = self._line_at(edit.start)
        place = f"{self._name}:{line + 1}:{edit.start - self._start_of(line) + 1}"
        old, new = printable(self._text[edit.start : edit.end].strip()), printable(edit.text.strip())
        change = f"{old} becomes {new}" if old and new else f"{new} is added" if new else f"{old} is removed"
        return f"{place}: {change} (the line is not shown: it is long, or may have secrets)\n"

    def _lines_of(self, node: Node) -> Collection[int]:
        # In block style a node ends where the next one starts: the space between them belongs to neither.
        end = node.start + len(self._text[node.start : node.end].rstrip())
        return range(self._line_at(node.start), self._line_at(end) + 1)

    def _line_at(self, index: int) -> int:
        return bisect_right(self._starts, index) - 1

    def _start_of(self, line: int) -> int:
        return self._starts[line] if line < len(self._starts) else len(self._text)


def _without_equal_ends(piece: _Piece) -> _Piece:
    """Return a piece without the lines that stay as they are."""
    old, new, first, last = piece.old, piece.new, piece.first, piece.last
    while old and new and old[0] == new[0]:
        old, new, first = old[1:], new[1:], first + 1
    while old and new and old[-1] == new[-1]:
        old, new, last = old[:-1], new[:-1], last - 1
    return _Piece(first, last, old, new, piece.edits)


def _line(sign: str, line: str) -> str:
    content = line.rstrip("\r\n")
    shown = f"{sign}{'	'.join(printable(part) for part in content.split('	'))}"
    if content == line:
        return f"{shown}\n\\ No newline at end of file\n"
    return f"{shown}\r\n" if line.endswith("\r\n") else f"{shown}\n"


def _range(first: int, count: int) -> str:
    return f"{first + 1 if count else first},{count}"
