"""Obstacles of a network that was given."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.model.template import StackTemplate
from ecs_guard_aspects.remediation.changes import Blocker, Change
from ecs_guard_aspects.remediation.instances.leaves import reference_of
from ecs_guard_aspects.remediation.instances.network import InstanceNetworks
from ecs_guard_aspects.remediation.obstacles.given_network import given_network_blockers, is_list_type
from ecs_guard_aspects.remediation.who_runs_it.references import References
from ecs_guard_aspects.remediation.who_runs_it.referrer import Referrer

from ..instances.support import app, get_att, instances, launch, ref, routed, service
from ..templates import resource

PARAMETERS = {
    "Subnets": {"Type": "List<AWS::EC2::Subnet::Id>"},
    "OneSubnet": {"Type": "AWS::EC2::Subnet::Id"},
    "SsmSubnets": {"Type": "AWS::SSM::Parameter::Value<List<AWS::EC2::Subnet::Id>>"},
    "Csv": {"Type": "CommaDelimitedList"},
    "GroupIds": {"Type": "List<AWS::EC2::SecurityGroup::Id>"},
    "Text": {"Type": "String"},
}


def texts(template: StackTemplate, subnets: Any, groups: Any = None, public: str = "DISABLED") -> list[str]:
    """Return what keeps the service of a template from a network."""
    references = References([template])

    def referrer_of(written: Any) -> Referrer | None:
        reference = reference_of(written)
        found = references.called(reference[0], "Stack") if reference is not None else []
        return found[0] if found else None

    given = {"Subnets": subnets, "SecurityGroups": groups, "AssignPublicIp": public}
    change = Change("Stack/Service", "NetworkConfiguration", None, {"AwsvpcConfiguration": given})
    found = given_network_blockers(change, referrer_of, InstanceNetworks(references), references)
    return [each.text for each in found if isinstance(each, Blocker)]


def in_zone(name: str, zone: Any, **more: Any) -> dict[str, Any]:
    found = routed(name, NatGatewayId=ref("Nat"))
    found[name]["Properties"] |= {"AvailabilityZone": zone, **more}
    return found


OTHER_VPC = in_zone("Foreign", "eu-west-1a", VpcId=ref("OtherVpc"))
DATABASE = {
    "Tasks": resource("AWS::EC2::SecurityGroup"),
    "Database": resource(
        "AWS::EC2::SecurityGroup",
        SecurityGroupIngress=[
            {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "SourceSecurityGroupId": ref("Group")}
        ],
    ),
}
BUCKET = {"Bucket": resource("AWS::S3::Bucket"), "Vpc": resource("AWS::EC2::VPC")}
OUTPUTS = {"Nested": resource("AWS::CloudFormation::Stack"), "Custom": resource("Custom::Lookup")}


@pytest.mark.parametrize(
    ("resources", "subnets", "groups"),
    [
        ({}, [ref("Subnet")], [ref("Group")]),
        ({}, ["subnet-1", ref("OneSubnet")], [get_att("Group", "GroupId"), "sg-1"]),
        ({}, ref("Subnets"), ref("GroupIds")),
        ({}, ref("SsmSubnets"), None),
        ({}, [ref("Text")], [ref("Text2")]),
        (DATABASE, [ref("Subnet")], [ref("Group")]),
        (DATABASE, [ref("Subnet")], ["sg-1"]),  # which may be the group of the instances
        (BUCKET, [ref("Subnet")], [get_att("Vpc", "DefaultSecurityGroup")]),
        (OUTPUTS, [get_att("Nested", "Outputs.Subnet"), get_att("Custom", "Subnet")], None),
        (in_zone("Subnet", "eu-west-1a") | in_zone("Same", "eu-west-1a"), [ref("Same")], None),
        (
            in_zone("Same", {"Fn::Select": [0, {"Fn::GetAZs": ""}]}) | in_zone("Subnet", "eu-west-1b"),
            [ref("Same")],
            None,
        ),
    ],
)
def test_networks_without_an_obstacle(resources: Any, subnets: Any, groups: Any) -> None:
    assert texts(app(PARAMETERS, **resources), subnets, groups) == []


ZONES = in_zone("Subnet", "eu-west-1b") | in_zone("Elsewhere", "eu-west-1a")
SELECT = in_zone("Subnet", {"Fn::Select": [1, {"Fn::GetAZs": ""}]}) | in_zone(
    "Elsewhere", {"Fn::Select": [0, {"Fn::GetAZs": ""}]}
)
SHUT_OUT = (
    "Stack/Database admits the security group of the instances (Stack/Group) at port 5432, and not that of the task"
)
NO_WAY_OUT = "tasks without a public address reach nothing outside the VPC from there"


@pytest.mark.parametrize(
    ("resources", "subnets", "groups", "expected"),
    [
        (DATABASE, [ref("Subnet")], None, f"{SHUT_OUT}: Stack/Service would lose access"),
        (DATABASE, [ref("Subnet")], [ref("Tasks")], f"{SHUT_OUT}: Stack/Service would lose access"),
        (BUCKET, [ref("Bucket")], None, "Stack/Service would be given Stack/Bucket, which is not a subnet"),
        (BUCKET, [ref("Vpc")], None, "Stack/Service would be given Stack/Vpc, which is not a subnet"),
        (
            BUCKET,
            ["subnet-1"],
            [ref("Bucket")],
            "Stack/Service would be given Stack/Bucket, which is not a security group",
        ),
        ({}, ["sg-1"], None, "Stack/Service would be given sg-1, which is not a subnet"),
        ({}, ["vpc-1"], None, "Stack/Service would be given vpc-1, which is not a subnet"),
        ({}, ["subnet-1"], ["subnet-2"], "Stack/Service would be given subnet-2, which is not a security group"),
        ({}, [ref("Group")], None, "Stack/Service would be given Stack/Group, which is not a subnet"),
        ({}, [ref("GroupIds")], None, "Stack/Service would be given ${GroupIds}, which is not a subnet"),
        ({}, [ref("OneSubnet"), ref("OneSubnet")], None, "${OneSubnet} is given twice"),
        (
            {},
            [ref("Subnets"), ref("OneSubnet")],
            None,
            "parameter ${Subnets} is a list, which cannot be a member of another list: give it alone",
        ),
        (
            {},
            [ref("Csv"), "subnet-1"],
            None,
            "parameter ${Csv} is a list, which cannot be a member of another list: give it alone",
        ),
        (OTHER_VPC, [ref("Foreign")], None, "Stack/Foreign is in another VPC than Stack/Subnet"),
        (
            {"Other": resource("AWS::EC2::SecurityGroup", VpcId="vpc-2")},
            ["subnet-1"],
            [ref("Other")],
            "Stack/Other is in another VPC than Stack/Subnet",
        ),
        (
            ZONES,
            [ref("Elsewhere")],
            None,
            "no instance of Stack/Instances is in the Availability Zone of Stack/Elsewhere",
        ),
        (
            SELECT,
            [ref("Elsewhere")],
            None,
            "no instance of Stack/Instances is in the Availability Zone of Stack/Elsewhere",
        ),
        (
            routed("Open", GatewayId=ref("InternetGateway")),
            [ref("Open")],
            None,
            f"subnet Stack/Open is public: {NO_WAY_OUT}",
        ),
        (
            {**routed("Closed"), "ClosedRoute": None},
            [ref("Closed")],
            None,
            f"subnet Stack/Closed has no route out of its VPC: {NO_WAY_OUT}",
        ),
        (
            {"Sometimes": {**resource("AWS::EC2::Subnet", VpcId=ref("Vpc")), "Condition": "IsProd"}},
            [ref("Sometimes")],
            None,
            "Stack/Sometimes is not created in every case in which Stack/Service is",
        ),
    ],
)
def test_obstacles_of_a_network(resources: Any, subnets: Any, groups: Any, expected: str) -> None:
    assert texts(app(PARAMETERS, **resources), subnets, groups) == [expected]


def test_tasks_with_a_public_address_need_no_other_way_out() -> None:
    template = app(Service=service(LaunchType="FARGATE"), **routed("Open", GatewayId=ref("InternetGateway")))
    assert texts(template, [ref("Open")], public="ENABLED") == []


def test_a_subnet_with_the_condition_of_the_service() -> None:
    template = app(
        Sometimes={**resource("AWS::EC2::Subnet", VpcId=ref("Vpc")), "Condition": "IsProd"},
        Service={**service(), "Condition": "IsProd"},
    )
    assert texts(template, [ref("Sometimes")]) == []


IMPORT = {"Fn::ImportValue": "cluster-group"}
OF_DATABASE = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432}
DATABASE_ELSEWHERE = {
    "Instances": None,
    "Launch": None,
    "Front": resource("AWS::EC2::SecurityGroupIngress", GroupId=IMPORT, IpProtocol="tcp", FromPort=80, ToPort=80),
    "Database": resource(
        "AWS::EC2::SecurityGroup", SecurityGroupIngress=[{**OF_DATABASE, "SourceSecurityGroupId": IMPORT}]
    ),
}
TASKS_TOO = {
    "Tasks": resource("AWS::EC2::SecurityGroup"),
    "Too": resource(
        "AWS::EC2::SecurityGroupIngress", GroupId=ref("Database"), SourceSecurityGroupId=ref("Tasks"), **OF_DATABASE
    ),
}


@pytest.mark.parametrize(
    ("resources", "groups", "is_shut_out"),
    [
        ({}, ["sg-1"], True),
        ({}, [ref("GroupIds")], True),
        ({}, ["sg-1", IMPORT], False),
        ({"Front": None}, ["sg-1"], False),  # nothing shows that it is the group of the instances
        (TASKS_TOO, [ref("Tasks")], False),
        (TASKS_TOO, [ref("Group")], True),
        ({"Instances": instances(), "Launch": launch()}, ["sg-1"], False),  # their group is another one
    ],
)
def test_rules_for_a_security_group_that_is_elsewhere(resources: Any, groups: Any, is_shut_out: bool) -> None:
    said = texts(app(parameters=PARAMETERS, **{**DATABASE_ELSEWHERE, **resources}), ["subnet-1"], groups)
    what = "Stack/Database admits the security group cluster-group at port 5432, and not that of the task"
    assert said == ([f"{what}: Stack/Service would lose access"] if is_shut_out else [])


def test_unknown_instances_are_not_an_obstacle() -> None:
    template = app(Instances=instances(LaunchConfigurationName="elsewhere"), **OTHER_VPC)
    assert texts(template, [ref("Foreign")]) == []


@pytest.mark.parametrize(
    ("kind", "is_list"),
    [
        ("CommaDelimitedList", True),
        ("List<Number>", True),
        ("AWS::SSM::Parameter::Value<List<String>>", True),
        ("AWS::SSM::Parameter::Value<CommaDelimitedList>", True),
        ("String", False),
        ("AWS::EC2::Subnet::Id", False),
    ],
)
def test_types_of_parameters_that_are_lists(kind: str, is_list: bool) -> None:
    assert is_list_type(kind) is is_list
