"""Tasks that are run elsewhere: what nothing in the templates runs."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation import Consumer
from ecs_guard_aspects.remediation.obstacles.run_elsewhere import (
    grants,
    imported_blockers,
    nothing_runs_it,
    outputs,
    unread_state_machines,
)
from ecs_guard_aspects.remediation.obstacles.situation import Situation
from ecs_guard_aspects.remediation.who_runs_it.references import References

from .. import templates
from ..support import resource, service, task_definition

RULE = resource("Api/Rule", "AWS::Events::Rule", {})
MACHINE = resource("Api/Machine", "AWS::StepFunctions::StateMachine", {})
FUNCTION = resource("Api/Function", "AWS::Lambda::Function", {})
POLICY = resource("Api/Policy", "AWS::IAM::Policy", {})


@pytest.mark.parametrize(
    ("consumers", "is_run"),
    [
        ([], False),
        ([service()], True),
        ([Consumer(RULE, "Targets.0.EcsParameters.TaskDefinitionArn")], True),
        ([Consumer(RULE, "EventPattern.detail.group.0")], False),
        ([Consumer(MACHINE, "DefinitionString")], True),
        ([Consumer(POLICY, "PolicyDocument.Statement.0.Resource")], False),
        ([Consumer(FUNCTION, "Environment.Variables.TASK")], True),  # it may run it, and has an obstacle of its own
        ([Consumer(POLICY, "PolicyDocument.Statement.0.Resource"), service()], True),
    ],
)
def test_what_nothing_runs_is_run_elsewhere(consumers: list[Consumer], is_run: bool) -> None:
    found = list(nothing_runs_it(Situation(task_definition(), consumers)))

    assert [blocker.lifted_by for blocker in found] == ([] if is_run else ["run_elsewhere=True"])


TD = templates.resource("AWS::ECS::TaskDefinition", Family="shop")


def situation(outputs: Any = None, **resources: Any) -> Situation:
    references = References([templates.stack(outputs=outputs, Td=TD, **resources)])
    return Situation(references.resources("AWS::ECS::TaskDefinition")[0], (), references)


@pytest.mark.parametrize(
    ("value", "is_named"),
    [
        ({"Ref": "Td"}, True),
        ({"Fn::Sub": "${Td}"}, True),
        ("shop", True),
        ("arn:aws:ecs:eu-west-1:1:task-definition/shop:3", True),
        ("shop.example.com", False),
        ({"Ref": "Cluster"}, False),
    ],
)
@pytest.mark.parametrize("export", [{}, {"Export": {"Name": "task"}}])
def test_an_output_gives_it_to_others(value: Any, is_named: bool, export: Any) -> None:
    found = list(outputs(situation({"Task": {"Value": value, **export}})))

    text = "output Task gives it to others, which must run it with a NetworkConfiguration"
    assert [(blocker.text, blocker.lifted_by) for blocker in found] == (
        [(text, "run_elsewhere=True")] if is_named else []
    )


@pytest.mark.parametrize(("action", "is_granted"), [("ecs:RunTask", True), ("ecs:DescribeTasks", False)])
def test_who_is_allowed_to_run_it_is_named(action: str, is_granted: bool) -> None:
    statement = {"Effect": "Allow", "Action": action, "Resource": {"Ref": "Td"}}
    policy = templates.resource("AWS::IAM::ManagedPolicy", PolicyDocument={"Statement": [statement]})

    found = [blocker.text for blocker in grants(situation(Policy=policy))]

    start = "Stack/Policy allows a principal to run it with ecs:RunTask or ecs:StartTask: under awsvpc its RunTask must"
    assert [text.partition(" pass")[0] for text in found] == ([start] if is_granted else [])


@pytest.mark.parametrize(
    ("properties", "is_unread"),
    [
        ({"DefinitionS3Location": {"Bucket": "b", "Key": "k"}}, True),
        ({"Definition": {"States": {}}}, False),
    ],
)
def test_a_state_machine_whose_file_is_not_here_may_run_it(properties: Any, is_unread: bool) -> None:
    machine = templates.resource("AWS::StepFunctions::StateMachine", **properties)
    found = [(each.text, each.lifted_by) for each in unread_state_machines(situation(Machine=machine))]
    text = "the definition of state machine Stack/Machine is in a file that is not here, and may run it without a"
    assert found == ([(f"{text} NetworkConfiguration", "run_elsewhere=True")] if is_unread else [])


@pytest.mark.parametrize(
    ("definition", "path", "importing"),
    [
        ({"Ref": "Td"}, "Services", ["stack Services imports its ARN from stack Stack"]),
        ({"Ref": "Td"}, "Stack/Nested", []),  # a nested stack is given it as a parameter
        ("shop", "Services", []),  # by its family nothing is imported
    ],
)
def test_an_export_that_another_stack_imports(definition: Any, path: str, importing: list[str]) -> None:
    runs = templates.resource("AWS::ECS::Service", TaskDefinition=definition)
    references = References([templates.stack(Td=TD), templates.stack(path, Svc=runs)])
    own, other = references.all

    found = imported_blockers(own, [other], lambda referrer: referrer.stack_path.partition("/")[0])

    assert [blocker.text.partition(", and")[0] for blocker in found] == importing
