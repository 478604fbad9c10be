"""Services behind a Network Load Balancer whose security groups have no ingress rule, by templates."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.gates.synth.nlb_without_ingress import nlb_without_ingress
from ecs_guard_aspects.remediation.who_runs_it.references import References

from ...remediation.templates import resource, stack

RULE = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "10.0.0.0/8"}


def balancer(port: int) -> dict[str, Any]:
    return {"TargetGroupArn": {"Ref": "Tg"}, "ContainerName": "web", "ContainerPort": port}


def in_groups(*names: str) -> dict[str, Any]:
    groups = [{"Fn::GetAtt": [name, "GroupId"]} for name in names]
    return {"NetworkConfiguration": {"AwsvpcConfiguration": {"SecurityGroups": groups}}}


IN_GROUP = in_groups("Sg")


def found(protocol: str = "TCP", group: Any = None, *, groups: Any = ("Sg",), **more: Any) -> list[str]:
    service = more.pop("Svc", resource("AWS::ECS::Service", LoadBalancers=[balancer(80)], **in_groups(*groups)))
    template = stack(
        Svc=service,
        Tg=resource("AWS::ElasticLoadBalancingV2::TargetGroup", Protocol=protocol),
        Sg=group or resource("AWS::EC2::SecurityGroup"),
        **more,
    )
    return [service.text for service in nlb_without_ingress(References([template]))]


@pytest.mark.parametrize(("protocol", "port"), [("TCP", "tcp(80)"), ("TLS", "tcp(80)"), ("UDP", "udp(80)")])
def test_a_closed_security_group_is_reported_with_the_line_to_add(protocol: str, port: str) -> None:
    line = f"service.connections.allow_from(ec2.Peer.ipv4(vpc.vpc_cidr_block), ec2.Port.{port})"
    expected = "Stack/Svc is behind a Network Load Balancer, and security group Stack/Sg has no ingress rule: add "
    assert found(protocol) == [f"{expected}{line}"]


def test_each_port_has_its_line() -> None:
    service = resource("AWS::ECS::Service", LoadBalancers=[balancer(80), balancer(9090), balancer(80)], **IN_GROUP)
    (text,) = found(Svc=service)
    line = "service.connections.allow_from(ec2.Peer.ipv4(vpc.vpc_cidr_block), ec2.Port.tcp({}))"
    assert text.endswith(f"add {line.format(80)} and {line.format(9090)}")


SEPARATE = resource("AWS::EC2::SecurityGroupIngress", GroupId={"Fn::GetAtt": ["Sg", "GroupId"]}, **RULE)
OPEN: dict[str, Any] = {
    "Application Load Balancer": {"protocol": "HTTP"},
    "a rule of its own": {"group": resource("AWS::EC2::SecurityGroup", SecurityGroupIngress=[RULE])},
    "a separate rule": {"Rule": SEPARATE},
    "a security group that is not in the app": {"groups": ["Other"]},
    "one open group of two": {
        "groups": ["Sg", "Open"],
        "Open": resource("AWS::EC2::SecurityGroup", SecurityGroupIngress=[RULE]),
    },
}


@pytest.mark.parametrize("name", OPEN)
def test_what_is_reachable_is_not_reported(name: str) -> None:
    assert found(**OPEN[name]) == []
