"""The instances that a task may run on: placement constraints for hosts without awsvpc."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.remediation import Consumer
from ecs_guard_aspects.remediation.obstacles.hosts.placement import hosts_without_awsvpc
from ecs_guard_aspects.remediation.obstacles.situation import Situation

from ...support import resource, task_definition


@pytest.mark.parametrize(
    ("expression", "is_without"),
    [
        ("attribute:ecs.os-family == WINDOWS_SERVER_2016_FULL", True),
        ("attribute:ecs.capability.external exists", True),
        ("attribute:ecs.os-family == WINDOWS_SERVER_2022_CORE", False),
        ("attribute:ecs.os-family != WINDOWS_SERVER_2016_FULL", False),
        ("attribute:ecs.capability.external exists and attribute:stack != blue", True),
        ("attribute:ecs.capability.external !exists", False),
        ("not(attribute:ecs.capability.external exists)", False),
        ("attribute:ecs.instance-type =~ t3.*", False),
    ],
)
def test_placement_constraints_choose_hosts(expression: str, is_without: bool) -> None:
    definition = task_definition(PlacementConstraints=[{"Type": "memberOf", "Expression": expression}])

    assert bool(list(hosts_without_awsvpc(Situation(definition)))) is is_without


EXTERNAL = [{"Type": "memberOf", "Expression": "attribute:ecs.capability.external exists"}]


@pytest.mark.parametrize(
    ("kind", "properties", "reference", "is_without"),
    [
        ("AWS::ECS::Service", {"PlacementConstraints": EXTERNAL}, "TaskDefinition", True),
        ("AWS::Events::Rule", {"Targets": [{"EcsParameters": {"PlacementConstraints": EXTERNAL}}]},
         "Targets.0.EcsParameters.TaskDefinitionArn", True),
        ("AWS::Events::Rule", {"Targets": [{}, {"EcsParameters": {"PlacementConstraints": EXTERNAL}}]},
         "Targets.0.EcsParameters.TaskDefinitionArn", False),  # of another task
        ("AWS::Scheduler::Schedule", {"Target": {"EcsParameters": {"PlacementConstraints": EXTERNAL}}},
         "Target.EcsParameters.TaskDefinitionArn", True),
        ("AWS::Pipes::Pipe", {"TargetParameters": {"EcsTaskParameters": {"PlacementConstraints": EXTERNAL}}},
         "TargetParameters.EcsTaskParameters.TaskDefinitionArn", True),
        ("AWS::Lambda::Function", {"PlacementConstraints": EXTERNAL}, "Environment.Variables.TASK", False),
    ],
)  # fmt: skip
def test_placement_constraints_of_what_runs_it(
    kind: str, properties: dict[str, object], reference: str, is_without: bool
) -> None:
    consumer = Consumer(resource("Api/User", kind, properties), reference)

    assert bool(list(hosts_without_awsvpc(Situation(task_definition(), [consumer])))) is is_without
