"""A second opinion: cfn-lint finds no error in what is fixed, and does find those a careless fix would leave."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from cfnlint.api import lint
from cfnlint.config import ManualArgs

from ecs_guard_aspects.cloudformation.declarations import Declarations
from ecs_guard_aspects.remediation import Consumer, Network, Resource, apply

from .support import NO_VALUE, Status, if_prod, plan, status_of

NETWORK = Network(("subnet-12345678", "subnet-23456789"), ("sg-12345678",))
TD = {"Ref": "Td"}
ARN = "arn:aws:iam::123456789012:role/r"
CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/c"


def template(task: dict[str, Any], **resources: dict[str, Any]) -> dict[str, Any]:
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": {"Env": {"Type": "String", "AllowedValues": ["dev", "prod"]}},
        "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Env"}, "prod"]}},
        "Resources": {"Td": {"Type": "AWS::ECS::TaskDefinition", "Properties": task}, **resources},
    }


def task(mode: object = "bridge", *mappings: dict[str, Any]) -> dict[str, Any]:
    web = {"Name": "web", "Image": "nginx", "Memory": 128, "Essential": True, "PortMappings": list(mappings)}
    return {"NetworkMode": mode, "ContainerDefinitions": [web]}


def consumer(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


SERVICE = consumer("AWS::ECS::Service", Cluster="c", TaskDefinition=TD, DesiredCount=1, LaunchType="EC2")
EXPOSED = consumer(
    "AWS::ECS::Service",
    Cluster="c",
    TaskDefinition=TD,
    LoadBalancers=[{"ContainerName": "web", "ContainerPort": 80, "TargetGroupArn": {"Ref": "TG"}}],
)
TARGET_GROUP = consumer(
    "AWS::ElasticLoadBalancingV2::TargetGroup", TargetType="ip", Port=80, Protocol="HTTP", VpcId="vpc-12345678"
)
TASK_SET = consumer("AWS::ECS::TaskSet", Cluster="c", Service="s", TaskDefinition=TD)
RULE = consumer(
    "AWS::Events::Rule",
    ScheduleExpression="rate(1 day)",
    Targets=[{"Id": "t", "Arn": CLUSTER, "RoleArn": ARN, "EcsParameters": {"TaskDefinitionArn": TD, "TaskCount": 1}}],
)
SCHEDULE = consumer(
    "AWS::Scheduler::Schedule",
    ScheduleExpression="rate(1 day)",
    FlexibleTimeWindow={"Mode": "OFF"},
    Target={"Arn": CLUSTER, "RoleArn": ARN, "EcsParameters": {"TaskDefinitionArn": TD}},
)
PIPE = consumer(
    "AWS::Pipes::Pipe",
    RoleArn=ARN,
    Source="arn:aws:sqs:us-east-1:123456789012:q",
    Target=CLUSTER,
    TargetParameters={"EcsTaskParameters": {"TaskDefinitionArn": TD}},
)

# template, the consumer and where it names the task definition
FIXED = {
    "dynamic ports": (template(task("bridge", {"ContainerPort": 80, "HostPort": 0})), None, ""),
    "a mode that expressions decide": (template(task(if_prod("host", "bridge"))), None, ""),
    "an absent mode": (template(task(NO_VALUE)), None, ""),
    "service": (template(task(), X=SERVICE), "X", "TaskDefinition"),
    "service behind a target group": (
        template(task("bridge", {"ContainerPort": 80, "HostPort": 0}), X=EXPOSED, TG=TARGET_GROUP),
        "X",
        "TaskDefinition",
    ),
    "task set": (template(task(), X=TASK_SET), "X", "TaskDefinition"),
    "rule": (template(task(), X=RULE), "X", "Targets.0.EcsParameters.TaskDefinitionArn"),
    "schedule": (template(task(), X=SCHEDULE), "X", "Target.EcsParameters.TaskDefinitionArn"),
    "pipe": (template(task(), X=PIPE), "X", "TargetParameters.EcsTaskParameters.TaskDefinitionArn"),
}


@pytest.mark.parametrize(("before", "name", "reference"), FIXED.values(), ids=FIXED)
def test_what_is_fixed_has_no_error(before: dict[str, Any], name: str | None, reference: str) -> None:
    resources = {
        path: Resource(path, found["Type"], found["Properties"], Declarations.of(before))
        for path, found in before["Resources"].items()
    }
    dependencies = {"LoadBalancers.0.TargetGroupArn": resources["TG"]} if "TG" in resources else {}

    decided = plan(
        resources["Td"], [Consumer(resources[name], reference, dependencies)] if name else [], network=NETWORK
    )

    assert status_of(decided) is Status.FIXABLE, decided.blockers
    after = copy.deepcopy(before)
    for path, found in resources.items():
        changes = [change for change in decided.changes if change.resource == path]
        after["Resources"][path]["Properties"] = apply(found.properties, changes)
    assert errors(after) == []


@pytest.mark.parametrize(
    ("careless", "rule"),
    [
        (template(task("awsvpc", {"ContainerPort": 80, "HostPort": 0})), "E3053"),
        (template(task("awsvpc"), X=SERVICE), "E3052"),
        (template(task("AWSVPC")), "E3030"),
    ],
    ids=["dynamic ports", "service", "mode"],
)
def test_the_second_opinion_is_one(careless: dict[str, Any], rule: str) -> None:
    assert [error.split(" ")[0] for error in errors(careless)] == [rule]


def errors(checked: dict[str, Any]) -> list[str]:
    matches = lint(json.dumps(checked), config=ManualArgs(regions=["us-east-1"]))
    return [f"{match.rule.id} {match.message}" for match in matches if match.rule.id.startswith("E")]
