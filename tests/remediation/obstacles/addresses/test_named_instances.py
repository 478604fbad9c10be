"""Addresses of single instances that the template names, where a task runs on them."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation import Blocker
from ecs_guard_aspects.remediation.instances.network import InstanceNetworks
from ecs_guard_aspects.remediation.obstacles.addresses.named_instances import named_instances
from ecs_guard_aspects.remediation.obstacles.situation import Situation
from ecs_guard_aspects.remediation.who_runs_it.references import References

from ...instances.support import app, get_att, ref, user_data
from ...templates import resource

HOST = resource("AWS::EC2::Instance", SubnetId=ref("Subnet"), SecurityGroupIds=[ref("Group")], UserData=user_data())


def rule(block: Any) -> dict[str, Any]:
    return resource("AWS::EC2::SecurityGroupIngress", GroupId=ref("Database"), CidrIp=block)


def found(**resources: Any) -> list[Blocker]:
    references = References([app(**{"Instances": None, "Launch": None, "Host": HOST, **resources})])
    (task,) = references.resources("AWS::ECS::TaskDefinition")
    situation = Situation(task, references.consumers_of(task), references, instances=InstanceNetworks(references))
    return list(named_instances(situation))


@pytest.mark.parametrize(
    ("other", "is_named"),
    [
        (rule({"Fn::Join": ["", [get_att("Host", "PrivateIp"), "/32"]]}), True),
        (rule({"Fn::Sub": "${Host.PrivateIp}/32"}), True),
        (rule({"Fn::Join": ["", [{"Fn::GetAtt": "Host.PublicIp"}, "/32"]]}), True),
        (resource("AWS::Route53::RecordSet", ResourceRecords=[get_att("Host", "PrivateIp")]), True),
        (rule({"Fn::Sub": "${OtherHost.PrivateIp}/32"}), False),
        (rule("10.0.0.0/16"), False),
        (resource("AWS::CloudWatch::Alarm", Dimensions=[{"Name": "InstanceId", "Value": ref("Host")}]), False),
    ],
)
def test_what_names_the_address_of_an_instance(other: Any, is_named: bool) -> None:
    assert [each.lifted_by for each in found(Other=other)] == (["may_change_addresses=True"] if is_named else [])
