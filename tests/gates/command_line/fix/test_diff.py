"""Diffs of edits: with one applied, a text is the edited text; no environment is in it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecs_guard_aspects.gates.command_line.fix.diff import unified_diff
from ecs_guard_aspects.remediation.text_edits.edits import Edit, applied
from ecs_guard_aspects.sources.text.read import read_text
from ecs_guard_aspects.sources.text.text import Text

_HUNK = re.compile(r"@@ -(\d+),(\d+) \+(\d+),(\d+) @@\n")


def plain(content: str) -> Text:
    """Return a text without an environment; the text need not be YAML."""
    empty = read_text("")
    empty.content = content
    return empty


def patched(text: str, diff: str) -> str:
    """Return a text with a diff applied, as ``patch`` does."""
    lines = re.findall(r"[^\n]*\n|[^\n]+\Z", text)
    result: list[str] = []
    at, sign = 0, ""
    for line in diff.splitlines(keepends=True)[2:]:
        match = _HUNK.fullmatch(line)
        if match:
            start = int(match[1]) - (1 if int(match[2]) else 0)
            result += lines[at:start]
            at = start
            assert len(result) == int(match[3]) - (1 if int(match[4]) else 0)
        elif line.startswith("\\"):  # the line before it has no end
            if sign == "+":
                result[-1] = result[-1].removesuffix("\n")
        elif line[0] == "+":
            result.append(line[1:])
        else:
            assert line[1:].rstrip("\n") == lines[at].rstrip("\n")
            if line[0] == " ":
                result.append(lines[at])
            at += 1
        sign = line[0]
    return "".join([*result, *lines[at:]])


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    text = draw(st.text("ab\n", min_size=1, max_size=60))
    points = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True)))
    pairs = zip(points[::2], points[1::2], strict=False)
    return text, [Edit(start, end, draw(st.text("xy\n", max_size=6))) for start, end in pairs]


@settings(max_examples=100, deadline=None)
@given(edits())
def test_with_it_applied_a_text_is_the_edited_text(given_edits: tuple[str, list[Edit]]) -> None:
    text, made = given_edits
    after = applied(text, made)
    diff = unified_diff("a", plain(text), made)
    assert (patched(text, diff) if diff else text) == after


def test_far_edits_are_hunks_of_their_own() -> None:
    text = "".join(f"{number}\n" for number in range(1, 31))
    made = [Edit(0, 1, "x"), Edit(text.index("7\n"), text.index("7\n") + 1, "y"), Edit(text.index("30"), len(text), "")]
    heads = [line for line in unified_diff("a", plain(text), made).splitlines() if line.startswith("@@")]
    assert heads == ["@@ -1,10 +1,10 @@", "@@ -27,4 +27,3 @@"]


@pytest.mark.parametrize(
    "text",
    [
        "Environment:\n  - Name: A\n    Value: hunter2\nMode: bridge\nSecrets: [hunter2]\n",
        "Mode: bridge\nenvironment: {A: hunter2}\n",
        "Command:\n  - hunter2\nMode: bridge\n",
        "{Environment: {A: hunter2}, Mode: bridge}",
        '{"Environment": {"A": "hunter2"}, "Mode": "bridge"}',
    ],
)
def test_no_environment_is_shown(text: str) -> None:
    start = text.index("bridge")
    diff = unified_diff("a", read_text(text), [Edit(start, start + 6, "awsvpc")])
    assert "awsvpc" in diff
    assert "hunter2" not in diff


def test_nothing_steers_the_terminal() -> None:
    diff = unified_diff("a\x1b[2J", plain("a: bridge # \x1b[2J\tx\r\n"), [Edit(3, 9, "awsvpc")])
    assert diff == (
        "--- a/a\\x1b[2J\n+++ b/a\\x1b[2J\n@@ -1,1 +1,1 @@\n-a: bridge # \\x1b[2J\tx\r\n+a: awsvpc # \\x1b[2J\tx\r\n"
    )
