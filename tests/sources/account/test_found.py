"""Found uses: each user is named once, and what could not be read is collected by its reason."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.sources.account.found import (
    BUSES,
    CLUSTER_TAGS,
    CONTAINER_INSTANCES,
    LISTENERS,
    ONE_SCHEDULE,
    RULES,
    SECURITY_GROUPS,
    SERVICES,
    TARGETS,
    TASKS,
    InUse,
    Part,
    UnreadKind,
    chunks,
    name_of,
)
from ecs_guard_aspects.sources.account.workloads import RunningTask


def test_a_user_is_named_once() -> None:
    found = InUse()
    for by in ("service web", "rule nightly", "service web"):
        found.use("web:1", by)
    found.use("web:2", "service web")
    assert found.uses == {"web:1": ["service web", "rule nightly"], "web:2": ["service web"]}


def test_tasks_are_counted() -> None:
    found = InUse()
    task = RunningTask("web:1", "prod", (), None, ())
    for one in (task, task._replace(task_definition="api:1"), task):
        found.run(one)
    assert found.running == {"web:1": 2, "api:1": 1}
    assert len(found.tasks) == 3


def test_what_could_not_be_read_for_one_reason_is_one_part() -> None:
    found = InUse()
    for subject, name, reason in [
        (TASKS, "a", "denied"),
        (TASKS, "b", "denied"),
        (SERVICES, "a", "denied"),
        (TASKS, "c", "throttled"),
    ]:
        found.miss(subject, name, reason)
    assert found.gaps == {
        Part(TASKS, "denied"): ["a", "b"],
        Part(SERVICES, "denied"): ["a"],
        Part(TASKS, "throttled"): ["c"],
    }


def test_the_name_at_the_end_of_an_arn() -> None:
    assert [name_of(arn) for arn in ("arn:aws:ecs:x:y:cluster/prod", "arn:aws:ecs:x:y:service/prod/web", "prod")] == [
        *("prod", "web", "prod")
    ]


def test_parts_of_a_list() -> None:
    assert [list(map(list, chunks(list("abcde"[:count]), 2))) for count in (0, 2, 5)] == [
        [],
        [["a", "b"]],
        [["a", "b"], ["c", "d"], ["e"]],
    ]


# What cannot be read, what it is called, and what follows.
RUNS, EXPOSED = "The running tasks are not known, so they are denied.", "The exposure of the task definitions"
SUBJECTS: list[tuple[UnreadKind, str, str]] = [
    (TASKS, "The tasks of cluster x", RUNS),
    (SERVICES, "The services of cluster x", RUNS),
    (BUSES, "The event buses of Region x", RUNS),
    (RULES, "The rules on event bus x", RUNS),
    (TARGETS, "The targets of rule x", RUNS),
    (ONE_SCHEDULE, "schedule x", RUNS),
    (CLUSTER_TAGS, "The tags of the clusters of Region x", "What is tagged as production is not known"),
    (CONTAINER_INSTANCES, "The container instances of cluster x", EXPOSED),
    (LISTENERS, "The listeners of load balancer x", EXPOSED),
    (SECURITY_GROUPS, "The security groups of Region x", EXPOSED),
]


@pytest.mark.parametrize(("subject", "name", "why"), SUBJECTS)
def test_what_follows_if_a_part_cannot_be_read(subject: UnreadKind, name: str, why: str) -> None:
    assert subject.what.format(f"{subject.noun} x") == name
    assert subject.why.startswith(why)
