"""JSON: its values, and where each of them is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_guard_aspects.sources.text.read import read_text
from ecs_guard_aspects.sources.text.text import Position, lines_of

MILLION = 1_000_000


def test_40_mb_of_json_are_read() -> None:
    task = f'{{"Type": "AWS::ECS::TaskDefinition", "Properties": {{"Pad": "{"x" * 900}", "User": "0"}}}}'
    count = 40 * MILLION // (len(task) + 12)
    text = '{"Resources": {' + ", ".join(f'"k{i}": {task}' for i in range(count)) + "}}"
    assert len(text) > 36 * MILLION
    read = read_text(text)
    path = ("Resources", f"k{count - 1}", "Properties", "User")
    assert read.position_of(path) == Position(1, len(text) - 6)


JSON = """
{
  "Resources": {
    "Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"\\u004eetworkMode" : "\U0001f600", "Cpu": 1}},
    "Other": {"Type": "x",
      "Properties": {"ContainerDefinitions": [ {"Name": "a"}, {"Name": "b", "User": null} ]
      }
    }
  }
}
"""

JSON_PLACES = [
    ("", Position(2, 1)),
    ("Resources/Task", Position(4, 13)),
    ("Resources/Task/Properties/NetworkMode", Position(4, 86)),
    ("Resources/Task/Properties/Cpu", Position(4, 98)),
    ("Resources/Task/Properties/Memory", Position(4, 50)),
    ("Resources/Other/Properties/NetworkMode", Position(6, 7)),
    ("Resources/Other/Properties/ContainerDefinitions/0/User", Position(6, 48)),
    ("Resources/Other/Properties/ContainerDefinitions/1/User", Position(6, 85)),
    ("Resources/Other/Properties/ContainerDefinitions/2", Position(6, 22)),
]


@pytest.mark.parametrize(("path", "position"), JSON_PLACES, ids=[path for path, _ in JSON_PLACES])
def test_the_position_of_a_value(path: str, position: Position) -> None:
    assert read_text(JSON).position_of(path.split("/") if path else []) == position


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@given(plain)
def test_json_is_read_as_json_reads_it(value: Any) -> None:
    for text in (json.dumps(value), json.dumps(value, indent=2, ensure_ascii=False)):
        if text.lstrip()[:1] in ("{", "["):
            read = read_text(text)
            assert read.value == json.loads(text)
            for path in paths(value):
                position = read.position_of(path)
                assert json.JSONDecoder().raw_decode(rest_of(text, position))[0] == at(value, path)


def paths(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(inner for key, member in members for inner in paths(member, (*path, str(key))))]


def at(value: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def rest_of(text: str, position: Position) -> str:
    lines = lines_of(text)
    return "\n".join([lines[position.line - 1][position.column - 1 :], *lines[position.line :]])
