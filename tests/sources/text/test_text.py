"""Text that has been read: encodings, lines, keys that are there more than once."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.sources.text.read import read_text
from ecs_guard_aspects.sources.text.text import TextError, decode, lines_of

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
def test_bytes_that_are_not_text(content: bytes, problem: str) -> None:
    with pytest.raises(TextError) as raised:
        decode(content)
    assert str(raised.value) == f"it is not text: {problem}"


@pytest.mark.parametrize("text", ["a: '\u2028\u2029'\nb: 1", "a: '\x85'\nb: 1", '{"a": "\u2028\x0c\x1c",\n"b": 1}'])
def test_lines_are_those_of_editors(text: str) -> None:
    """YAML and str.splitlines know more line ends than GitHub."""
    text = text.replace("\x0c\x1c", "")
    assert read_text(text).position_of(["b"]).line == 2
    assert len(lines_of(text)) == 2


TWICE = [
    ("a: 1\nb: 2\na: 3", {"a": 3, "b": 2}, [("a", 1, 3)]),
    ('{"a": 1,\n"b": 2,\n"a": 3}', {"a": 3, "b": 2}, [("a", 1, 3)]),
    ("x:\n  - k: 1\n    k: 2\n    k: 3", {"x": [{"k": 3}]}, [("x/0/k", 2, 4)]),
    ('{"x": [{"k": 1,\n"k": 2}]}', {"x": [{"k": 2}]}, [("x/0/k", 1, 2)]),
    ("a: {k: 1}\nb: 1\na: {j: 2}", {"a": {"j": 2}, "b": 1}, [("a", 1, 3)]),
    ("b: {<<: {k: 1}, k: 2,\n k: 3}", {"b": {"k": 3}}, [("b/k", 1, 2)]),
    ("b: {<<: {k: 1}, k: 2}", {"b": {"k": 2}}, []),
    ("1: a\n'1': b", {"1": "b"}, [("1", 1, 2)]),
    ("a: &a {k: 1, k: 2}\nb: *a", {"a": {"k": 2}, "b": {"k": 2}}, [("a/k", 1, 1), ("b/k", 1, 1)]),
]


@pytest.mark.parametrize(("text", "value", "twice"), TWICE, ids=[text for text, _, _ in TWICE])
def test_of_equal_keys_the_last_one_counts(text: str, value: Any, twice: Any) -> None:
    read = read_text(text)
    assert read.value == value
    found = [("/".join(d.path), d.first.line, d.last.line) for d in read.duplicates]
    assert found == twice
