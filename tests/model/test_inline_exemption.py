"""Inline exemptions and acknowledgements, as they were written."""

from __future__ import annotations

from ecs_guard_aspects.model.inline_exemption import Acknowledgement, InlineExemption
from ecs_guard_aspects.model.place import NOWHERE


def test_an_inline_exemption_is_readable_unless_it_has_a_problem() -> None:
    written = InlineExemption({"check": "awsvpc-network-mode"})
    assert (written.place, written.location, written.problem) == (NOWHERE, "", "")


def test_an_acknowledgement_on_the_app_has_an_empty_address() -> None:
    assert Acknowledgement("", "moves in May") == ("", "moves in May")
