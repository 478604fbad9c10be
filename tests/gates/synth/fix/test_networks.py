"""Networks at synth: that of the instances, or one that is given; which of them a service cannot have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from ecs_guard_aspects import EcsGuard, EcsGuardFix, Network

from ..support import (
    level1,
    make_app,
    permissive_fix,
    report_of,
    resource_of,
    template_of,
)
from .support import cluster_in, network_given_to, refused, serve, service_in

FORMS: dict[str, Callable[[Any], tuple[str, ...]]] = {
    "string": lambda subnet: (subnet.ref,),
    "select": lambda subnet: (cdk.Fn.select(0, [subnet.ref, "x"]),),
    "list token": lambda subnet: tuple(cdk.Token.as_list({"Fn::Split": [",", subnet.ref]})),
    "in a longer string": lambda subnet: (f"{subnet.ref}",),
    "in a lazy": lambda subnet: (cdk.Fn.join("", [subnet.ref]),),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_network_of_another_stage_is_refused_in_any_form(app: cdk.App, form: str) -> None:
    subnet = ec2.CfnSubnet(cdk.Stack(app, "Net"), "Subnet", vpc_id="vpc-1")
    user = serve(level1(cdk.Stack(cdk.Stage(app, "Prod"), "Stack")))
    found = refused(app, Network(FORMS[form](subnet)))
    assert found == ["Prod/Stack/Svc would be given Net/Subnet, which belongs to another Stage or the app"]
    assert "NetworkConfiguration" not in resource_of(user)["Properties"]


def test_a_network_of_another_region_is_refused(app: cdk.App) -> None:
    account = "111122223333"
    net = cdk.Stack(app, "Net", env=cdk.Environment(account=account, region="eu-west-1"))
    stack = cdk.Stack(app, "Stack", env=cdk.Environment(account=account, region="us-east-1"))
    serve(level1(stack))
    (text,) = refused(app, Network((ec2.CfnSubnet(net, "Subnet", vpc_id="vpc-1").ref,)))
    where = f"which is in aws://{account}/eu-west-1, and it is in aws://{account}/us-east-1"
    assert text == f"Stack/Svc would be given Net/Subnet, {where}"


@pytest.mark.parametrize(("regions", "is_refused"), [(("eu-west-1", "us-east-1"), True), (("a", "a"), False)])
@pytest.mark.parametrize("in_stages", [False, True])
def test_literal_subnets_are_of_one_environment(
    app: cdk.App, regions: tuple[str, str], is_refused: bool, in_stages: bool
) -> None:
    users = []
    for index, region in enumerate(regions):
        scope = cdk.Stage(app, f"Stage{index}") if in_stages else app
        env = cdk.Environment(account="111122223333", region=region)
        users.append(serve(level1(cdk.Stack(scope, f"Stack{index}", env=env))))
    found = refused(app)
    assert len(found) == (2 if is_refused else 0)
    assert all("a network that is not of the app" in text for text in found)
    assert all(("NetworkConfiguration" in resource_of(user)["Properties"]) is not is_refused for user in users)


def by_reference(net: cdk.Stack, stack: cdk.Stack) -> None:
    topic = cdk.CfnResource(stack, "Topic", type="AWS::SNS::Topic")
    cdk.CfnResource(net, "Sub", type="AWS::SNS::Subscription", properties={"TopicArn": topic.ref})


def by_an_id_that_both_have(net: cdk.Stack, stack: cdk.Stack) -> None:
    cdk.CfnResource(net, "Topic", type="AWS::SNS::Topic")
    by_reference(net, stack)


def by_a_third(net: cdk.Stack, stack: cdk.Stack) -> None:
    third = cdk.Stack(net.node.root, "Third")
    net.add_dependency(third)
    by_reference(third, stack)


# why the stack of the subnets waits for that of the service
WAITING: dict[str, Callable[[cdk.Stack, cdk.Stack], None]] = {
    "reference": by_reference,
    "reference to an id that both have": by_an_id_that_both_have,
    "a third stack": by_a_third,
    "stack dependency": lambda net, stack: net.add_dependency(stack),
    "construct dependency": lambda net, stack: net.node.add_dependency(stack.node.find_child("Td")),
}


@pytest.mark.parametrize("name", WAITING)
def test_a_network_whose_stack_waits_for_the_service_is_refused(app: cdk.App, name: str) -> None:
    net, stack = cdk.Stack(app, "Net"), cdk.Stack(app, "Stack")
    subnet = ec2.CfnSubnet(net, "Subnet", vpc_id="vpc-1")
    serve(level1(stack))
    WAITING[name](net, stack)
    found = refused(app, Network((subnet.ref,)))
    assert found == ["Stack/Svc would be given Net/Subnet, which depends on it or its stack"]


def test_stacks_of_one_class_do_not_wait_for_each_other(app: cdk.App) -> None:
    for name in ("Dev", "Prod"):
        stack = cdk.Stack(app, name)
        definition = level1(stack)
        subnet = ec2.CfnSubnet(stack, "Subnet", vpc_id=ec2.CfnVPC(stack, "Vpc", cidr_block="10.0.0.0/16").ref)
        serve(definition)
        EcsGuard().protect(stack, fix=permissive_fix(network=Network((subnet.ref,))))
    app.synth()
    for name in ("Dev", "Prod"):
        resources = template_of(app.node.find_child(name))["Resources"]  # type: ignore[arg-type]
        assert resources["Svc"]["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]["Subnets"] == [
            {"Ref": "Subnet"}
        ]


# why a security group waits for the service it would be given to
GROUPS: dict[str, Callable[[cdk.CfnResource, ec2.CfnSecurityGroup], Any]] = {
    "attribute": lambda user, group: setattr(group, "group_description", user.get_att("Name").to_string()),
    "DependsOn": lambda user, group: group.add_dependency(user),
    "construct dependency": lambda user, group: group.node.add_dependency(user),
}


@pytest.mark.parametrize("name", GROUPS)
def test_a_security_group_that_waits_for_the_service_is_refused(app: cdk.App, stack: cdk.Stack, name: str) -> None:
    user = serve(level1(stack))
    group = ec2.CfnSecurityGroup(stack, "Group", group_description="g")
    GROUPS[name](user, group)
    (text,) = refused(app, Network(("subnet-1",), (group.attr_group_id,)))
    assert text == "Stack/Svc would be given Stack/Group, which depends on it or its stack"


@pytest.mark.parametrize("nested", ["service", "subnet"])
def test_nested_stacks_wait_as_a_whole(app: cdk.App, stack: cdk.Stack, nested: str) -> None:
    inner = cdk.NestedStack(stack, "Nested")
    subnet = ec2.CfnSubnet(inner if nested == "subnet" else stack, "Subnet", vpc_id="vpc-1")
    user = serve(level1(inner if nested == "service" else stack))
    if nested == "subnet":
        cdk.CfnOutput(inner, "Out", value=user.ref)
        cdk.CfnResource(inner, "Alarm", type="AWS::CloudWatch::Alarm", properties={"AlarmName": user.ref})
    else:
        subnet.add_property_override("Tags", [{"Key": "k", "Value": user.ref}])
    (text,) = refused(app, Network((subnet.ref,)))
    assert text.endswith("which depends on it or its stack")


@pytest.mark.parametrize("how", ["flag", "tag"])
def test_public_subnets_are_refused(app: cdk.App, stack: cdk.Stack, how: str) -> None:
    tag = cdk.CfnTag(key="aws-cdk:subnet-type", value="Public")
    more: Any = {"map_public_ip_on_launch": True} if how == "flag" else {"tags": [tag]}
    subnet = ec2.CfnSubnet(stack, "Subnet", vpc_id="vpc-1", **more)
    serve(level1(stack))
    (text,) = refused(app, Network((subnet.ref,)))
    assert text.startswith("subnet Stack/Subnet is public: ")


@pytest.mark.parametrize(
    ("public", "address", "is_refused"), [(2, "DISABLED", True), (1, "DISABLED", False), (2, "ENABLED", False)]
)
def test_a_service_of_public_subnets_only_is_refused(
    app: cdk.App, stack: cdk.Stack, public: int, address: str, is_refused: bool
) -> None:
    subnets = [ec2.CfnSubnet(stack, f"S{n}", vpc_id="vpc-1", map_public_ip_on_launch=n < public).ref for n in range(2)]
    own = {"AwsvpcConfiguration": {"Subnets": subnets, "AssignPublicIp": address}}
    serve(level1(stack), NetworkConfiguration=own, LaunchType="FARGATE")
    assert bool(refused(app)) is is_refused


def test_an_id_that_is_not_there_is_refused(app: cdk.App, stack: cdk.Stack) -> None:
    serve(level1(stack))
    assert refused(app, Network((cdk.Fn.ref("Elsewhere"),))) == [
        "Stack/Svc would be given Elsewhere, which is not in its stack"
    ]


def test_a_service_gets_the_network_of_its_instances() -> None:
    app = make_app()
    stack = cdk.Stack(app, "Stack")
    cluster = cluster_in(stack)
    network = network_given_to(app, service_in(stack, cluster))
    assert network["Subnets"] == [stack.resolve(subnet.subnet_id) for subnet in cluster.vpc.private_subnets]
    assert network["SecurityGroups"] == stack.resolve(
        [group.security_group_id for group in cluster.connections.security_groups]
    )


def test_the_report_says_what_a_deployment_does() -> None:
    app = make_app()
    stack = cdk.Stack(app, "Stack")
    network_given_to(app, service_in(stack, cluster_in(stack)))
    mode, network = (each["description"] for each in report_of(app)["violations"] if each["ruleName"] == "fix")
    assert mode.endswith("A deployment replaces the task definition, and each task gets a network interface and an"
                         " address of its own.")  # fmt: skip
    assert network.endswith("This is the network of its instances: a security group of its own can admit less.")


@pytest.mark.parametrize(
    ("capacity", "reason"),
    [
        ({"vpc_subnets": ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)}, "is public"),
        ({"associate_public_ip_address": True, "vpc_subnets": ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)},
         "have public addresses"),
    ],
)  # fmt: skip
def test_instances_in_public_subnets(capacity: dict[str, Any], reason: str) -> None:
    app = make_app()
    stack = cdk.Stack(app, "Stack")
    service_in(stack, cluster_in(stack, **capacity))
    fix = EcsGuardFix()
    EcsGuard().protect(app, fix=fix)
    app.synth()
    assert fix.changes == ()
    (refusal,) = fix.refusals
    assert reason in refusal.blockers[0].text
    assert refusal.blockers[0].lifted_by.startswith("network=")
