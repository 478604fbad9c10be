"""Reading of JSON or YAML: what is an error and where, what is too large or too deep, that no text is a crash."""

from __future__ import annotations

import contextlib
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_guard_aspects.sources.text.read import read_text
from ecs_guard_aspects.sources.text.text import Position, TextError, decode

BROKEN = [
    ("a: 1\n---\nb: 2", "it has several YAML documents, and only one is allowed", Position(2, 1)),
    ("a:\n\tb: 1", "while scanning for the next token: found character that cannot start any token", Position(2, 1)),
    ("a: @b", "while scanning for the next token: found character that cannot start any token", Position(1, 4)),
    ("a: 'x", "while scanning a quoted scalar: found unexpected end of stream", Position(1, 6)),
    ("a: \x01", "unacceptable character #x0001: control characters are not allowed", Position(1, 4)),
    ("a: *b", "there is no anchor for this alias", Position(1, 4)),
    ("a: &a [*a]", "this alias refers to a value that contains it", Position(1, 8)),
    ("a: &a {b: *a}", "this alias refers to a value that contains it", Position(1, 11)),
    ("b: {<<: 1}", "the value of << must be a map, or a list of maps", Position(1, 5)),
    ("Mode: {{ mode }}", "it has a placeholder that is not in quotes", Position(1, 8)),
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
    "40,000 braces": ("{a: " * 40_000, "Expecting property name"),
    "40,000 dashes": ("- " * 40_000, "nested more than 200 levels"),
    "40,000 question marks": ("? " * 40_000, "nested more than 200 levels"),
    "a million levels of JSON": ('{"a":' * MILLION + "1" + "}" * MILLION, "nested too deeply"),
    "indented ever more": ("".join(" " * i + "a:\n" for i in range(3000)), "nested more than 200 levels"),
    "ten million brackets": ("[" * 10 * MILLION, "nested too deeply"),
    "an alias bomb": (bomb(), "aliases refer to more than 100,000 values"),
    "an alias bomb of functions": (bomb("!Join "), "aliases refer to more than 100,000 values"),
    "a merge bomb": (merge_bomb(), "aliases refer to more than 100,000 values"),
    "maps as keys": ("{" * 150 + "a" + "}" * 150, "it has a placeholder that is not in quotes"),
    "maps as keys, in blocks": ("? " * 150 + "a", "a key is a map or a list"),
    "40 MB of YAML": ("a: b\n" * 8 * MILLION, "40,000,000 characters of YAML"),
    "a million keys": ("".join(f"k{i}: v\n" for i in range(MILLION // 2)), "more than 300,000 values"),
    "a million documents": ("--- a\n" * MILLION, "more than 300,000 values"),
    "a million flow keys": ("{" + "a," * MILLION + "}", "Expecting property name"),
    "a quote that never ends": ('a: "' + "x" * 9 * MILLION, "unexpected end of stream"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_should_not_be_read(name: str) -> None:
    text, problem = HOSTILE[name]
    start = time.process_time()
    with pytest.raises(TextError, match=problem):
        read_text(text)
    assert time.process_time() - start < 8


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


PLACEHOLDERS = [
    '{"a": 1, "cpu": ${CPU}}',
    '{"a": 1, "cpu": {{ cpu }}}',
    '{"a": {{ x|tojson }}}',
    '{"a": [{{ x }}]}',
    '{"a": 1{% if x %}, "b": 2{% endif %}}',
    '{"a": @CPU@, "b": [}',
    '{"a": #{CPU}#, "b": 1}',
    '{"a": ((cpu)), [}',
    "a: {% if x %}\nb: 1",
]


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_a_placeholder_without_quotes_is_named(text: str) -> None:
    with pytest.raises(TextError, match="it has a placeholder that is not in quotes") as raised:
        read_text(text)
    assert "quotes" in raised.value.remedy
    assert raised.value.position is not None


@pytest.mark.parametrize("text", ['{"a": 1, // c\n "b": 2}', '{\n /* c */ "b": 2}', '{"a": [1 // c\n]}'])
def test_a_comment_in_json_is_named(text: str) -> None:
    with pytest.raises(TextError, match="JSON does not have comments"):
        read_text(text)


@pytest.mark.parametrize("text", ['{"a": 1,}', '{"a": 1 # c\n}', '{"a": [x]}'])
def test_json_with_what_yaml_takes_is_read(text: str) -> None:
    assert "a" in read_text(text).value
