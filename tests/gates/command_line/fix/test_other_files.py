"""Files of one command that name a task definition of another file."""

from __future__ import annotations

import pytest

from ..conftest import Repository
from .test_command import FIX, FIXED, SERVICE, TASK

BY_FAMILY = "Resources:\n" + SERVICE.replace("!Ref Task", "shop")


RULE = """Resources:
  Rule:
    Type: AWS::Events::Rule
    Properties:
      Targets:
        - {Id: t, Arn: c, EcsParameters: {TaskDefinitionArn: "arn:aws:ecs:eu-west-1:1:task-definition/shop"}}
"""


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (BY_FAMILY, "svc.yaml/Svc, which is in another file, names its family at TaskDefinition"),
        (RULE, "svc.yaml/Rule, which is in another file, names its family at Targets.0.EcsParameters"),
        (BY_FAMILY.replace("shop", "!ImportValue shop-task"), "svc.yaml/Svc, which is in another file, imports it at"),
        (BY_FAMILY.replace("shop", "!ImportValue other-task"), ""),
        (BY_FAMILY.replace("shop", "shopping"), ""),
        (BY_FAMILY.replace("shop", "!Ref Task"), ""),
    ],
)
def test_files_of_one_command_see_each_other(other: str, found: str, repository: Repository) -> None:
    exported = "Outputs: {Arn: {Value: !Ref Task, Export: {Name: shop-task}}}\n"
    repository.put("t.yaml", TASK + exported)
    repository.put("svc.yaml", other)

    run = repository.run(*FIX, ".", "--write")

    assert found in run.err
    assert (repository.root / "t.yaml").read_text() == (TASK if found else FIXED) + exported


# A file next to t.yaml, and whether it is read for what runs the task definition of it.
NEIGHBORS = [
    ("svc.yaml", BY_FAMILY, True),
    (
        "sub/svc.json",
        '{"Resources": {"Svc": {"Type": "AWS::ECS::Service", "Properties": {"TaskDefinition": "shop"}}}}',
        True,
    ),
    ("svc.tf", BY_FAMILY, False),
    ("node_modules/svc.yaml", BY_FAMILY, False),
    ("excluded/svc.yaml", BY_FAMILY, False),
    ("svc.yaml", "Resources: [shop", False),
    ("svc.yaml", "- shop", False),
    ("svc.yaml", b"Resources: {A: {Type: AWS::ECS::Service, Properties: {TaskDefinition: shop, X: \xff}}}", False),
]


@pytest.mark.parametrize(("name", "content", "is_read"), NEIGHBORS)
def test_which_files_are_read(name: str, content: str | bytes, is_read: bool, repository: Repository) -> None:
    repository.put("t.yaml", TASK)
    repository.put(name, content)
    run = repository.run(*FIX, ".", "--exclude", "excluded/")
    assert ("which is in another file, names its family" in run.err) is is_read


def test_a_file_that_is_named_with_it_is_read(repository: Repository) -> None:
    repository.put("t.yaml", TASK)
    repository.put("svc.yaml", BY_FAMILY)
    assert "svc.yaml/Svc, which is in another file" in repository.run(*FIX, "t.yaml", "svc.yaml").err
    assert "svc.yaml/Svc" not in repository.run(*FIX, "t.yaml").err
