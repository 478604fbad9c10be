"""Launch data of instances: security groups, subnets, public addresses."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation.instances.launch import Instances, instances_of
from ecs_guard_aspects.remediation.who_runs_it.references import References

from ..templates import resource, stack
from .support import get_att, instances, launch, launch_template, of_template, ref

GROUP = [get_att("Group", "GroupId")]


def read(**resources: Any) -> Instances:
    references = References([stack(**{"Launch": launch(), "Instances": instances(), **resources})])
    referrer = references.at("Stack/Instances")
    assert referrer is not None
    return instances_of(referrer, references)


TEMPLATE = instances(**of_template())
MIXED = instances(
    LaunchConfigurationName=None,
    MixedInstancesPolicy={"LaunchTemplate": {"LaunchTemplateSpecification": {"LaunchTemplateId": ref("Launch")}}},
)
INTERFACE = {"NetworkInterfaces": [{"Groups": GROUP, "AssociatePublicIpAddress": False}]}


@pytest.mark.parametrize(
    ("resources", "groups", "public"),
    [
        ({"Launch": launch(SecurityGroups=GROUP)}, GROUP, None),
        ({"Launch": launch(SecurityGroups=GROUP, AssociatePublicIpAddress="true")}, GROUP, True),
        ({"Launch": launch(SecurityGroups=None)}, None, None),
        ({"Launch": launch(SecurityGroups=GROUP), "Group": resource("AWS::EC2::SecurityGroup")}, GROUP, None),
        ({"Instances": TEMPLATE, "Launch": launch_template(SecurityGroupIds=GROUP)}, GROUP, None),
        ({"Instances": TEMPLATE, "Launch": launch_template(**INTERFACE)}, GROUP, False),
        ({"Instances": MIXED, "Launch": launch_template(SecurityGroupIds=GROUP)}, GROUP, None),
        ({"Instances": resource("AWS::EC2::Instance", SubnetId=ref("Subnet"), SecurityGroupIds=GROUP)}, GROUP, None),
        (
            {
                "Instances": resource(
                    "AWS::EC2::Instance", NetworkInterfaces=[{"SubnetId": ref("Subnet"), "GroupSet": GROUP}]
                )
            },
            GROUP,
            None,
        ),
    ],
)
def test_the_network_of_instances(resources: Any, groups: Any, public: bool | None) -> None:
    found = read(**resources)
    assert (found.problem, found.subnets) == ("", [ref("Subnet")])
    assert (found.security_groups, found.has_public_address) == (groups, public)


def test_a_launch_template_that_is_named_by_name() -> None:
    named = launch_template(SecurityGroupIds=GROUP)
    named["Properties"]["LaunchTemplateName"] = "ecs"
    by_name = instances(LaunchConfigurationName=None, LaunchTemplate={"LaunchTemplateName": "ecs"})
    assert read(Launch=named, Instances=by_name).security_groups == GROUP


OTHER = {
    "Overrides": [{"LaunchTemplateSpecification": {"LaunchTemplateId": ref("Other")}}],
    "LaunchTemplateSpecification": {"LaunchTemplateId": ref("Launch")},
}


PINNED = "may launch another version of its launch template than the one here, with other security groups"
PINNED_VERSIONS = (3, "1", "$Default", get_att("Launch", "DefaultVersionNumber"), ref("Version"))


def of_version(version: Any) -> dict[str, Any]:
    specification = {"LaunchTemplateId": ref("Launch"), "Version": version}
    return instances(LaunchConfigurationName=None, LaunchTemplate=specification)


@pytest.mark.parametrize(
    "version",
    ["$Latest", get_att("Launch", "LatestVersionNumber"), {"Fn::Sub": "${Launch.LatestVersionNumber}"}, None],
)
def test_the_latest_version_is_the_launch_template_that_is_here(version: Any) -> None:
    assert read(Instances=of_version(version), Launch=launch_template()).problem == ""


@pytest.mark.parametrize(
    ("resources", "problem"),
    [
        ({"Instances": instances(LaunchConfigurationName="elsewhere")}, "has a launch template that is not here"),
        ({"Instances": instances(LaunchConfigurationName=ref("Parameter"))}, "has a launch template that is not here"),
        (
            {
                "Instances": instances(LaunchConfigurationName=None, MixedInstancesPolicy={"LaunchTemplate": OTHER}),
                "Launch": launch_template(),
                "Other": launch_template(),
            },
            "has more than one launch template",
        ),
        (
            {"Instances": TEMPLATE, "Launch": launch_template(NetworkInterfaces=[{}, {}])},
            "has more than one network interface",
        ),
        (
            {"Instances": TEMPLATE, "Launch": launch_template(SecurityGroups=["default"])},
            "names its security groups by name, not by id",
        ),
        ({"Launch": launch(SecurityGroups=["default"])}, "names its security groups by name, not by id"),
        (
            {"Launch": launch(), "Group": resource("AWS::EC2::SecurityGroup")},  # there a Ref is its name
            "names its security groups by name, not by id",
        ),
        (
            {"Instances": instances(VPCZoneIdentifier=[ref("PrivateSubnets")])},
            "may name several subnets in one text",
        ),
        ({"Instances": resource("AWS::EC2::SpotFleet")}, "is not an Auto Scaling group"),
        *(({"Instances": of_version(version), "Launch": launch_template()}, PINNED) for version in PINNED_VERSIONS),
    ],
)
def test_instances_whose_network_cannot_be_read(resources: Any, problem: str) -> None:
    assert read(**resources).problem == f"Stack/Instances {problem}"
