"""The plan for one revision: its changes, and its refusals because of what the account shows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ecs_guard_aspects.gates.account.plans.commands import FORMER, REVISION
from ecs_guard_aspects.gates.account.plans.revision_plan import PlanStatus
from ecs_guard_aspects.policy.enforcement import Enforcement
from ecs_guard_aspects.policy.exemptions import Exemption
from ecs_guard_aspects.policy.policy import Policy
from ecs_guard_aspects.policy.profiles import Profile
from ecs_guard_aspects.remediation.plan import FixOptions
from ecs_guard_aspects.sources.account.surroundings import Instance

from .support import (
    CONTAINER,
    DENIED,
    ELSEWHERE,
    INSTANCES,
    NETWORK,
    Given,
    arn,
    calls_of,
    described,
    option,
    pipe,
    planned,
    rule_target,
    schedule,
    service,
    task,
)

GROUP, REGISTRY = "arn:aws:elb:x:y:targetgroup/web/1", "arn:aws:servicediscovery:x:y:service/srv-1"
BALANCED: dict[str, Any] = {"loadBalancers": [{"targetGroupArn": GROUP, "containerName": "app", "containerPort": 80}]}
REGISTERED: dict[str, Any] = {"serviceRegistries": [{"registryArn": REGISTRY}]}


def test_a_service_gets_a_new_revision_and_the_network_of_its_instances() -> None:
    plan = planned(Given(described(), services=[service()]))
    assert plan.status is PlanStatus.PLANNED
    assert calls_of(plan) == ["ecs register-task-definition", "ecs update-service", "ecs wait"]
    registered = plan.commands[0].input
    assert registered is not None
    assert registered["networkMode"] == "awsvpc"
    assert registered["containerDefinitions"][0]["portMappings"] == [{"containerPort": 80, "protocol": "tcp"}]
    assert json.loads(option(plan, "update-service", "--network-configuration")) == NETWORK
    assert option(plan, "update-service", "--task-definition") == REVISION
    assert option(plan, "update-service", "--task-definition", "rollback") == arn("web:1")
    assert option(plan, "update-service", "--network-configuration", "rollback") == "{}"


# What the account says, and what stands against a change.
REFUSED: dict[str, tuple[Given, str]] = {
    "CodeDeploy": (
        Given(described(), services=[service(deploymentController={"type": "CODE_DEPLOY"})]),
        "is deployed by CODE_DEPLOY",
    ),
    "an external controller": (
        Given(described(), services=[service(deploymentController={"type": "EXTERNAL"})]),
        "is deployed by EXTERNAL",
    ),
    "a task set, which alone has the revision": (
        Given(
            described(),
            services=[
                service(
                    taskDefinition=None,
                    deployments=[],
                    deploymentController={"type": "EXTERNAL"},
                    taskSets=[{"taskDefinition": arn("web:1"), "status": "ACTIVE"}],
                )
            ],
        ),
        "is deployed by EXTERNAL",
    ),
    "a daemon": (Given(described(), services=[service(schedulingStrategy="DAEMON")]), "is a DAEMON"),
    "ECS Anywhere": (
        Given(described(), services=[service(launchType="EXTERNAL")]),
        "ECS Anywhere does not support awsvpc",
    ),
    "a Windows Server 2016 constraint": (
        Given(
            described(),
            services=[
                service(placementConstraints=[{"type": "memberOf", "expression": "attribute:x == windows_server_2016"}])
            ],
        ),
        "Windows Server 2016 does not support awsvpc",
    ),
    "a role of its own": (
        Given(described(), services=[service(roleArn="arn:aws:iam::1:role/lb")]),
        "has a Role, which awsvpc does not permit",
    ),
    "a target group of instances": (
        Given(described(), services=[service(**BALANCED)], groups={GROUP: "instance"}),
        "target group web registers instances",
    ),
    "a target group that is deleted": (Given(described(), services=[service(**BALANCED)]), "which is deleted"),
    "a target group that cannot be read": (
        Given(described(), services=[service(**BALANCED)], groups={GROUP: DENIED}),
        "cannot be read: permission x:Y is missing",
    ),
    "a Classic Load Balancer": (
        Given(described(), services=[service(loadBalancers=[{"loadBalancerName": "old"}])]),
        "Classic Load Balancer",
    ),
    "SRV records without a port": (
        Given(described(), services=[service(**REGISTERED)], records={REGISTRY: ["SRV"]}),
        "with SRV records that names neither",
    ),
    "VPC Lattice": (
        Given(
            described(),
            services=[
                service(
                    deployments=[
                        {
                            "status": "PRIMARY",
                            "taskDefinition": arn("web:1"),
                            "vpcLatticeConfigurations": [{"targetGroupArn": "arn:l", "portName": "p", "roleArn": "r"}],
                        }
                    ]
                )
            ],
        ),
        "it may register instances",
    ),
    "a task of its own": (
        Given(described(), tasks=[task(startedBy="me")]),
        "started by me: it is not known what starts them",
    ),
    "nothing any more": (Given(described()), "no service, rule or schedule runs it"),
    "rules that cannot be read": (
        Given(described(), services=[service()], unread=["the EventBridge rules cannot be read: denied"]),
        "the EventBridge rules cannot be read: denied. Something there may run it",
    ),
    "services that cannot be read": (
        Given(described(), services=[service()], unread=["the services of cluster test cannot be read: denied"]),
        "the services of cluster test cannot be read",
    ),
    "a schedule that calls the API": (
        Given(
            described(),
            services=[service()],
            schedules=[
                schedule(Target={"Arn": "arn:aws:scheduler:::aws-sdk:ecs:runTask", "Input": '{"TaskDefinition":"web"}'})
            ],
        ),
        "schedule default/hourly calls ecs:RunTask",
    ),
    "the address of the instance": (
        Given(
            described(containerDefinitions=[{**CONTAINER, "portMappings": [{"containerPort": 80, "hostPort": 80}]}]),
            services=[service()],
        ),
        "is reached at 80/tcp of its instance",
    ),
    "links": (
        Given(described(containerDefinitions=[{**CONTAINER, "links": ["db"]}]), services=[service()]),
        "container app uses links",
    ),
    "another finding": (
        Given(described(containerDefinitions=[{**CONTAINER, "privileged": True}]), services=[service()]),
        "no-privileged-containers would still deny it",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_names_the_obstacle(case: str) -> None:
    surroundings, reason = REFUSED[case]
    strict = Policy(enforcement={"no-privileged-containers": Enforcement.DENY})
    plan = planned(surroundings, policy=strict)
    assert plan.status is PlanStatus.REFUSED
    assert (plan.commands, plan.rollback) == ((), ())
    assert any(reason in each.text for each in plan.blockers), [each.text for each in plan.blockers]


# What is planned after all, and how it is called.
PLANNED: dict[str, tuple[Given, FixOptions, list[str]]] = {
    "a rule": (Given(described(), rule_targets=[rule_target()]), FixOptions(), ["events put-targets"]),
    "a schedule": (Given(described(), schedules=[schedule()]), FixOptions(), ["scheduler update-schedule"]),
    "a pipe": (Given(described(), pipes=[pipe()]), FixOptions(), ["pipes update-pipe"]),
    "a task of its own": (Given(described(), tasks=[task()]), ELSEWHERE, ["ecs run-task", "ecs stop-task"]),
    "a target group of addresses": (
        Given(described(), services=[service(**BALANCED)], groups={GROUP: "ip"}),
        FixOptions(),
        ["ecs update-service", "ecs wait"],
    ),
    "A records": (
        Given(described(), services=[service(**REGISTERED)], records={REGISTRY: ["A"]}),
        FixOptions(),
        ["ecs update-service", "ecs wait"],
    ),
    "one of two capacity providers": (
        Given(
            described(),
            services=[service(capacityProviderStrategy=[{"capacityProvider": "asg"}])],
            instances=[INSTANCES[0], Instance("i-3", "other", "vpc-2", "subnet-9", ("sg-9",))],
        ),
        FixOptions(),
        ["ecs update-service", "ecs wait"],
    ),
    "rules that cannot be read": (
        Given(described(), services=[service()], unread=["the EventBridge rules cannot be read: denied"]),
        ELSEWHERE,
        ["ecs update-service", "ecs wait"],
    ),
    "tasks of a rule, which starts them again": (
        Given(described(), rule_targets=[rule_target()], tasks=[task(startedBy="events-rule/nightly")]),
        FixOptions(),
        ["events put-targets"],
    ),
    "two services in one cluster": (
        Given(described(), services=[service("a"), service("b", desiredCount=0)]),
        FixOptions(),
        ["ecs update-service", "ecs wait"] * 2,
    ),
    "a service that is moved to it": (
        Given(
            described(),
            services=[
                service(
                    deployments=[
                        {"status": "PRIMARY", "taskDefinition": arn("web:1")},
                        {"status": "ACTIVE", "taskDefinition": arn("web:0")},
                    ]
                )
            ],
        ),
        FixOptions(),
        ["ecs update-service", "ecs wait"],
    ),
}


@pytest.mark.parametrize("case", PLANNED)
def test_what_runs_it_is_changed(case: str) -> None:
    surroundings, options, calls = PLANNED[case]
    plan = planned(surroundings, options)
    assert (plan.blockers, plan.status) == ((), PlanStatus.PLANNED)
    assert calls_of(plan) == ["ecs register-task-definition", *calls]


def test_a_revision_that_was_deleted_meanwhile_has_no_plan() -> None:
    assert planned(Given(None)).status is PlanStatus.GONE


def test_a_revision_that_a_deployment_replaces_is_waited_for() -> None:
    older = service(
        taskDefinition=arn("web:2"),
        deployments=[
            {"status": "PRIMARY", "taskDefinition": arn("web:2")},
            {"status": "ACTIVE", "taskDefinition": arn("web:1")},
        ],
    )
    plan = planned(Given(described(), services=[older]))
    assert (plan.status, calls_of(plan), plan.rollback) == (PlanStatus.LEAVING, ["ecs wait"], ())


def test_a_service_cannot_go_back_to_a_deregistered_revision() -> None:
    plan = planned(Given(described(status="INACTIVE"), services=[service()]))
    assert plan.status is PlanStatus.PLANNED
    assert "register-task-definition" in plan.rollback[0].words
    assert plan.rollback[0].input is not None
    assert plan.rollback[0].input["networkMode"] == "bridge"
    assert option(plan, "update-service", "--task-definition", "rollback") == FORMER


def test_a_user_is_set_without_a_network() -> None:
    policy = Policy(enforcement={"awsvpc-network-mode": Enforcement.OFF})
    root = described(networkMode="host", containerDefinitions=[{"name": "app", "image": "shop"}])
    plan = planned(Given(root, services=[service(schedulingStrategy="DAEMON")]), FixOptions(user="1000"), policy)
    assert [(each.path, each.new) for each in plan.changes] == [("ContainerDefinitions.0.User", "1000")]
    assert "--network-configuration" not in plan.commands[1].words
    assert "--network-configuration" not in plan.rollback[0].words


def test_what_is_exempt_is_left_alone() -> None:
    exemption = Exemption(
        check="host-mode-root-user", family="web", container="app", reason="r", owner="o", expires="2099-01-01"
    )
    policy = Policy(Profile.CYSCALE, enforcement={"host-mode-root-user": Enforcement.DENY}, exemptions=(exemption,))
    root = described(
        networkMode="host", containerDefinitions=[{"name": "app", "image": "a"}, {"name": "b", "image": "b"}]
    )
    plan = planned(Given(root, services=[service()]), FixOptions(user="1000", awsvpc=False), policy)
    assert [each.path for each in plan.changes] == ["ContainerDefinitions.1.User"]
