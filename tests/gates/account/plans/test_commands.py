"""Commands: what each gives to the AWS CLI, and how it is written into a script."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.gates.account.plans.commands import (
    FORMER,
    REVISION,
    Commands,
    network_of_ecs,
    network_of_events,
    together,
)
from ecs_guard_aspects.gates.account.plans.revision_plan import RevisionPlan

from .support import (
    ELSEWHERE,
    NETWORK,
    PROD,
    Given,
    arn,
    calls_of,
    described,
    pipe,
    planned,
    rule_target,
    schedule,
    service,
    task,
)


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


IRELAND = Commands("eu-west-1")


def test_a_command_as_a_person_types_it() -> None:
    kept = IRELAND.register("input.json", {"family": "web"}, REVISION, "Register it")
    assert kept.to_read() == (
        "revision=$(aws ecs register-task-definition --cli-input-json file://input.json --query "
        "taskDefinition.taskDefinitionArn --output text --region eu-west-1)"
    )
    deployed = IRELAND.update_service(service("a b"), REVISION, None)
    assert deployed.to_read() == (
        "aws ecs update-service --cluster prod --service 'a b' --task-definition \"$revision\" --region eu-west-1"
    )
    back = IRELAND.update_service(service(), FORMER, {}, "former")
    assert back.to_read().endswith("--task-definition \"$former\" --network-configuration '{}' --region eu-west-1")
    assert back.does == "Deploy the former revision to service web"


def test_the_lines_of_a_script() -> None:
    (again,) = IRELAND.run_again([task()], None, iter(["run 1.json"]))
    with_revision, call, remove, require = again.to_shell()
    assert with_revision == "with_revision 'run 1.json'"
    assert call.startswith("failures=$(aws ecs run-task --cli-input-json 'file://run 1.json.now' --query failures ")
    assert remove == "rm -f 'run 1.json'.now"
    assert require == f"require_none '{again.on_failures}'"
    plain = IRELAND.stop(task())
    assert list(plain.to_shell()) == [plain.to_read()]
    assert plain.words[-4:-2] == ("--task", task()["taskArn"])


def test_a_command_in_json() -> None:
    assert IRELAND.deregister("web:2").to_json() == {
        "does": "Deregister the revision of this plan",
        "words": ["aws", "ecs", "deregister-task-definition", "--task-definition", "web:2", "--region", "eu-west-1"],
    }
    (again,) = IRELAND.run_again([task()], None, iter(["run.json"]))
    assert {key: again.to_json()[key] for key in ("file", "on_failures")} == {
        "file": "run.json",
        "on_failures": again.on_failures,
    }


def test_a_deployment_is_rolled_back_with_its_network() -> None:
    found = "aws ecs list-service-deployments --cluster prod --service web --status IN_PROGRESS --query"
    assert IRELAND.roll_back(service()) == (
        "aws ecs stop-service-deployment --stop-type ROLLBACK --region eu-west-1 --service-deployment-arn "
        f"\"$({found} 'serviceDeployments[0].serviceDeploymentArn' --output text --region eu-west-1)\""
    )


# A task, and what starts one like it.
STARTED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (task(), {"launchType": "EC2"}),
    (task(group="batch"), {"launchType": "EC2", "group": "batch"}),
    (task(capacityProviderName="asg"), {"capacityProviderStrategy": [{"capacityProvider": "asg"}]}),
    (task(launchType=None, overrides={}), {}),
]


@pytest.mark.parametrize(("running", "expected"), STARTED)
def test_what_starts_a_task_again(running: dict[str, Any], expected: dict[str, Any]) -> None:
    (again,) = IRELAND.run_again([running], None, iter(["run.json"]))
    assert again.input == {"cluster": "prod", "taskDefinition": REVISION, "count": 1, **expected}


def test_tasks_that_were_started_the_same_way_are_together() -> None:
    tasks = [task(startedBy="me", taskArn="1"), task(startedBy="you", taskArn="2"), task(startedBy="me", taskArn="3")]
    assert [[each["taskArn"] for each in group] for group in together(tasks)] == [["1", "3"], ["2"]]


def test_networks_as_each_api_spells_them() -> None:
    configuration = {"Subnets": ["subnet-1"], "AssignPublicIp": "DISABLED"}
    assert network_of_ecs(configuration) == {
        "awsvpcConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": "DISABLED"}
    }
    assert network_of_events(configuration) == {"awsvpcConfiguration": configuration}
