"""Task definition properties: where a resource names the task definition that it runs."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation.who_runs_it.task_properties import is_task_definition_property, task_definitions_in

REF = {"Ref": "Td"}


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({}, []),
        ({"TaskDefinition": "fam"}, [("TaskDefinition", "fam")]),
        (
            {"Targets": [{"Id": "a"}, {"EcsParameters": {"TaskDefinitionArn": REF}}]},
            [("Targets.1.EcsParameters.TaskDefinitionArn", REF)],
        ),
        (
            {"TaskDefinition": {"Fn::If": ["C", REF, {"Fn::If": ["D", "a", "b"]}]}},
            [
                ("TaskDefinition.Fn::If.1", REF),
                ("TaskDefinition.Fn::If.2.Fn::If.1", "a"),
                ("TaskDefinition.Fn::If.2.Fn::If.2", "b"),
            ],
        ),
        ({"TaskDefinition": {"Fn::If": ["C", {"Ref": "AWS::NoValue"}, REF]}}, [("TaskDefinition.Fn::If.2", REF)]),
        ("text", []),
    ],
)
def test_the_task_definitions_in_properties(properties: Any, expected: list[tuple[str, Any]]) -> None:
    assert list(task_definitions_in(properties)) == expected


@pytest.mark.parametrize(
    ("kind", "location", "expected"),
    [
        ("AWS::ECS::Service", "TaskDefinition", True),
        ("AWS::ECS::Service", "TaskDefinition.Fn::If.1", True),
        ("AWS::ECS::Service", "ServiceName", False),
        ("AWS::Events::Rule", "Targets.0.EcsParameters.TaskDefinitionArn", True),
        ("AWS::Lambda::Function", "Environment.Variables.TaskDefinition", False),
    ],
)
def test_which_properties_name_the_task_definition_to_run(kind: str, location: str, expected: bool) -> None:
    assert is_task_definition_property(kind, location) is expected
