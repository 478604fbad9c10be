"""Network interfaces of the instances of an account: who has none, and where there are too few."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.sources.account.surroundings import Instance

from .support import Given, described, planned, rule_target, service, task

CAPABLE = {"ecs.capability.task-eni": "", "com.amazonaws.ecs.capability.docker-remote-api.1.18": ""}
OLD = {"com.amazonaws.ecs.capability.docker-remote-api.1.18": ""}


def instance(kind: str = "t3.micro", number: int = 1, trunk: dict[str, str] | None = None) -> Instance:
    registered = {**CAPABLE, "ecs.instance-type": kind, **(trunk or {})}
    return Instance(f"i-{number}", None, "vpc-1", "subnet-1", ("sg-1",), arn=f"arn:{number}", attributes=registered)


def with_interface() -> dict[str, Any]:
    return task(
        taskDefinitionArn="arn:other", containerInstanceArn="arn:1", attachments=[{"type": "ElasticNetworkInterface"}]
    )


# The instances, what runs there, and why there is no plan; None if there is one.
CASES: dict[str, tuple[list[Instance], dict[str, Any], str | None]] = {
    "room for two, two wanted": ([instance(number=1), instance(number=2)], {"services": [service()]}, None),
    "room for one, two wanted": (
        [instance()],
        {"services": [service()]},
        "web in cluster prod wants 2 tasks, and the instances of its cluster have network interfaces for 1",
    ),
    "room for one, one wanted, and it is taken": (
        [instance()],
        {"services": [service(desiredCount=1)], "tasks": [with_interface()]},
        "wants 1 task next to 1 task with awsvpc",
    ),
    "trunking": (
        [instance("m5.large", trunk={"ecs.awsvpc-trunk-id": "x"})],
        {"services": [service(desiredCount=9)]},
        None,
    ),
    "a type that is not known": ([instance("z9.huge")], {"services": [service(desiredCount=99)]}, None),
    "a capacity provider, which adds instances": (
        [instance()._replace(capacity_provider="asg")],
        {"services": [service(desiredCount=99, capacityProviderStrategy=[{"capacityProvider": "asg"}])]},
        None,
    ),
    "a rule that starts five": ([instance()], {"rule_targets": [rule_target(TaskCount=5)]}, "wants 5 tasks"),
    "an agent without interfaces for tasks": (
        [instance()._replace(attributes=OLD)],
        {"services": [service()]},
        "the agent of instance i-1 does not give tasks a network interface",
    ),
    "one such agent of two": (
        [instance("z9.huge"), instance(number=2)._replace(attributes=OLD)],
        {"services": [service()]},
        None,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_task_needs_an_interface(case: str) -> None:
    instances, given, reason = CASES[case]
    plan = planned(Given(described(), instances=instances, **given))
    texts = [each.text for each in plan.blockers]
    assert texts == [] if reason is None else any(reason in each for each in texts), texts
