"""A cluster with instances in private subnets, and a service in it, as the parts of one template."""

from __future__ import annotations

from typing import Any

from ecs_guard_aspects.model.template import StackTemplate

from ..templates import resource, stack

EVERYTHING = "0.0.0.0/0"


def ref(name: str) -> dict[str, Any]:
    return {"Ref": name}


def get_att(name: str, attribute: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, attribute]}


def user_data(name: str = "${Cluster}") -> dict[str, Any]:
    """Return the commands with which an instance joins a cluster."""
    return {"Fn::Base64": {"Fn::Sub": f"#!/bin/bash\necho ECS_CLUSTER={name} >> /etc/ecs/ecs.config\n"}}


def launch(**more: Any) -> dict[str, Any]:
    """Return a launch configuration whose instances join the cluster."""
    given = {"SecurityGroups": [ref("Group")], "UserData": user_data(), **more}
    return resource("AWS::AutoScaling::LaunchConfiguration", **given)


def launch_template(**data: Any) -> dict[str, Any]:
    """Return a launch template whose instances join the cluster."""
    return resource("AWS::EC2::LaunchTemplate", LaunchTemplateData={"UserData": user_data(), **data})


def instances(**more: Any) -> dict[str, Any]:
    """Return an Auto Scaling group."""
    given = {"LaunchConfigurationName": ref("Launch"), "VPCZoneIdentifier": [ref("Subnet")], **more}
    return resource("AWS::AutoScaling::AutoScalingGroup", **given)


def of_template() -> dict[str, Any]:
    """Return the property with which an Auto Scaling group names the launch template."""
    return {"LaunchConfigurationName": None, "LaunchTemplate": {"LaunchTemplateId": ref("Launch")}}


def routed(subnet: str = "Subnet", **target: Any) -> dict[str, Any]:
    """Return a subnet with a route table whose default route has a target."""
    return {
        subnet: resource("AWS::EC2::Subnet", VpcId=ref("Vpc")),
        f"{subnet}Table": resource("AWS::EC2::RouteTable", VpcId=ref("Vpc")),
        f"{subnet}Association": resource(
            "AWS::EC2::SubnetRouteTableAssociation", SubnetId=ref(subnet), RouteTableId=ref(f"{subnet}Table")
        ),
        f"{subnet}Route": resource(
            "AWS::EC2::Route", RouteTableId=ref(f"{subnet}Table"), DestinationCidrBlock=EVERYTHING, **target
        ),
    }


def service(**more: Any) -> dict[str, Any]:
    return resource("AWS::ECS::Service", **{"Cluster": ref("Cluster"), "TaskDefinition": ref("Task"), **more})


def app(parameters: Any = None, outputs: Any = None, conditions: Any = None, **resources: Any) -> StackTemplate:
    """Return the template, with some of its resources replaced; None removes one."""
    own: dict[str, Any] = {
        "Cluster": resource("AWS::ECS::Cluster"),
        "Launch": launch(),
        "Instances": instances(),
        "Group": resource("AWS::EC2::SecurityGroup", VpcId=ref("Vpc")),
        "Task": resource("AWS::ECS::TaskDefinition", NetworkMode="bridge"),
        "Service": service(),
        **routed(NatGatewayId=ref("Nat")),
        **resources,
    }
    kept = {name: body for name, body in own.items() if body is not None}
    return stack(outputs=outputs, parameters=parameters, conditions=conditions, **kept)
