"""What a source yields: documents, each with resources to judge and notices of what is not there to judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from .resource import NOWHERE, Acknowledgement, LocalExemption, Place, Resource

UNREADABLE = "unreadable"
"""What should be a task definition, or may hold one, and cannot be read."""

NOT_CHECKED = "not-checked"
"""What deploys something that is not in the document."""


@dataclass(frozen=True)
class Notice:
    """Something that could not be read, or is not looked into.

    Attributes:
        what: what it is, one sentence.
        why: what follows, one sentence.
        remedy: what to change, one sentence.
        kind: ``UNREADABLE`` or ``NOT_CHECKED``.
        decidable_later: whether only the deployment can tell, rather than nobody.
        address: what people call the resource it is about; that of the document if it is about all of it.
        name: what that resource is called in the document; empty if it is about all of it.
        place: where it stands.
        acknowledged: see ``Resource``.
        account: see ``Resource``.
        exemptions: see ``Resource``.
    """

    what: str
    why: str
    remedy: str
    kind: str = UNREADABLE
    decidable_later: bool = False
    address: str = ""
    name: str = ""
    place: Place = NOWHERE
    acknowledged: Mapping[str, Acknowledgement] = field(default_factory=dict)
    account: str | None = None
    exemptions: Sequence[LocalExemption] = ()


@dataclass(frozen=True)
class Document:
    """One thing that was read: a template, a file, a Region of an account.

    Attributes:
        name: what it is called: its file, relative to where it was read from.
        items: its task definitions, and what is to be said of the rest, in the order of the document.
        sha256: the digest of what was read, where it is a file.
        exemptions: those that stand beside none of its items.
        may_be_quoted: whether a report may show lines of it.
    """

    name: str
    items: Iterable[Resource | Notice]
    sha256: str | None = None
    exemptions: Sequence[LocalExemption] = ()
    may_be_quoted: bool = True


Source: TypeAlias = Iterable[Document]
"""Where task definitions come from."""
