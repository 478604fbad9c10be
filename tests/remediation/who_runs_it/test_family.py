"""Families of task definitions: which texts name one, and which may."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.remediation.who_runs_it.expressions import HOLE
from ecs_guard_aspects.remediation.who_runs_it.family import Family

ARN = "arn:aws:ecs:eu-west-1:111122223333:task-definition/"


@pytest.mark.parametrize(
    ("family", "text", "expected"),
    [
        ("fam", "run fam", True),
        ("fam", "fam", True),
        ("fam", "task-definition/fam:3", True),
        ("fam", "family", False),
        ("fam", "my-fam", False),
        ("fam", "fam_1", False),
        (f"{HOLE}-fam", "run prod-fam now", True),
        (f"{HOLE}-fam", f"run {HOLE}-fam", True),
        (f"{HOLE}-fam", "run prod-family", False),
        (f"a{HOLE}b", "ab", False),  # too few letters are known
        (f"a{HOLE}bc", "abc", True),
        (HOLE, "anything", False),
        (None, "anything", False),
    ],
)
def test_a_text_that_names_it(family: str | None, text: str, expected: bool) -> None:
    assert Family(family).is_in(text) is expected


@pytest.mark.parametrize(
    ("family", "text", "runs", "may_run"),
    [
        ("fam", "fam", True, True),
        ("fam", "fam:3", True, True),
        ("fam", f"{ARN}fam:3", True, True),
        ("fam", "other", False, False),
        ("fam", f"{ARN}other", False, False),
        ("fam", HOLE, False, True),
        ("fam", f"fam:{HOLE}", False, True),
        ("fam", f"{ARN}{HOLE}", False, True),
        ("fam", f"f{HOLE}", False, True),
        ("fam", f"x{HOLE}", False, False),
        (f"{HOLE}-fam", "prod-fam:3", False, True),
        (f"{HOLE}-fam", "prod-web", False, False),
        (None, "fam", False, False),
        (None, HOLE, False, True),
    ],
)
def test_a_task_definition_property_that_names_it(family: str | None, text: str, runs: bool, may_run: bool) -> None:
    assert Family(family).is_run_by(text) is runs
    assert Family(family).may_be_run_by(text) is may_run
