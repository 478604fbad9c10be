"""Network interfaces of instances: more tasks than interfaces, and what is next to that."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation.instances.network import InstanceNetworks
from ecs_guard_aspects.remediation.obstacles.hosts.interfaces import room_for_tasks, too_few_interfaces
from ecs_guard_aspects.remediation.obstacles.situation import Situation
from ecs_guard_aspects.remediation.who_runs_it.references import References

from ...instances.support import app, get_att, instances, launch, ref, service
from ...templates import resource

PARAMETERS = {
    "Small": {"Type": "String", "AllowedValues": ["t3.micro", "t3.small"]},
    "Free": {"Type": "String", "Default": "t3.micro"},
    "Count": {"Type": "Number", "Default": 9},
}
AGENT = {
    "Agent": service(TaskDefinition=ref("AgentTask"), SchedulingStrategy="DAEMON"),
    "AgentTask": resource("AWS::ECS::TaskDefinition", NetworkMode="awsvpc"),
}


def deployed(most: Any, desired: int, percent: Any, **more: Any) -> Situation:
    """Return a service on instances with room for one task each, of which a deployment keeps some percent."""
    own = service(DesiredCount=desired, DeploymentConfiguration={"MinimumHealthyPercent": percent})
    return situation("t3.micro", most, Service=own, **more)


def situation(kind: Any, most: Any = 1, desired: Any = None, **resources: Any) -> Situation:
    own = {
        "Launch": launch(InstanceType=kind),
        "Instances": instances(MaxSize=most),
        "Service": service(DesiredCount=desired, DeploymentConfiguration={"MinimumHealthyPercent": 0}),
    }
    references = References([app(parameters=PARAMETERS, **{**own, **resources})])
    task = next(each for each in references.resources("AWS::ECS::TaskDefinition") if each.name == "Task")
    return Situation(task, references.consumers_of(task), references, instances=InstanceNetworks(references))


def neighbour(mode: Any, desired: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "Other": service(TaskDefinition=ref("OtherTask"), DesiredCount=desired, **more),
        "OtherTask": resource("AWS::ECS::TaskDefinition", NetworkMode=mode),
    }


RULE = resource(
    "AWS::Events::Rule",
    Targets=[
        {"Arn": get_att("Cluster", "Arn"), "EcsParameters": {"TaskDefinitionArn": ref("Task"), "TaskCount": 5}},
    ],
)


@pytest.mark.parametrize(
    ("asked", "wants"),
    [
        (situation("t3.micro", "1", 4), "service Stack/Service wants 4 tasks, and"),
        (situation("t2.small", 2, "5"), "service Stack/Service wants 5 tasks, and"),
        (situation(ref("Small"), 1, 3), "service Stack/Service wants 3 tasks, and"),
        (situation("m5.large", 1, 11), "service Stack/Service wants 11 tasks, and"),
        (situation("t3.micro", 1, 1, **AGENT), "service Stack/Service wants 1 task next to 1 task of other services"),
        (situation("t3.micro", 1, 1, **neighbour("bridge")), "next to 1 task of other services"),
        (situation("t3a.small", 1, 1, **neighbour("awsvpc", 2)), "next to 2 tasks of other services"),
        (situation("t3.micro", 1, None, Service=None, Rule=RULE), "rule Stack/Rule wants 5 tasks, and"),
    ],
    ids=lambda value: "",
)
def test_more_tasks_than_interfaces(asked: Situation, wants: str) -> None:
    (found,) = too_few_interfaces(asked)
    assert wants in found.text
    assert "the instances of Stack/Instances have network interfaces for" in found.text
    assert found.lifted_by == ""


@pytest.mark.parametrize(
    "asked",
    [
        situation("t3.micro", 1, 1),
        situation("t3.micro", 4, 4),
        situation("t3.small", 1, 2),
        situation("m5.large", 1, 10),  # with awsvpcTrunking
        situation("c5.4xlarge", 1, 7),
        situation("u-6tb1.metal", 1, 99),  # not in the table
        situation(ref("Free"), 1, 9),  # only its default is known
        situation("t3.micro", ref("Count"), 9),
        situation("t3.micro", 1, ref("Count")),
        situation("t3.small", 1, 1, **AGENT),
        situation("t3.micro", 1, 1, **neighbour("host")),
        situation("t3.micro", 1, 1, **neighbour("bridge", LaunchType="FARGATE")),
        situation("t3.micro", 1, 9, Service=service(DesiredCount=9, LaunchType="FARGATE")),
    ],
    ids=lambda value: "",
)
def test_tasks_that_have_room_or_may_have_it(asked: Situation) -> None:
    assert list(too_few_interfaces(asked)) == []


@pytest.mark.parametrize(
    ("kind", "most", "room", "with_trunk"),
    [("t3.micro", 2, 2, 2), ("m5.xlarge", 1, 3, 20), ("t2.2xlarge", 1, 2, 2), ("m4.large", 3, 3, 3)],
)
def test_room_on_a_type(kind: str, most: int, room: int, with_trunk: int) -> None:
    groups = situation(kind, most).hosts
    assert (room_for_tasks(groups), room_for_tasks(groups, with_trunk=True)) == (room, with_trunk)


SPARE = "and one more during a deployment"


@pytest.mark.parametrize(
    ("asked", "is_one_more"),
    [
        (situation("t3.micro", 1, Service=service(DesiredCount=1)), True),  # without a percentage it keeps all of them
        (deployed(2, 2, 100), True),
        (deployed(1, 1, 50), True),  # ECS rounds up
        (deployed(2, 2, "75"), True),
        (deployed(2, 2, 50), False),
        (deployed(1, 1, 0), False),
        (deployed(2, 1, 100), False),
        (deployed(1, 1, ref("Free")), False),
        (situation("t3.micro", 1, 1, Service=service(DeploymentConfiguration=ref("AWS::NoValue"))), False),
        (situation("t3.micro", 5, None, Service=None, Rule=RULE), False),
    ],
    ids=lambda value: "",
)
def test_a_deployment_that_needs_one_interface_more(asked: Situation, is_one_more: bool) -> None:
    found = list(too_few_interfaces(asked))
    assert [SPARE in blocker.text for blocker in found] == ([True] if is_one_more else [])


@pytest.mark.parametrize(("desired", "percent"), [(1, 0), (2, 50), (3, 66), (4, 75)])
def test_the_percentage_that_is_advised_is_enough(desired: int, percent: int) -> None:
    (blocker,) = too_few_interfaces(deployed(desired, desired, 100))
    assert blocker.remedy.endswith(f"a MinimumHealthyPercent of at most {percent}")
    assert list(too_few_interfaces(deployed(desired, desired, percent))) == []
