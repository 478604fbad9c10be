"""The network for tasks that have none of their own: that of the instances, or the one that is given."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ecs_guard_aspects.gates.account.plans.networks import TaskNetworks
from ecs_guard_aspects.remediation.network import Network
from ecs_guard_aspects.remediation.plan import FixOptions
from ecs_guard_aspects.sources.account.surroundings import Instance

from .support import (
    DENIED,
    INSTANCES,
    PROD,
    Given,
    described,
    option,
    planned,
    service,
)

GIVEN_NETWORKS = [
    ([{"VpcId": "vpc-1"}], [], None),
    (None, [], "one of the subnets subnet-7 does not exist in this account and Region"),
    ([{"VpcId": "vpc-1"}, {"VpcId": "vpc-2"}], [], "the subnets subnet-7 are in several VPCs"),
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


def an_instance(**more: Any) -> Instance:
    return Instance("i-3", None, "vpc-1", "subnet-1", ("sg-1",))._replace(**more)


# What runs the tasks, the instances, and the network or why there is none.
OF_INSTANCES: dict[str, tuple[Any, dict[str, Any], tuple[tuple[str, ...], tuple[str, ...]] | str]] = {
    "all instances": (INSTANCES, {}, (("subnet-1", "subnet-2"), ("sg-1",))),
    "a launch type": (INSTANCES, {"launchType": "EC2"}, (("subnet-1", "subnet-2"), ("sg-1",))),
    "a capacity provider": (
        [INSTANCES[0], an_instance(capacity_provider="other", vpc="vpc-2", security_groups=("sg-9",))],
        {"capacityProviderStrategy": [{"capacityProvider": "asg"}]},
        (("subnet-1",), ("sg-1",)),
    ),
    "a capacity provider as EventBridge spells it": (
        INSTANCES,
        {"CapacityProviderStrategy": [{"capacityProvider": "asg"}]},
        (("subnet-1",), ("sg-1",)),
    ),
    "the capacity provider of a task": (INSTANCES, {"capacityProviderName": "asg"}, (("subnet-1",), ("sg-1",))),
    "an instance that is not in EC2 any more": (
        [*INSTANCES, an_instance(vpc="")],
        {},
        (("subnet-1", "subnet-2"), ("sg-1",)),
    ),
    "no instances": ([], {}, "its cluster has no active EC2 instances to take the network of"),
    "none of the capacity provider": (
        INSTANCES,
        {"capacityProviderStrategy": [{"capacityProvider": "spot"}]},
        "its cluster has no active EC2 instances to take the network of",
    ),
    "instances of ECS Anywhere": (
        [*INSTANCES, Instance("mi-1", None)],
        {},
        "its cluster has instances of ECS Anywhere, which does not support awsvpc",
    ),
    "the launch type of ECS Anywhere": (
        [],
        {"LaunchType": "EXTERNAL"},
        "it runs on ECS Anywhere, which does not support awsvpc",
    ),
    "instances that cannot be read": (DENIED, {}, "permission x:Y is missing"),
    "several VPCs": (
        [*INSTANCES, an_instance(vpc="vpc-2")],
        {},
        "the instances of its cluster are in several VPCs (vpc-1, vpc-2)",
    ),
    "different security groups": (
        [*INSTANCES, an_instance(security_groups=("g", "h"))],
        {},
        "the instances of its cluster have different security groups (g, h and sg-1)",
    ),
    "six security groups": ([an_instance(security_groups=tuple("123456"))], {}, "ECS takes 0 to 5"),
    "a public address": (
        [*INSTANCES, an_instance(has_public_address=True)],
        {},
        "instance i-3 of its cluster has a public address, which a task on an instance cannot have",
    ),
    "Fargate": ([], {"launchType": "FARGATE"}, "it runs on Fargate, where the network has to be given with --subnets"),
    "a capacity provider of Fargate": (
        [],
        {"capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT"}]},
        "it runs on Fargate, where the network has to be given with --subnets",
    ),
}


@pytest.mark.parametrize("case", OF_INSTANCES)
def test_the_network_of_the_instances(case: str) -> None:
    instances, run_with, expected = OF_INSTANCES[case]
    network = TaskNetworks(Given(instances=instances), None).network_for(PROD, run_with)
    if isinstance(expected, str):
        assert isinstance(network, str)
        assert expected in network
    else:
        assert isinstance(network, Network)
        assert (network.subnets, network.security_groups) == expected


def test_a_public_subnet() -> None:
    networks = TaskNetworks(Given(public=["subnet-2"]), None)
    assert networks.network_for(PROD, {}) == (
        "subnet subnet-2 leads out of the VPC only for public addresses, which a task on an instance cannot have"
    )


def test_tasks_on_fargate_get_the_network_that_is_given() -> None:
    given = Network(("subnet-7",), ("sg-7",))
    assert TaskNetworks(Given(instances=[]), given).network_for(PROD, {"launchType": "FARGATE"}) is given


@pytest.mark.parametrize(
    ("instances", "run_with", "expected"),
    [(INSTANCES, {}, ["i-1", "i-2"]), (INSTANCES, {"capacityProviderName": "asg"}, ["i-1"]), (DENIED, {}, [])],
)
def test_the_instances_that_tasks_may_run_on(instances: Any, run_with: dict[str, Any], expected: list[str]) -> None:
    found = TaskNetworks(Given(instances=instances), None).instances_for(PROD, run_with)
    assert [each.id for each in found] == expected
