"""Merge keys of YAML: what readers disagree on is not decided, and all else is read as they read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ecs_guard_aspects.cloudformation.values import Unknown
from ecs_guard_aspects.sources.text.read import read_text


class Merge(NamedTuple):
    """A merge key: the maps that it names, and whether they are in a list."""

    names: tuple[str, ...]
    is_list: bool


class Written(NamedTuple):
    """A map with an anchor."""

    name: str
    merges: tuple[Merge, ...]
    own: Mapping[str, int]

    def __str__(self) -> str:
        merges = [f"<<: {_aliases(merge)}" for merge in self.merges]
        own = [f"{key}: {value}" for key, value in self.own.items()]
        return f"{self.name}: &{self.name} {{{', '.join([*merges, *own])}}}"

    @property
    def sources(self) -> list[str]:
        return [name for merge in self.merges for name in merge.names]


def _aliases(merge: Merge) -> str:
    aliases = ", ".join(f"*{name}" for name in merge.names)
    return f"[{aliases}]" if merge.is_list else aliases


KEYS = ("x", "NetworkMode", "User")  # in maps of maps PyYAML 6.0.4 reads keys of one character differently


@st.composite
def documents(draw: st.DrawFn) -> list[Written]:
    maps: list[Written] = []
    for name in ("a", "b", "c", "d")[: draw(st.integers(1, 4))]:
        known = [each.name for each in maps]
        one = st.tuples(st.sampled_from(known)).map(lambda names: Merge(names, False)) if known else st.nothing()
        some = st.lists(st.sampled_from(known), min_size=1, max_size=3) if known else st.nothing()
        merges = draw(st.lists(one | some.map(lambda names: Merge(tuple(names), True)), max_size=2)) if known else []
        maps.append(Written(name, tuple(merges), draw(st.dictionaries(st.sampled_from(KEYS), st.integers(0, 2)))))
    return maps


def by_rule(maps: list[Written], order: Callable[[list[str]], list[str]]) -> dict[str, dict[str, int]]:
    """Return the maps as read by a reader that puts merged maps in order, and lets the last one win."""
    read: dict[str, dict[str, int]] = {}
    for each in maps:
        value: dict[str, int] = {}
        for merge in each.merges:
            for name in order(list(merge.names)):
                value |= read[name]
        read[each.name] = value | dict(each.own)
    return read


def by_ruamel(text: str) -> Any:
    """Return what ruamel.yaml reads; None where it refuses the text, as it does with two merge keys in one map."""
    ruamel = pytest.importorskip("ruamel.yaml")
    try:
        return ruamel.YAML(typ="safe", pure=True).load(text)
    except ruamel.constructor.DuplicateKeyError:
        return None


@given(documents())
def test_merge_keys_are_read_as_all_readers_read_them(maps: list[Written]) -> None:
    text = "\n".join(map(str, maps))
    ours: Any = read_text(text).value
    readings = [
        by_rule(maps, lambda names: names[::-1]),  # PyYAML up to 6.0.2: the first of a list wins
        by_rule(maps, lambda names: names),  # PyYAML 6.0.4: the last
        yaml.safe_load(text),
        by_ruamel(text),
    ]
    for each in maps:
        read = [reading[each.name] for reading in readings if reading is not None]
        assert all(ours[each.name].keys() == other.keys() for other in read)
        for key, value in ours[each.name].items():
            values = {other[key] for other in read}
            if isinstance(value, Unknown):
                assert _is_disputed(each, key, ours)
            else:
                assert values == {value}


def _is_disputed(each: Written, key: str, ours: Any) -> bool:
    """Return whether the maps that are merged may not agree on a key, which the map itself does not have."""
    values = {repr(ours[name][key]) for name in each.sources if key in ours[name]}
    return key not in each.own and (len(values) > 1 or "Unknown" in "".join(values) or key == "x")


TEXT = """\
a: &a {NetworkMode: awsvpc, Family: f, Cpu: 1}
b: &b {NetworkMode: host, Family: f, Cpu: true}
c: {%s}
"""
DISPUTED = [
    ("<<: *a, <<: *b", {"NetworkMode", "Cpu"}),
    ("<<: [*a, *b]", {"NetworkMode", "Cpu"}),
    ("<<: [*b, *a], Cpu: 2", {"NetworkMode"}),
    ("<<: [*a, *a]", set()),
    ("<<: *a", set()),
    ("<<: [*a, {Cpu: 1}]", set()),
    ("<<: {<<: [*a, *b]}", {"NetworkMode", "Cpu"}),
    ("<<: {<<: *a, Cpu: 2}", set()),
    ("<<: {<<: {C: 1}, C: 2}", {"C"}),
]


@pytest.mark.parametrize(("written", "disputed"), DISPUTED)
def test_what_is_disputed(written: str, disputed: set[str]) -> None:
    text = read_text(TEXT % written)
    value = text.value["c"]
    assert {key for key in value if isinstance(value[key], Unknown)} == disputed
    for key in disputed:
        assert "several maps are merged in line 3" in value[key].reason
        assert text.position_of(("c", key)).line == 3


REPEATED = [
    ("a: &a {x: 1, x: 2}\nb: *a", [("a", "x"), ("b", "x")]),
    ("a: &a {x: 1, x: 2}\nb: {<<: *a}", [("a", "x"), ("b", "x")]),
    ("a: &a {x: 1}\nb: {<<: *a, <<: *a}", []),
    ("a: &a {x: 1}\nb: {<<: *a, x: 2, x: 3}", [("b", "x")]),
]


@pytest.mark.parametrize(("text", "paths"), REPEATED)
def test_a_key_that_is_repeated_is_found_through_aliases_and_merges(text: str, paths: list[tuple[str, ...]]) -> None:
    assert [duplicate.path for duplicate in read_text(text).duplicates] == paths
