"""The outcome of a plan."""

from __future__ import annotations

import copy
import sys
from typing import Any

import pytest

from ecs_guard_aspects.cloudformation.declarations import Declarations
from ecs_guard_aspects.remediation import Change, FixOptions, Resource, apply
from ecs_guard_aspects.remediation.fix_scope import fix_scope_of
from ecs_guard_aspects.remediation.instances.network import InstanceNetworks
from ecs_guard_aspects.remediation.obstacles.situation import Situation
from ecs_guard_aspects.remediation.plan import plan_fix
from ecs_guard_aspects.remediation.who_runs_it.references import References

from . import templates
from .instances.support import app, ref
from .support import (
    NETWORK,
    NO_VALUE,
    Status,
    changed,
    if_prod,
    plan,
    ports,
    resource,
    service,
    status_of,
    task_definition,
    texts,
    web,
)


@pytest.mark.parametrize(
    "mode",
    ["awsvpc", if_prod("awsvpc", "awsvpc"), {"Fn::If": ["Undefined", "awsvpc", "awsvpc"]}],
    ids=["plainly", "in both branches", "in both branches of what cannot be decided"],
)
def test_with_awsvpc_it_is_fine_even_if_its_consumers_lack_a_network(mode: object) -> None:
    decided = plan(task_definition(web(Links=["x"]), NetworkMode=mode), [service()], user="1000", network=NETWORK)

    assert status_of(decided) is Status.FINE
    assert decided.changes == ()
    assert decided.blockers == ()


def test_a_definition_that_is_never_created_is_fine() -> None:
    never = resource("Api/Td", "AWS::ECS::TaskDefinition", {}, {"Fn::Equals": ["a", "b"]})

    assert status_of(plan(never)) is Status.FINE


def test_scenarios_in_which_it_is_not_created_do_not_count() -> None:
    properties = {"NetworkMode": if_prod("bridge", "none")}

    assert status_of(plan(resource("Api/Td", "AWS::ECS::TaskDefinition", properties, "IsProd"))) is Status.FIXABLE


def test_changes_say_what_stood_there_before() -> None:
    decided = plan(task_definition(NetworkMode=if_prod("host", "bridge")), [service()], network=NETWORK)

    assert [change.old for change in decided.changes] == [if_prod("host", "bridge"), None]


def test_the_result_of_a_fix_is_fine() -> None:
    definition = task_definition(ports({"ContainerPort": 80, "HostPort": 0}), NetworkMode=NO_VALUE)
    before = copy.deepcopy(definition.properties)

    decided = plan(definition, user="1000")
    fixed = apply(definition.properties, decided.changes)

    assert fixed == {
        "NetworkMode": "awsvpc",
        "ContainerDefinitions": [{"Name": "web", "Image": "example/web", "PortMappings": [{"ContainerPort": 80}]}],
    }
    assert definition.properties == before
    assert status_of(plan(Resource("Api/Td", definition.type, fixed), user="1000")) is Status.FINE


def test_more_scenarios_than_can_be_looked_at_refuse_it() -> None:
    names = [f"P{n}" for n in range(12)]
    declarations = Declarations({name: {"Type": "String", "AllowedValues": ["80", "81"]} for name in names})
    mappings: list[dict[str, object]] = [{"ContainerPort": {"Ref": name}} for name in names]
    properties = {"ContainerDefinitions": [ports(*mappings)]}
    definition = Resource("Api/Td", "AWS::ECS::TaskDefinition", properties, declarations)

    decided = plan(definition)

    assert "Api/Td depends on more than 512 combinations of parameters and conditions" in texts(decided)
    assert decided.changes == ()


def test_all_consumers_are_asked() -> None:
    decided = plan(task_definition(web(Hostname="h")), [service(Role="r"), service()])

    assert texts(decided) == [
        "container web sets hostname",
        "service Api/Svc has no NetworkConfiguration",
        "service Api/Svc has a Role, which awsvpc does not permit: removing it replaces the service",
    ]


@pytest.mark.parametrize(
    ("properties", "change", "expected"),
    [
        (None, Change("x", "NetworkMode", None, "awsvpc"), {"NetworkMode": "awsvpc"}),
        ({"A": [{"B": 0}]}, Change("x", "A.0.B", 0, None), {"A": [{}]}),
        ({"A": [{}]}, Change("x", "A.0.B", None, None), {"A": [{}]}),
        ({"A": {"Ref": "AWS::NoValue"}}, Change("x", "A", None, {"C": 1}), {"A": {"C": 1}}),
    ],
)
def test_apply_does_what_overrides_do(properties: object, change: Change, expected: object) -> None:
    assert apply(properties, [change]) == expected


def test_a_plan_is_plain_data_without_surprises() -> None:
    decided = plan(task_definition(ports({"ContainerPort": 80, "HostPort": 0})), [service()], network=NETWORK)

    assert list(changed(decided)) == [
        "Api/Td NetworkMode",
        "Api/Td ContainerDefinitions.0.PortMappings.0.HostPort",
        "Api/Svc NetworkConfiguration",
    ]


def calls_of_plans(number: int, family: str | None) -> int:
    """Return how many calls of functions it takes to plan for so many task definitions, each with a service."""
    resources: dict[str, Any] = {"Task": None, "Service": None}
    for index in range(number):
        own = {"Family": family.format(index)} if family else {}
        resources[f"Task{index}"] = templates.resource("AWS::ECS::TaskDefinition", NetworkMode="bridge", **own)
        resources[f"Service{index}"] = templates.resource(
            "AWS::ECS::Service", Cluster=ref("Cluster"), TaskDefinition=ref(f"Task{index}")
        )
        resources[f"Topic{index}"] = templates.resource("AWS::SNS::Topic", TopicName=f"topic{index}")
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(counted)
    try:
        references = References([app(**resources)])
        instances = InstanceNetworks(references)
        for each in references.resources("AWS::ECS::TaskDefinition"):
            situation = Situation(each, (), references, instances.network_for, instances=instances)
            plan, _ = plan_fix(situation, fix_scope_of(each, []), FixOptions())
            assert [change.path for change in plan.changes] == ["NetworkMode", "NetworkConfiguration"]
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("family", [None, "shop-{}"], ids=["no family", "a family each"])
def test_twice_as_many_task_definitions_cost_twice_as_much(family: str | None) -> None:
    calls_of_plans(5, family)  # makes what is made once in a process
    few, some, many = (calls_of_plans(number, family) for number in (20, 40, 80))
    assert many - some < 2.02 * (some - few)
