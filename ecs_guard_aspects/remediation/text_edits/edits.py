"""Changes as edits of a JSON or YAML text: all other bytes stay as they are.

An edit is refused where it would change more than it should: behind aliases, anchors and merge keys. Own code rather
than ruamel.yaml, which changes 121 lines at the median when it only reads and writes a file: see ``syntax_tree``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from ...sources.text.syntax_tree import Member, Node
from ...sources.text.text import MENTION, Text
from .values import as_json, in_block, on_one_line, scalar

_LINE_END = re.compile(r"\r\n|\r|\n")
_REST_OF_LINE = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|\Z)")
_TO_NEXT_KEY = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)[ ]*")
_BEYOND_VALUES = re.compile(r"[#&*<|>]")  # comments, anchors, aliases, merge keys, block scalars
_COMMA = re.compile(r"\s*,\s*")


class Edit(NamedTuple):
    """A text that replaces another one: that from ``start`` up to ``end``."""

    start: int
    end: int
    text: str


class EditRefusedError(Exception):
    """The text cannot be changed there without another change. The message says why."""


_FUNCTIONS_OF_TEXT = ("!Base64 ", "!Join ", "!Sub ")
_LONG_FORMS = (["Fn::Base64"], ["Fn::Join"], ["Fn::Sub"])


class TextEditor:
    """Turns changes into edits.

    Args:
        text: the text.
    """

    def __init__(self, text: Text) -> None:
        self._text = text.content
        self._root = text.root

    def edit(self, path: Sequence[str], new: object, before: str = "") -> Edit:
        """Return the edit that gives the member at a path another value, adds it, or with None removes it.

        Args:
            path: the keys that lead to it.
            new: the value.
            before: the key of the member that it is added before; without it, the first member.

        Raises:
            EditRefusedError: if there is not a map to add it to, or an edit would change more.
        """
        *parents, last = path
        around = self._walk(parents)
        parent = around[-1].value
        if parent.kind != "map":
            raise EditRefusedError(f"{_name(parents)} is empty or not a map, so nothing can be added to it")
        at = _index_in(parent, last, path)
        if at is None:
            if new is None:
                raise EditRefusedError(f"{_name(path)} is not written here")
            return self._insert(around, last, new, before)
        member = parent.members[at]
        if member.key is not None and member.key.is_marked:
            raise EditRefusedError(f"{_name(path)} has an anchor or a tag")
        if new is None:
            return self._delete(parent, at, path)
        return self._replace(parent, member, new, path)

    def _walk(self, path: Sequence[str]) -> list[Member]:
        """Return the root and the members on the way to a path."""
        around = [Member(None, "", self._root)]
        for end, step in enumerate(path, 1):
            _require_own(around[-1].value, path[: end - 1])
            at = _index_in(around[-1].value, step, path[:end])
            if at is None:
                raise EditRefusedError(f"{_name(path[:end])} is not written here, so nothing can be added to it")
            around.append(around[-1].value.members[at])
        _require_own(around[-1].value, path)
        return around

    def _replace(self, parent: Node, member: Member, new: object, path: Sequence[str]) -> Edit:
        value = member.value
        if isinstance(new, dict):
            return self._replace_map(parent, member, new, path)
        # A function of a constant is replaced as a whole: !Sub bridge, {"Fn::Sub": "bridge"}.
        is_tag = self._is_tagged_only(value) and self._text.startswith(_FUNCTIONS_OF_TEXT, value.start)
        is_function = is_tag or (value.style == "flow" and [m.name for m in value.members] in _LONG_FORMS)
        if not is_tag:
            _require_own(value, path)
        if (value.kind != "scalar" and not is_function) or "\n" in self._text[value.start : value.end].rstrip():
            raise EditRefusedError(f"{_name(path)} is not written on one line")
        quote = value.style or ('"' if parent.style == "flow" and _quote_of(member) == '"' else "")
        if value.start == value.end:
            if parent.style == "flow" or member.key is None:
                raise EditRefusedError(f"{_name(path)} is empty: remove it")
            return Edit(value.start, value.end, f" {scalar(new, quote)}")
        return Edit(value.start, value.end, scalar(new, quote))

    def _replace_map(self, parent: Node, member: Member, new: dict[str, object], path: Sequence[str]) -> Edit:
        """Put a map in place of the whole value, which is empty or says nothing."""
        key, end = member.key, _end_of(member.value)
        if key is None or self._text[key.end : key.end + 1] != ":" or _BEYOND_VALUES.search(self._text, key.end, end):
            raise EditRefusedError(f"{_name(path)} is empty: remove it")
        line, quote = self._line_start(key.start), _quote_of(member)
        indent = " " * (key.start - line)
        is_alone = not self._text[line : key.start].strip(" ")
        colon = ":" if self._text[key.end : member.value.start] == ":" and quote == '"' else ": "
        unit = self._unit(self._walk(path[:-1]), indent)
        if parent.style == "block":
            lines = list(in_block("", new, quote, indent, unit))
        elif quote == '"' and is_alone:
            lines = list(as_json("", new, indent, unit, colon))
        else:
            lines = [f"{colon}{on_one_line(new, quote)}"]
        written = self._line_end_at(line).join(lines)
        return Edit(key.end, max(end, key.end + 1), written[written.index(":") :])

    # --- adding a member -----------------------------------------------------------------------------------------

    def _insert(self, around: Sequence[Member], key: str, value: object, before: str) -> Edit:
        """Add a member before another one: where a map ends is not known exactly in block style."""
        owner = around[-1]
        node = owner.value
        if not node.members:
            quote, at = _quote_of(owner), node.start + 1
            gap = " " if self._text[at] == "#" else ""
            return Edit(at, at, f"{scalar(key, quote)}: {on_one_line(value, quote)}{gap}")
        first = next((member for member in node.members if member.name == before), node.members[0])
        if first.key is None:
            raise EditRefusedError("it is a list")
        start = first.key.start
        line = self._line_start(start)
        indent = self._text[line:start]
        if node.style == "block":
            return self._insert_in_block(around, first, indent, key, value)
        quote = _quote_of(first)
        colon, comma = (":", ",") if self._text[first.key.end : first.value.start] == ":" else (": ", ", ")
        if indent.strip(" \t"):
            written = json.dumps(value, separators=(comma, colon)) if quote == '"' else on_one_line(value, quote)
            return Edit(start, start, f"{scalar(key, quote)}{colon}{written}{comma}")
        if quote == '"':
            lines = list(as_json(key, value, indent, self._unit(around, indent), colon))
        else:
            lines = [f"{indent}{scalar(key, quote)}: {on_one_line(value, quote)}"]
        at = self._above_comments(line)
        eol = self._line_end_at(line)
        return Edit(at, at, eol.join(lines) + "," + eol)

    def _insert_in_block(self, around: Sequence[Member], first: Member, before: str, key: str, value: object) -> Edit:
        start = first.start
        line = self._line_start(start)
        if "\t" in before:
            raise EditRefusedError(f"{first.name} is indented with a tab")
        if before.endswith("? "):
            raise EditRefusedError(f"{first.name} is written with a question mark")
        is_alone = not before.strip(" ")
        indent = " " * len(before)
        eol = self._line_end_at(line)
        lines = list(in_block(key, value, _quote_of(first), indent, self._unit(around, indent)))
        if is_alone:
            at = self._above_comments(line)
            return Edit(at, at, "".join(f"{each}{eol}" for each in lines))
        return Edit(start, start, eol.join(lines).lstrip(" ") + eol + indent)

    def _unit(self, around: Sequence[Member], indent: str) -> str:
        """Return the indentation of one level: how much more a map is indented than the one around it."""
        for member in reversed(around[:-1]):
            if member.value.kind == "map" and member.value.members and member.value.members[0].key is not None:
                start = member.value.members[0].key.start
                outer = self._text[self._line_start(start) : start]
                if not outer.strip(" \t") and indent.startswith(outer) and len(indent) > len(outer):
                    return indent[len(outer) :]
        return "  "

    # --- removing a member ---------------------------------------------------------------------------------------

    def _delete(self, parent: Node, at: int, path: Sequence[str]) -> Edit:
        member = parent.members[at]
        if not self._is_tagged_only(member.value):
            _require_own(member.value, path)
        if member.key is None or len(parent.members) < 2:
            raise EditRefusedError(f"{_name(path)} is its only member")
        if member.value.style in ("|", ">"):
            raise EditRefusedError(f"{_name(path)} is not written on one line")
        if member.value.kind != "scalar" and member.value.style == "block":
            found = self._cut_lines(member)
        else:
            found = self._cut_from_flow(parent, at) if parent.style == "flow" else self._cut_from_block(parent, at)
        # An exemption is not a remark on the removed line: it is for the whole resource.
        if found is None or MENTION in self._text[found.start : found.end]:
            raise EditRefusedError(f"a comment next to {_name(path)} is in the way")
        return found

    def _is_tagged_only(self, value: Node) -> bool:
        """Return whether a value has a tag, such as ``!Ref``, and no anchor that others use."""
        written = self._text[value.start : value.end]
        return value.kind != "alias" and value.is_marked and written.startswith("!") and "&" not in written

    def _cut_lines(self, member: Member) -> Edit | None:
        """Remove a member whose value is on lines of its own below it."""
        line = self._line_start(member.start)
        end = self._line_start(member.value.end)
        removed = self._text[line:end]
        is_whole = not self._text[line : member.start].strip(" ") and not self._text[end : member.value.end].strip(" ")
        return Edit(line, end, "") if is_whole and "#" not in removed else None

    def _cut_from_flow(self, parent: Node, at: int) -> Edit | None:
        member = parent.members[at]
        start = member.start
        if at + 1 < len(parent.members):
            after = parent.members[at + 1].key
            if after is not None and _COMMA.fullmatch(self._text, member.value.end, after.start):
                return Edit(start, after.start, "")
            return None
        before = parent.members[at - 1].value
        return Edit(before.end, member.value.end, "") if _COMMA.fullmatch(self._text, before.end, start) else None

    def _cut_from_block(self, parent: Node, at: int) -> Edit | None:
        member = parent.members[at]
        start = member.start
        line = self._line_start(start)
        if self._text[line:start].strip(" "):
            after = parent.members[at + 1].key if at + 1 < len(parent.members) else None
            if after is not None and _TO_NEXT_KEY.fullmatch(self._text, member.value.end, after.start):
                return Edit(start, after.start, "")
            return None
        rest = _REST_OF_LINE.match(self._text, member.value.end)
        if rest is None:
            return None
        if rest.end() == len(self._text) and self._text[-1] not in "\r\n":
            line -= len(
                self._line_end_at(line)
            )  # without a line end at the end of the file, that of the line before is removed
        return Edit(line, rest.end(), "")

    # --- lines ---------------------------------------------------------------------------------------------------

    def _line_start(self, index: int) -> int:
        return max(self._text.rfind("\n", 0, index), self._text.rfind("\r", 0, index)) + 1

    def _line_end_at(self, line: int) -> str:
        """Return how the line before ends, or the first one of the text."""
        if self._text[max(line - 2, 0) : line] == "\r\n":
            return "\r\n"
        if line:
            return self._text[line - 1]
        found = _LINE_END.search(self._text)
        return found[0] if found else "\n"

    def _above_comments(self, line: int) -> int:
        """Return where the comments directly above a line start: they are about it."""
        while line:
            above = self._line_start(line - len(self._line_end_at(line)))
            if not self._text[above:line].lstrip(" \t").startswith("#"):
                break
            line = above
        return line


def applied(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with edits made, each once. Texts that are added at one place follow each other.

    Raises:
        EditRefusedError: if two are about the same place.
    """
    parts, done = [], 0
    ordered = sorted(set(edits))
    for one, other in pairwise(ordered):
        if other.start < one.end:
            raise EditRefusedError("two changes are about the same place")
    for edit in ordered:
        parts += [text[done : edit.start], edit.text]
        done = edit.end
    return "".join([*parts, text[done:]])


def _end_of(node: Node) -> int:
    """Return where the last value in a node ends: in block style the end of the node is the next token."""
    return _end_of(node.members[-1].value) if node.style == "block" and node.members else node.end


def _index_in(node: Node, step: str, path: Sequence[str]) -> int | None:
    """Return which member of a map or list a step of a path leads to."""
    found = [at for at, member in enumerate(node.members) if member.name == step]
    if len(found) > 1:
        raise EditRefusedError(f"{_name(path)} is repeated")
    return found[0] if found else None


def _require_own(node: Node, path: Sequence[str]) -> None:
    if node.kind == "alias":
        raise EditRefusedError(f"{_name(path)} is an alias: its value is used elsewhere too")
    if node.is_marked:
        raise EditRefusedError(f"{_name(path)} has an anchor or a tag")
    if any(member.name == "<<" for member in node.members if node.kind == "map"):
        raise EditRefusedError(f"{_name(path)} takes a part of its value from another map, with a merge key")


def _quote_of(member: Member) -> str:
    return member.key.style if member.key is not None else ""


def _name(path: Sequence[str]) -> str:
    return "/".join(path[2:] if path and path[0] == "Resources" and len(path) > 2 else path) or "the template"
