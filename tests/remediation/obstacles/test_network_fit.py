"""The fit of a network for a consumer: Stage, environment, order of deployment, routes."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation.changes import Change
from ecs_guard_aspects.remediation.instances.routes import Routes
from ecs_guard_aspects.remediation.obstacles.deployment_order import DeploymentOrder
from ecs_guard_aspects.remediation.obstacles.network_fit import (
    ConsumerPlace,
    NetworkConstruct,
    cross_stage_blockers,
    deployment_order_blockers,
    public_subnet_blockers,
)
from ecs_guard_aspects.remediation.who_runs_it.references import References

from ..templates import resource as body
from ..templates import stack

EU, US = "aws://111122223333/eu-west-1", "aws://111122223333/us-east-1"
PLACE = ConsumerPlace("Prod", "Prod/Stack", EU, frozenset(["Subnet", "Parameter"]))


def construct(stage: str = "Prod", stack_path: str = "Prod/Net", environment: str = EU) -> NetworkConstruct:
    return NetworkConstruct(f"{stack_path}/Subnet", "NetSubnet", stage, stack_path, environment)


@pytest.mark.parametrize(
    ("constructs", "given", "expected"),
    [
        ([], {"Subnets": ["subnet-1", {"Ref": "Subnet"}, {"Ref": "Parameter"}, {"Ref": "AWS::Region"}]}, []),
        ([], {"Subnets": [{"Ref": "Other"}]}, ["Svc would be given Other, which is not in its stack"]),
        ([construct()], {"Subnets": [{"Ref": "NetSubnet"}]}, []),
        (
            [construct(stage="")],
            {},
            ["Svc would be given Prod/Net/Subnet, which belongs to another Stage or the app"],
        ),
        (
            [construct(environment=US)],
            {},
            [f"Svc would be given Prod/Net/Subnet, which is in {US}, and it is in {EU}"],
        ),
        ([construct(stack_path="Prod/Stack", environment=US)], {}, []),  # of its own stack
    ],
)
def test_what_a_consumer_cannot_be_given(constructs: list[NetworkConstruct], given: Any, expected: list[str]) -> None:
    assert [each.text for each in cross_stage_blockers("Svc", PLACE, constructs, given)] == expected


@pytest.mark.parametrize(("waits", "is_blocked"), [("Svc", True), ("Other", False)])
def test_a_subnet_that_waits_for_the_consumer(waits: str, is_blocked: bool) -> None:
    subnet = {**body("AWS::EC2::Subnet"), "DependsOn": waits}
    references = References([stack(Subnet=subnet, Svc=body("AWS::ECS::Service"), Other=body("T"))])
    consumer = references.at("Stack/Svc")
    assert consumer is not None
    given = [NetworkConstruct("Stack/Subnet", "Subnet", "", "Stack", EU)]
    found = deployment_order_blockers(consumer, given, references, DeploymentOrder(references, ["Stack"]))
    text = "Stack/Svc would be given Stack/Subnet, which depends on it or its stack"
    assert [each.text for each in found] == ([text] if is_blocked else [])


PUBLIC = {"MapPublicIpOnLaunch": True}
MODE = Change("Stack/Td", "NetworkMode", "bridge", "awsvpc")


def network(*subnets: str, **more: Any) -> dict[str, Any]:
    return {"AwsvpcConfiguration": {"Subnets": [{"Ref": name} for name in subnets], **more}}


@pytest.mark.parametrize(
    ("own", "changes", "is_blocked"),
    [
        (network("Public"), [MODE], True),
        (network("Public", "Private"), [MODE], False),
        (network("Public", "Elsewhere"), [MODE], False),
        (network("Public", AssignPublicIp="ENABLED"), [MODE], False),
        (network("Public"), [], False),
        (network("Public"), [MODE, Change("Stack/Svc", "NetworkConfiguration", None, {})], False),
    ],
)
def test_a_consumer_whose_own_subnets_are_public(own: Any, changes: list[Change], is_blocked: bool) -> None:
    service = body("AWS::ECS::Service", TaskDefinition={"Ref": "Td"}, NetworkConfiguration=own)
    subnets = {"Public": body("AWS::EC2::Subnet", **PUBLIC), "Private": body("AWS::EC2::Subnet")}
    references = References([stack(Td=body("AWS::ECS::TaskDefinition"), Svc=service, **subnets)])
    (definition,) = references.resources("AWS::ECS::TaskDefinition")
    consumers = references.consumers_of(definition)
    found = [
        each.text for each in public_subnet_blockers("Stack/Td", changes, consumers, references, Routes(references))
    ]
    assert [text.partition(":")[0] for text in found] == (["Stack/Svc names public subnets only"] if is_blocked else [])
