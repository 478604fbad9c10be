"""The network consumers are given."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ecs_guard_aspects.remediation import Network

from .support import changed, if_prod, plan, service, task_definition, texts

PUBLIC = Network(("subnet-1",), assign_public_ip=True)


@pytest.mark.parametrize(
    ("launch", "public"),
    [
        ({}, "DISABLED"),
        ({"LaunchType": "EC2"}, "DISABLED"),
        ({"LaunchType": "FARGATE"}, "ENABLED"),
        ({"CapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT"}]}, "ENABLED"),
        ({"CapacityProviderStrategy": [{"CapacityProvider": "FARGATE"}, {"CapacityProvider": "mine"}]}, "DISABLED"),
        ({"CapacityProviderStrategy": [{"CapacityProvider": {"Ref": "Mine"}}]}, "DISABLED"),
    ],
    ids=str,
)
def test_only_fargate_tasks_get_a_public_address(launch: dict[str, object], public: str) -> None:
    decided = plan(task_definition(), [service(**launch)], network=PUBLIC)

    configuration = changed(decided)["Api/Svc NetworkConfiguration"]["AwsvpcConfiguration"]
    assert configuration == {"Subnets": ["subnet-1"], "AssignPublicIp": public}


def test_a_service_on_fargate_in_one_scenario_only_has_no_address_that_fits() -> None:
    decided = plan(task_definition(), [service(LaunchType=if_prod("FARGATE", "EC2"))], network=PUBLIC)

    assert texts(decided) == ["Api/Svc: no value of NetworkConfiguration fits all that its expressions allow"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"subnets": ()}, "subnets has 0 members: ECS takes 1 to 16"),
        ({"subnets": tuple(map(str, range(17)))}, "subnets has 17 members: ECS takes 1 to 16"),
        ({"subnets": "subnet-1"}, "subnets is 'subnet-1': it must be a tuple of ids"),
        ({"subnets": ("",)}, "subnets has the member ''"),
        ({"subnets": ("s",), "security_groups": tuple("abcdef")}, "security_groups has 6 members: ECS takes 0 to 5"),
        ({"subnets": ("s",), "security_groups": (1,)}, "security_groups has the member 1"),
        ({"subnets": ("s",), "assign_public_ip": "ENABLED"}, "assign_public_ip is 'ENABLED'"),
    ],
)
def test_a_network_that_ecs_does_not_take_is_an_error(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        Network(**arguments)
