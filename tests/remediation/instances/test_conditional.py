"""Resources that a template creates only in some cases, and what needs them in others."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.model.template import StackTemplate
from ecs_guard_aspects.remediation.instances.conditional import not_always_created
from ecs_guard_aspects.remediation.who_runs_it.references import References

from ..templates import resource, stack

PARAMETERS = {"Env": {"Type": "String", "AllowedValues": ["prod", "test"]}}
CONDITIONS = {
    "IsProd": {"Fn::Equals": [{"Ref": "Env"}, "prod"]},
    "IsTest": {"Fn::Equals": [{"Ref": "Env"}, "test"]},
    "IsAny": {"Fn::Or": [{"Condition": "IsProd"}, {"Condition": "IsTest"}]},
    "Never": {"Fn::Equals": ["a", "b"]},
}


def one(kind: str, condition: str | None) -> dict[str, Any]:
    return {**resource(kind), **({"Condition": condition} if condition else {})}


def clauses(*templates: StackTemplate, consumer: str) -> list[str]:
    references = References(list(templates))
    referrers = {each.resource.address: each for each in references.all}
    members = [each for each in referrers.values() if each.resource.type == "AWS::EC2::Subnet"]
    return not_always_created(members, referrers[consumer])


# The conditions of the subnet and of the service, and whether the service can exist without the subnet.
CASES: list[tuple[str | None, str | None, bool]] = [
    (None, None, False),
    (None, "IsProd", False),
    ("IsProd", None, True),
    ("IsProd", "IsProd", False),
    ("IsProd", "IsTest", True),
    ("IsAny", "IsTest", False),
    ("IsAny", None, False),
    ("Never", "IsProd", True),
    ("IsProd", "Never", False),
]


@pytest.mark.parametrize(("of_subnet", "of_service", "expected"), CASES)
def test_whether_it_is_there_when_it_is_needed(of_subnet: str | None, of_service: str | None, expected: bool) -> None:
    resources = {"Subnet": one("AWS::EC2::Subnet", of_subnet), "Service": one("AWS::ECS::Service", of_service)}
    template = stack(parameters=PARAMETERS, conditions=CONDITIONS, **resources)
    clause = "Stack/Subnet is not created in every case in which Stack/Service is"
    assert clauses(template, consumer="Stack/Service") == [clause] * expected


@pytest.mark.parametrize(("of_subnet", "expected"), [(None, False), ("IsAny", True)])
def test_nothing_here_decides_a_condition_of_another_stack(of_subnet: str | None, expected: bool) -> None:
    network = stack("Network", parameters=PARAMETERS, conditions=CONDITIONS, Subnet=one("AWS::EC2::Subnet", of_subnet))
    app = stack(Service=one("AWS::ECS::Service", None))
    clause = "Network/Subnet is not created in every case in which Stack/Service is"
    assert clauses(network, app, consumer="Stack/Service") == [clause] * expected
