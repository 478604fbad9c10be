"""YAML as CloudFormation reads it: version 1.1 with short tags; of a repeated key the last value counts.

Values on which YAML parsers disagree are ``Unknown``: if several maps are merged into one, PyYAML uses a key of the
first or of the last, depending on its version, and ruamel.yaml refuses two merge keys.

Value and syntax tree are built from the events of the parser, not from its nodes: the composer of libyaml is recursive,
and 40,000 levels crash the process.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

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

from ...cloudformation.text import canonical
from ...cloudformation.values import Unknown
from .text import MENTION, Comment, Lines, Position, Text, TextError
from .yaml_tree import Written, YamlNode, node_of

if TYPE_CHECKING:
    from .yaml_comments import CommentCandidates, Comments, Section

DEPTH_LIMIT = 200
"""The maximum number of levels of maps and lists."""

ALIAS_LIMIT = 100_000
"""The maximum number of values behind aliases: nine lines of aliases can be a thousand million values."""

SIZE_LIMIT = 10_000_000
"""The maximum number of characters; the limit of CloudFormation is one million."""

VALUE_LIMIT = 300_000
"""The maximum number of scalars, maps and lists, which takes two seconds; a template of one million characters has
half."""

MENTION_LIMIT = 2_000
"""The maximum number of mentions of the gate, each of which can be an exemption."""

_STANDARD = "tag:yaml.org,2002:"
_MERGE = f"{_STANDARD}merge"
_SCALARS: Mapping[str, type] = {
    f"{_STANDARD}str": str,
    f"{_STANDARD}timestamp": str,
    f"{_STANDARD}int": int,
    f"{_STANDARD}float": float,
    f"{_STANDARD}bool": bool,
    f"{_STANDARD}null": type(None),
}
_FUNCTIONS_WITHOUT_PREFIX = ("Ref", "Condition")

_convert = yaml.constructor.SafeConstructor()
_resolvers = yaml.SafeLoader.yaml_implicit_resolvers


def read_yaml(text: str) -> Text:
    """Return a parsed YAML text.

    Raises:
        TextError: if it is not YAML, or above a limit.
    """
    if len(text) > SIZE_LIMIT:
        raise TextError(f"it has {len(text):,} characters of YAML; {SIZE_LIMIT:,} are read")
    if text.count(MENTION) > MENTION_LIMIT:
        raise TextError(f"it names {MENTION} more than {MENTION_LIMIT:,} times: that is too many exemptions to review")
    candidates = _candidates(text) if MENTION in text else None
    # Ten times as fast as the one in Python, which is used where PyYAML has no wheel.
    parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loader = parser(text if candidates is None else candidates.to_parse)
    builder = _Builder(text, candidates)
    try:
        builder.read(loader)
    except _AtError as error:
        raise TextError(str(error), Lines(text).position(error.index)) from error
    except yaml.YAMLError as error:
        raise TextError(_problem(error), _position(text, error)) from error
    finally:
        loader.dispose()
    if len(builder.documents) > 1:
        second = Lines(text).position(builder.second)
        raise TextError("it has several YAML documents, and only one is allowed", second, builder.documents)
    return _YamlText(text, builder, candidates)


def _candidates(text: str) -> CommentCandidates:
    from .yaml_comments import CommentCandidates  # most texts have no comment for the gate

    return CommentCandidates(text)


class _AtError(Exception):
    """What is wrong with the text at an index."""

    def __init__(self, problem: str, index: int) -> None:
        super().__init__(problem)
        self.index = index


def _problem(error: yaml.YAMLError) -> str:
    parts = [getattr(error, name, None) for name in ("context", "problem")]
    return ": ".join(str(part) for part in parts if part) or str(error).partition("\n")[0]


def _position(text: str, error: yaml.YAMLError) -> Position | None:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    index = mark.index if mark else getattr(error, "position", None)
    return Lines(text).position(min(index, len(text))) if isinstance(index, int) else None


class _Anchor(NamedTuple):
    """The target of an alias: the value, its node, and its number of values."""

    value: Any
    node: YamlNode
    size: int


class _Open:
    """A map or list that has begun and not ended."""

    __slots__ = ("anchor", "items", "merges", "node", "size", "tag", "written")

    def __init__(self, event: Any, node: YamlNode) -> None:
        self.node = node
        self.anchor: str | None = event.anchor
        self.tag: str | None = event.tag
        self.items: list[Any] = []  # of a map: key, value, key, value
        self.written: list[Written] = []
        self.merges: list[int] = []  # which of the items are `<<`
        self.size = 1


class _Builder:
    """Builds plain values and the syntax tree of the first document in one go.

    Args:
        text: the text.
        candidates: the places that can be comments for the gate; None if the text does not name it.
    """

    def __init__(self, text: str, candidates: CommentCandidates | None) -> None:
        self._text = text
        self.documents: list[Any] = []
        self.root = YamlNode("scalar", "", 0, 0)
        self.second = 0
        self.repeated: dict[int, Any] = {}  # maps with repeated keys, by id and kept alive
        self._candidates = candidates
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
                self._begin(event, "map" if kind is MappingStartEvent else "list")
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                self._end(event)
            elif kind is AliasEvent:
                self._alias(event)
            elif kind is DocumentStartEvent:
                self._anchors.clear()
                if len(self.documents) == 1:
                    self.second = event.start_mark.index
            elif kind is StreamEndEvent:
                return

    def _begin(self, event: Any, kind: str) -> None:
        start = event.start_mark.index
        if len(self._open) >= DEPTH_LIMIT:
            raise _AtError(f"it is nested more than {DEPTH_LIMIT} levels deep", start)
        is_marked = event.anchor is not None or event.tag is not None
        node = YamlNode(kind, "flow" if event.flow_style else "block", start, start, is_marked)
        self._open.append(_Open(event, node))
        if event.anchor is not None:
            self._anchors[event.anchor] = None

    def _scalar(self, event: Any) -> None:
        value, tag, anchor = event.value, event.tag, event.anchor
        is_marked = anchor is not None or tag is not None
        written: Written = (event.style or "", event.start_mark.index, event.end_mark.index, is_marked)
        if self._candidates is not None:
            value = self._candidates.restored(value)
        if tag is None:
            if event.implicit[0]:
                value = self._implicit(value)
        elif tag == _MERGE and self._is_at_key():
            self._open[-1].merges.append(len(self._open[-1].items))
        elif _fits(tag, value):
            value = _converted(tag, value)
        elif not tag.startswith("!"):
            expression = f"a value with the tag {tag.replace(_STANDARD, '!!')}"
            value = Unknown(expression, "which not every YAML parser reads alike", outline=expression)
        elif tag != "!":
            written = node_of(written)
            value = _call(tag, value, written)
        self._add(value, written, 1, anchor)

    def _implicit(self, text: str) -> Any:
        """Return the value of a plain scalar; record a merge key."""
        if text == "<<" and self._is_at_key():
            self._open[-1].merges.append(len(self._open[-1].items))
            return text
        if text not in self._plain:
            self._plain[text] = _plain(text)
        return self._plain[text]

    def _is_at_key(self) -> bool:
        return bool(self._open) and self._open[-1].node.kind == "map" and not len(self._open[-1].items) % 2

    def _end(self, event: Any) -> None:
        done = self._open.pop()
        node = done.node
        node.end = event.end_mark.index
        value: Any = done.items
        if node.kind == "map":
            value = self._map(done)
        else:
            node.values = done.written
        if done.tag is not None and done.tag != "!" and not _is_standard(done.tag):
            value = _call(done.tag, value, node)
        self._add(value, node, done.size, done.anchor)

    def _alias(self, event: Any) -> None:
        index = event.start_mark.index
        if event.anchor not in self._anchors:
            raise _AtError("there is no anchor for this alias", index)
        anchor = self._anchors[event.anchor]
        if anchor is None:
            raise _AtError("this alias refers to a value that contains it", index)
        self._more_by_alias += anchor.size
        if self._more_by_alias > ALIAS_LIMIT:
            raise _AtError(f"its aliases refer to more than {ALIAS_LIMIT:,} values", index)
        node = YamlNode("alias", "", index, event.end_mark.index)
        node.target = anchor.node
        self._add(anchor.value, node, anchor.size, None)

    def _add(self, value: Any, written: Written, size: int, anchor: str | None) -> None:
        if value is None or anchor is not None or not self._open:
            written = node = node_of(written)
            node.is_null = value is None
            if anchor is not None:
                self._anchors[anchor] = _Anchor(value, node, size)
            if not self._open:
                self.documents.append(value)
                if len(self.documents) == 1:
                    self.root = node
                return
        parent = self._open[-1]
        parent.items.append(value)
        parent.written.append(written)
        parent.size += size

    def _map(self, done: _Open) -> dict[str, Any]:
        node, values = done.node, done.items[1::2]
        node.keys, node.values = done.written[::2], done.written[1::2]
        node.names = names = [
            key if type(key) is str else _key(key, node_of(at).start)
            for key, at in zip(done.items[::2], node.keys, strict=True)
        ]
        value = dict(zip(names, values, strict=True))
        if done.merges:
            node.merge_keys = [at // 2 for at in done.merges]
            value, sources = self._merge(node, values)
            names = [member.name for member in node.own_members]
            if any(id(source) in self.repeated for source in sources):
                self.repeated[id(value)] = value
        if len(set(names)) < len(names):
            self.repeated[id(value)] = value
        return value

    def _merge(self, node: YamlNode, values: Sequence[Any]) -> tuple[dict[str, Any], Sequence[Mapping[str, Any]]]:
        """Return a map with the members of merged maps (``<<``), and these maps; its own members have precedence."""
        sources, node.merged = _merged(node, values)
        value: dict[str, Any] = {}
        disputed = {name for each in node.merged for name in each.resolved.replaced}
        for source in sources:
            disputed |= {name for name in source.keys() & value.keys() if not _are_equal(source[name], value[name])}
            value |= source
        if disputed:
            node.disputed = disputed
            line = Lines(self._text).position(node_of(node.keys[node.merge_keys[0]]).start).line
            reason = f"on which YAML parsers disagree: several maps are merged in line {line}"
            unknown = Unknown.one_of_several(reason, "Write the key itself, next to the merge key (<<)")
            value |= dict.fromkeys(disputed, unknown)
        own = {name: values[at] for at, name in enumerate(node.names) if at not in node.merge_keys}
        # PyYAML 6.0.4 drops keys with the same id from merged maps: Python has one object for each string of one
        # character.
        node.replaced = {
            name for name in own.keys() & value if len(name) < 2 and not _are_equal(own[name], value[name])
        }
        return value | own, sources


def _merged(node: YamlNode, values: Sequence[Any]) -> tuple[list[Any], list[YamlNode]]:
    """Return the maps that are merged into a map, and their nodes."""
    sources: list[Any] = []
    nodes: list[YamlNode] = []
    for at in node.merge_keys:
        source, written = values[at], node_of(node.values[at]).resolved
        is_list = isinstance(source, list)
        sources += source if is_list else [source]
        nodes += map(node_of, written.values) if is_list else [written]
    if not all(isinstance(source, dict) for source in sources):
        raise _AtError("the value of << must be a map, or a list of maps", node_of(node.keys[node.merge_keys[0]]).start)
    return sources, nodes


def _are_equal(one: Any, other: Any) -> bool:
    """Return whether two values are equal in JSON, in which ``1`` and ``true`` differ."""
    return one is other or canonical(one) == canonical(other)


def _call(tag: str, value: Any, node: YamlNode) -> dict[str, Any]:
    """Return the long form of a short tag, ``Fn::Sub`` for ``!Sub``."""
    name = tag.removeprefix("!")
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    node.function = name if name in _FUNCTIONS_WITHOUT_PREFIX else f"Fn::{name}"
    return {node.function: value}


def _is_standard(tag: str) -> bool:
    """Return whether a tag is a standard one of YAML: not a function of CloudFormation, not an object of Python."""
    return tag.startswith(_STANDARD) and not tag.startswith(f"{_STANDARD}python/")


def _fits(tag: str, text: str) -> bool:
    """Return whether a scalar has a standard tag, and a text for it."""
    return tag in _SCALARS and isinstance(_converted(tag, text), _SCALARS[tag])


def _plain(text: str) -> Any:
    """Return the value of a plain scalar: by version 1.1, as CloudFormation; dates stay as they are written."""
    for tag, pattern in _resolvers.get(text[:1], ()):
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
    except ValueError:  # more digits than Python takes, or a tag that does not fit
        return text
    if kind == "bool":
        return _convert.bool_values.get(text.lower(), text)
    return None if kind == "null" else text


def _key(key: Any, index: int) -> str:
    """Return a key as JSON has it, a string: of an account id, of ``true``."""
    if isinstance(key, dict | list | Unknown):
        raise _AtError("a key is a map or a list; put {{ }} in quotes", index)
    if key is None:
        return "null"
    if isinstance(key, bool):
        return "true" if key else "false"
    return str(key)


class _YamlText(Text):
    def __init__(self, content: str, builder: _Builder, candidates: CommentCandidates | None) -> None:
        super().__init__(content, builder.documents[0] if builder.documents else None, builder.root)
        self._repeated_maps = builder.repeated
        self._candidates = candidates

    def comments_at(self, key: str | None = None) -> Iterator[Comment]:
        """Return the comments for the gate, each with its member: of the whole text, or of the value of a key."""
        comments = self._candidates.comments_in(self.root) if self._candidates is not None else None
        if comments is not None and comments.found:
            section = self._section(key, comments)
            for start, text in comments.found:
                yield Comment(text, self.position_at(start), section.step_at(start))

    def _section(self, key: str | None, comments: Comments) -> Section:
        whole = comments.of_members(self.root, len(self.content) + 1)
        if key is None:
            return whole
        member = next((member for member in reversed(self.root.members) if member.name == key), None)
        if member is None or member.value.kind == "alias":  # it is written elsewhere
            return comments.of_none()
        return comments.of_members(member.value, whole.end_of(member))

    def _repeated(self) -> tuple[Any, Collection[int]]:
        return self.value, self._repeated_maps
