"""Rules of security groups, and copies of them for another port."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation.load_balancers.security_rules import EGRESS, INGRESS, Rule, rules_of
from ecs_guard_aspects.remediation.who_runs_it.references import References
from ecs_guard_aspects.remediation.who_runs_it.referrer import Referrer

from ..instances.support import get_att, ref
from ..templates import resource, stack

FROM_BALANCER = {"IpProtocol": "tcp", "FromPort": 32768, "ToPort": 65535, "SourceSecurityGroupId": ref("Balancer")}


def group_and_references(*inline: Any, **resources: Any) -> tuple[Referrer, References]:
    body = resource("AWS::EC2::SecurityGroup", SecurityGroupIngress=list(inline))
    references = References([stack(Group=body, Balancer=resource("AWS::EC2::SecurityGroup"), **resources)])
    group = references.at("Stack/Group")
    assert group is not None
    return group, references


def rule(**properties: Any) -> Rule:
    return Rule(INGRESS, group_and_references()[0], {**FROM_BALANCER, **properties})


def test_rules_are_inline_or_resources() -> None:
    separate = resource("AWS::EC2::SecurityGroupIngress", GroupId=get_att("Group", "GroupId"), IpProtocol="-1")
    other = resource("AWS::EC2::SecurityGroupIngress", GroupId=ref("Balancer"), IpProtocol="-1")
    out = resource("AWS::EC2::SecurityGroupEgress", GroupId=ref("Group"), IpProtocol="udp")
    group, references = group_and_references(FROM_BALANCER, "not a rule", Separate=separate, Other=other, Out=out)
    found = rules_of(group, INGRESS, references)
    assert [each.properties["IpProtocol"] for each in found] == ["tcp", "-1"]
    peers = [each.peer_group(references) for each in found]
    assert [peer.resource.name if peer else None for peer in peers] == ["Balancer", None]
    assert [each.properties["IpProtocol"] for each in rules_of(group, EGRESS, references)] == ["udp"]


@pytest.mark.parametrize(
    ("properties", "covers_8080", "is_dynamic"),
    [
        ({}, False, True),
        ({"FromPort": "31000", "ToPort": "61000"}, False, True),
        ({"FromPort": 0, "ToPort": 65535}, True, True),
        ({"IpProtocol": -1}, True, True),
        ({"IpProtocol": "6", "FromPort": 8080, "ToPort": 8080}, True, False),
        ({"FromPort": 1024, "ToPort": 40000}, True, False),
        ({"IpProtocol": "udp", "FromPort": 0, "ToPort": 65535}, False, False),
        ({"FromPort": ref("Port")}, False, False),
    ],
)
def test_the_ports_of_a_rule(properties: Any, covers_8080: bool, is_dynamic: bool) -> None:
    assert (rule(**properties).covers(8080), rule(**properties).is_for_dynamic_ports) == (covers_8080, is_dynamic)


def test_a_conditional_rule_surely_covers_nothing() -> None:
    assert not Rule(INGRESS, group_and_references()[0], {"IpProtocol": "-1"}, "IsProd").covers(80)


@pytest.mark.parametrize(
    ("properties", "logical_id"),
    [
        ({}, "GroupFromBalancerPort8080"),
        ({"SourceSecurityGroupId": None, "CidrIp": "10.0.0.0/16"}, "GroupFrom1000016Port8080"),
    ],
)
def test_a_copy_for_another_port(properties: Any, logical_id: str) -> None:
    name, body = rule(**properties, Description="dynamic ports").for_port(8080)
    assert name == logical_id
    assert body["Type"] == "AWS::EC2::SecurityGroupIngress"
    ports = {"FromPort": 8080, "ToPort": 8080}
    assert body["Properties"] == {
        **FROM_BALANCER,
        **properties,
        "Description": "dynamic ports",
        **ports,
        "GroupId": get_att("Group", "GroupId"),
    }
