"""Errors of the policy: the message about an unknown name."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.policy import PolicyError
from ecs_guard_aspects.policy.errors import require_known

NAMES = ("awsvpc-network-mode", "non-root-user")


def test_a_known_name_is_returned() -> None:
    assert require_known("check", "non-root-user", NAMES) == "non-root-user"


@pytest.mark.parametrize(
    ("name", "written", "hint"),
    [
        ("non-root-usr", "'non-root-usr'", " Did you mean 'non-root-user'?"),
        ("awsvpc", "'awsvpc'", " Did you mean 'awsvpc-network-mode'?"),
        ("NON-ROOT-USER", "'NON-ROOT-USER'", " Did you mean 'non-root-user'?"),
        ("x", "'x'", ""),
        ("", "''", ""),
        (None, "null", ""),
        (5, "5", ""),
        (["non-root-user"], '["non-root-user"]', " Did you mean 'non-root-user'?"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(name: object, written: str, hint: str) -> None:
    with pytest.raises(PolicyError) as error:
        require_known("check", name, NAMES)
    assert str(error.value) == f"check {written} is unknown.{hint} Known: awsvpc-network-mode, non-root-user."
