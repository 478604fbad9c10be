"""Workloads: what decides from where their tasks can be reached, as each API writes it."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.sources.account.workloads import (
    Port,
    TaskNetwork,
    deployed_by,
    deployment_of,
    port_range,
    scheduled_deployment,
    task_of,
)


def deployment(service: dict[str, Any]) -> Any:
    (deployed,) = deployed_by({"serviceName": "web", "status": "ACTIVE", "taskDefinition": "web:1", **service})
    return deployment_of({"serviceName": "web", **service}, deployed, "prod")


PUBLIC = {"awsvpcConfiguration": {"assignPublicIp": "ENABLED", "securityGroups": ["sg-1"]}}
PRIVATE = {"awsvpcConfiguration": {"assignPublicIp": "DISABLED"}}


@pytest.mark.parametrize(
    ("service", "network"),
    [
        ({}, None),
        ({"networkConfiguration": {}}, None),
        ({"networkConfiguration": PUBLIC}, TaskNetwork(True, ("sg-1",))),
        ({"networkConfiguration": PRIVATE}, TaskNetwork(False, ())),
        (
            {
                "networkConfiguration": PUBLIC,
                "deployments": [{"taskDefinition": "web:1", "status": "PRIMARY", "networkConfiguration": PRIVATE}],
            },
            TaskNetwork(False, ()),
        ),
        (
            {"networkConfiguration": PUBLIC, "deployments": [{"taskDefinition": "web:1", "status": "PRIMARY"}]},
            TaskNetwork(True, ("sg-1",)),
        ),
    ],
)
def test_the_network_of_a_service(service: dict[str, Any], network: TaskNetwork | None) -> None:
    assert deployment(service).network == network


@pytest.mark.parametrize(
    ("balancers", "target_groups", "classic"),
    [
        ([], (), ()),
        ([{"targetGroupArn": "a"}, {"targetGroupArn": "a"}, {"targetGroupArn": "b"}], ("a", "b"), ()),
        ([{"loadBalancerName": "old"}], (), ("old",)),
        (
            [{"targetGroupArn": "blue", "advancedConfiguration": {"alternateTargetGroupArn": "green"}}],
            ("blue", "green"),
            (),
        ),
    ],
)
def test_the_load_balancers_of_a_service(balancers: list[Any], target_groups: Any, classic: Any) -> None:
    found = deployment({"loadBalancers": balancers})
    assert (found.by, found.target_groups, found.classic) == ("service web", target_groups, classic)


@pytest.mark.parametrize("spelled", ["awsvpcConfiguration", "AwsvpcConfiguration"])
@pytest.mark.parametrize("answer", ["ENABLED", "DISABLED"])
def test_the_network_of_a_rule_or_schedule(spelled: str, answer: str) -> None:
    network = {spelled: {"AssignPublicIp": answer, "SecurityGroups": ["sg-1"], "Subnets": ["subnet-1"]}}
    target = {"Arn": "prod", "EcsParameters": {"NetworkConfiguration": network}}
    found = scheduled_deployment("web", "rule nightly", target)
    assert found.network == TaskNetwork(answer == "ENABLED", ("sg-1",))
    assert (found.task_definition, found.by, found.cluster) == ("web", "rule nightly", "prod")
    assert scheduled_deployment("web", "rule nightly", {"Arn": "prod"}).network is None


def test_a_task_with_a_network_interface_of_its_own() -> None:
    details = [{"name": "subnetId", "value": "s"}, {"name": "networkInterfaceId", "value": "eni-1"}]
    starting = {"name": "networkInterfaceId"}
    task = task_of(
        {"taskDefinitionArn": "web:1", "attachments": [{"details": details}, {"details": [starting]}]}, "prod"
    )
    assert (task.interfaces, task.container_instance, task.published) == (("eni-1",), None, ())


def test_a_task_with_ports_of_its_instance() -> None:
    bindings = [
        {"hostPort": 32768, "protocol": "tcp"},
        {"hostPort": 32768},
        {"hostPort": 53, "protocol": "udp"},
        {"hostPortRange": "8000-8010", "protocol": "tcp"},
        {"hostPortRange": "odd"},
        {"protocol": "tcp"},
    ]
    containers = [{"networkBindings": bindings[:3]}, {"networkBindings": bindings[3:]}, {}]
    task = task_of({"taskDefinitionArn": "web:1", "containerInstanceArn": "i", "containers": containers}, "prod")
    assert task.container_instance == "i"
    assert list(map(str, task.published)) == ["32768", "53/udp", "8000-8010"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("80-90", Port(80, 90, "udp")), ("80", None), ("80-", None), ("a-b", None), (None, None)],
)
def test_a_range_of_ports(text: object, expected: Port | None) -> None:
    assert port_range(text, "udp") == expected


@pytest.mark.parametrize(
    ("part", "how"),
    [
        ({"deployments": [{"taskDefinition": "web:1", "status": "PRIMARY", "desiredCount": 2}]}, "primary deployment"),
        ({"taskSets": [{"taskDefinition": "web:1", "status": "ACTIVE", "computedDesiredCount": 2}]}, "active task set"),
        ({"taskDefinition": "web:1", "desiredCount": 2}, "its task definition"),
    ],
)
def test_how_a_service_uses_a_task_definition(part: dict[str, Any], how: str) -> None:
    (deployed,) = deployed_by({"serviceName": "web", **part})
    assert (deployed.task_definition, deployed.how, deployed.wanted) == ("web:1", how, 2)
