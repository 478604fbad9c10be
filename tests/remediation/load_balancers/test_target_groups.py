"""Target groups that register instances: which can be switched to addresses, and what else changes then."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.model.template import StackTemplate
from ecs_guard_aspects.remediation.changes import Change
from ecs_guard_aspects.remediation.instances.network import InstanceNetworks
from ecs_guard_aspects.remediation.load_balancers.target_groups import CannotSwitchError, TargetGroups
from ecs_guard_aspects.remediation.network import Network
from ecs_guard_aspects.remediation.obstacles.deployment_order import DeploymentOrder
from ecs_guard_aspects.remediation.who_runs_it.references import References

from ..instances.support import app, get_att, launch, ref, service
from ..support import NO_VALUE
from ..templates import resource

V2 = "AWS::ElasticLoadBalancingV2"
DYNAMIC = {"IpProtocol": "tcp", "FromPort": 32768, "ToPort": 65535}
IMPORT = {"Fn::ImportValue": {"Fn::Sub": "${ClusterStack}-Group"}}
FORWARD = [{"Type": "forward", "TargetGroupArn": ref("Targets")}]


def security_group(*ingress: Any, **more: Any) -> dict[str, Any]:
    return resource("AWS::EC2::SecurityGroup", VpcId=ref("Vpc"), SecurityGroupIngress=list(ingress), **more)


def admitted(group: Any, **rule: Any) -> dict[str, Any]:
    """Return a rule of a security group, as a resource of its own, that admits the load balancer."""
    return resource("AWS::EC2::SecurityGroupIngress", GroupId=group, SourceSecurityGroupId=ref("Front"), **rule)


def balanced(port: Any = 8080, target: Any = None, outputs: Any = None, **resources: Any) -> StackTemplate:
    """Return a template with a service behind an Application Load Balancer."""
    own: dict[str, Any] = {
        "Targets": resource(f"{V2}::TargetGroup", **{"VpcId": ref("Vpc"), "Port": 80, **(target or {})}),
        "Listener": resource(f"{V2}::Listener", LoadBalancerArn=ref("Balancer"), DefaultActions=FORWARD),
        "Balancer": resource(f"{V2}::LoadBalancer", SecurityGroups=[ref("Front")]),
        "Front": security_group(),
        "Group": security_group({**DYNAMIC, "SourceSecurityGroupId": ref("Front")}),
        "Service": {
            **service(
                LoadBalancers=[{"ContainerName": "web", "ContainerPort": port, "TargetGroupArn": ref("Targets")}]
            ),
            "DependsOn": "Listener",
        },
    }
    return app(outputs=outputs, **{**own, **resources})


def conditional(balancers: Any, **resources: Any) -> StackTemplate:
    """Return the same with the load balancer, and all that is only for it, under a condition."""
    written = {**balanced().body["Resources"], **resources}  # type: ignore[index]
    written["Service"]["Properties"]["LoadBalancers"] = balancers
    for name in ("Targets", "Listener", "Balancer", "Front"):
        written[name] = {**written[name], "Condition": "HasBalancer"}
    conditions = {"HasBalancer": {"Fn::Equals": [ref("Size"), "large"]}}
    return app(conditions=conditions, parameters={"Size": {"Type": "String"}}, **written)


def switched(template: StackTemplate, given: Network | None = None) -> list[Change]:
    """Return the changes for the target group of a template."""
    references = References([template])
    order = DeploymentOrder(references, ["Stack"])
    groups = TargetGroups(references, order.waits_for, as_rendered_in=lambda each, _user: NAMED.get(each, each))
    network = given or InstanceNetworks(references).network_for("Stack/Service", "")
    target, user = references.at("Stack/Targets"), references.at("Stack/Service")
    assert target is not None
    assert user is not None
    return groups.switched(target.resource, user.resource, network)


NAMED = {"closed": ref("Closed"), "open": ref("Group")}


def service_with(*ports: int) -> dict[str, Any]:
    """Return a service that registers the first port with the target group, the others with target groups elsewhere."""
    groups = [ref("Targets"), *("arn:aws:elasticloadbalancing:other" for _ in ports[1:])]
    balancers = [
        {"ContainerName": "web", "ContainerPort": port, "TargetGroupArn": group}
        for port, group in zip(ports, groups, strict=True)
    ]
    return {**service(LoadBalancers=balancers), "DependsOn": "Listener"}


SWITCH = ("Stack/Targets", "TargetType", "ip")


def ports_of(changes: list[Change]) -> dict[str, Any]:
    """Return the ports that new rules are for, by logical id."""
    added = [change for change in changes if change.adds_resource]
    return {each.resource.partition("/")[2]: each.new["Properties"]["FromPort"] for each in added}  # type: ignore[index]


TO_INSTANCES = {**DYNAMIC, "DestinationSecurityGroupId": get_att("Group", "GroupId")}
NETWORK = resource(f"{V2}::LoadBalancer", Type="network")
RULE = resource(f"{V2}::ListenerRule", ListenerArn=ref("Listener"), Actions=FORWARD)
ALARM = resource("AWS::CloudWatch::Alarm", Dimensions=[{"Name": "TargetGroup", "Value": ref("Targets")}])
EVERYONE = {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "CidrIp": "0.0.0.0/0"}


@pytest.mark.parametrize(
    ("template", "rules"),
    [
        (balanced(), {"GroupFromFrontPort8080": 8080}),
        (balanced(port="8080"), {"GroupFromFrontPort8080": 8080}),
        (balanced(target={"TargetType": "instance"}), {"GroupFromFrontPort8080": 8080}),
        (balanced(port=40000), {}),  # the dynamic ports include it
        (balanced(Group=security_group({"IpProtocol": "-1", "SourceSecurityGroupId": ref("Front")})), {}),
        (balanced(Group=security_group(EVERYONE)), {}),
        (
            balanced(Front=security_group(SecurityGroupEgress=[TO_INSTANCES])),
            {"GroupFromFrontPort8080": 8080, "FrontToGroupPort8080": 8080},
        ),
        (balanced(Front=security_group(SecurityGroupEgress=[{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}])),
         {"GroupFromFrontPort8080": 8080}),
        (
            balanced(  # one of its two groups lets nothing out, the other everything
                Balancer=resource(f"{V2}::LoadBalancer", SecurityGroups=[ref("Front"), ref("Group")]),
                Front=security_group(SecurityGroupEgress=[{"IpProtocol": "icmp", "CidrIp": "255.255.255.255/32"}]),
                Group=security_group(EVERYONE, SecurityGroupEgress=[{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}]),
            ),
            {},
        ),
        (
            balanced(Balancer=NETWORK, Group=security_group({**DYNAMIC, "CidrIp": "10.0.0.0/16"})),
            {"GroupFrom10x0x0x0x16Port8080": 8080},
        ),
        (
            balanced(Listener=resource(f"{V2}::Listener", LoadBalancerArn=ref("Balancer")), Rule=RULE,
                     Service={**balanced().body["Resources"]["Service"], "DependsOn": ["Rule"]}),  # type: ignore[index]
            {"GroupFromFrontPort8080": 8080},
        ),
        (balanced(Alarm=ALARM), {"GroupFromFrontPort8080": 8080}),
        (balanced(target={"HealthCheckPort": 8080}), {"GroupFromFrontPort8080": 8080}),
        (
            balanced(target={"HealthCheckPort": "9000"}, Service=service_with(8080, 9000)),
            {"GroupFromFrontPort8080": 8080, "GroupFromFrontPort9000": 9000},
        ),
        (balanced(Launch=launch(SecurityGroups=[IMPORT]), Admit=admitted(IMPORT, **DYNAMIC)), {"AdmitPort8080": 8080}),
        (balanced(Launch=launch(SecurityGroups=[IMPORT]), Admit=admitted(IMPORT, IpProtocol="-1")), {}),
        (balanced(Launch=launch(SecurityGroups=["sg-1", ref("Group")])), {"GroupFromFrontPort8080": 8080}),
        (  # one of its groups is elsewhere, the other admits it and lets everything out
            balanced(Balancer=resource(f"{V2}::LoadBalancer", SecurityGroups=["sg-1", ref("Front")])),
            {"GroupFromFrontPort8080": 8080},
        ),
    ],
)  # fmt: skip
def test_a_target_group_is_switched(template: StackTemplate, rules: dict[str, int]) -> None:
    changes = switched(template)
    assert (changes[0].resource, changes[0].path, changes[0].new) == SWITCH
    assert ports_of(changes) == rules


WEB = {"ContainerName": "web", "ContainerPort": 8080, "TargetGroupArn": ref("Targets")}
OTHER_TARGETS = resource(f"{V2}::TargetGroup", VpcId=ref("Vpc"), Port=80, TargetType="ip")


def if_balanced(one: Any, other: Any = None) -> dict[str, Any]:
    return {"Fn::If": ["HasBalancer", one, other or ref("AWS::NoValue")]}


@pytest.mark.parametrize(
    "balancers",
    [
        if_balanced([WEB]),
        [if_balanced(WEB)],
        [{**WEB, "TargetGroupArn": if_balanced(ref("Targets"), ref("Others"))}],
    ],
)
def test_rules_are_added_for_a_load_balancer_that_an_expression_decides(balancers: Any) -> None:
    lets_out = security_group(SecurityGroupEgress=[TO_INSTANCES])
    changes = switched(conditional(balancers, Others=OTHER_TARGETS, Front=lets_out))
    assert ports_of(changes) == {"GroupFromFrontPort8080": 8080, "FrontToGroupPort8080": 8080}
    added = {each.resource.partition("/")[2]: each.new for each in changes if each.adds_resource}
    assert added["FrontToGroupPort8080"]["Condition"] == "HasBalancer"  # type: ignore[index]


CLOSED = "nothing shows that Stack/Balancer reaches port 8080 of a task"
UNSEEN = f"the rules of {{}} are not here, and {CLOSED}"


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        (balanced(target={"Targets": [{"Id": "i-1"}]}), "it has targets of its own"),
        (balanced(target={"Protocol": "UDP"}), "its protocol is not TCP, TLS, HTTP or HTTPS"),
        (balanced(target={"Protocol": ref("Protocol")}), "its protocol is not TCP, TLS, HTTP or HTTPS"),
        (balanced(target={"IpAddressType": "ipv6"}), "its addresses are not IPv4"),
        (balanced(target={"HealthCheckPort": ref("Port")}), "its health check uses a port of the instance"),
        (balanced(target={"HealthCheckPort": "9000"}), "its health check uses a port of the instance"),
        (balanced(target={"TargetType": ref("Type")}), "its TargetType is an expression"),
        (balanced(outputs={"Out": {"Value": ref("Targets")}}), "an output gives it to others"),
        (balanced(Other=service(LoadBalancers=[{"TargetGroupArn": ref("Targets")}])), "Stack/Other uses it, too"),
        (
            balanced(Fleet=resource("AWS::AutoScaling::AutoScalingGroup", TargetGroupARNs=[ref("Targets")])),
            "Stack/Fleet uses it, too",
        ),
        (balanced(Listener=None), "its listener is not here"),
        (balanced(Balancer=None), "its load balancer is not here"),
        (
            balanced(Service={**balanced().body["Resources"]["Service"], "DependsOn": "Group"}),  # type: ignore[index]
            "Stack/Service does not depend on its listener (DependsOn: Listener)",
        ),
        (balanced(port=ref("Port")), "its container port is an expression"),
        (
            balanced(Front=security_group(SecurityGroupEgress={"Fn::If": ["IsNew", [TO_INSTANCES], NO_VALUE]})),
            "a rule for what its load balancer sends is an expression",
        ),
        (balanced(Group=security_group()), CLOSED),
        (balanced(Group=security_group({**DYNAMIC, "SourceSecurityGroupId": ref("Bastion")})), CLOSED),
        (balanced(Front=security_group(SecurityGroupEgress=[{**EVERYONE, "FromPort": 1, "ToPort": 1}])), CLOSED),
        (balanced(Balancer=resource(f"{V2}::LoadBalancer", SecurityGroups=["sg-1"])), CLOSED),
        (balanced(Group=None), UNSEEN.format("${Group}")),
        (balanced(Launch=launch(SecurityGroups=[IMPORT])), UNSEEN.format("${ClusterStack}-Group")),
        (  # what that group lets out is not here
            balanced(
                Balancer=resource(f"{V2}::LoadBalancer", SecurityGroups=["sg-1"]),
                Group=security_group({**DYNAMIC, "SourceSecurityGroupId": "sg-1"}),
            ),
            UNSEEN.format("sg-1"),
        ),
        (
            balanced(Balancer=resource(f"{V2}::LoadBalancer")),
            "the security groups of its load balancer are not here",
        ),
        (balanced(GroupFromFrontPort8080=resource("AWS::SNS::Topic")),
         "there is a resource GroupFromFrontPort8080 already"),
    ],
)  # fmt: skip
def test_a_target_group_that_cannot_be_switched(template: StackTemplate, reason: str) -> None:
    with pytest.raises(CannotSwitchError) as caught:
        switched(template)
    assert str(caught.value) == reason


def test_the_name_of_a_target_group_goes() -> None:
    """The new one is made while the old one has it."""
    changes = switched(balanced(target={"Name": "web"}))
    assert [(each.path, each.old, each.new) for each in changes[:2]] == [
        ("TargetType", None, "ip"),
        ("Name", "web", None),
    ]


# What the CDK gives a load balancer: it sends to the instances only.
NARROW = security_group(SecurityGroupEgress=[TO_INSTANCES])
TO_GIVEN = security_group(SecurityGroupEgress=[{**DYNAMIC, "DestinationSecurityGroupId": "sg-1"}])
ELSEWHERE = resource(f"{V2}::ListenerRule", ListenerArn=ref("Parameter"), Actions=FORWARD)
WITH_RULE = {"Listener": None, "Balancer": None, "Rule": ELSEWHERE}
DEPENDS_ON_RULE = {**balanced().body["Resources"]["Service"], "DependsOn": "Rule"}  # type: ignore[index]


@pytest.mark.parametrize(
    "template",
    [
        balanced(),
        balanced(Group=None),
        balanced(port=ref("Port")),
        balanced(**WITH_RULE, Service=DEPENDS_ON_RULE),
        balanced(Balancer=resource(f"{V2}::LoadBalancer", SecurityGroups=[IMPORT])),
    ],
)
def test_who_gives_security_groups_that_are_not_here_answers_for_their_rules(template: StackTemplate) -> None:
    changes = switched(template, Network(("subnet-1",), ("sg-1",)))
    assert [(each.resource, each.path, each.new) for each in changes] == [SWITCH]


@pytest.mark.parametrize(
    ("resources", "rules"),
    [
        ({"Front": TO_GIVEN}, {"FrontTosgx1Port8080": 8080}),
        ({"Admit": admitted("sg-1", **DYNAMIC)}, {"AdmitPort8080": 8080}),
        ({"Admit": admitted("sg-1", IpProtocol="tcp", FromPort=22, ToPort=22)}, {}),
    ],
)
def test_the_rules_that_are_here_are_opened_also_then(resources: Any, rules: dict[str, int]) -> None:
    assert ports_of(switched(balanced(**resources), Network(("subnet-1",), ("sg-1",)))) == rules


@pytest.mark.parametrize(
    ("security_groups", "rules"),
    [(("open",), {"GroupFromFrontPort8080": 8080}), (("open", "closed"), {"GroupFromFrontPort8080": 8080})],
)
def test_the_rules_of_security_groups_that_are_given_and_here_are_read(
    security_groups: tuple[str, ...], rules: dict[str, int]
) -> None:
    template = balanced(Closed=security_group())
    assert ports_of(switched(template, Network(("subnet-1",), security_groups))) == rules


@pytest.mark.parametrize(
    ("security_groups", "template", "reason"),
    [
        (("closed",), balanced(Closed=security_group()), CLOSED),
        ((), balanced(), "the default security group of the VPC, whose rules are not here, is that of its tasks"),
        (("sg-1",), balanced(Listener=None), "its listener is not here"),
        (("sg-1",), balanced(Front=NARROW), CLOSED),
        (("sg-1",), balanced(port=ref("Port"), Front=NARROW), "its container port is an expression"),
        (("sg-1",), balanced(**WITH_RULE), r"Stack/Service does not depend on its listener \(DependsOn: Rule\)"),
    ],
)
def test_a_network_that_is_given_does_not_answer_for_the_rest(
    security_groups: tuple[str, ...], template: StackTemplate, reason: str
) -> None:
    with pytest.raises(CannotSwitchError, match=reason):
        switched(template, Network(("subnet-1",), security_groups))
