"""Grants: which IAM statements allow a principal to run a task definition."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation.who_runs_it.family import Family
from ecs_guard_aspects.remediation.who_runs_it.references import References

from ..templates import resource, stack

TD = resource("AWS::ECS::TaskDefinition", Family="shop")
ROLE = resource("AWS::IAM::Role")
FUNCTION = resource("AWS::Lambda::Function", Role={"Fn::GetAtt": ["Role", "Arn"]})
RULE = resource("AWS::Events::Rule", Targets=[{"Id": "t", "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}}])


def machine(**properties: Any) -> dict[str, Any]:
    role = {"Fn::GetAtt": ["Role", "Arn"]}
    return resource("AWS::StepFunctions::StateMachine", RoleArn=role, **properties)


def statement(action: Any = "ecs:RunTask", on: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": on, **more}


def policy(*statements: dict[str, Any], kind: str = "AWS::IAM::Policy") -> dict[str, Any]:
    return resource(kind, Roles=[{"Ref": "Role"}], PolicyDocument={"Statement": list(statements)})


def granted(**resources: Any) -> list[str]:
    """Return the addresses of the grants that cover the task definition."""
    references = References([stack(Td=TD, **resources)])
    (found,) = references.resources("AWS::ECS::TaskDefinition")
    return [grant.resource.name for grant in references.grants if grant.covers(found, Family.of(found))]


@pytest.mark.parametrize(
    ("given", "is_grant"),
    [
        (statement(), True),
        (statement("ecs:StartTask"), True),
        (statement(["s3:GetObject", "ecs:RunTask"]), True),
        (statement("ecs:*"), True),
        (statement("ECS:Run*"), True),
        (statement(on={"Ref": "Td"}), True),
        (statement(on=[{"Fn::Sub": "${Td}"}]), True),
        (statement(on="arn:aws:ecs:eu-west-1:1:task-definition/shop"), True),
        (statement(on="arn:aws:ecs:*:*:task-definition/shop:*"), True),
        (statement(on={"Fn::Sub": "arn:aws:ecs:${AWS::Region}:1:task-definition/*"}), True),
        ({"Effect": "Allow", "Action": "ecs:RunTask"}, True),
        (statement(on="arn:aws:ecs:eu-west-1:1:task-definition/other:*"), False),
        (statement(on="arn:aws:ecs:eu-west-1:1:cluster/shop"), False),
        (statement(on={"Ref": "Other"}), False),
        (statement("*"), False),  # it says nothing about tasks
        (statement("ecs:DescribeTasks"), False),
        (statement(["ecs:Poll", "ecs:Submit*"]), False),
        (statement(Effect="Deny"), False),
    ],
)
def test_who_may_run_it(given: dict[str, Any], is_grant: bool) -> None:
    assert granted(Role=ROLE, F=FUNCTION, P=policy(given)) == (["P"] if is_grant else [])


def by_name(*names: str) -> dict[str, Any]:
    arns = [{"Fn::Sub": f"arn:${{AWS::Partition}}:iam::aws:policy/{name}"} for name in names]
    return resource("AWS::IAM::Role", ManagedPolicyArns=arns)


def serverless(*policies: Any) -> dict[str, Any]:
    return resource("AWS::Serverless::Function", Policies=list(policies))


def may_run(on: Any) -> dict[str, Any]:
    return {"EcsRunTaskPolicy": {"TaskDefinition": on}}


@pytest.mark.parametrize(
    ("resources", "grants"),
    [
        ({"Role": by_name("AmazonECS_FullAccess"), "F": FUNCTION}, ["Role"]),
        ({"Role": by_name("service-role/AmazonEC2ContainerServiceEventsRole"), "F": FUNCTION}, ["Role"]),
        ({"Role": by_name("service-role/AmazonEC2ContainerServiceEventsRole"), "R": RULE}, []),
        ({"Role": by_name("service-role/AmazonEC2ContainerServiceforEC2Role"), "F": FUNCTION}, []),
        ({"F": serverless("AmazonECS_FullAccess")}, ["F"]),
        ({"F": serverless("AWSLambdaExecute")}, []),
        ({"F": serverless(may_run("*"))}, ["F"]),
        ({"F": serverless(may_run("shop"))}, ["F"]),
        ({"F": serverless(may_run({"Ref": "Td"}))}, ["F"]),
        ({"F": serverless(may_run("other"))}, []),
    ],
)
def test_policies_that_are_named(resources: dict[str, Any], grants: list[str]) -> None:
    assert granted(**resources) == grants


INLINE = resource("AWS::IAM::Role", Policies=[{"PolicyDocument": {"Statement": statement()}}])


@pytest.mark.parametrize(
    ("resources", "grants"),
    [
        ({"Role": ROLE, "R": RULE, "P": policy(statement())}, []),  # what the rule runs is read in its targets
        ({"Role": ROLE, "R": RULE, "F": FUNCTION, "P": policy(statement())}, ["P"]),
        ({"Role": ROLE, "P": policy(statement())}, ["P"]),  # who has the role is not here
        ({"Role": INLINE, "R": RULE}, []),
        ({"Role": INLINE, "F": FUNCTION}, ["Role"]),
        ({"Role": ROLE, "M": machine(DefinitionString="{}"), "P": policy(statement())}, []),
        (
            {"Role": ROLE, "M": machine(DefinitionS3Location={"Bucket": "b", "Key": "k"}), "P": policy(statement())},
            ["P"],
        ),
        (
            {
                "S": resource(
                    "AWS::Serverless::StateMachine", DefinitionUri="a.json", Policies=[{"Statement": statement()}]
                )
            },
            ["S"],
        ),
        (
            {
                "S": resource(
                    "AWS::Serverless::StateMachine", Definition={"States": {}}, Policies=[{"Statement": statement()}]
                )
            },
            [],
        ),
        ({"U": resource("AWS::IAM::User", Policies=[{"PolicyDocument": {"Statement": [statement()]}}])}, ["U"]),
    ],
)
def test_what_a_role_is_for_is_read_elsewhere(resources: dict[str, Any], grants: list[str]) -> None:
    assert granted(**resources) == grants
