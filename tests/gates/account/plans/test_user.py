"""Users: where each kind of them has the parameters of its task."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.gates.account.plans.starters import starters_of
from ecs_guard_aspects.gates.account.plans.user import User
from ecs_guard_aspects.gates.account.plans.users import users_of

from .support import Given, arn, pipe, rule_target, schedule, service


def users(around: Given) -> list[User]:
    return [*users_of(arn("web:1"), around).services, *starters_of(arn("web:1"), around)]


@pytest.mark.parametrize(
    ("around", "name", "kind"),
    [
        (Given(services=[service()]), "web in cluster prod", "AWS::ECS::Service"),
        (Given(rule_targets=[rule_target()]), "nightly (event bus default, target 1)", "AWS::Events::Rule"),
        (Given(schedules=[schedule()]), "default/hourly", "AWS::Scheduler::Schedule"),
        (Given(pipes=[pipe()]), "orders", "AWS::Pipes::Pipe"),
    ],
)
def test_its_name_and_type(around: Given, name: str, kind: str) -> None:
    (user,) = users(around)
    assert (user.name, user.kind) == (name, kind)


@pytest.mark.parametrize(
    ("around", "parameters"),
    [
        (Given(rule_targets=[rule_target()]), "EcsParameters"),
        (Given(schedules=[schedule()]), "EcsParameters"),
        (Given(pipes=[pipe()]), "EcsTaskParameters"),
    ],
)
def test_the_parameters_of_the_task_are_in_its_target(around: Given, parameters: str) -> None:
    (user,) = users(around)
    assert user.parameters == parameters
    assert user.target[parameters]["TaskDefinitionArn"] == arn("web:1")
