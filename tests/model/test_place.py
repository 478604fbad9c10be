"""Places in files."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.model.place import NOWHERE, Place, nowhere


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place("a.yaml", 7, 5), "a.yaml:7"),
        (Place("a.yaml", 7), "a.yaml:7"),
        (Place("a.yaml"), "a.yaml"),
        (NOWHERE, ""),
    ],
)
def test_as_text(place: Place, text: str) -> None:
    assert str(place) == text


def test_what_was_not_read_from_a_file_has_no_place() -> None:
    assert nowhere("Properties/NetworkMode") == NOWHERE == (None, None, None)
