"""JSON and YAML as CloudFormation reads them, where each value stands, and what nobody should read."""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ecs_guard_aspects.sources.text.read import read_text
from ecs_guard_aspects.sources.text.text import Position, TextError, decode, lines_of


def value_of(text: str) -> Any:
    return read_text(text).value


# What is written, and what CloudFormation takes it for: the table of the facts.
VALUES = [
    ("User: 010", {"User": 8}),
    ("User: 00", {"User": 0}),
    ("User: 0x0", {"User": 0}),
    ("User: 0b0", {"User": 0}),
    ("User: 1000:50", {"User": 60050}),
    ("User: 0:0", {"User": "0:0"}),
    ("User: 1000:1000", {"User": "1000:1000"}),
    ("User: '010'", {"User": "010"}),
    ("User: 1_000", {"User": 1000}),
    ("User: 1.5", {"User": 1.5}),
    ("User: 012345678901", {"User": "012345678901"}),
    (f"User: {'9' * 5000}", {"User": "9" * 5000}),
    ("Privileged: yes", {"Privileged": True}),
    ("Privileged: on", {"Privileged": True}),
    ("Privileged: Off", {"Privileged": False}),
    ("Privileged: 'yes'", {"Privileged": "yes"}),
    ("K: y", {"K": "y"}),
    ("K: ~", {"K": None}),
    ("K:", {"K": None}),
    ("K: null", {"K": None}),
    ("NetworkMode: none", {"NetworkMode": "none"}),
    ("Version: 2012-10-17", {"Version": "2012-10-17"}),
    ("Version: !!timestamp 2012-10-17", {"Version": "2012-10-17"}),
    ("K: !!str 010", {"K": "010"}),
    ("K: !!int '010'", {"K": 8}),
    ("K: !!int nonsense", {"K": "nonsense"}),
    ("K: ! 010", {"K": "010"}),
    ("K: ! '010'", {"K": "010"}),
    ("<<", "<<"),
    ("[<<, 1]", ["<<", 1]),
    ("K: !!binary aGk=", {"K": "aGk="}),
    ("K: =", {"K": "="}),
    ("K: .inf", {"K": float("inf")}),
    ("123456789012: x", {"123456789012": "x"}),
    ("yes: x", {"true": "x"}),
    ("K:\tx", {"K": "x"}),
    ("{a: 1, b: [2, 3]}", {"a": 1, "b": [2, 3]}),
    ('{"a": 1,}', {"a": 1}),
    ('{"a": 1 # a comment\n}', {"a": 1}),
    ('{\t"a":\t1}', {"a": 1}),
    (r'{"a": "\ud83d\ude00"}', {"a": "\U0001f600"}),
    (f'{{"{"k" * 2000}": 1}}', {"k" * 2000: 1}),
    ('[{"a": 1}]', [{"a": 1}]),
    ("", None),
    ("# nothing", None),
    ("text", "text"),
]


@pytest.mark.parametrize(("text", "value"), VALUES, ids=[text[:30] for text, _ in VALUES])
def test_a_value(text: str, value: Any) -> None:
    assert value_of(text) == value


TAGS = [
    ("!Ref Mode", {"Ref": "Mode"}),
    ("!Condition IsProd", {"Condition": "IsProd"}),
    ("!Sub '${Mode}'", {"Fn::Sub": "${Mode}"}),
    ("!Sub 010", {"Fn::Sub": "010"}),
    ("!GetAtt a.Outputs.b", {"Fn::GetAtt": ["a", "Outputs.b"]}),
    ("!GetAtt [a, b]", {"Fn::GetAtt": ["a", "b"]}),
    ("!If [IsProd, awsvpc, !Ref Mode]", {"Fn::If": ["IsProd", "awsvpc", {"Ref": "Mode"}]}),
    ("!FindInMap [A, !Ref B, C]", {"Fn::FindInMap": ["A", {"Ref": "B"}, "C"]}),
    ("!Transform {Name: 'AWS::Include'}", {"Fn::Transform": {"Name": "AWS::Include"}}),
    ("!Select [0, !Split [',', a]]", {"Fn::Select": [0, {"Fn::Split": [",", "a"]}]}),
    ("!Rain::Embed x", {"Fn::Rain::Embed": "x"}),
    ("!!python/object/apply:os.system [ls]", {"Fn::tag:yaml.org,2002:python/object/apply:os.system": ["ls"]}),
    ("!!python/name:os.system x", {"Fn::tag:yaml.org,2002:python/name:os.system": "x"}),
    ("!<tag:example.org,2000:x> y", {"Fn::tag:example.org,2000:x": "y"}),
    ("!!set {a, b}", {"a": None, "b": None}),
]


@pytest.mark.parametrize(("text", "value"), TAGS, ids=[text for text, _ in TAGS])
def test_a_short_tag(text: str, value: Any) -> None:
    assert value_of(f"K: {text}") == {"K": value}


MERGES = [
    ("a: &a {x: 1}\nb: {<<: *a, y: 2}", {"x": 1, "y": 2}),
    ("a: &a {x: 1}\nb: {<<: *a, x: 2}", {"x": 2}),
    ("a: &a {x: 1}\nb: {x: 2, <<: *a}", {"x": 2}),
    ("a: &a {x: 1, y: 1}\nc: &c {x: 2, z: 2}\nb: {<<: [*a, *c]}", {"x": 1, "y": 1, "z": 2}),
    ("b: {<<: {x: 1}}", {"x": 1}),
    ("b: {'<<': 1}", {"<<": 1}),
    ("a: &a {x: &x 1}\nb: {y: *x}", {"y": 1}),
]


@pytest.mark.parametrize(("text", "value"), MERGES, ids=[text for text, _ in MERGES])
def test_anchors_and_merge_keys(text: str, value: Any) -> None:
    assert value_of(text)["b"] == value


BROKEN = [
    ("a: 1\n---\nb: 2", "it has several documents, CloudFormation takes one", Position(2, 1)),
    ("a:\n\tb: 1", "while scanning for the next token: found character that cannot start any token", Position(2, 1)),
    ("a: @b", "while scanning for the next token: found character that cannot start any token", Position(1, 4)),
    ("a: 'x", "while scanning a quoted scalar: found unexpected end of stream", Position(1, 6)),
    ("a: \x01", "unacceptable character #x0001: control characters are not allowed", Position(1, 4)),
    ("a: *b", "the alias *b stands for nothing", Position(1, 4)),
    ("a: &a [*a]", "the alias *a stands for what it is part of", Position(1, 8)),
    ("a: &a {b: *a}", "the alias *a stands for what it is part of", Position(1, 11)),
    ("b: {<<: 1}", "<< takes a map, or a list of maps", Position(1, 5)),
    ("Mode: {{ mode }}", "a map or list is where a key should be; what is in {{ }} needs quotes", Position(1, 8)),
    ('{"a": 1\n "b": 2}', "Expecting ',' delimiter", Position(2, 2)),
    ('{"a": \x01}', "Expecting value", Position(1, 7)),
]


@pytest.mark.parametrize(("text", "problem", "position"), BROKEN, ids=[text[:20] for text, _, _ in BROKEN])
def test_what_cannot_be_read(text: str, problem: str, position: Position) -> None:
    with pytest.raises(TextError) as raised:
        read_text(text)
    assert (str(raised.value), raised.value.position) == (problem, position)


def bomb(tag: str = "") -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} {tag}[{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    return "\n".join(lines)


def merge_bomb() -> str:
    lines = ["a0: &a0 {k: 1}"]
    lines += [f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 9)}], k{i}: 1}}" for i in range(1, 20)]
    return "\n".join(lines)


MILLION = 1_000_000
HOSTILE = {
    "40,000 brackets": ("[" * 40_000, "recursion"),
    "40,000 braces": ("{a: " * 40_000, "Expecting property name"),
    "40,000 dashes": ("- " * 40_000, "nested more than 200 levels"),
    "40,000 question marks": ("? " * 40_000, "nested more than 200 levels"),
    "40,000 levels of JSON": ('{"a":' * 40_000 + "1" + "}" * 40_000, "recursion"),
    "indented ever more": ("".join(" " * i + "a:\n" for i in range(3000)), "nested more than 200 levels"),
    "ten million brackets": ("[" * 10 * MILLION, "recursion"),
    "an alias bomb": (bomb(), "aliases stand for more than 100,000 values"),
    "an alias bomb of functions": (bomb("!Join "), "aliases stand for more than 100,000 values"),
    "a merge bomb": (merge_bomb(), "aliases stand for more than 100,000 values"),
    "maps as keys": ("{" * 150 + "a" + "}" * 150, "Expecting property name"),
    "maps as keys, in blocks": ("? " * 150 + "a", "a map or list is where a key should be"),
    "40 MB of YAML": ("a: b\n" * 8 * MILLION, "40,000,000 characters of YAML"),
    "a million keys": ("".join(f"k{i}: v\n" for i in range(MILLION // 2)), "more than 300,000 values"),
    "a million documents": ("--- a\n" * MILLION, "more than 300,000 values"),
    "a million flow keys": ("{" + "a," * MILLION + "}", "Expecting property name"),
    "a quote that never ends": ('a: "' + "x" * 9 * MILLION, "unexpected end of stream"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_nobody_should_read(name: str) -> None:
    text, problem = HOSTILE[name]
    start = time.process_time()
    with pytest.raises(TextError, match=problem):
        read_text(text)
    assert time.process_time() - start < 8


def test_40_mb_of_json_are_read() -> None:
    task = f'{{"Type": "AWS::ECS::TaskDefinition", "Properties": {{"Pad": "{"x" * 900}", "User": "0"}}}}'
    count = 40 * MILLION // (len(task) + 12)
    text = '{"Resources": {' + ", ".join(f'"k{i}": {task}' for i in range(count)) + "}}"
    assert len(text) > 36 * MILLION
    read = read_text(text)
    path = ("Resources", f"k{count - 1}", "Properties", "User")
    assert read.position_of(path) == Position(1, len(text) - 6)


def test_aliases_may_stand_for_a_lot() -> None:
    text = "a: &a {x: 1, y: 2}\nb: [" + ", ".join(["*a"] * 20_000) + "]"
    assert len(value_of(text)["b"]) == 20_000


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("text", ["a: caf\u00e9\n", '{"a": "caf\u00e9"}'])
def test_encodings(text: str, encoding: str) -> None:
    read = read_text(decode(text.encode(encoding)))
    assert read.value == {"a": "caf\u00e9"}
    assert read.position_of(["a"]).line == 1


NO_TEXT = [
    (b"a: caf\xe9", "unexpected end of data at byte 6"),
    (b"\x89PNG\r\n\x1a\n", "invalid start byte at byte 0"),
    (b"\xff\xfea", "truncated data at byte 2"),
    (b"\xff", "invalid start byte at byte 0"),
    (b"a: b\0", "it has a NUL character"),
]


@pytest.mark.parametrize(("content", "problem"), NO_TEXT)
def test_bytes_that_are_no_text(content: bytes, problem: str) -> None:
    with pytest.raises(TextError) as raised:
        decode(content)
    assert str(raised.value) == f"it is not text: {problem}"


# --- places -------------------------------------------------------------------------------------------------------

YAML = """\
# \u00fcber \U0001f600
Resources:
  Task: &task
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: none
      Family:
      ContainerDefinitions:
        - Name: a
          User: !If [Root, root, "1000"]
        - {Name: b, User: "0"}
  Other:
    <<: *task
    Properties: {<<: {NetworkMode: host}, Cpu: 1}
  Long:
    Fn::Transform:
      Name: x
"""
YAML_PLACES = [
    ("", Position(2, 1)),
    ("Resources", Position(3, 3)),
    ("Resources/Task", Position(3, 9)),
    ("Resources/Task/Properties/NetworkMode", Position(6, 20)),
    ("Resources/Task/Properties/Family", Position(7, 7)),
    ("Resources/Task/Properties/Cpu", Position(5, 5)),
    ("Resources/Task/Properties/RuntimePlatform/OperatingSystemFamily", Position(5, 5)),
    ("Resources/Task/Properties/ContainerDefinitions/0", Position(9, 11)),
    ("Resources/Task/Properties/ContainerDefinitions/0/User", Position(10, 17)),
    ("Resources/Task/Properties/ContainerDefinitions/0/User/Fn::If/1", Position(10, 28)),
    ("Resources/Task/Properties/ContainerDefinitions/0/User/Fn::If/2", Position(10, 34)),
    ("Resources/Task/Properties/ContainerDefinitions/0/Privileged", Position(9, 11)),
    ("Resources/Task/Properties/ContainerDefinitions/1/User", Position(11, 27)),
    ("Resources/Task/Properties/ContainerDefinitions/2", Position(8, 7)),
    ("Resources/Other/Type", Position(4, 11)),
    ("Resources/Other/Properties/NetworkMode", Position(14, 36)),
    ("Resources/Other/Properties/Cpu", Position(14, 48)),
    ("Resources/Long/Fn::Transform/Name", Position(17, 13)),
    ("Nothing/Here", Position(2, 1)),
]


@pytest.mark.parametrize(("path", "position"), YAML_PLACES, ids=[path for path, _ in YAML_PLACES])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_where_a_value_of_yaml_stands(path: str, position: Position, line_end: str) -> None:
    read = read_text(YAML.replace("\n", line_end))
    assert read.position_of(path.split("/") if path else []) == position


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
def test_where_a_value_of_json_stands(path: str, position: Position) -> None:
    assert read_text(JSON).position_of(path.split("/") if path else []) == position


@pytest.mark.parametrize("text", ["a: '\u2028\u2029'\nb: 1", "a: '\x85'\nb: 1", '{"a": "\u2028\x0c\x1c",\n"b": 1}'])
def test_lines_are_those_of_editors(text: str) -> None:
    """YAML and str.splitlines know more line ends than GitHub."""
    text = text.replace("\x0c\x1c", "")
    assert read_text(text).position_of(["b"]).line == 2
    assert len(lines_of(text)) == 2


# --- keys that are there twice ------------------------------------------------------------------------------------

TWICE = [
    ("a: 1\nb: 2\na: 3", {"a": 3, "b": 2}, [("a", 1, 3)]),
    ('{"a": 1,\n"b": 2,\n"a": 3}', {"a": 3, "b": 2}, [("a", 1, 3)]),
    ("x:\n  - k: 1\n    k: 2\n    k: 3", {"x": [{"k": 3}]}, [("x/0/k", 2, 4)]),
    ('{"x": [{"k": 1,\n"k": 2}]}', {"x": [{"k": 2}]}, [("x/0/k", 1, 2)]),
    ("a: {k: 1}\nb: 1\na: {j: 2}", {"a": {"j": 2}, "b": 1}, [("a", 1, 3)]),
    ("b: {<<: {k: 1}, k: 2,\n k: 3}", {"b": {"k": 3}}, [("b/k", 1, 2)]),
    ("b: {<<: {k: 1}, k: 2}", {"b": {"k": 2}}, []),
    ("1: a\n'1': b", {"1": "b"}, [("1", 1, 2)]),
    ("a: &a {k: 1, k: 2}\nb: *a", {"a": {"k": 2}, "b": {"k": 2}}, [("a/k", 1, 1)]),
]


@pytest.mark.parametrize(("text", "value", "twice"), TWICE, ids=[text for text, _, _ in TWICE])
def test_of_a_key_that_is_there_twice_the_last_one_counts(text: str, value: Any, twice: Any) -> None:
    read = read_text(text)
    assert read.value == value
    found = [("/".join(d.path), d.first.line, d.last.line) for d in read.duplicates]
    assert found == twice


# --- against the readers of others --------------------------------------------------------------------------------

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


@given(plain)
def test_yaml_is_read_as_pyyaml_reads_it(value: Any) -> None:
    text = yaml.safe_dump(value)
    assert value_of(text) == yaml.safe_load(text)


@given(plain)
def test_without_libyaml_it_is_the_same(value: Any) -> None:
    text = yaml.safe_dump(value)
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(yaml, "CSafeLoader", raising=False)
        assert value_of(text) == yaml.safe_load(text)


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


@given(st.text(alphabet="ab:-?[]{}&*!<>|'\"#,% \n\t~0", max_size=60))
def test_no_text_is_a_crash(text: str) -> None:
    with contextlib.suppress(TextError):
        read = read_text(text)
        assert read.duplicates is not None
        assert read.position_of(["a", "b", "0"]) >= (1, 1)
        json.dumps(read.value)


@given(st.binary(max_size=60))
def test_no_bytes_are_a_crash(content: bytes) -> None:
    with contextlib.suppress(TextError):
        read_text(decode(content))
