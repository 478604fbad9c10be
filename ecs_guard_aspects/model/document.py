"""Documents: what a source yields, each with its task definitions and notices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from .inline_exemption import InlineExemption
from .notice import Notice
from .resource import Resource

if TYPE_CHECKING:
    from ..sources.text.text import Text


@dataclass(frozen=True)
class Document:
    """One thing that was read: a template, a file, a Region of an account.

    Attributes:
        name: its name: that of the file, relative to where it was read from.
        items: its task definitions and notices, in the order of the document.
        sha256: the digest of what was read, where it is a file.
        exemptions: inline exemptions that belong to none of its items.
        may_be_quoted: whether a report may show lines of it.
        text: the text of a JSON or YAML file, so that a fix does not read it again.
        is_unknown: whether it is a file that is listed, and was not read.
    """

    name: str
    items: Iterable[Resource | Notice]
    sha256: str | None = None
    exemptions: Sequence[InlineExemption] = ()
    may_be_quoted: bool = True
    text: Text | None = None
    is_unknown: bool = False


Source: TypeAlias = Iterable[Document]
"""A source of task definitions."""
