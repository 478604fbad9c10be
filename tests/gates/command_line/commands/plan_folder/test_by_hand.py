"""What to do by hand where there are no commands."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.gates.command_line.commands.plan_folder.by_hand import steps_by_hand
from tests.gates.account.plans.support import service

from .support import plan_of

GROUP = "arn:aws:x:y:targetgroup/g/1"

# A service, what else is known, and how the steps for it begin.
STEPS: list[tuple[dict[str, Any], dict[str, Any], list[str]]] = [
    ({}, {}, []),
    (
        {"deploymentController": {"type": "CODE_DEPLOY"}},
        {},
        ["CodeDeploy deploys web in cluster prod: create a deployment with an AppSpec"],
    ),
    (
        {"deploymentController": {"type": "EXTERNAL"}},
        {},
        ["An external controller deploys web in cluster prod: create a task set"],
    ),
    ({"schedulingStrategy": "DAEMON"}, {}, ["web in cluster prod is a daemon, which clients reach at their instance."]),
    ({"launchType": "EXTERNAL"}, {}, ["web in cluster prod runs on ECS Anywhere, which does not support awsvpc"]),
    (
        {"loadBalancers": [{"targetGroupArn": GROUP, "containerName": "app"}]},
        {"groups": {GROUP: "instance"}},
        ["Amazon EC2 console, Target groups: create a group of the type IP addresses like g, and add a rule"],
    ),
    ({"loadBalancers": [{"targetGroupArn": GROUP, "containerName": "app"}]}, {"groups": {GROUP: "ip"}}, []),
    (
        {"loadBalancers": [{"loadBalancerName": "old"}]},
        {},
        ["web in cluster prod is behind a Classic Load Balancer, which cannot reach such tasks"],
    ),
]
ALWAYS = [
    "Amazon ECS console, Task definitions, web, Create new revision",
    "Clusters, the cluster, the service, Update service",
    "Run the audit again.",
]


@pytest.mark.parametrize(("more", "known", "expected"), STEPS)
def test_the_steps_in_order(more: dict[str, Any], known: dict[str, Any], expected: list[str]) -> None:
    steps = list(steps_by_hand(plan_of(services=[service(**more)], **known)))
    beginnings = [*expected, *ALWAYS]
    assert [step[: len(start)] for step, start in zip(steps, beginnings, strict=True)] == beginnings
