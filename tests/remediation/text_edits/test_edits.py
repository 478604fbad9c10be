"""Edits of text: each of them to the letter, what is refused; random ones change what they should and no more."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ecs_guard_aspects.remediation.text_edits.edits import Edit, EditRefusedError, TextEditor, applied
from ecs_guard_aspects.sources.text.read import read_text

MODE = "NetworkMode"


def edited(text: str, path: str, new: object) -> str:
    return applied(text, [TextEditor(read_text(text)).edit(path.split("."), new)])


NETWORK = {"Awsvpc": {"Subnets": ["s-1", {"Ref": "Two"}], "Public": "NO"}}

EDITS = [
    # a value, in the quotes that it has
    ("a: bridge", "a", "awsvpc", "a: awsvpc"),
    ("a: 'bridge' # why", "a", "awsvpc", "a: 'awsvpc' # why"),
    ('a:   "bridge"\nb: 1', "a", "awsvpc", 'a:   "awsvpc"\nb: 1'),
    ("a: {b: bridge, c: 1}", "a.b", "awsvpc", "a: {b: awsvpc, c: 1}"),
    ('{"a": "bridge"}', "a", "awsvpc", '{"a": "awsvpc"}'),
    ('{"a": 0}', "a", "awsvpc", '{"a": "awsvpc"}'),
    ('{"a": null, # YAML\n}', "a", "awsvpc", '{"a": "awsvpc", # YAML\n}'),
    ("a:\nb: 1", "a", "awsvpc", "a: awsvpc\nb: 1"),
    ("a: # nothing\nb: 1", "a", "awsvpc", "a: awsvpc # nothing\nb: 1"),
    ("a: ~", "a", "awsvpc", "a: awsvpc"),
    # what YAML 1.1 would take for something else
    ("a: root", "a", "1000:1000", 'a: "1000:1000"'),
    ("a: root", "a", "1000", 'a: "1000"'),
    ("a: root", "a", "no", 'a: "no"'),
    ("a: 'root'", "a", "1000:50", "a: '1000:50'"),
    # a member that is not there: first in its map, below comments that are about the map, above those about its first
    ("a:\n  b: 1\n", "a.M", "awsvpc", "a:\n  M: awsvpc\n  b: 1\n"),
    ("a:\r\n    b: 1\r\n", "a.M", "awsvpc", "a:\r\n    M: awsvpc\r\n    b: 1\r\n"),
    ("a: # map\n  # about b\n  # more\n  b: 1", "a.M", "x", "a: # map\n  M: x\n  # about b\n  # more\n  b: 1"),
    ("- b: 1\n  c: 2\n", "0.M", "x", "- M: x\n  b: 1\n  c: 2\n"),
    ("l:\n-   b: 1\n    c: 2\n", "l.0.M", "x", "l:\n-   M: x\n    b: 1\n    c: 2\n"),
    ('"a":\n  "b": 1\n', "a.M", "x", '"a":\n  "M": "x"\n  "b": 1\n'),
    ("a: {}", "a.M", "x", "a: {M: x}"),
    ("a: {# none\n  }", "a.M", "x", "a: {M: x # none\n  }"),
    ("a: {b: 1}", "a.M", "x", "a: {M: x, b: 1}"),
    ("a: {\n  b: 1\n}", "a.M", "x", "a: {\n  M: x,\n  b: 1\n}"),
    ('{"a": {}}', "a.M", "x", '{"a": {"M": "x"}}'),
    ('{"a":{"b":1}}', "a.M", "x", '{"a":{"M":"x","b":1}}'),
    ('{"a": { "b": 1 }}', "a.M", "x", '{"a": { "M": "x", "b": 1 }}'),
    ('{\n\t"a": {\n\t\t"b": 1\n\t}\n}', "a.M", "x", '{\n\t"a": {\n\t\t"M": "x",\n\t\t"b": 1\n\t}\n}'),
    # a map in place of one that is empty
    ("R:\n  a: {}\n  b: 1\n", "R.a", {"M": {"K": "x"}}, "R:\n  a:\n    M:\n      K: x\n  b: 1\n"),
    ("R:\n  a: # none\n  b: 1\n", "R.a", {"M": "x"}, "R:\n  a:\n    M: x # none\n  b: 1\n"),
    ("a: ~\r\nb: 1\r\n", "a", {"M": "x"}, "a:\r\n  M: x\r\nb: 1\r\n"),
    ("a: !Ref AWS::NoValue # none\n", "a", {"M": "x"}, "a:\n  M: x # none\n"),
    ("a:\n    b:\n        c: []\n        d: DISABLED\ne: 1\n", "a", {"M": "x"}, "a:\n  M: x\ne: 1\n"),
    ("- a: {}\n  b: 1\n", "0.a", {"M": "x"}, "- a:\n    M: x\n  b: 1\n"),
    ("{a: {b: {}}, c: 1}", "a", {"M": "x"}, "{a: {M: x}, c: 1}"),
    ('{"a": {}, "c": 1}', "a", {"M": "x"}, '{"a": {"M": "x"}, "c": 1}'),
    ('{\n  "a": {},\n  "c": 1\n}', "a", {"M": "x"}, '{\n  "a": {\n    "M": "x"\n  },\n  "c": 1\n}'),
    # a map, in as many lines as it takes
    (
        "R:\n    b: 1\n",
        "R.M",
        NETWORK,
        'R:\n    M:\n        Awsvpc:\n            Subnets: [s-1, !Ref Two]\n            Public: "NO"\n    b: 1\n',
    ),
    ("R: {b: 1}", "R.M", NETWORK, 'R: {M: {Awsvpc: {Subnets: [s-1, !Ref Two], Public: "NO"}}, b: 1}'),
    (
        '{"R": {"b": 1}}',
        "R.M",
        NETWORK,
        '{"R": {"M": {"Awsvpc": {"Subnets": ["s-1", {"Ref": "Two"}], "Public": "NO"}}, "b": 1}}',
    ),
    (
        '{\n "R": {\n  "b": 1\n }\n}',
        "R.M",
        {"S": ["s-1"]},
        '{\n "R": {\n  "M": {\n   "S": [\n    "s-1"\n   ]\n  },\n  "b": 1\n }\n}',
    ),
    (
        '{\n "R":{\n  "b":1\n }\n}',
        "R.M",
        {"S": ["s-1"]},
        '{\n "R":{\n  "M":{\n   "S":[\n    "s-1"\n   ]\n  },\n  "b":1\n }\n}',
    ),
    # a member that goes, with its line and the comment on it
    ("l:\n  - a: 1\n    b: 0 # dynamic\n    c: 2\n", "l.0.b", None, "l:\n  - a: 1\n    c: 2\n"),
    ("l:\n  - b: 0\n    c: 2\n", "l.0.b", None, "l:\n  - c: 2\n"),
    ("l:\r\n  - b: 0\r\n    c: 2", "l.0.b", None, "l:\r\n  - c: 2"),
    ("l:\n  - a: 1\n    b: 0", "l.0.b", None, "l:\n  - a: 1"),
    ("l:\r\n  - a: 1\r\n    b: 0", "l.0.b", None, "l:\r\n  - a: 1"),
    ("l:\n  - a: 1\n    # about c\n    b: 0\n    c: 1", "l.0.b", None, "l:\n  - a: 1\n    # about c\n    c: 1"),
    ("l: [{a: 1, b: 0}]", "l.0.b", None, "l: [{a: 1}]"),
    ("l: [{b: 0, a: 1}]", "l.0.b", None, "l: [{a: 1}]"),
    ('{"l": [{"b": 0, "a": 1}]}', "l.0.b", None, '{"l": [{"a": 1}]}'),
    ('{"l": [{\n "a": 1,\n "b": 0\n}]}', "l.0.b", None, '{"l": [{\n "a": 1\n}]}'),
    ('{"l": [{\n "b": 0,\n "a": 1\n}]}', "l.0.b", None, '{"l": [{\n "a": 1\n}]}'),
    ("a: {b: 0, c: 1,}", "a.b", None, "a: {c: 1,}"),
]


@pytest.mark.parametrize(("text", "path", "new", "expected"), EDITS)
def test_an_edit(text: str, path: str, new: object, expected: str) -> None:
    assert edited(text, path, new) == expected
    assert read_text(expected).value == with_change(read_text(text).value, path.split("."), new)


def with_change(value: Any, path: list[str], new: object) -> Any:
    changed = copy.deepcopy(value)
    node = changed
    for step in path[:-1]:
        node = node[int(step)] if isinstance(node, list) else node[step]
    if new is None:
        del node[path[-1]]
    else:
        node[path[-1]] = new
    return changed


REFUSED = [
    ("a:\n  ? b\n  : 1", "a.M", "x", "b is written with a question mark"),
    ("a: &x {b: 1}\nc: *x", "a.M", "x", "a has an anchor or a tag"),
    ("a: &x\n  b: 1\nc: *x", "c.M", "x", "c is an alias: its value is used elsewhere too"),
    ("a: &x bridge\nc: *x", "a", "awsvpc", "a has an anchor or a tag"),
    ("a: &x bridge\nc: *x", "c", "awsvpc", "c is an alias: its value is used elsewhere too"),
    ("a: &x {k: 1}\nb: {<<: *x, c: 1}", "b.M", "x", "b takes a part of its value from another map, with a merge key"),
    ("a: &x {k: 1}\nb: {<<: *x, c: 1}", "b.c", "x", "b takes a part of its value from another map, with a merge key"),
    ("a: {b: 1, b: 2}", "a.b", "x", "a/b is repeated"),
    ("a: {b: 1}\na: {b: 2}", "a.b", "x", "a is repeated"),
    ("a: |\n  bridge\n", "a", "x", "a is not written on one line"),
    ("a: >-\n  bridge\n", "a", "x", "a is not written on one line"),
    ("a: !Ref Mode", "a", "x", "a has an anchor or a tag"),
    ("a: &k !Sub bridge", "a", "x", "a has an anchor or a tag"),
    ("a:\n  Fn::Sub: bridge", "a", "x", "a is not written on one line"),
    ("a: !If [A, {b: 1}, c]", "a.1.b", "x", "a has an anchor or a tag"),
    ("a: {b: [1]}", "a.b", "x", "a/b is not written on one line"),
    ("a:\n", "a.M", "x", "a is empty or not a map, so nothing can be added to it"),
    ("a: [1]", "a.M", "x", "a is empty or not a map, so nothing can be added to it"),
    ("a: 1", "b.M", "x", "b is not written here, so nothing can be added to it"),
    ("Resources: {A: {Type: x}}", "Resources.A.Properties.M", "x", "Properties is not written here, so nothing"),
    ("a: {b: }", "a.b", "x", "a/b is empty: remove it"),
    ("a: &none {}\nb: *none", "a", {"b": 1}, "a is empty: remove it"),
    ("a:\n  b: [] # none\n  c: 1\n", "a", {"b": 1}, "a is empty: remove it"),
    ("? a\n: {}", "a", {"b": 1}, "a is empty: remove it"),
    ("a: {b: 1}", "a.b", None, "a/b is its only member"),
    ("a: {b: 1}", "a.c", None, "a/c is not written here"),
    ("- b: 0\n  # about a\n  a: 1", "0.b", None, "a comment next to 0/b is in the way"),
    ("- a: 1\n  b: 0 # ecs-guard: ignore[x]", "0.b", None, "a comment next to 0/b is in the way"),
    ("- b: 0 # ecs-guard: ignore[x]\n  a: 1", "0.b", None, "a comment next to 0/b is in the way"),
    ("a: {b: 0, # why\n c: 1}", "a.b", None, "a comment next to a/b is in the way"),
    ("a: {c: 0, # why\n b: 1}", "a.b", None, "a comment next to a/b is in the way"),
    ("a:\n  &k b: 0\n  c: 1", "a.b", "x", "a/b has an anchor or a tag"),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: !Sub bridge # why\n", "a: x # why\n"),
        ('a: !Join ["", [bri, dge]]\n', "a: x\n"),
        ("a: {Fn::Sub: bridge}\n", "a: x\n"),
        ('{"a": {"Fn::Sub": "bridge"}}', '{"a": "x"}'),
    ],
)
def test_a_function_of_a_constant_is_replaced_as_a_whole(text: str, expected: str) -> None:
    assert edited(text, "a", "x").replace('a: "x"', "a: x") == expected


@pytest.mark.parametrize(("text", "path", "new", "reason"), REFUSED)
def test_what_is_refused(text: str, path: str, new: object, reason: str) -> None:
    with pytest.raises(EditRefusedError) as refused:
        edited(text, path, new)
    assert str(refused.value).startswith(reason)


def test_edits_of_one_place() -> None:
    assert applied("abc", [Edit(0, 1, "x"), Edit(1, 2, "y"), Edit(0, 1, "x")]) == "xyc"
    assert applied("abc", [Edit(1, 2, ""), Edit(1, 1, "x"), Edit(1, 1, "y")]) == "axyc"  # added before what is removed
    for others in ([Edit(0, 2, "x"), Edit(1, 2, "y")], [Edit(1, 2, "x"), Edit(1, 2, "y")]):
        with pytest.raises(EditRefusedError):
            applied("abc", others)


# --- any text, any change ------------------------------------------------------------------------------------------

KEYS = st.sampled_from(["Name", "Mode", "User", "B", "yes", "a-b", "über"])
SCALARS = st.sampled_from(["bridge", "", "0", "it's", 'say "x"', "a: b", "# no", "ü", 0, 1.5, True, None, "multi word"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, min_size=1, max_size=4),
    max_leaves=12,
)
NEW = st.sampled_from(["awsvpc", "1000:1000", {"A": {"S": ["s-1", "s-2"], "P": "DISABLED"}}, None])


@st.composite
def written(draw: st.DrawFn) -> str:
    """A map as a user may write it."""
    value = {"Resources": draw(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4))}
    if draw(st.booleans()):
        separators = draw(st.sampled_from([None, (",", ":"), (" , ", " : ")]))
        text = json.dumps(value, indent=draw(st.sampled_from([None, 1, 4, "\t"])), separators=separators)
    else:
        text = yaml.safe_dump(
            value,
            default_flow_style=draw(st.sampled_from([True, False, None])),
            default_style=draw(st.sampled_from([None, None, "'", '"'])),
            indent=draw(st.integers(2, 5)),
            width=draw(st.sampled_from([20, 1000])),
            sort_keys=False,
            allow_unicode=draw(st.booleans()),
        )
        if draw(st.booleans()):
            text = "\n".join(f"{line} # comment" if line.endswith(":") else line for line in text.split("\n"))
    text = text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))
    return text if draw(st.booleans()) else text.rstrip("\r\n")


def maps_in(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    below = [found for key, member in members for found in maps_in(member, (*path, str(key)))]
    return [path, *below] if isinstance(value, dict) else below


@settings(max_examples=80, deadline=None)
@given(st.data(), written())
def test_any_change_of_any_text(data: st.DataObject, text: str) -> None:
    value = read_text(text).value
    path = [*data.draw(st.sampled_from(maps_in(value))), data.draw(KEYS)]
    new = data.draw(NEW)
    try:
        edit = TextEditor(read_text(text)).edit(path, new)
    except EditRefusedError:
        assume(False)
    after = applied(text, [edit])

    assert read_text(after).value == with_change(value, path, new)
    assert after.startswith(text[: edit.start])
    assert after.endswith(text[edit.end :])
    assert isinstance(new, dict) or text[edit.start : edit.end].count("\n") <= 2  # a scalar may have two lines
    assert "\r\n" in after or "\r\n" not in text
    assert "\n" not in after.replace("\r\n", "") or "\r\n" not in text
