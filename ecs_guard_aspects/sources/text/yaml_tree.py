"""Nodes of YAML: aliases, merge keys and short tags, as they are written and as they are evaluated."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeAlias

from .syntax_tree import Member, Node


class YamlNode(Node):
    """A node of YAML.

    Attributes:
        names: the keys of a map.
        keys: these keys as they are written.
        values: its values as they are written, or the items of a list.
        merged: the values of its merge keys (``<<``).
        merge_keys: which of the keys these are.
        disputed: keys that several of the merged maps have, with different values.
        replaced: keys of its own that some readers take from the merged maps, once it is merged into another map.
        function: the long form of a short tag, ``Fn::Sub`` for ``!Sub``; empty without one.
        target: the node that an alias refers to.
    """

    names: Sequence[str] = ()
    keys: Sequence[Written] = ()
    values: Sequence[Written] = ()
    merged: Sequence[YamlNode] = ()
    merge_keys: Sequence[int] = ()
    disputed: Collection[str] = ()
    replaced: Collection[str] = ()
    function = ""
    target: YamlNode | None = None

    @property
    def resolved(self) -> YamlNode:
        """The node itself, or the target of an alias."""
        return self.target or self

    @property
    def own_members(self) -> list[Member]:
        """The members as they are written, without merge keys."""
        return [member for at, member in enumerate(self.members) if at not in self.merge_keys]

    @property
    def sources(self) -> Iterator[YamlNode]:
        """The node itself, and the maps that are merged into it, recursively."""
        yield self
        for source in self.merged:
            yield from source.resolved.sources

    @cached_property
    def by_name(self) -> Mapping[str, Member]:
        """The members as they are evaluated: those of the function of a short tag, and with those of merged maps."""
        if self.function:
            argument = copy.copy(self)
            argument.function = ""
            return {self.function: Member(None, self.function, argument)}
        found: dict[str, Member] = {}
        for source in self.merged:
            found.update(source.resolved.by_name)
        for name in self.disputed:  # it is in none of them for certain: the merge key is its place
            merge_key = node_of(self.keys[self.merge_keys[0]])
            found[name] = Member(merge_key, name, merge_key)
        found.update((member.name, member) for member in self.own_members)
        return found

    def _find_members(self) -> Iterable[Member]:
        values = map(node_of, self.values)
        if self.kind == "map":
            return map(Member, map(node_of, self.keys), self.names, values)
        return (Member(None, str(index), value) for index, value in enumerate(values))


Written: TypeAlias = YamlNode | tuple[str, int, int, bool]
"""A node, or style, start, end and ``is_marked`` of a scalar, which becomes a node when one is needed.

Few are needed, and creating all of them takes a sixth of the time of parsing.
"""


def node_of(written: Written) -> YamlNode:
    """Return the node of a written value."""
    return YamlNode("scalar", *written) if isinstance(written, tuple) else written
