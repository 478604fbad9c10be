"""YAML as CloudFormation reads it: values, short tags, anchors and merge keys, and where each value is."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ecs_guard_aspects.cloudformation.values import Unknown
from ecs_guard_aspects.sources.text.read import read_text
from ecs_guard_aspects.sources.text.text import Position


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
    ("K: ! 010", {"K": "010"}),
    ("K: ! '010'", {"K": "010"}),
    ("<<", "<<"),
    ("[<<, 1]", ["<<", 1]),
    ("K: !!map {a: !!seq [1]}", {"K": {"a": [1]}}),
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
    ("!!set {a, b}", {"a": None, "b": None}),
    ("!!omap [a: 1]", [{"a": 1}]),
]


@pytest.mark.parametrize(("text", "value"), TAGS, ids=[text for text, _ in TAGS])
def test_a_short_tag(text: str, value: Any) -> None:
    assert value_of(f"K: {text}") == {"K": value}


UNKNOWN_TAGS = [
    ("!!python/name:os.system x", "!!python/name:os.system"),
    ("!<tag:example.org,2000:x> y", "tag:example.org,2000:x"),
    ("!!binary aGk=", "!!binary"),
    ("!!map a", "!!map"),
    ("!!int nonsense", "!!int"),
    ("!!bool nonsense", "!!bool"),
]


@pytest.mark.parametrize(("text", "tag"), UNKNOWN_TAGS)
def test_a_tag_that_parsers_read_differently_makes_the_value_unknown(text: str, tag: str) -> None:
    value = value_of(f"K: {text}")["K"]
    assert isinstance(value, Unknown)
    assert value.expression == f"a value with the tag {tag}"


MERGES = [
    ("a: &a {x: 1}\nb: {<<: *a, y: 2}", {"x": 1, "y": 2}),
    ("a: &a {x: 1}\nb: {<<: *a, x: 2}", {"x": 2}),
    ("a: &a {x: 1}\nb: {x: 2, <<: *a}", {"x": 2}),
    ("a: &a {x: 1, y: 1}\nc: &c {x: 1, z: 2}\nb: {<<: [*a, *c]}", {"x": 1, "y": 1, "z": 2}),
    ("a: &a {x: 1, y: 1}\nc: &c {x: 1, z: 2}\nb: {<<: *a, <<: *c}", {"x": 1, "y": 1, "z": 2}),
    ("a: &a {x: 1}\nc: &c {x: 2}\nb: {<<: [*a, *c], x: 3}", {"x": 3}),
    ("b: {!!merge '<<': {x: 1}}", {"x": 1}),
    ("b: {<<: {x: 1}}", {"x": 1}),
    ("b: {'<<': 1}", {"<<": 1}),
    ("a: &a {x: &x 1}\nb: {y: *x}", {"y": 1}),
]


@pytest.mark.parametrize(("text", "value"), MERGES, ids=[text for text, _ in MERGES])
def test_anchors_and_merge_keys(text: str, value: Any) -> None:
    assert value_of(text)["b"] == value


def test_aliases_may_stand_for_a_lot() -> None:
    text = "a: &a {x: 1, y: 2}\nb: [" + ", ".join(["*a"] * 20_000) + "]"
    assert len(value_of(text)["b"]) == 20_000


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
def test_the_position_of_a_value(path: str, position: Position, line_end: str) -> None:
    read = read_text(YAML.replace("\n", line_end))
    assert read.position_of(path.split("/") if path else []) == position


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


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
