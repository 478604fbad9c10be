"""Found uses: each user is named once, and what could not be read is collected by its reason."""

from __future__ import annotations

from ecs_guard_aspects.sources.account.found import SERVICES, TASKS, InUse, Part, chunks, name_of
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
