"""Situations: how obstacles are called, and that an exception in one is an obstacle."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ecs_guard_aspects.cloudformation.values import MalformedError, UndecidedError, Unknown
from ecs_guard_aspects.remediation.changes import Blocker
from ecs_guard_aspects.remediation.obstacles.situation import Obstacle, Situation, blockers

from ..support import task_definition

SITUATION = Situation(task_definition())


def lost(situation: Situation) -> Iterator[Blocker | str]:
    yield Blocker(situation.task_definition.address, "lost", "may_change_addresses=True")
    yield "linked"


def undecided(situation: Situation) -> Iterator[str]:
    yield "first"
    raise UndecidedError(Unknown("${Name}", "a parameter"), "Properties/Family")


def malformed(situation: Situation) -> Iterator[str]:
    raise MalformedError("Properties", "is 5")
    yield ""


@pytest.mark.parametrize(
    ("obstacle", "permitted", "texts"),
    [
        (lost, (), ["lost", "linked"]),
        (lost, ("may_change_addresses=True",), ["linked"]),
        (lost, ("run_elsewhere=True",), ["lost", "linked"]),
        (undecided, (), ["first", "Properties/Family is ${Name}, a parameter"]),
        (malformed, (), ["Properties is 5"]),
    ],
)
def test_what_an_obstacle_finds_and_cannot_decide_is_a_blocker(
    obstacle: Obstacle, permitted: tuple[str, ...], texts: list[str]
) -> None:
    found = list(blockers(SITUATION, [obstacle], permitted))

    assert [blocker.text for blocker in found] == texts
    assert {blocker.resource for blocker in found} <= {"Api/Td"}
