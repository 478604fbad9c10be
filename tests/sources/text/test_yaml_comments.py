"""Comments of YAML for the gate: which member each belongs to, and that none is part of a value."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ecs_guard_aspects.sources.text.read import read_text
from ecs_guard_aspects.sources.text.text import TextError
from ecs_guard_aspects.sources.text.yaml_text import MENTION_LIMIT


def at(text: str) -> list[tuple[int, str | None]]:
    """Return the line of each comment for the gate in a template, and the resource that it belongs to."""
    return [(comment.position.line, comment.step) for comment in read_text(text).comments_at("Resources")]


X = "# ecs-guard: x"

BLOCK = f"""\
{X} nothing
Resources: {X} nothing
  {X} nothing
  Old: {X} nothing
    a: {X} nothing
  {X} A
  A: {X} A
    {X} A
    Type: T {X} A
{X} A
    Properties: {{a: 1, {X} A
      b: "{X}"}} {X} A

      {X} A
   {X} A
  {X} nothing

  {X} B
{X} B
  # prose
  B:
    P: |
      {X}
     text
      {X}
    Q: >-
      text
      {X}
   {X} B
  {X} nothing
    # prose, {X}
 # prose

  C: *a
  D:
  {X} Old
  Old: {X} Old
    - {X} Old
    {X} Old
Outputs:
  {X} nothing
"""


def test_which_nodes_the_comments_of_a_block_belong_to() -> None:
    text = BLOCK.replace("P: |\n", "P: |1\n").replace("nothing\nResources", "nothing\nMappings: &a {}\nResources")
    comments = list(read_text(text).comments_at("Resources"))
    assert len(comments) == 24
    assert [comment.text for comment in comments] == [f"{X} {comment.step or 'nothing'}" for comment in comments]


# fmt: off
ROWS: list[tuple[str, str, list[str | None]]] = [
    ("trailing the key",       f"Resources:\n  A: {X}\n    T: 1",                              ["A"]),
    ("trailing an alias",      f"M: &m {{a: 1}}\nResources:\n  A: *m {X}\n  B: 1",             ["A"]),
    ("in what an alias names", f"Resources:\n  A: &m\n    a: 1 {X}\n  B: *m\n",                ["A"]),
    ("an alias for all",       f"M: &m\n  A:\n    a: 1 {X}\nResources: *m",                    [None]),
    ("merged in",              f"M: &m\n  A:\n    a: 1 {X}\nResources:\n  <<: *m\n  B: 1",     [None]),
    ("below an anchor",        f"Resources:\n  A: &m\n    {X}\n    a: 1",                      ["A"]),
    ("below a tag",            f"Resources:\n  A: !X\n    {X}\n    a: 1",                      ["A"]),
    ("the first directly",     f"Resources:\n  {X}\n  A: 1",                                   ["A"]),
    ("the first, deeper",      f"Resources:\n      {X}\n  A: 1",                               ["A"]),
    ("the first, outdented",   f"Resources:\n{X}\n  A: 1",                                     ["A"]),
    ("above the section",      f"{X}\nResources:\n  A: 1",                                     [None]),
    ("blank line",             f"Resources:\n  {X}\n\n  A: 1",                                 [None]),
    ("blank comment line",     f"Resources:\n  {X}\n  #\n  A: 1",                              ["A"]),
    ("the end, deeper",        f"Resources:\n  A:\n    a: 1\n\n\n    {X}",                     ["A"]),
    ("the end, outdented",     f"Resources:\n  A:\n    a: 1\n  {X}",                           [None]),
    ("no indentation",         f"Resources:\n A:\n  a: 1\n  {X}\n {X}\n B: 1",                 ["A", "B"]),
    ("after a block scalar",   f"Resources:\n  A:\n    a: |\n     x\n      {X}\n    {X}\n  B: 1", ["A"]),
    ("block scalar, header",   f"Resources:\n  A:\n    a: | {X}\n      {X}\n",                 ["A"]),
    ("block scalar, indent",   f"Resources:\n  A:\n    a: |1\n     {X}\n  B: 1",               []),
    ("only comments in it",    f"Resources:\n  A:\n    a: |\n    {X}\n  B: 1",                 ["A"]),
    ("folded",                 f"Resources:\n  A:\n    a: >+\n      x\n      {X}\n\n",         []),
    ("plain, several lines",   "Resources:\n  A:\n    a: x\n      y#ecs-guard:x\n      z",       []),
    ("double-quoted",          f'Resources:\n  A:\n    a: "x\n      {X}\n      z"',            []),
    ("single-quoted",          f"Resources:\n  A:\n    a: 'x {X} y'",                          []),
    ("quoted and real",        f"Resources:\n  A:\n    a: 'x {X} y' {X}",                      ["A"]),
    ("a key",                  f'Resources:\n  "A {X}": 1',                                    []),
    ("a quote of one",         f"Resources:\n  A: 1 # write `{X}` or {X}",                     []),
    ("flow",                   f"Resources: {{\n{X}\n A: {{a: 1 {X}\n}}, {X}\n{X}\n B: 1 {X}\n}}", [*"AAABB"]),
    ("flow, two in a line",    f"Resources: {{ A: {{a: 1}}, B: {{a: 1}} {X}\n}}",              [None]),
    ("flow, end of a line",    f"Resources: {{ A: {{a: 1}}, B: {{a: 1,{X}\n}}}}",              [None]),
    ("flow, the end",          f"Resources: {{ A: {{a: 1}}\n {X}\n}}\n{X}",                    [None, None]),
    ("flow, in one line",      f"Resources: {{ A: {{a: 1}} }} {X}",                            [None]),
    ("flow in a block",        f"Resources:\n  A: {{a: 1}} {X}\n  B: {{a: 1}} {X}\n",          ["A", "B"]),
    ("JSON with comments", f'{{"Resources": {{\n{X}\n"A": {{\n"a": 1 {X}\n}}, {X}\n"B": 1\n}}}} {X}', [*"AAA", None]),
    ("JSON",                   json.dumps({"Resources": {"A": {"a": f"x {X}"}}}, indent=1),    []),
    ("no such section",        f"Parameters:\n  A: 1 {X}",                                     [None]),
    ("no map",                 f"Resources: [1, {X}\n 2]",                                     [None]),
    ("the section twice",      f"Resources:\n  A: 1 {X}\nResources:\n  A: 1 {X}\n",            [None, "A"]),
    ("Windows",                f"Resources:\r\n  {X}\r\n  A:\r\n    a: 1 {X}\r\n  B: 1\r\n",   ["A", "A"]),
    ("a tab before it",        f"Resources:\n  A:\n    a: 1\t{X}\n",                           ["A"]),
    ("explicit keys",          f"Resources:\n  ? A\n  : a: 1 {X}\n",                           ["A"]),
    ("document marks",         f"---\nResources:\n  A:\n    a: 1 {X}\n...\n{X}",               ["A", None]),
    ("nothing",                X,                                                              [None]),
]


# fmt: on


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_which_node_a_comment_belongs_to(text: str, expected: list[str | None]) -> None:
    assert [step for _, step in at(text)] == expected


def test_a_line_end_that_only_yaml_knows_ends_a_comment() -> None:
    (one,) = read_text(f"Resources:\n  A:\n    a: 1 {X}\u2028    b: 2\n").comments_at("Resources")
    assert (one.text, one.step) == (X, "A")


def test_a_byte_order_mark_moves_nothing() -> None:
    from ecs_guard_aspects.sources.text.text import decode

    text = read_text(decode(b"\xef\xbb\xbf" + f"Resources:\n  A: 1 {X}\n".encode()))
    assert [tuple(comment.position) for comment in text.comments_at("Resources")] == [(2, 8)]


def test_more_mentions_than_anybody_has_read() -> None:
    with pytest.raises(TextError, match="names ecs-guard more than 2,000 times"):
        read_text(f"{X}\n" * (MENTION_LIMIT + 1))


@st.composite
def templates(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Return a template in which each line may have a comment, and the resource that each comment is for."""
    lines, owners = ["Resources:"], []
    for name in draw(st.lists(st.sampled_from("ABCDE"), unique=True, min_size=1)):
        for line in (
            f"  {name}:",
            "    T: 1",
            "    P:",
            f"      - '{X}'",
            "      - {b: [1, 2]}",
            "    Q: |",
            f"      {X}",
        ):
            lines.append(line)
            if not line.endswith(X) and draw(st.booleans()):
                lines[-1] += f" {X}"
                owners.append(name)
        if draw(st.booleans()):
            lines.append(f"   {' ' * draw(st.integers(0, 2))}{X}")
            owners.append(name)
    return "\n".join(lines), owners


@given(templates())
@settings(max_examples=60, deadline=None)
def test_comments_at_places_of_all_kinds(drawn: tuple[str, list[str]]) -> None:
    text, owners = drawn
    assert [step for _, step in at(text)] == owners


@pytest.mark.parametrize(
    "text", ["a: |\n  x\n  # ecs-guard\n", "a: '# ecs-guard'", "# ecs-guard\na: b # ecs-guard", "'# ecs-guard': 1"]
)
def test_the_name_of_the_gate_stays_in_values(text: str) -> None:
    assert read_text(text).value == yaml.safe_load(text)


def test_a_text_with_all_private_characters_has_no_comments() -> None:
    """They mark what may be a comment, and such a text leaves none for that."""
    text = f"a: '{''.join(map(chr, range(0xE000, 0xF900)))}'\nb: '# ecs-guard' {X}"
    read = read_text(text)
    assert read.value["b"] == "# ecs-guard"
    assert list(read.comments_at()) == []


@given(st.text(alphabet="ab:#'\"|>- {}[],&*!\n\r\t\u2028", max_size=40), st.integers(0, 40))
@settings(max_examples=150, deadline=None)
def test_no_comment_is_part_of_a_value(text: str, index: int) -> None:
    text = text[:index] + X + text[index:]
    try:
        read = read_text(text)
    except TextError:
        return
    for comment in read.comments_at():
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        line = lines[comment.position.line - 1]
        assert line[comment.position.column - 1 :].startswith("#")
        lines[comment.position.line - 1] = (
            line[: comment.position.column] + line[comment.position.column - 1 + len(comment.text) :]
        )
        assert read_text("\n".join(lines)).value == read.value
