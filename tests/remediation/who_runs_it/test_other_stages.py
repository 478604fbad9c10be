"""Resources of other Stages that name the family of a task definition."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.model.resource import Resource
from ecs_guard_aspects.remediation.who_runs_it.other_stages import OtherStageResource, named_in_other_stage

HERE = "aws://111122223333/eu-west-1"


@pytest.mark.parametrize(
    ("kind", "properties", "environment", "location"),
    [
        ("AWS::ECS::Service", {"TaskDefinition": "fam"}, HERE, "TaskDefinition"),
        ("AWS::ECS::Service", {"TaskDefinition": "fam:3"}, HERE, "TaskDefinition"),
        ("AWS::ECS::Service", {"TaskDefinition": "family"}, HERE, None),
        ("AWS::ECS::Service", {"ServiceName": "fam"}, HERE, None),
        ("Custom::Run", {"Command": "run fam now"}, HERE, "Command"),
        ("Custom::Run", {"Command": "run family now"}, HERE, None),
        ("AWS::ECS::Service", {"TaskDefinition": "fam"}, "aws://111122223333/us-east-1", None),
        ("AWS::ECS::Service", {"TaskDefinition": "fam"}, "aws://999999999999/eu-west-1", None),
        ("AWS::ECS::Service", {"TaskDefinition": "fam"}, "aws://unknown-account/unknown-region", "TaskDefinition"),
    ],
)
def test_a_resource_that_names_the_family(kind: str, properties: Any, environment: str, location: str | None) -> None:
    definition = Resource("Dev/Stack/Td", "AWS::ECS::TaskDefinition", {"Family": "fam"})
    other = OtherStageResource(Resource("Prod/Stack/User", kind, properties), environment)
    expected = f"Prod/Stack/User, which is in another Stage, names its family at {location}" if location else None
    assert named_in_other_stage(definition, HERE, [other]) == expected
