"""Rules of security groups, and copies of them for another port."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation.load_balancers.security_rules import (
    EGRESS,
    INGRESS,
    Group,
    Rule,
    SecurityRules,
    group_of,
    rules_in,
)
from ecs_guard_aspects.remediation.who_runs_it.references import References
from ecs_guard_aspects.remediation.who_runs_it.referrer import Referrer

from ..instances.support import get_att, ref
from ..templates import resource, stack

FROM_BALANCER = {"IpProtocol": "tcp", "FromPort": 32768, "ToPort": 65535, "SourceSecurityGroupId": ref("Balancer")}


def with_group(*inline: Any, condition: Any = None, **resources: Any) -> References:
    body = resource("AWS::EC2::SecurityGroup", SecurityGroupIngress=list(inline))
    body |= {"Condition": condition} if condition else {}
    return References([stack(Group=body, Balancer=resource("AWS::EC2::SecurityGroup"), **resources)])


def at(references: References, address: str) -> Referrer:
    found = references.at(address)
    assert found is not None
    return found


def group_in(references: References, leaf: Any = None, by: str = "Stack/Group") -> Group:
    return group_of(leaf or ref("Group"), at(references, by), references)


def rule(condition: Any = None, **properties: Any) -> Rule:
    references = with_group({**FROM_BALANCER, **properties}, condition=condition)
    (found,) = SecurityRules(references).of(group_in(references), INGRESS)
    return found


def test_rules_are_inline_or_resources() -> None:
    separate = resource("AWS::EC2::SecurityGroupIngress", GroupId=get_att("Group", "GroupId"), IpProtocol="-1")
    other = resource("AWS::EC2::SecurityGroupIngress", GroupId=ref("Balancer"), IpProtocol="-1")
    out = resource("AWS::EC2::SecurityGroupEgress", GroupId=ref("Group"), IpProtocol="udp")
    references = with_group(FROM_BALANCER, "not a rule", Separate=separate, Other=other, Out=out)
    rules, group = SecurityRules(references), group_in(references)
    found = rules.of(group, INGRESS)
    assert [each.properties["IpProtocol"] for each in found] == ["tcp", "-1"]
    peers = [each.peer_group(references) for each in found]
    assert [peer.name if peer else None for peer in peers] == ["Balancer", None]
    assert [each.properties["IpProtocol"] for each in rules.of(group, EGRESS)] == ["udp"]


IMPORT = {"Fn::ImportValue": {"Fn::Sub": "${Cluster}-Group"}}


@pytest.mark.parametrize(
    ("written", "named", "is_same"),
    [
        (get_att("Group", "GroupId"), ref("Group"), True),
        (ref("Balancer"), ref("Group"), False),
        (ref("Parameter"), {"Fn::Sub": "${Parameter}"}, True),
        (ref("Parameter"), ref("Other"), False),
        (IMPORT, IMPORT, True),
        ("sg-1", "sg-1", True),
        ("sg-1", "sg-2", False),
    ],
)
def test_the_rules_of_a_group_that_may_be_elsewhere(written: Any, named: Any, is_same: bool) -> None:
    separate = resource("AWS::EC2::SecurityGroupIngress", GroupId=written, IpProtocol="-1")
    references = with_group(Separate=separate)
    assert len(SecurityRules(references).of(group_in(references, named), INGRESS)) == is_same


@pytest.mark.parametrize(
    ("leaf", "is_same"),
    [("sg-1", True), ({"Fn::ImportValue": "Base:Group"}, True), (ref("Parameter"), False), (IMPORT, False)],
)
def test_a_parameter_of_another_stack_is_another_group(leaf: Any, is_same: bool) -> None:
    user = resource("AWS::ECS::Service")
    references = References([stack(User=user), stack("Other", User=user)])
    keys = {group_in(references, leaf, by).key for by in ("Stack/User", "Other/User")}
    assert (len(keys) == 1) == is_same


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
    assert rule(IpProtocol="-1").covers(80)
    assert not rule(condition="IsProd", IpProtocol="-1").covers(80)


@pytest.mark.parametrize(
    ("properties", "logical_id"),
    [
        ({}, "GroupFromBalancerPort8080"),
        ({"SourceSecurityGroupId": None, "CidrIp": "10.0.0.0/16"}, "GroupFrom10x0x0x0x16Port8080"),
        ({"SourceSecurityGroupId": None, "CidrIp": "10.1.10.0/24"}, "GroupFrom10x1x10x0x24Port8080"),
        ({"SourceSecurityGroupId": None, "CidrIp": "10.11.0.0/24"}, "GroupFrom10x11x0x0x24Port8080"),
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


def test_a_copy_of_a_rule_of_its_own_is_for_the_same_group_under_the_same_condition() -> None:
    separate = resource("AWS::EC2::SecurityGroupIngress", GroupId=IMPORT, **FROM_BALANCER) | {"Condition": "IsProd"}
    references = with_group(Admit=separate)
    (found,) = SecurityRules(references).of(group_in(references, IMPORT), INGRESS)
    name, body = found.for_port(8080)
    assert (name, body["Condition"], body["Properties"]["GroupId"]) == ("AdmitPort8080", "IsProd", IMPORT)


def test_the_rules_of_some_templates_are_read_once() -> None:
    references = with_group(FROM_BALANCER)
    assert rules_in(references) is rules_in(references)
    assert rules_in(references) is not rules_in(with_group(FROM_BALANCER))
