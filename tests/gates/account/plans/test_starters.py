"""What starts tasks of a revision: rules, schedules and pipes that name it by its ARN or by its family."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.gates.account.plans.starters import run_task_schedules, starters_of
from ecs_guard_aspects.sources.account.scheduled_targets import RUN_TASK

from .support import PROD, Given, arn, pipe, rule_target, schedule

# What a target names, and whether it starts web:1.
NAMES = [
    (arn("web:1"), True),
    (arn("web"), True),
    ("web:1", True),
    ("web", True),
    (arn("web:2"), False),
    (arn("web-api:1"), False),
    (arn("api"), False),
    (None, False),
]


@pytest.mark.parametrize(("named", "starts"), NAMES)
@pytest.mark.parametrize("kind", ["rule_targets", "schedules", "pipes"])
def test_what_a_target_names(named: Any, starts: bool, kind: str) -> None:
    made = {"rule_targets": rule_target, "schedules": schedule, "pipes": pipe}[kind]
    found = list(starters_of(arn("web:1"), Given(**{kind: [made(named)]})))
    assert [user.cluster for user in found] == [PROD] * starts


SETTINGS = {"Subnets": ["subnet-1"]}

# What starts tasks, with a network, and the network as a template spells it.
NETWORKS: list[tuple[dict[str, Any], list[str | int], dict[str, Any]]] = [
    (
        {"rule_targets": [rule_target(NetworkConfiguration={"awsvpcConfiguration": SETTINGS})]},
        ["Targets", 0, "EcsParameters", "NetworkConfiguration"],
        {"AwsVpcConfiguration": SETTINGS},
    ),
    (
        {
            "schedules": [
                schedule(
                    Target={
                        "Arn": PROD,
                        "EcsParameters": {
                            "TaskDefinitionArn": arn("web"),
                            "NetworkConfiguration": {"awsvpcConfiguration": SETTINGS},
                        },
                    }
                )
            ]
        },
        ["Target", "EcsParameters", "NetworkConfiguration"],
        {"AwsvpcConfiguration": SETTINGS},
    ),
    (
        {
            "pipes": [
                pipe(
                    TargetParameters={
                        "EcsTaskParameters": {
                            "TaskDefinitionArn": arn("web"),
                            "NetworkConfiguration": {"awsvpcConfiguration": SETTINGS},
                        }
                    }
                )
            ]
        },
        ["TargetParameters", "EcsTaskParameters", "NetworkConfiguration"],
        {"AwsvpcConfiguration": SETTINGS},
    ),
]


@pytest.mark.parametrize(("around", "path", "expected"), NETWORKS)
def test_its_network_as_a_template_spells_it(around: dict[str, Any], path: list[Any], expected: dict[str, Any]) -> None:
    (user,) = starters_of(arn("web:1"), Given(**around))
    found: Any = user.consumer.resource.properties
    for step in path:
        found = found[step]
    assert found == expected


# The target of a schedule, and whether it calls the API with this revision.
INPUTS = [
    (RUN_TASK, '{"TaskDefinition": "web"}', True),
    (RUN_TASK, '{"TaskDefinition": "web:2"}', False),
    (RUN_TASK, '{"Cluster": "prod"}', False),
    (RUN_TASK, "<aws.scheduler.attempt-number>", False),
    (RUN_TASK, '["web"]', False),
    (RUN_TASK, None, False),
    (":aws-sdk:ecs:stopTask", '{"TaskDefinition": "web"}', False),
]


@pytest.mark.parametrize(("target", "text", "calls"), INPUTS)
def test_a_schedule_that_calls_the_api_itself(target: str, text: str | None, calls: bool) -> None:
    around = Given(schedules=[schedule(Target={"Arn": f"arn:aws:scheduler::{target}", "Input": text})])
    found = [blocker.text for blocker in run_task_schedules(arn("web:1"), around)]
    assert [each.partition(":")[0] for each in found] == ["schedule default/hourly calls ecs"] * calls
    assert list(starters_of(arn("web:1"), around)) == []
