"""YAML as CloudFormation reads it: version 1.1 with short tags; of a key that is there twice the last one counts.

The value is built from the events of the parser, not from its nodes: the composer of libyaml calls itself for every
level and dies, with all of Python, of 40,000 of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from .text import Comment, Lines, Mark, Member, Text, TextError, paths_of
from .yaml_comments import MENTION, Entry, Layout, Section, layout_of

DEPTH_LIMIT = 200
"""How many levels of maps and lists are read."""

ALIAS_LIMIT = 100_000
"""How many more values aliases may stand for: nine lines of them can make a thousand million."""

SIZE_LIMIT = 10_000_000
"""How many characters are read; CloudFormation takes one million."""

VALUE_LIMIT = 300_000
"""How many scalars, maps and lists are read, which takes some two seconds; a template of one million has half of it."""

MENTION_LIMIT = 2_000
"""How often the gate may be named; each time may be an exemption."""

_STANDARD = "tag:yaml.org,2002:"
_FUNCTIONS_WITHOUT_PREFIX = ("Ref", "Condition")

# Ten times as fast as the one in Python, which is there where PyYAML has no wheel.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_convert = yaml.constructor.SafeConstructor()


def read_yaml(text: str) -> Text:
    """Return what a YAML text says.

    Raises:
        TextError: if it is no YAML, or such that reading it would never end.
    """
    if len(text) > SIZE_LIMIT:
        raise TextError(f"it has {len(text):,} characters of YAML; {SIZE_LIMIT:,} are read")
    if text.count(MENTION) > MENTION_LIMIT:
        raise TextError(f"it names {MENTION} more than {MENTION_LIMIT:,} times: that many exemptions nobody has read")
    loader = _Loader(text)
    builder = _Builder()
    try:
        builder.read(loader)
    except _AtError as error:
        raise TextError(str(error), Lines(text).mark(error.index)) from None
    except yaml.YAMLError as error:
        raise TextError(_problem(error), _mark(text, error)) from None
    finally:
        loader.dispose()
    if len(builder.documents) > 1:
        second = Lines(text).mark(builder.second)
        raise TextError("it has several documents, CloudFormation takes one", second, builder.documents)
    return _YamlText(text, builder)


class _AtError(Exception):
    """What is wrong with the text at an index."""

    def __init__(self, problem: str, index: int) -> None:
        super().__init__(problem)
        self.index = index


def _problem(error: yaml.YAMLError) -> str:
    said = [getattr(error, name, None) for name in ("context", "problem")]
    return ": ".join(str(part) for part in said if part) or str(error).partition("\n")[0]


def _mark(text: str, error: yaml.YAMLError) -> Mark | None:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    index = mark.index if mark else getattr(error, "position", None)
    return Lines(text).mark(min(index, len(text))) if isinstance(index, int) else None


class _Anchor(NamedTuple):
    """What an alias stands for, where that starts, and how many values it is."""

    value: Any
    start: int
    size: int


class _Open:
    """A map or list that has begun and not ended."""

    __slots__ = ("anchor", "index", "is_map", "items", "marks", "merges", "size", "tag")

    def __init__(self, event: Any, is_map: bool) -> None:
        self.is_map = is_map
        self.anchor: str | None = event.anchor
        self.tag: str | None = event.tag
        self.index: int = event.start_mark.index
        self.items: list[Any] = []  # of a map: key, value, key, value
        self.marks: list[int] = []
        self.merges: list[int] = []  # which of the items are `<<`
        self.size = 1


class _Builder:
    """Builds plain values, and remembers where the members of maps and lists stand."""

    def __init__(self) -> None:
        self.documents: list[Any] = []
        self.index = 0
        self.second = 0
        # By id of the value, which is kept alive: its keys, where they start, where their values start.
        self.members: dict[int, tuple[Any, list[str], list[int], list[int]]] = {}
        self.merged: dict[int, list[Any]] = {}
        self.repeated: dict[int, dict[str, tuple[int, int]]] = {}
        self._anchors: dict[str, _Anchor | None] = {}
        self._open: list[_Open] = []
        self._plain: dict[str, Any] = {}
        self._more_by_alias = 0

    def read(self, loader: Any) -> None:
        values = 0
        while True:
            values += 1
            if values > VALUE_LIMIT:
                raise TextError(f"it has more than {VALUE_LIMIT:,} values of YAML")
            event = loader.get_event()
            kind = type(event)
            if kind is ScalarEvent:
                self._scalar(event)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                self._begin(event, kind is MappingStartEvent)
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                self._end()
            elif kind is AliasEvent:
                self._alias(event)
            elif kind is DocumentStartEvent:
                self._anchors.clear()
                if len(self.documents) == 1:
                    self.second = event.start_mark.index
            elif kind is StreamEndEvent:
                return

    def _begin(self, event: Any, is_map: bool) -> None:
        if len(self._open) >= DEPTH_LIMIT:
            raise _AtError(f"it is nested more than {DEPTH_LIMIT} levels deep", event.start_mark.index)
        self._open.append(_Open(event, is_map))
        if event.anchor is not None:
            self._anchors[event.anchor] = None

    def _scalar(self, event: Any) -> None:
        value, tag, index = event.value, event.tag, event.start_mark.index
        if tag is None:
            if event.implicit[0]:
                value = self._implicit(value)
        elif _says_nothing(tag):
            value = _converted(tag, value)
        elif tag != "!":
            value = self._call(tag, value, index)
        self._add(value, index, 1, event.anchor)

    def _implicit(self, text: str) -> Any:
        """Return the value of a plain scalar; take note of a key that merges."""
        if text == "<<" and self._open and self._open[-1].is_map and not len(self._open[-1].items) % 2:
            self._open[-1].merges.append(len(self._open[-1].items))
            return text
        if text not in self._plain:
            self._plain[text] = _plain(text)
        return self._plain[text]

    def _end(self) -> None:
        done = self._open.pop()
        value = self._map(done) if done.is_map else self._list(done)
        if done.tag is not None and done.tag != "!" and not _says_nothing(done.tag):
            value = self._call(done.tag, value, done.index)
        self._add(value, done.index, done.size, done.anchor)

    def _alias(self, event: Any) -> None:
        index = event.start_mark.index
        if event.anchor not in self._anchors:
            raise _AtError(f"the alias *{event.anchor} stands for nothing", index)
        anchor = self._anchors[event.anchor]
        if anchor is None:
            raise _AtError(f"the alias *{event.anchor} stands for what it is part of", index)
        self._more_by_alias += anchor.size
        if self._more_by_alias > ALIAS_LIMIT:
            raise _AtError(f"its aliases stand for more than {ALIAS_LIMIT:,} values", index)
        self._add(anchor.value, anchor.start, anchor.size, None)

    def _add(self, value: Any, index: int, size: int, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = _Anchor(value, index, size)
        if self._open:
            parent = self._open[-1]
            parent.items.append(value)
            parent.marks.append(index)
            parent.size += size
        else:
            self.documents.append(value)
            if len(self.documents) == 1:
                self.index = index

    def _list(self, done: _Open) -> list[Any]:
        self.members[id(done.items)] = done.items, [], done.marks, done.marks
        return done.items

    def _map(self, done: _Open) -> dict[str, Any]:
        starts = done.marks[::2]
        keys = [
            key if type(key) is str else _key(key, start) for key, start in zip(done.items[::2], starts, strict=True)
        ]
        value = dict(zip(keys, done.items[1::2], strict=True))
        if done.merges:
            value = self._merge(done, keys, starts)
        elif len(value) < len(keys):
            self.repeated[id(value)] = _repeated(keys, starts)
        self.members[id(value)] = value, keys, starts, done.marks[1::2]
        return value

    def _merge(self, done: _Open, keys: list[str], starts: list[int]) -> dict[str, Any]:
        """Return the map with what ``<<`` brings; what it says itself wins, then what is named first."""
        sources: list[Any] = []
        for at in done.merges:
            source = done.items[at + 1]
            sources += source if isinstance(source, list) else [source]
        if not all(isinstance(source, dict) for source in sources):
            raise _AtError("<< takes a map, or a list of maps", done.marks[done.merges[0]])
        value: dict[str, Any] = {}
        for source in reversed(sources):
            value.update(source)
        merges = {at // 2 for at in done.merges}
        own = [at for at in range(len(keys)) if at not in merges]
        value.update((keys[at], done.items[2 * at + 1]) for at in own)
        repeated = _repeated([keys[at] for at in own], [starts[at] for at in own])
        if repeated:
            self.repeated[id(value)] = repeated
        self.merged[id(value)] = sources
        return value

    def _call(self, tag: str, value: Any, index: int) -> dict[str, Any]:
        """Return what a short tag stands for, ``!Sub`` for ``Fn::Sub``."""
        name = tag.removeprefix("!")
        if name == "GetAtt" and isinstance(value, str):
            value = value.split(".", 1)
        function = name if name in _FUNCTIONS_WITHOUT_PREFIX else f"Fn::{name}"
        call = {function: value}
        self.members[id(call)] = call, [function], [index], [index]
        return call


def _says_nothing(tag: str) -> bool:
    """Return whether a tag is of YAML itself: nothing that CloudFormation, or anybody's Python, makes something of."""
    return tag.startswith(_STANDARD) and not tag.startswith(f"{_STANDARD}python/")


def _repeated(keys: list[str], starts: list[int]) -> dict[str, tuple[int, int]]:
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    for key, start in zip(keys, starts, strict=True):
        first.setdefault(key, start)
        last[key] = start
    return {key: (start, last[key]) for key, start in first.items() if start != last[key]}


def _plain(text: str) -> Any:
    """Return the value of a plain scalar: by version 1.1, as CloudFormation; dates stay as they are written."""
    resolvers = _Loader.yaml_implicit_resolvers
    for tag, pattern in resolvers.get(text[:1], ()):
        if pattern.match(text):
            return _converted(tag, text)
    return text


def _converted(tag: str, text: str) -> Any:
    kind = tag.removeprefix(_STANDARD)
    try:
        if kind == "int":
            return _convert.construct_yaml_int(yaml.ScalarNode(tag, text))
        if kind == "float":
            return _convert.construct_yaml_float(yaml.ScalarNode(tag, text))
    except ValueError:  # more digits than Python takes, or a tag that promises what is not there
        return text
    if kind == "bool":
        return _convert.bool_values.get(text.lower(), text)
    return None if kind == "null" else text


def _key(key: Any, index: int) -> str:
    """Return a key as JSON has it, a string: of an account id, of ``true``."""
    if isinstance(key, dict | list):
        raise _AtError("a map or list stands where a key should; what is in {{ }} needs quotes", index)
    if key is None:
        return "null"
    if isinstance(key, bool):
        return "true" if key else "false"
    return str(key)


class _YamlText(Text):
    """A node is the id of its value."""

    def __init__(self, text: str, builder: _Builder) -> None:
        super().__init__(text, builder.documents[0] if builder.documents else None)
        self._builder = builder

    def comments_at(self, key: str | None = None) -> Iterator[Comment]:
        """Return the comments for the gate, each with the member it stands at: of the whole, or of what a key holds."""
        if MENTION not in self._text:  # in few files there are any
            return
        layout = layout_of(self._text, _Loader)
        if layout.comments:
            section = self._section(key, layout)
            for start, text in layout.comments:
                yield Comment(text, self._mark(start), section.step_at(start))

    def _section(self, key: str | None, layout: Layout) -> Section:
        entries = self._entries(self.value)
        end = layout.ends.get(self._builder.index, len(self._text) + 1)
        if key is None:
            return Section(self._text, layout, entries, end, is_list=isinstance(self.value, list))
        entry = next((entry for entry in reversed(entries) if entry.step == key), None)
        if entry is None or entry.value < entry.start:  # it is an alias, and written elsewhere
            return Section(self._text, layout, (), 0)
        end = min((other.start for other in entries if other.start > entry.start), default=end)
        return Section(self._text, layout, self._entries(self.value[key]), layout.ends.get(entry.value, end))

    def _entries(self, value: Any) -> list[Entry]:
        value, keys, starts, places = self._builder.members.get(id(value), ((), [], [], []))
        steps = keys or [str(index) for index in range(len(value))]
        return [Entry(*found) for found in zip(steps, starts, places, strict=True)]

    def _root(self) -> Member:
        start = self._builder.index
        return Member(start, start, id(self.value))

    def _look_into(self, node: int) -> Mapping[str, Member]:
        if node not in self._builder.members:
            return {}
        value, keys, starts, places = self._builder.members[node]
        if isinstance(value, list):
            return {
                str(index): Member(place, place, id(item))
                for index, (item, place) in enumerate(zip(value, places, strict=True))
            }
        found: dict[str, Member] = {}
        for source in reversed(self._builder.merged.get(node, ())):
            found.update(self._members_of(id(source)))
        for key, start, place in zip(keys, starts, places, strict=True):
            if key in value:  # all but `<<`
                found[key] = Member(start, start if value[key] is None else place, id(value[key]))
        return found

    def _find_duplicates(self) -> Iterator[tuple[tuple[str, ...], int, int]]:
        for path, node in paths_of(self.value, self._builder.repeated):
            for key, (first, last) in self._builder.repeated[node].items():
                yield (*path, key), first, last
