"""Notices: things that a source could not read or does not check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .address import AddressKind
from .inline_exemption import Acknowledgement, InlineExemption
from .place import NOWHERE, Place

UNREADABLE = "unreadable"
"""The kind for something that is or may be a task definition, and cannot be read."""

NOT_CHECKED = "not-checked"
"""The kind for a resource that deploys something that is not in the document."""


NOT_COVERED = "not-covered"
"""The kind for a resource that runs containers or registers task definitions, and that no check covers."""

UNKNOWN_FILE = "unknown-file"
"""The kind for a file that mentions task definitions and has a format that is not read."""


@dataclass(frozen=True)
class Notice:
    """Something that could not be read, or is not checked.

    Attributes:
        what: what it is, one sentence.
        why: what follows, one sentence.
        remedy: what to change, one sentence.
        kind: ``UNREADABLE``, ``NOT_CHECKED``, ``NOT_COVERED`` or ``UNKNOWN_FILE``.
        decidable_later: whether the deployment can decide what the document alone cannot.
        address: the address of the resource it is about; that of the document if it is about all of it.
        name: the name of that resource in the document; empty if it is about all of it.
        place: where it was found.
        acknowledged: see ``Resource``.
        account: see ``Resource``.
        exemptions: see ``Resource``.
        address_kind: see ``Resource``.
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
    exemptions: Sequence[InlineExemption] = ()
    address_kind: AddressKind = AddressKind.PATH
