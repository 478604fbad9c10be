"""Notices: what a source reports about what it could not read."""

from __future__ import annotations

from ecs_guard_aspects.model.address import AddressKind
from ecs_guard_aspects.model.notice import UNREADABLE, Notice
from ecs_guard_aspects.model.place import NOWHERE


def test_a_notice_is_about_something_unreadable_unless_it_says_otherwise() -> None:
    notice = Notice("What.", "Why.", "Remedy.")
    assert (notice.kind, notice.decidable_later) == (UNREADABLE, False)
    assert (notice.address, notice.name, notice.place) == ("", "", NOWHERE)
    assert (notice.address_kind, notice.acknowledged, notice.exemptions) == (AddressKind.PATH, {}, ())
