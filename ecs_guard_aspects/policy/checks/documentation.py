"""Documentation of a check: the texts of its docstring, for `ecs-guard explain` and docs/checks.md."""

from __future__ import annotations

import inspect
import re

from .base import Check

_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")


def denied_when(check: Check) -> str:
    """Return when a check is violated, as Markdown: the first paragraph of its docstring."""
    return _paragraphs(check)[0]


def remarks_on(check: Check) -> list[str]:
    """Return more about a check, as Markdown: the other paragraphs of its docstring."""
    return _paragraphs(check)[1:]


def without_markup(markdown: str) -> str:
    """Return Markdown as text for a terminal: a link as its text and address, code without backticks."""
    return _LINK.sub(r"\1 <\2>", markdown).replace("`", "")


def _paragraphs(check: Check) -> list[str]:
    # Of the class itself: a check without a docstring would have that of its base class.
    docstring = inspect.cleandoc(type(check).__dict__.get("__doc__") or "")
    return [" ".join(paragraph.split()) for paragraph in docstring.replace("``", "`").split("\n\n")]
