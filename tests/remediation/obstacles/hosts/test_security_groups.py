"""Rules that admit the instances and not the task: what a task with its own group no longer reaches."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation.instances.network import InstanceNetworks
from ecs_guard_aspects.remediation.obstacles.hosts.security_groups import rules_for_instances_only
from ecs_guard_aspects.remediation.who_runs_it.references import References

from ...instances.support import app, get_att, ref
from ...templates import resource

GROUP = "AWS::EC2::SecurityGroup"
INGRESS = "AWS::EC2::SecurityGroupIngress"


def rule(peer: Any, port: Any = 5432, to: Any = None) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": to or port, "SourceSecurityGroupId": peer}


def separate(peer: Any, group: str = "Db", **more: Any) -> dict[str, Any]:
    return resource(INGRESS, GroupId=get_att(group, "GroupId"), **rule(peer, **more))


def inline(*rules: Any) -> dict[str, Any]:
    return resource(GROUP, VpcId=ref("Vpc"), SecurityGroupIngress=list(rules))


INSTANCES = get_att("Group", "GroupId")
TASKS = ref("Tasks")


def found(*own: str, **resources: Any) -> list[str]:
    references = References([app(**{"Db": resource(GROUP), "Tasks": resource(GROUP), **resources})])
    networks = InstanceNetworks(references)
    return list(rules_for_instances_only(own, networks.all, references))


@pytest.mark.parametrize(
    ("own", "resources", "where"),
    [
        (["Stack/Tasks"], {"Rule": separate(INSTANCES)}, " at port 5432"),
        ([], {"Rule": separate(ref("Group"))}, " at port 5432"),  # in the default group
        (["Stack/Tasks"], {"Db": inline(rule(INSTANCES, 2049))}, " at port 2049"),
        (["Stack/Tasks"], {"Db": inline(rule(INSTANCES, 6379, 6380))}, " at ports 6379 to 6380"),
        (["Stack/Tasks"], {"Rule": separate(INSTANCES), "Own": separate(TASKS, port=80)}, " at port 5432"),
    ],
)
def test_a_rule_that_admits_the_instances_only(own: list[str], resources: Any, where: str) -> None:
    text = f"Stack/Db admits the security group of the instances (Stack/Group){where}, and not that of the task"
    assert found(*own, **resources) == [text]


@pytest.mark.parametrize(
    ("own", "resources"),
    [
        (["Stack/Group"], {"Rule": separate(INSTANCES)}),
        (["Stack/Tasks", "Stack/Group"], {"Rule": separate(INSTANCES)}),
        (["Stack/Tasks"], {"Rule": separate(INSTANCES), "Own": separate(TASKS)}),
        (["Stack/Tasks"], {"Rule": separate(ref("Balancer"))}),
        (["Stack/Tasks"], {"Rule": separate(INSTANCES, "Group")}),  # of the instances themselves
        (["Stack/Tasks"], {"Db": inline({"IpProtocol": "tcp", "CidrIp": "10.0.0.0/8"})}),
        (["Stack/Tasks"], {}),
    ],
)
def test_rules_that_a_task_does_not_lose(own: list[str], resources: Any) -> None:
    assert found(*own, **resources) == []
