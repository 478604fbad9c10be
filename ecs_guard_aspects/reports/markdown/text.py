"""Markdown tables in the syntax of GitHub, in which names and sentences are not read as markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..wording import printable

_LONGEST_CELL = 500

_PLAIN_NAME = re.compile(r"[^\s`|\\<>&](?:[^`|\\<>&]*[^\s`|\\<>&])?")
_MARKUP = re.compile(r"[^\w\s.,;:()'\"/=+%!?-]|(?<![^\W_])_|_(?![^\W_])|:(?=//)|(?<=www)\.", re.IGNORECASE)
_NOT_A_LETTER = re.compile(r"[^\w ]|_")


def table_row(cells: Iterable[str]) -> str:
    """Return a row of a table."""
    return f"| {' | '.join(cells)} |"


def table_head(columns: Sequence[str]) -> list[str]:
    """Return the first two rows of a table."""
    return [table_row(columns), f"|{' --- |' * len(columns)}"]


def code(name: str) -> str:
    """Return a name as code. In backticks, a pipe would end the cell, and a backtick the code."""
    text = _cut(name)
    if _PLAIN_NAME.fullmatch(text):
        return f"`{text}`"
    return f"<code>{_NOT_A_LETTER.sub(_entity, text)}</code>" if text else ""


def plain(sentence: str) -> str:
    """Return a sentence without markup, links and mentions."""
    return _MARKUP.sub(_entity, _cut(sentence))


def _cut(text: str) -> str:
    shown = printable(text)
    return shown if len(shown) <= _LONGEST_CELL else f"{shown[:_LONGEST_CELL]} ..."


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"
