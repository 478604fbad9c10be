"""What a deployment of a change does, as sentences."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation.changes import Change
from ecs_guard_aspects.remediation.deployment import effect_of_deployment

SUBNETS = {"Subnets": ["subnet-1"]}


@pytest.mark.parametrize(
    ("path", "new", "is_given", "words"),
    [
        ("NetworkMode", "awsvpc", False, "A deployment replaces the task definition"),
        ("NetworkConfiguration", {"AwsvpcConfiguration": SUBNETS}, False, "This is the network of its instances"),
        ("NetworkConfiguration", {"AwsvpcConfiguration": SUBNETS}, True, "uses the default one of the VPC"),
        ("Targets.0.EcsParameters.NetworkConfiguration", {"AwsVpcConfiguration": SUBNETS}, True, "the default one"),
        ("NetworkConfiguration", {"AwsvpcConfiguration": {**SUBNETS, "SecurityGroups": ["sg-1"]}}, True, ""),
        ("TargetType", "ip", False, "A deployment replaces the target group"),
        ("TargetType", "ip", True, "must admit its load balancer at the container port"),
        ("Name", None, False, "CloudFormation names the new target group"),
        ("Role", None, False, "A deployment replaces the service"),
        ("ContainerDefinitions.0.User", "1000", False, ""),
    ],
)
def test_what_a_deployment_does(path: str, new: Any, is_given: bool, words: str) -> None:
    sentence = effect_of_deployment(Change("Stack/Res", path, None, new), is_given)
    assert words in sentence
    assert bool(sentence) is bool(words)


def test_a_new_parameter_needs_a_value() -> None:
    declaration = {"Type": "List<AWS::EC2::Subnet::Id>"}
    sentence = effect_of_deployment(Change("a.yaml/Subnets", "", None, declaration, is_parameter=True), True)
    assert sentence == "Every deployment must give this parameter a value, that of a parent stack too."
