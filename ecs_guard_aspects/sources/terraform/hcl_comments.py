"""Comments of Terraform code that name ecs-guard, and the block each of them belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..text.text import MENTION, Comment, Position

if TYPE_CHECKING:
    from tree_sitter import Node


class Span(NamedTuple):
    """The first and the last line of something."""

    first: int
    last: int


def gate_comments(
    root: Node, blocks: Sequence[Node], text: str, position_of: Callable[[Node], Position]
) -> list[Comment]:
    """Return the comments of a file that name ecs-guard, each with the number of its block.

    A comment belongs to a block if it is inside the block, or above it with only comments between.

    Args:
        root: the file.
        blocks: its top-level blocks.
        text: its text.
        position_of: where a node starts.
    """
    if MENTION not in text:
        return []
    lines = root.text.split(b"\n") if root.text is not None else []
    comments = list(_comments_in(root))
    alone = {line for comment in comments for line in _lines_alone(comment, lines)}
    spans = [_span(block) for block in blocks]
    found = []
    for comment in comments:
        content = (comment.text or b"").decode("utf-8", "replace").rstrip("\r")
        if MENTION in content:
            found.append(Comment(content, position_of(comment), _block_at(_span(comment), spans, alone)))
    return found


def _comments_in(root: Node) -> Iterator[Node]:
    nodes = [root]
    while nodes:
        node = nodes.pop()
        if node.type == "comment":
            yield node
        nodes += reversed(node.children)


def _span(node: Node) -> Span:
    """Return the lines of a node. The end of a comment may include the end of its line."""
    last, column = node.end_point
    return Span(node.start_point[0], last - 1 if column == 0 and last > node.start_point[0] else last)


def _lines_alone(comment: Node, lines: Sequence[bytes]) -> Iterator[int]:
    """Yield the lines that contain only a comment."""
    span = _span(comment)
    before = lines[span.first][: comment.start_point[1]]
    behind = lines[span.last][comment.end_point[1] :] if comment.end_point[0] == span.last else b""
    if not before.strip() and not behind.strip():
        yield from range(span.first, span.last + 1)


def _block_at(comment: Span, blocks: Sequence[Span], alone: set[int]) -> str | None:
    for number, block in enumerate(blocks):
        if block.first <= comment.first <= block.last:
            return str(number)
    line = comment.last
    while line in alone:
        line += 1
    return next((str(number) for number, block in enumerate(blocks) if block.first == line), None)
