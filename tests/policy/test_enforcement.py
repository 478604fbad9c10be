"""Enforcement: which one is weaker."""

from __future__ import annotations

from itertools import combinations_with_replacement

import pytest

from ecs_guard_aspects.policy import Enforcement

WEAKEST_FIRST = [Enforcement.OFF, Enforcement.AUDIT, Enforcement.WARN, Enforcement.DENY]


def test_the_order() -> None:
    assert sorted(Enforcement, key=lambda one: one.strictness) == WEAKEST_FIRST


@pytest.mark.parametrize(("weaker", "stricter"), list(combinations_with_replacement(WEAKEST_FIRST, 2)))
def test_the_weaker_of_two(weaker: Enforcement, stricter: Enforcement) -> None:
    assert weaker.at_most(stricter) is weaker
    assert stricter.at_most(weaker) is weaker
