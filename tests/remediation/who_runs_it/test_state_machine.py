"""State machines that run tasks: the definitions that show a network, and those that do not."""

from __future__ import annotations

import json

import pytest

from ecs_guard_aspects.remediation import Consumer
from ecs_guard_aspects.remediation.who_runs_it.state_machine import chooses_at_run_time, is_unread, with_definition

from ..support import NETWORK, REFERENCE, changed, plan, resource, task_definition, texts

RUNS_STATE = {"TaskDefinition": "family", "Cluster": "c"}
STATE_NETWORK = {"NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["subnet-9"]}}}


def state_machine(**properties: object) -> Consumer:
    found = resource("Api/X", "AWS::StepFunctions::StateMachine", properties)
    return Consumer(found, "DefinitionString.Fn::Join.1.1")


def states(**parameters: object) -> dict[str, object]:
    return {"States": {"Run": {"Type": "Task", "Parameters": {**RUNS_STATE, **parameters}}}}


JOINED = {
    "Fn::Join": [
        "",
        [
            '{"States":{"Run":{"TimeoutSeconds":',
            {"Ref": "Seconds"},
            ',"Parameters":{"TaskDefinition":"',
            REFERENCE,
            '","NetworkConfiguration":{"AwsvpcConfiguration":{"Subnets":["',
            {"Ref": "Subnet"},
            '"]}}}}}}',
        ],
    ]
}

GOOD = {
    "state machine with a network": state_machine(Definition=states(**STATE_NETWORK)),
    "state machine with a network at run time": state_machine(Definition=states(**{"NetworkConfiguration.$": "$.n"})),
    "state machine with substitutions": state_machine(
        DefinitionString={"Fn::Sub": [json.dumps(states(**STATE_NETWORK)), {"Cluster": "c"}]}
    ),
    "state machine in CDK's form": state_machine(DefinitionString=JOINED),
    "state machine of SAM": Consumer(
        resource("Api/X", "AWS::Serverless::StateMachine", {"Definition": states(**STATE_NETWORK)}), "Definition.States"
    ),
}

BAD = {
    "state machine without a network": (
        state_machine(Definition=states()),
        ["state machine Api/X runs it without a NetworkConfiguration"],
    ),
    "state machine with one state that has no network": (
        state_machine(Definition={"A": states(**STATE_NETWORK), "B": states()}),
        ["state machine Api/X runs it without a NetworkConfiguration"],
    ),
    "state machine in S3": (
        state_machine(DefinitionS3Location={"Bucket": "b", "Key": "k"}),
        ["state machine Api/X names it, and its definition does not show how it runs it"],
    ),
    "state machine that is no JSON": (
        state_machine(DefinitionString="{"),
        ["state machine Api/X names it, and its definition does not show how it runs it"],
    ),
    "state machine that is not a map": (
        Consumer(resource("Api/X", "AWS::StepFunctions::StateMachine", [1]), ""),
        ["state machine Api/X names it, and its definition does not show how it runs it"],
    ),
}


@pytest.mark.parametrize("runs_it", GOOD.values(), ids=GOOD)
def test_a_state_machine_without_obstacles_stays_as_it_is(runs_it: Consumer) -> None:
    decided = plan(task_definition(), [runs_it])

    assert texts(decided) == []
    assert changed(decided) == {"Api/Td NetworkMode": "awsvpc"}


@pytest.mark.parametrize(("runs_it", "expected"), BAD.values(), ids=BAD)
def test_an_obstacle_refuses_the_fix(runs_it: Consumer, expected: list[str]) -> None:
    decided = plan(task_definition(), [runs_it], network=NETWORK)

    assert texts(decided) == expected
    assert decided.changes == ()


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"TaskDefinition.$": "$.t"}, True),
        ({"TaskDefinition": "{% $t %}"}, True),
        ({"TaskDefinition": "${Task}"}, True),
        ({"TaskDefinition": "family"}, False),
        ({"TaskDefinition.$": "$.t", **STATE_NETWORK}, False),
        ({}, False),
    ],
)
def test_whether_the_input_decides_what_it_runs(parameters: dict[str, object], expected: bool) -> None:
    body = {"States": {"Run": {"Type": "Task", "Parameters": parameters}}}
    found = resource("Api/X", "AWS::StepFunctions::StateMachine", {"Definition": body})
    assert chooses_at_run_time(found) is expected


def test_no_other_resource_chooses_at_run_time() -> None:
    assert not chooses_at_run_time(resource("Api/X", "Custom::X", {"Definition": {"TaskDefinition.$": "$.t"}}))


AS_YAML = "States: {Run: {Type: Task, Parameters: {Cluster: c, TaskDefinition: family}}}"


@pytest.mark.parametrize("text", [json.dumps(states()), AS_YAML])
@pytest.mark.parametrize(
    ("kind", "named"),
    [
        ("AWS::StepFunctions::StateMachine", {"DefinitionS3Location": {"Bucket": "b", "Key": "k"}}),
        ("AWS::Serverless::StateMachine", {"DefinitionUri": "run.asl.json"}),
    ],
)
def test_a_definition_in_a_file_is_read(kind: str, named: dict[str, object], text: str) -> None:
    asked: list[object] = []

    def text_of(what: object) -> str:
        asked.append(what)
        return text

    found = with_definition(resource("Api/X", kind, named), text_of)
    assert asked == list(named.values())
    assert not is_unread(found)
    runs_it = Consumer(found, "Definition.States.Run.Parameters.TaskDefinition")
    assert texts(plan(task_definition(), [runs_it])) == ["state machine Api/X runs it without a NetworkConfiguration"]


@pytest.mark.parametrize("text", [None, "{", "[]", "a: [", '"text"'])
def test_a_file_that_says_nothing_is_not_read(text: str | None) -> None:
    written = resource("Api/X", "AWS::Serverless::StateMachine", {"DefinitionUri": "run.asl.json"})
    assert with_definition(written, lambda _named: text) == written
    assert is_unread(written)


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::Serverless::StateMachine", {"Definition": states(), "DefinitionUri": "run.asl.json"}),
        ("AWS::StepFunctions::StateMachine", {"DefinitionString": "{}"}),
        ("AWS::Serverless::Api", {"DefinitionUri": "api.yaml"}),
    ],
)
def test_no_file_is_read_for_what_has_none(kind: str, properties: dict[str, object]) -> None:
    written = resource("Api/X", kind, properties)
    assert with_definition(written, lambda _named: AS_YAML) == written
    assert not is_unread(written)
