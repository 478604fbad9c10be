"""Two task definitions of one family: which of them runs is decided by the order of deployment."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation.obstacles.same_family import same_family
from ecs_guard_aspects.remediation.obstacles.situation import Situation
from ecs_guard_aspects.remediation.who_runs_it.references import References

from ..templates import resource, stack


def definition(family: Any) -> dict[str, Any]:
    return resource("AWS::ECS::TaskDefinition", Family=family)


def service(task: Any) -> dict[str, Any]:
    return resource("AWS::ECS::Service", TaskDefinition=task)


NAME = {"Fn::Sub": "${AWS::StackName}-shop"}
ARN = "arn:aws:ecs:eu-west-1:123456789012:task-definition/shop"


@pytest.mark.parametrize(
    ("resources", "is_either"),
    [
        ({"Other": definition("shop"), "Service": service("shop")}, True),
        ({"Other": definition("shop"), "Service": service(ARN)}, True),
        ({"Other": definition("shop"), "Service": service({"Ref": "Task"})}, False),
        ({"Other": definition("shop"), "Service": service({"Fn::If": ["IsNew", {"Ref": "Task"}, "x"]})}, False),
        ({"Other": definition("other"), "Service": service("shop")}, False),
        ({"Service": service("shop")}, False),
        ({"Task": definition(None), "Other": definition(None), "Service": service({"Ref": "Task"})}, False),
        ({"Task": definition(NAME), "Other": definition(NAME), "Service": service({"Ref": "Task"})}, False),
    ],
)
def test_what_runs_the_family_may_run_the_other(resources: dict[str, Any], is_either: bool) -> None:
    references = References([stack(**{"Task": definition("shop"), **resources})])
    task = next(each for each in references.resources("AWS::ECS::TaskDefinition") if each.name == "Task")

    found = list(same_family(Situation(task, references.consumers_of(task), references)))

    assert [blocker.resource for blocker in found] == (["Stack/Service"] if is_either else [])
    assert all("which Stack/Other has too" in blocker.text for blocker in found)
