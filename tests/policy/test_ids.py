"""Ids of findings that no check makes."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.policy.checks import ALL
from ecs_guard_aspects.policy.ids import NOTICES, is_about_exemption


def test_no_check_has_one_of_them() -> None:
    assert not {check.id for check in ALL} & set(NOTICES)


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ("stale-exemption", True),
        ("invalid-exemption", True),
        ("unreadable", False),
        ("not-checked", False),
        ("awsvpc-network-mode", False),
    ],
)
def test_which_are_about_an_exemption(check: str, expected: bool) -> None:
    assert is_about_exemption(check) is expected
