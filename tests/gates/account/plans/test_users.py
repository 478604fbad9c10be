"""What runs a revision: its services, what starts tasks of it, tasks of their own, and what may run it unseen."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.gates.account.plans.users import users_of
from ecs_guard_aspects.remediation.obstacles.run_elsewhere import RUN_ELSEWHERE

from .support import DENIED, Given, arn, pipe, rule_target, schedule, service, task

GROUP, REGISTRY = "arn:aws:elb:x:y:targetgroup/web/1", "arn:aws:servicediscovery:x:y:service/srv-1"
BALANCED: dict[str, Any] = {"loadBalancers": [{"targetGroupArn": GROUP, "containerName": "app", "containerPort": 80}]}
REGISTERED: dict[str, Any] = {"serviceRegistries": [{"registryArn": REGISTRY}]}
OLDER = {"status": "ACTIVE", "taskDefinition": arn("web:1")}
EXTERNAL = {"deploymentController": {"type": "EXTERNAL"}}

# A service, and whether it deploys the revision, or has it only in a deployment that another one replaces.
SERVICES: list[tuple[dict[str, Any], bool, bool]] = [
    (service(), True, False),
    (service(taskDefinition=arn("web:2")), False, False),
    (service(taskDefinition=arn("web:2"), deployments=[OLDER]), False, True),
    (service(taskDefinition=arn("web:2"), deployments=[], taskSets=[OLDER]), False, True),
    (service(taskDefinition=None, deployments=[], taskSets=[OLDER], **EXTERNAL), True, False),
]


@pytest.mark.parametrize(("given", "deploys", "is_leaving"), SERVICES)
def test_a_service(given: dict[str, Any], deploys: bool, is_leaving: bool) -> None:
    users = users_of(arn("web:1"), Given(services=[given]))
    assert [user.name for user in users.services] == ["web in cluster prod"] * deploys
    assert [each["serviceName"] for each in users.leaving] == ["web"] * is_leaving
    assert all(user.consumer.resource.properties["TaskDefinition"] == arn("web:1") for user in users.services)


def test_everything_that_runs_it() -> None:
    around = Given(services=[service()], rule_targets=[rule_target()], schedules=[schedule()], pipes=[pipe()])
    users = users_of(arn("web:1"), around)
    assert [user.name for user in users.all] == [
        "web in cluster prod",
        "nightly (event bus default, target 1)",
        "default/hourly",
        "orders",
    ]


# A task, what else runs the revision, and whether the task is one of its own.
TASKS: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    (task(), {}, True),
    (task(group="service:web"), {}, False),
    (task(startedBy="events-rule/nightly"), {"rule_targets": [rule_target()]}, False),
    (task(startedBy="chronos-schedule/x"), {"schedules": [schedule()]}, False),
    (task(startedBy="events-rule/deleted"), {}, True),
    (task(startedBy="me"), {"rule_targets": [rule_target()]}, True),
    (task(taskDefinitionArn=arn("web:2")), {}, False),
]


@pytest.mark.parametrize(("given", "others", "is_own"), TASKS)
def test_a_task(given: dict[str, Any], others: dict[str, Any], is_own: bool) -> None:
    assert users_of(arn("web:1"), Given(tasks=[given], **others)).tasks == [given] * is_own


# What a service names, what AWS says of it, and the properties of what is found, or the obstacle.
DEPENDENCIES: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any] | str]] = [
    (BALANCED, {"groups": {GROUP: "ip"}}, {"LoadBalancers.0.TargetGroupArn": {"TargetType": "ip"}}),
    (BALANCED, {}, f"service web in cluster prod names {GROUP}, which is deleted"),
    (BALANCED, {"groups": {GROUP: DENIED}}, f"{GROUP} cannot be read: permission x:Y is missing"),
    (
        REGISTERED,
        {"records": {REGISTRY: ["SRV"]}},
        {"ServiceRegistries.0.RegistryArn": {"DnsConfig": {"DnsRecords": [{"Type": "SRV"}]}}},
    ),
    (REGISTERED, {}, f"service web in cluster prod names {REGISTRY}, which is deleted"),
    ({"loadBalancers": [{"loadBalancerName": "old"}]}, {}, {}),
]


@pytest.mark.parametrize(("names", "known", "expected"), DEPENDENCIES)
def test_what_a_service_depends_on(
    names: dict[str, Any], known: dict[str, Any], expected: dict[str, Any] | str
) -> None:
    users = users_of(arn("web:1"), Given(services=[service(**names)], **known))
    (user,) = users.services
    found = {location: resource.properties for location, resource in user.consumer.service_dependencies.items()}
    if isinstance(expected, str):
        assert ([each.text for each in users.obstacles], found) == ([expected], {})
    else:
        assert (users.obstacles, found) == ([], expected)


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (None, None),
        ("arn:aws:iam::1:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS", None),
        ("arn:aws:iam::1:role/lb", "arn:aws:iam::1:role/lb"),
    ],
)
def test_a_role_of_its_own(role: str | None, expected: str | None) -> None:
    users = users_of(arn("web:1"), Given(services=[service(**({"roleArn": role} if role else {}))]))
    assert users.services[0].consumer.resource.properties.get("Role") == expected


def test_what_only_the_deployment_of_a_service_has() -> None:
    lattice = [{"targetGroupArn": "arn:l", "portName": "p", "roleArn": "r"}]
    primary = {"status": "PRIMARY", "taskDefinition": arn("web:1"), "vpcLatticeConfigurations": lattice}
    users = users_of(arn("web:1"), Given(services=[service(deployments=[{**OLDER}, primary])]))
    (found,) = users.services[0].consumer.resource.properties["VpcLatticeConfigurations"]
    assert found["TargetGroupArn"] == "arn:l"


@pytest.mark.parametrize(
    ("clause", "lifted_by"),
    [
        ("the EventBridge rules cannot be read: denied", RUN_ELSEWHERE),
        ("the services of cluster test cannot be read: denied", ""),
    ],
)
def test_what_cannot_be_read_may_run_it(clause: str, lifted_by: str) -> None:
    (obstacle,) = users_of(arn("web:1"), Given(unread=[clause, clause])).obstacles
    assert obstacle.text == f"{clause}. Something there may run it without a network"
    assert obstacle.lifted_by == lifted_by
