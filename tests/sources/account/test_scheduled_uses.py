"""Uses by rules and schedules."""

from __future__ import annotations

import json
from typing import Any

from ecs_guard_aspects.policy import judge
from tests.cloud import IRELAND, OWN, Cloud, arn

from .conftest import Read
from .support import CLUSTER, RUN_TASK, in_use, said


def schedule(name: str, target: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"Name": name, "GroupName": "default", "State": "ENABLED", "Target": target, **more}


def test_what_rules_and_schedules_use(cloud: Cloud, read: Read) -> None:
    here = cloud.region()
    here.cluster("prod")
    for name in ("a:1", "a:2", "b:1"):
        here.register(name)
    ecs = {"Id": "1", "Arn": CLUSTER}
    here.rules = {
        "default": {"nightly": [{**ecs, "EcsParameters": {"TaskDefinitionArn": arn("a")}}, {"Id": "2", "Arn": "sqs"}]},
        "own": {"other": [{**ecs, "EcsParameters": {"TaskDefinitionArn": arn("gone")}}]},
    }
    here.schedules = [
        schedule("x", {"Arn": CLUSTER, "EcsParameters": {"TaskDefinitionArn": arn("a:2")}}),
        schedule("y", {"Arn": RUN_TASK, "Input": json.dumps({"TaskDefinition": "b"})}, State="DISABLED"),
        schedule("z", {"Arn": RUN_TASK, "Input": "<aws.scheduler.attempt-number>"}),
        schedule("queue", {"Arn": "arn:aws:sqs:x:y:z"}),
    ]
    assert in_use(read()) == {}
    document = read(scheduled=True)
    assert in_use(document) == {
        "a:2": ("rule nightly (event bus default)", "schedule default/x"),
        "b:1": ("schedule default/y, disabled",),
    }
    assert said(document) == [
        "Schedule default/z cannot be read: the task definition of its target cannot be read.",
        "gone does not exist, or has no active revision.",
    ]
    assert [(entry.source, "Schedule default/z" in entry.reason) for entry in judge([document]).not_read] == [
        (f"{OWN}/{IRELAND}", True)
    ]
