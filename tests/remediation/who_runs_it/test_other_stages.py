"""Resources of other Stages that name the family of a task definition."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.cloudformation.declarations import Declarations
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


SERVICE = "AWS::ECS::Service"
DECLARED = Declarations.of({"Parameters": {"Name": {"Type": "String", "Default": "fam"}, "Any": {"Type": "String"}}})


def named(kind: str, properties: Any, exports: tuple[str, ...] = ()) -> str | None:
    definition = Resource("a.yaml/Td", "AWS::ECS::TaskDefinition", {"Family": "fam"})
    other = OtherStageResource(Resource("b.yaml/User", kind, properties, DECLARED), where="another file")
    return named_in_other_stage(definition, "", [other], exports)


@pytest.mark.parametrize(
    ("value", "is_named"),
    [
        ({"Ref": "Name"}, True),
        ({"Fn::Sub": "arn:aws:ecs:${AWS::Region}:${AWS::AccountId}:task-definition/${Name}"}, True),
        ({"Fn::Join": ["", ["arn:aws:ecs:eu-west-1:1:task-definition/", {"Ref": "Name"}, ":3"]]}, True),
        ({"Fn::Sub": ["${Own}", {"Own": {"Ref": "Name"}}]}, True),
        ({"Fn::Sub": "${Name}ily"}, False),
        ({"Ref": "Any"}, False),
    ],
)
def test_a_family_that_is_the_default_of_a_parameter(value: Any, is_named: bool) -> None:
    assert (named(SERVICE, {"TaskDefinition": value}) is not None) == is_named


@pytest.mark.parametrize(
    ("kind", "properties", "exports", "is_named"),
    [
        (SERVICE, {"TaskDefinition": {"Fn::ImportValue": "shop-task"}}, ("shop-task",), True),
        (SERVICE, {"TaskDefinition": {"Fn::ImportValue": {"Fn::Sub": "${Any}-task"}}}, ("\0-task",), True),
        ("Custom::Run", {"Task": {"Fn::ImportValue": "shop-task"}}, ("shop-task",), True),
        (SERVICE, {"TaskDefinition": {"Fn::ImportValue": "shop-task"}}, (), False),
        (SERVICE, {"TaskDefinition": {"Fn::ImportValue": "other-task"}}, ("shop-task",), False),
        (SERVICE, {"Cluster": {"Fn::ImportValue": "shop-task"}}, ("shop-task",), False),
        ("AWS::IAM::Policy", {"PolicyDocument": {"Fn::ImportValue": "shop-task"}}, ("shop-task",), False),
    ],
)
def test_a_resource_that_imports_it(kind: str, properties: Any, exports: tuple[str, ...], is_named: bool) -> None:
    found = named(kind, properties, exports)
    assert (found or "").startswith("b.yaml/User, which is in another file, imports it at") == is_named
