"""The plan for one revision: what is planned, and what is refused because of what the account says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ecs_guard_aspects.gates.account.plans.commands import FORMER, REVISION
from ecs_guard_aspects.gates.account.plans.revision_plan import RevisionPlan, Status
from ecs_guard_aspects.policy.enforcement import Enforcement
from ecs_guard_aspects.policy.exemptions import Exemption
from ecs_guard_aspects.policy.policy import Policy
from ecs_guard_aspects.policy.profiles import Profile
from ecs_guard_aspects.remediation.network import Network
from ecs_guard_aspects.remediation.plan import FixOptions
from ecs_guard_aspects.sources.account.calls import CallError
from ecs_guard_aspects.sources.account.surroundings import Instance

from .support import (
    CONTAINER,
    INSTANCES,
    PROD,
    Given,
    arn,
    described,
    pipe,
    planned,
    rule_target,
    schedule,
    service,
    task,
)

ELSEWHERE = FixOptions(run_elsewhere=True)
GROUP, REGISTRY = "arn:aws:elb:x:y:targetgroup/web/1", "arn:aws:servicediscovery:x:y:service/srv-1"
BALANCED: dict[str, Any] = {"loadBalancers": [{"targetGroupArn": GROUP, "containerName": "app", "containerPort": 80}]}
REGISTERED: dict[str, Any] = {"serviceRegistries": [{"registryArn": REGISTRY}]}
DENIED = CallError("permission x:Y is missing")
NETWORK = {
    "awsvpcConfiguration": {
        "assignPublicIp": "DISABLED",
        "securityGroups": ["sg-1"],
        "subnets": ["subnet-1", "subnet-2"],
    }
}


def calls_of(plan: RevisionPlan) -> list[str]:
    return [" ".join(command.words[1:3]) for command in plan.commands]


def option(plan: RevisionPlan, call: str, name: str, commands: str = "commands") -> str:
    words = next(each.words for each in getattr(plan, commands) if call in each.words)
    found: str = words[words.index(name) + 1]
    return found


def test_a_service_gets_a_new_revision_and_the_network_of_its_instances() -> None:
    plan = planned(Given(described(), services=[service()]))
    assert plan.status is Status.PLANNED
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
    "ECS Anywhere": (Given(described(), services=[service(launchType="EXTERNAL")]), "ECS Anywhere has no awsvpc"),
    "a Windows Server 2016 constraint": (
        Given(
            described(),
            services=[
                service(placementConstraints=[{"type": "memberOf", "expression": "attribute:x == windows_server_2016"}])
            ],
        ),
        "Windows Server 2016 has no awsvpc",
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
    "no instances": (Given(described(), services=[service()], instances=[]), "no active EC2 instances"),
    "instances of ECS Anywhere": (
        Given(described(), services=[service()], instances=[*INSTANCES, Instance("mi-1", None)]),
        "instances of ECS Anywhere",
    ),
    "instances that cannot be read": (
        Given(described(), services=[service()], instances=DENIED),
        "permission x:Y is missing",
    ),
    "several VPCs": (
        Given(described(), services=[service()], instances=[*INSTANCES, Instance("i-3", None, "vpc-2", "s", ("g",))]),
        "in several VPCs (vpc-1, vpc-2)",
    ),
    "different security groups": (
        Given(described(), services=[service()], instances=[*INSTANCES, Instance("i-3", None, "vpc-1", "s", ("g",))]),
        "different security groups (g and sg-1)",
    ),
    "six security groups": (
        Given(
            described(),
            services=[service()],
            instances=[Instance("i-3", None, "vpc-1", "s", tuple(map(str, range(6))))],
        ),
        "ECS takes 0 to 5",
    ),
    "a public address": (
        Given(described(), services=[service()], instances=[Instance("i-3", None, "vpc-1", "s", ("g",), True)]),
        "instance i-3 of its cluster has a public address",
    ),
    "a public subnet": (
        Given(described(), services=[service()], public=["subnet-2"]),
        "subnet subnet-2 leads out of the VPC only for public addresses",
    ),
    "Fargate": (Given(described(), services=[service(launchType="FARGATE")]), "it runs on Fargate"),
    "a task of its own": (Given(described(), tasks=[task(startedBy="me")]), "started by me: what does is not known"),
    "nothing any more": (Given(described()), "no service, rule or schedule runs it"),
    "rules that cannot be read": (
        Given(described(), services=[service()], unread=["the EventBridge rules cannot be read: denied"]),
        "the EventBridge rules cannot be read: denied. What is there may run it",
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
    assert plan.status is Status.REFUSED
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
    assert (plan.blockers, plan.status) == ((), Status.PLANNED)
    assert calls_of(plan) == ["ecs register-task-definition", *calls]


def test_a_revision_that_was_deleted_meanwhile_has_no_plan() -> None:
    assert planned(Given(None)).status is Status.GONE


def test_a_revision_that_a_deployment_replaces_is_waited_for() -> None:
    older = service(
        taskDefinition=arn("web:2"),
        deployments=[
            {"status": "PRIMARY", "taskDefinition": arn("web:2")},
            {"status": "ACTIVE", "taskDefinition": arn("web:1")},
        ],
    )
    plan = planned(Given(described(), services=[older]))
    assert (plan.status, calls_of(plan), plan.rollback) == (Status.LEAVING, ["ecs wait"], ())


def test_a_service_cannot_go_back_to_a_deregistered_revision() -> None:
    plan = planned(Given(described(status="INACTIVE"), services=[service()]))
    assert plan.status is Status.PLANNED
    assert "register-task-definition" in plan.rollback[0].words
    assert plan.rollback[0].input is not None
    assert plan.rollback[0].input["networkMode"] == "bridge"
    assert option(plan, "update-service", "--task-definition", "rollback") == FORMER


@pytest.mark.parametrize(("named", "written"), [(arn("web:1"), REVISION), (arn("web"), arn("web"))])
def test_a_target_names_the_new_revision_or_the_family_as_before(named: str, written: str) -> None:
    plan = planned(Given(described(), rule_targets=[rule_target(named)], schedules=[schedule(named)]))
    targets = [each.input["Targets"][0] if "Targets" in each.input else each.input["Target"] for each in _inputs(plan)]
    network = {
        "awsvpcConfiguration": {
            key[:1].upper() + key[1:]: value for key, value in NETWORK["awsvpcConfiguration"].items()
        }
    }
    for target in targets:
        assert target["EcsParameters"] == {"TaskDefinitionArn": written, "NetworkConfiguration": network}
        assert target["Arn"] == PROD
    assert plan.rollback[0].input == {
        "Rule": "nightly",
        "EventBusName": "default",
        "Targets": [rule_target(named).target],
    }


def test_a_pipe_keeps_its_other_target_parameters() -> None:
    plan = planned(Given(described(), pipes=[pipe()]))
    (written,) = _inputs(plan)
    assert written.input is not None
    assert written.input.keys() == {"Name", "RoleArn", "TargetParameters"}
    assert written.input["TargetParameters"]["InputTemplate"] == "hunter4"
    assert written.input["TargetParameters"]["EcsTaskParameters"]["TaskDefinitionArn"] == REVISION
    assert plan.rollback[0].input == {**written.input, "TargetParameters": pipe()["TargetParameters"]}


def _pipeline(provider: str, **settings: str) -> dict[str, Any]:
    action = {"name": "Deploy", "actionTypeId": {"category": "Deploy", "provider": provider}, "configuration": settings}
    return {"name": "release", "stages": [{"name": "x", "actions": [action]}]}


PIPELINES = [
    (_pipeline("ECS", ClusterName="prod", ServiceName="web"), "ECS", "so the new revision stays changed"),
    (_pipeline("ECS", ClusterName="test", ServiceName="web"), "ECS", None),
    (_pipeline("S3", BucketName="web"), "ECS", None),
    (_pipeline("CodeDeployToECS", ApplicationName="a"), "ECS", None),
    (_pipeline("CodeDeployToECS", ApplicationName="a"), "CODE_DEPLOY", "may deploy it from taskdef.json"),
]


@pytest.mark.parametrize(("pipeline", "controller", "note"), PIPELINES)
def test_pipelines_that_deploy_the_service_are_listed(
    pipeline: dict[str, Any], controller: str, note: str | None
) -> None:
    plan = planned(
        Given(described(), services=[service(deploymentController={"type": controller})], pipelines=[pipeline])
    )
    assert len(plan.notes) == (note is not None)
    for each in plan.notes:
        assert str(note) in each
        assert each.endswith("aws codepipeline get-pipeline-state --name release --region eu-west-1")


def _inputs(plan: RevisionPlan) -> list[Any]:
    return [each for each in plan.commands[1:] if each.input is not None]


def test_tasks_are_started_again_as_they_were() -> None:
    tasks = [task(startedBy="me", overrides={"cpu": "256"}) for _ in range(12)]
    plan = planned(Given(described(), tasks=tasks), ELSEWHERE)
    for again, count in zip(_inputs(plan), (10, 2), strict=True):  # a call starts 10 at the most
        assert again.input == _started(count)
    calls = ["ecs run-task"] * 2 + ["ecs stop-task"] * 12
    assert calls_of(plan) == ["ecs register-task-definition", *calls]


def _started(count: int) -> dict[str, Any]:
    return {
        "cluster": "prod",
        "taskDefinition": REVISION,
        "count": count,
        "launchType": "EC2",
        "startedBy": "me",
        "overrides": {"cpu": "256"},
        "networkConfiguration": NETWORK,
    }


GIVEN_NETWORKS = [
    ([{"VpcId": "vpc-1"}], [], None),
    (None, [], "does not exist in this account and Region"),
    ([{"VpcId": "vpc-1"}, {"VpcId": "vpc-2"}], [], "are in several VPCs"),
    ([{"VpcId": "vpc-9"}], [], "is in another VPC than the subnets that were given"),
    ([{"VpcId": "vpc-1"}], ["subnet-7"], "leads out of the VPC only for public addresses"),
]


@pytest.mark.parametrize(("subnets", "public", "reason"), GIVEN_NETWORKS)
def test_a_network_that_is_given_is_looked_at(subnets: Any, public: list[str], reason: str | None) -> None:
    options = FixOptions(network=Network(("subnet-7",), ("sg-7",)))
    plan = planned(Given(described(), services=[service()], subnets=subnets, public=public), options)
    if reason is None:
        network = json.loads(option(plan, "update-service", "--network-configuration"))["awsvpcConfiguration"]
        assert (network["subnets"], network["securityGroups"]) == (["subnet-7"], ["sg-7"])
    else:
        assert any(reason in each.text for each in plan.blockers)


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
