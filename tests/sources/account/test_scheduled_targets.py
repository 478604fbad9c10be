"""What rules, schedules and pipes start: page by page, and without what was deleted after it was listed."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.sources.account.calls import CallError, Calls
from ecs_guard_aspects.sources.account.scheduled_targets import pipes, rule_targets, schedules
from tests.cloud import IRELAND, Answers, AwsError, Cloud

from .support import CLUSTER, RUN_TASK

CALLS = Calls(lambda: None, lambda: False)
GONE = AwsError("ResourceNotFoundException")


def target(arn: str = CLUSTER, **more: Any) -> dict[str, Any]:
    return {"Id": "1", "Arn": arn, "EcsParameters": {"TaskDefinitionArn": "web"}, **more}


def test_the_targets_of_the_rules_on_all_event_buses(cloud: Cloud) -> None:
    here = cloud.region()
    here.cluster("prod")
    here.rules = {
        "default": {"nightly": [target(), {"Id": "2", "Arn": "arn:aws:sqs:x:y:z"}], "other": [target("elsewhere")]},
        "own": {"nightly": [target()]},
    }
    # A rule with targets in two clusters is listed for each.
    found = rule_targets([CLUSTER, CLUSTER], cloud.client("events", IRELAND), CALLS)
    assert [(one.rule, one.bus, one.target["Id"]) for one in found] == [
        ("nightly", "default", "1"),
        ("nightly", "own", "1"),
    ]


def test_a_rule_that_was_deleted_after_it_was_listed(cloud: Cloud) -> None:
    cloud.region().rules = {"default": {"nightly": [target()]}}
    events = cloud.client("events", IRELAND)
    cloud.errors = {"events:ListTargetsByRule": GONE}
    assert list(rule_targets([CLUSTER], events, CALLS)) == []
    cloud.errors = {"events:ListTargetsByRule": AwsError("InternalException")}
    with pytest.raises(CallError, match="events:ListTargetsByRule failed"):
        list(rule_targets([CLUSTER], events, CALLS))


# The target of a schedule, and whether it starts tasks.
TARGETS = [
    (CLUSTER, True),
    (RUN_TASK, True),
    ("arn:aws-cn:scheduler:::aws-sdk:ecs:runTask", True),
    ("arn:aws:scheduler:::aws-sdk:ecs:stopTask", False),
    ("arn:aws:lambda:x:y:function:cluster", False),
]


@pytest.mark.parametrize(("arn", "starts"), TARGETS)
def test_a_schedule(cloud: Cloud, arn: str, starts: bool) -> None:
    cloud.region().schedules = [{"Name": "x", "GroupName": "default", "Target": {"Arn": arn}}]
    found = schedules(cloud.client("scheduler", IRELAND), CALLS)
    assert [one["Name"] for one in found] == ["x"] * starts
    assert cloud.counts().get("scheduler:GetSchedule", 0) == starts


def test_a_schedule_that_was_deleted_after_it_was_listed(cloud: Cloud) -> None:
    cloud.region().schedules = [{"Name": "x", "GroupName": "default", "Target": {"Arn": CLUSTER}}]
    cloud.errors = {"scheduler:GetSchedule": GONE}
    assert list(schedules(cloud.client("scheduler", IRELAND), CALLS)) == []


@pytest.mark.parametrize(("target_of_pipe", "expected"), [(CLUSTER, ["orders"]), (f"{CLUSTER}-2", []), ("deleted", [])])
def test_a_pipe_starts_tasks_in_its_cluster(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, target_of_pipe: str, expected: list[str]
) -> None:
    def listed(_: Answers, TargetPrefix: str) -> dict[str, Any]:  # noqa: N803
        assert TargetPrefix == CLUSTER
        return {"Pipes": [{"Name": "orders"}]}

    def described(_: Answers, Name: str) -> dict[str, Any]:  # noqa: N803
        if target_of_pipe == "deleted":
            raise AwsError("NotFoundException")
        return {"Name": Name, "Target": target_of_pipe}

    monkeypatch.setattr(Answers, "ListPipes", listed, raising=False)
    monkeypatch.setattr(Answers, "DescribePipe", described, raising=False)
    found = pipes([CLUSTER], cloud.client("pipes", IRELAND), CALLS)
    assert [pipe["Name"] for pipe in found] == expected
