"""Starts of a task definition: which of them contradict the launch type that it requires."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.model.start import EC2, EXTERNAL, FARGATE, Start


@pytest.mark.parametrize(
    ("started_with", "required", "expected"),
    [
        (EC2, EC2, False),
        (EC2, FARGATE, True),
        (EXTERNAL, EC2, True),
        (None, EC2, False),
        (None, FARGATE, False),
        (None, EXTERNAL, True),
    ],
)
def test_whether_it_contradicts_the_launch_type(started_with: str | None, required: str, expected: bool) -> None:
    assert Start("service Web", started_with, "the default").contradicts(required) is expected


def test_its_words() -> None:
    assert str(Start("service Web", EC2, "launch type EC2")) == "service Web starts it with launch type EC2"
