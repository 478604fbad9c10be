"""Consumers of a task definition: one row for each fact about the network that awsvpc needs there."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation import Consumer

from ..support import (
    NETWORK,
    NO_VALUE,
    REFERENCE,
    Status,
    changed,
    if_prod,
    plan,
    resource,
    service,
    status_of,
    task_definition,
    texts,
)

AWSVPC = {"Subnets": ["subnet-1", "subnet-2"], "SecurityGroups": ["sg-1"], "AssignPublicIp": "DISABLED"}
SUBNETS = {"AwsvpcConfiguration": {"Subnets": ["subnet-9"]}}
SVC = "service Api/Svc"


def consumer(kind: str, reference: str, properties: dict[str, Any]) -> Consumer:
    return Consumer(resource("Api/X", kind, properties), reference)


def rule(**parameters: object) -> Consumer:
    targets = [
        {"Id": "0", "Arn": "arn:q"},
        {"Id": "1", "Arn": "arn:c", "EcsParameters": {"TaskDefinitionArn": REFERENCE, **parameters}},
    ]
    return consumer("AWS::Events::Rule", "Targets.1.EcsParameters.TaskDefinitionArn", {"Targets": targets})


def schedule(**parameters: object) -> Consumer:
    target = {"Arn": "arn:c", "RoleArn": "arn:r", "EcsParameters": {"TaskDefinitionArn": REFERENCE, **parameters}}
    return consumer("AWS::Scheduler::Schedule", "Target.EcsParameters.TaskDefinitionArn", {"Target": target})


def pipe(**parameters: object) -> Consumer:
    target = {"EcsTaskParameters": {"TaskDefinitionArn": REFERENCE, **parameters}}
    reference = "TargetParameters.EcsTaskParameters.TaskDefinitionArn"
    return consumer("AWS::Pipes::Pipe", reference, {"TargetParameters": target})


def task_set(**parameters: object) -> Consumer:
    return consumer("AWS::ECS::TaskSet", "TaskDefinition", {"TaskDefinition": REFERENCE, **parameters})


EMPTY: list[dict[str, object]] = [
    {},
    {"AwsvpcConfiguration": {}},
    {"AwsvpcConfiguration": NO_VALUE},
    {"AwsvpcConfiguration": {"Subnets": [], "SecurityGroups": NO_VALUE, "AssignPublicIp": "DISABLED"}},
]
# consumer, where its network goes, how it spells the key inside
LACKING = {
    "service": (service(), "Api/Svc NetworkConfiguration", "AwsvpcConfiguration"),
    "task set": (task_set(), "Api/X NetworkConfiguration", "AwsVpcConfiguration"),
    "rule": (rule(), "Api/X Targets.1.EcsParameters.NetworkConfiguration", "AwsVpcConfiguration"),
    "schedule": (schedule(), "Api/X Target.EcsParameters.NetworkConfiguration", "AwsvpcConfiguration"),
    "pipe": (pipe(), "Api/X TargetParameters.EcsTaskParameters.NetworkConfiguration", "AwsvpcConfiguration"),
    "service with NoValue": (
        service(NetworkConfiguration=NO_VALUE),
        "Api/Svc NetworkConfiguration",
        "AwsvpcConfiguration",
    ),
    **{
        f"service with {written}": (
            service(NetworkConfiguration=written),
            "Api/Svc NetworkConfiguration",
            "AwsvpcConfiguration",
        )
        for written in EMPTY
    },
}


@pytest.mark.parametrize(("runs_it", "path", "key"), LACKING.values(), ids=LACKING)
def test_a_consumer_without_a_network_is_given_the_one_of_the_fix(runs_it: Consumer, path: str, key: str) -> None:
    decided = plan(task_definition(), [runs_it], network=NETWORK)

    assert changed(decided) == {"Api/Td NetworkMode": "awsvpc", path: {key: AWSVPC}}
    assert status_of(decided) is Status.FIXABLE


@pytest.mark.parametrize(("runs_it", "path", "key"), LACKING.values(), ids=LACKING)
def test_without_one_it_refuses(runs_it: Consumer, path: str, key: str) -> None:
    decided = plan(task_definition(), [runs_it])

    (text,) = texts(decided)
    assert text.endswith(f"{runs_it.resource.address} has no NetworkConfiguration")
    assert decided.changes == ()


MAY_RUN = "and may run it without a NetworkConfiguration"


GOOD = {
    "service with a network": service(NetworkConfiguration=SUBNETS),
    "service with a network in every scenario": service(NetworkConfiguration=if_prod(SUBNETS, SUBNETS)),
    "service with subnets only the deployment knows": service(
        NetworkConfiguration={"AwsvpcConfiguration": {"Subnets": {"Fn::Split": [",", {"Fn::ImportValue": "x"}]}}}
    ),
    "service with a network, conditionally running it": Consumer(
        service(NetworkConfiguration=SUBNETS).resource, "TaskDefinition.Fn::If.1"
    ),
    "public address on Fargate": service(
        LaunchType="FARGATE",
        NetworkConfiguration={"AwsvpcConfiguration": {"Subnets": ["s"], "AssignPublicIp": "ENABLED"}},
    ),
    "rule with a network": rule(NetworkConfiguration={"AwsVpcConfiguration": {"Subnets": ["s"]}}),
    "IAM policy": consumer("AWS::IAM::Policy", "PolicyDocument.Statement.0.Resource", {}),
    "IAM role": consumer("AWS::IAM::Role", "Policies.0.PolicyDocument.Statement.0.Resource", {}),
    "rule that listens": consumer("AWS::Events::Rule", "EventPattern.detail.taskDefinitionArn.0", {}),
}

BAD = {
    "network in one scenario": (
        service(NetworkConfiguration=if_prod(SUBNETS, NO_VALUE)),
        ["service Api/Svc has a NetworkConfiguration only in some cases of an expression"],
    ),
    "properties that are an expression": (
        Consumer(resource("Api/Svc", "AWS::ECS::Service", {"Fn::If": ["IsProd", {}, {}]}), "TaskDefinition"),
        ["service Api/Svc has a NetworkConfiguration only in some cases of an expression"],
    ),
    "run in one scenario": (
        Consumer(service(TaskDefinition=if_prod(REFERENCE, "other")).resource, "TaskDefinition.Fn::If.1"),
        [
            f"{SVC} has no NetworkConfiguration and runs this task definition only in some cases of an expression",
        ],
    ),
    "network without subnets": (
        service(NetworkConfiguration={"AwsvpcConfiguration": {"SecurityGroups": ["sg"], "Subnets": []}}),
        ["service Api/Svc has a NetworkConfiguration without AwsvpcConfiguration.Subnets"],
    ),
    "a public address without subnets": (
        service(NetworkConfiguration={"AwsvpcConfiguration": {"AssignPublicIp": "ENABLED"}}),
        ["service Api/Svc has a NetworkConfiguration without AwsvpcConfiguration.Subnets"],
    ),
    "subnets in some cases": (
        service(NetworkConfiguration={"AwsvpcConfiguration": if_prod({"Subnets": ["s"]}, NO_VALUE)}),
        ["service Api/Svc has a NetworkConfiguration without AwsvpcConfiguration.Subnets"],
    ),
    "network in the spelling of another type": (
        service(NetworkConfiguration={"AwsVpcConfiguration": {"Subnets": ["s"]}}),
        ["service Api/Svc has a NetworkConfiguration without AwsvpcConfiguration.Subnets"],
    ),
    "17 subnets": (
        service(NetworkConfiguration={"AwsvpcConfiguration": {"Subnets": [f"s{n}" for n in range(17)]}}),
        ["service Api/Svc names 17 Subnets: ECS takes 16"],
    ),
    "6 security groups": (
        service(NetworkConfiguration={"AwsvpcConfiguration": {"Subnets": ["s"], "SecurityGroups": list("abcdef")}}),
        ["service Api/Svc names 6 SecurityGroups: ECS takes 5"],
    ),
    "public address on EC2": (
        service(
            LaunchType="EC2",
            NetworkConfiguration={"AwsvpcConfiguration": {"Subnets": ["s"], "AssignPublicIp": "ENABLED"}},
        ),
        ["service Api/Svc has AssignPublicIp ENABLED, which tasks on EC2 instances cannot have"],
    ),
    "ECS Anywhere": (
        service(LaunchType="EXTERNAL"),
        ["service Api/Svc has LaunchType EXTERNAL, and ECS Anywhere does not support awsvpc"],
    ),
    "rule on ECS Anywhere": (
        rule(LaunchType="EXTERNAL"),
        ["rule Api/X has LaunchType EXTERNAL, and ECS Anywhere does not support awsvpc"],
    ),
    "Lambda function": (
        consumer("AWS::Lambda::Function", "Environment.Variables.TASK", {}),
        [f"Api/X (AWS::Lambda::Function) names it at Environment.Variables.TASK {MAY_RUN}"],
    ),
    "rule that passes it on": (
        consumer("AWS::Events::Rule", "Targets.0.Input", {}),
        [f"Api/X (AWS::Events::Rule) names it at Targets.0.Input {MAY_RUN}"],
    ),
    "rule with targets an expression decides": (
        consumer("AWS::Events::Rule", "Targets.Fn::If.1.0.EcsParameters.TaskDefinitionArn", {}),
        [f"Api/X (AWS::Events::Rule) names it at Targets.Fn::If.1.0.EcsParameters.TaskDefinitionArn {MAY_RUN}"],
    ),
    "a reference that is not there": (
        consumer("AWS::Pipes::Pipe", "TargetParameters.EcsTaskParameters.TaskDefinitionArn", {}),
        ["pipe Api/X names it at TargetParameters.EcsTaskParameters.TaskDefinitionArn, which does not exist"],
    ),
}

UNREADABLE = {
    "network": (service(NetworkConfiguration="x"), "service Api/Svc: Properties/NetworkConfiguration is"),
    "undecided network": (service(NetworkConfiguration={"Ref": "Free"}), "service Api/Svc: Properties/NetworkConfigur"),
    "subnets": (service(NetworkConfiguration={"AwsvpcConfiguration": {"Subnets": "s"}}), "service Api/Svc: "),
    "launch type": (service(LaunchType={"Ref": "Free"}), "service Api/Svc: Properties/LaunchType is ${Free}"),
    "properties": (
        Consumer(resource("Api/Svc", "AWS::ECS::Service", "x"), "TaskDefinition"),
        "service Api/Svc: Properties is a text, which is not a map",
    ),
    "targets": (
        consumer("AWS::Events::Rule", "Targets.0.EcsParameters.TaskDefinitionArn", {"Targets": [1]}),
        "rule Api/X: Properties/Targets has members",
    ),
}


@pytest.mark.parametrize("runs_it", GOOD.values(), ids=GOOD)
def test_a_consumer_that_lacks_nothing_stays_as_it_is(runs_it: Consumer) -> None:
    decided = plan(task_definition(), [runs_it])

    assert texts(decided) == []
    assert changed(decided) == {"Api/Td NetworkMode": "awsvpc"}


@pytest.mark.parametrize(("runs_it", "expected"), BAD.values(), ids=BAD)
def test_an_obstacle_refuses_the_fix(runs_it: Consumer, expected: list[str]) -> None:
    decided = plan(task_definition(), [runs_it], network=NETWORK)

    assert texts(decided) == expected
    assert decided.changes == ()


@pytest.mark.parametrize(("runs_it", "expected"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_refuses_it(runs_it: Consumer, expected: str) -> None:
    decided = plan(task_definition(), [runs_it], network=NETWORK)

    assert any(expected in text for text in texts(decided)), texts(decided)
    assert decided.changes == ()


def test_a_consumer_that_is_never_created_says_nothing() -> None:
    never = {"Fn::Equals": ["a", "b"]}
    runs_it = Consumer(resource("Api/Svc", "AWS::ECS::Service", {"Role": "r"}, never), "TaskDefinition")

    assert status_of(plan(task_definition(), [runs_it])) is Status.FIXABLE


def test_two_targets_of_a_rule_each_get_their_network() -> None:
    first = rule()
    properties: Any = first.resource.properties
    properties["Targets"][0]["EcsParameters"] = {"TaskDefinitionArn": REFERENCE}
    second = Consumer(first.resource, "Targets.0.EcsParameters.TaskDefinitionArn")

    decided = plan(task_definition(), [first, second], network=NETWORK)

    assert list(changed(decided)) == [
        "Api/Td NetworkMode",
        "Api/X Targets.1.EcsParameters.NetworkConfiguration",
        "Api/X Targets.0.EcsParameters.NetworkConfiguration",
    ]


@pytest.mark.parametrize(
    ("kind", "reference", "properties", "remedy"),
    [
        (
            "AWS::Lambda::Function",
            "Environment.Variables.TASK",
            {},
            "pass a networkConfiguration where the task is run",
        ),
        ("AWS::SSM::Parameter", "Value", {"Value": REFERENCE}, "pass a networkConfiguration where the task is run"),
        ("AWS::StepFunctions::StateMachine", "DefinitionString", {}, "an EcsRunTask of the CDK then has one"),
    ],
)
def test_a_refusal_says_what_the_fix_cannot_do(
    kind: str, reference: str, properties: dict[str, Any], remedy: str
) -> None:
    (blocker,) = plan(task_definition(), [consumer(kind, reference, properties)]).blockers
    assert blocker.remedy.startswith("set awsvpc in the task definition itself, and ")
    assert blocker.remedy.endswith(remedy)
