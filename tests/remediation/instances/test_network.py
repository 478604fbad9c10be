"""The network that a task has today: that of the instances it runs on."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.model.template import StackTemplate
from ecs_guard_aspects.remediation.instances.network import InstanceNetwork, InstanceNetworks, NetworkUnknownError
from ecs_guard_aspects.remediation.who_runs_it.references import References

from ..templates import resource, stack
from .support import app, get_att, instances, launch, ref, routed, service, user_data

TARGET = {"Arn": get_att("Cluster", "Arn"), "EcsParameters": {"TaskDefinitionArn": ref("Task")}}
RULE = resource("AWS::Events::Rule", Targets=[TARGET])
SCHEDULE = resource("AWS::Scheduler::Schedule", Target=TARGET)
PIPE = resource("AWS::Pipes::Pipe", Target=get_att("Cluster", "Arn"))
PROVIDER = resource("AWS::ECS::CapacityProvider", AutoScalingGroupProvider={"AutoScalingGroupArn": ref("Instances")})
SUBNET = "AWS::EC2::Subnet"
STRATEGY = [{"CapacityProvider": ref("Provider"), "Weight": 1}]


def network_of(*templates: StackTemplate, address: str = "Stack/Service", parameters: str = "") -> InstanceNetwork:
    return InstanceNetworks(References(templates)).network_for(address, parameters)


def second(**more: Any) -> dict[str, Any]:
    """Return a second group of instances of the cluster."""
    return {
        "Second": instances(LaunchConfigurationName=ref("SecondLaunch"), **more),
        "SecondLaunch": launch(SecurityGroups=[ref("SecondGroup")]),
        **routed("SecondSubnet", NatGatewayId=ref("Nat")),
    }


@pytest.mark.parametrize(
    ("template", "address", "parameters"),
    [
        (app(), "Stack/Service", ""),
        (app(Service=service(LaunchType="EC2")), "Stack/Service", ""),
        (app(Service=service(Cluster=None), Launch=launch(UserData=user_data("default"))), "Stack/Service", ""),
        (app(Rule=RULE), "Stack/Rule", "Targets.0.EcsParameters"),
        (app(Rule=SCHEDULE), "Stack/Rule", "Target.EcsParameters"),
        (app(Rule=PIPE), "Stack/Rule", "TargetParameters.EcsTaskParameters"),
        (
            app(Service=service(CapacityProviderStrategy=STRATEGY), Provider=PROVIDER, Launch=launch(UserData="")),
            "Stack/Service",
            "",
        ),
        (
            app(
                Cluster=None,
                Service=service(Cluster=ref("Name")),
                Launch=launch(UserData=user_data("${Name}")),
                parameters={"Name": {"Type": "String"}},
            ),
            "Stack/Service",
            "",
        ),
        (
            app(
                Launch={
                    **launch(UserData=None),
                    "Metadata": {
                        "AWS::CloudFormation::Init": {
                            "config": {"commands": {"01": {"command": {"Fn::Sub": "echo ECS_CLUSTER=${Cluster}"}}}}
                        }
                    },
                }
            ),
            "Stack/Service",
            "",
        ),
    ],
)
def test_a_task_gets_the_network_of_its_instances(template: StackTemplate, address: str, parameters: str) -> None:
    found = network_of(template, address=address, parameters=parameters)
    assert found == InstanceNetwork([ref("Subnet")], [ref("Group")], ("Stack/Instances",), "Stack")
    assert found.awsvpc_configuration(on_fargate=False) == {
        "Subnets": [ref("Subnet")],
        "SecurityGroups": [ref("Group")],
        "AssignPublicIp": "DISABLED",
    }


def test_instances_in_the_default_group_of_the_vpc() -> None:
    found = network_of(app(Launch=launch(SecurityGroups=None)))
    assert "SecurityGroups" not in found.awsvpc_configuration(on_fargate=False)


def test_a_task_gets_the_networks_of_all_groups_of_instances() -> None:
    found = network_of(app(**second(VPCZoneIdentifier=[ref("Subnet"), ref("SecondSubnet")])))
    assert found.subnets == [ref("Subnet"), ref("SecondSubnet")]
    assert found.security_groups == [ref("Group"), ref("SecondGroup")]
    assert found.instances == ("Stack/Instances", "Stack/Second")


@pytest.mark.parametrize(
    "subnets", [ref("PrivateSubnets"), {"Fn::If": ["IsNew", [ref("Subnet")], ref("PrivateSubnets")]}]
)
def test_expressions_are_taken_as_they_are_written(subnets: Any) -> None:
    assert network_of(app(Instances=instances(VPCZoneIdentifier=subnets))).subnets == subnets


def test_subnets_of_instances_without_public_addresses_have_a_way_out() -> None:
    subnets = [ref("OneSubnet")]
    template = app(Instances=instances(VPCZoneIdentifier=subnets), Launch=launch(AssociatePublicIpAddress=False))
    assert network_of(template).subnets == subnets


PUBLIC = "and a task on an instance cannot have a public address"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"Instances": None}, "the instances of its cluster are not here"),
        ({"Launch": launch(UserData=user_data("other"))}, "the instances of its cluster are not here"),
        ({"Service": service(Cluster=None)}, "the instances of its cluster are not here"),
        ({"Service": service(Cluster=ref("Parameter"))}, "the instances of its cluster are not here"),
        (
            {**second(VPCZoneIdentifier=[ref("SecondSubnet")]), "SecondSubnet": resource(SUBNET, VpcId=ref("Vpc2"))},
            "Stack/SecondSubnet is in another VPC than Stack/Subnet",
        ),
        ({"Service": service(LaunchType="FARGATE")}, 'its LaunchType is "FARGATE"'),
        ({"Service": service(LaunchType=ref("Type"))}, 'its LaunchType is {"Ref": "Type"}'),
        ({"Service": service(CapacityProviderStrategy=[{"CapacityProvider": "FARGATE"}])}, "it runs on Fargate"),
        (
            {"Service": service(CapacityProviderStrategy=[{"CapacityProvider": "elsewhere"}])},
            'the instances of capacity provider "elsewhere" are not here',
        ),
        (
            {
                "Instances": instances(LaunchConfigurationName="x"),
                "Provider": PROVIDER,
                "Service": service(CapacityProviderStrategy=STRATEGY),
            },
            "Stack/Instances has a launch template that is not here",
        ),
        (
            {"Launch": launch(SecurityGroups=[ref(f"Group{number}") for number in range(6)])},
            "Stack/Instances has 6 security groups, and a task can have 5",
        ),
        ({"Instances": instances(VPCZoneIdentifier=None)}, "the subnets of Stack/Instances are not here"),
        (
            {"Launch": launch(AssociatePublicIpAddress=True)},
            "the instances of Stack/Instances have public addresses, and a task cannot have one",
        ),
        (
            routed(GatewayId=ref("InternetGateway")),
            f'subnet {{"Ref": "Subnet"}} of Stack/Instances is public, {PUBLIC}',
        ),
        (
            {"SubnetRoute": None},
            'subnet {"Ref": "Subnet"} of Stack/Instances has no way out: no NAT gateway, transit gateway or endpoint',
        ),
        (
            {"Instances": instances(VPCZoneIdentifier=["subnet-1"])},
            'nothing shows whether subnet "subnet-1" of Stack/Instances has a way out without a public address',
        ),
        (
            second(VPCZoneIdentifier=ref("PrivateSubnets")),
            "Stack/Instances and Stack/Second have different networks, and one task cannot have all of them",
        ),
        (
            {**second(), "SecondLaunch": launch(SecurityGroups=None)},
            "Stack/Instances and Stack/Second have different networks, and one task cannot have all of them",
        ),
    ],
)
def test_a_network_that_is_not_known_or_does_not_fit(changed: Any, reason: str) -> None:
    with pytest.raises(NetworkUnknownError, match=r".*") as caught:
        network_of(app(**changed))
    assert str(caught.value) == reason


def test_instances_of_another_stack() -> None:
    found = network_of(app(Service=None), stack("Shop", Api=service()), address="Shop/Api")
    assert (found.instances, found.stack_path) == (("Stack/Instances",), "Stack")


ENV = {"Env": {"Type": "String", "AllowedValues": ["dev", "prod"]}}
CONDITIONS = {"IsProd": {"Fn::Equals": [ref("Env"), "prod"]}}


def in_prod(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "Condition": "IsProd"}


def test_members_that_are_created_wherever_the_service_is() -> None:
    conditional = {
        "Group": in_prod(resource("AWS::EC2::SecurityGroup", VpcId=ref("Vpc"))),
        "Service": in_prod(service()),
    }
    assert network_of(app(ENV, conditions=CONDITIONS, **conditional)).security_groups == [ref("Group")]


@pytest.mark.parametrize("name", ["Group", "Subnet"])
def test_a_member_that_is_not_always_created(name: str) -> None:
    own = {"Group": resource("AWS::EC2::SecurityGroup", VpcId=ref("Vpc")), **routed(NatGatewayId=ref("Nat"))}
    template = app(ENV, conditions=CONDITIONS, **{**own, name: in_prod(own[name])})
    with pytest.raises(NetworkUnknownError, match=f"Stack/{name} is not created in every case in which Stack/Service"):
        network_of(template)


def test_a_condition_of_another_stack_may_leave_out_a_member() -> None:
    group = in_prod(resource("AWS::EC2::SecurityGroup", VpcId=ref("Vpc")))
    templates = app(ENV, conditions=CONDITIONS, Service=None, Group=group), stack("Shop", Api=in_prod(service()))
    with pytest.raises(NetworkUnknownError, match="Stack/Group is not created in every case in which Shop/Api"):
        network_of(*templates, address="Shop/Api")


def two_stacks_with_one_id(subnet: dict[str, Any]) -> list[StackTemplate]:
    """Return the instances and a subnet of their stack, and another stack whose private subnet has the same id."""
    return [app(Subnet=subnet, SubnetAssociation=None), stack("Network", **routed(NatGatewayId=ref("Nat")))]


def test_the_code_decides_which_of_two_subnets_with_one_id_is_meant() -> None:
    templates = two_stacks_with_one_id(resource("AWS::EC2::Subnet", MapPublicIpOnLaunch=True))
    targets = {"Stack/Instances": {"Network/Subnet"}}
    references = References(
        templates, targets_of=lambda referrer, _properties: targets.get(referrer.resource.address, ())
    )
    assert InstanceNetworks(references).network_for("Stack/Service", "").named["Subnet"].stack_path == "Network"
    with pytest.raises(NetworkUnknownError, match="is public"):
        network_of(*templates)
