"""Launch data of instances: their commands at the start, their security groups and their public addresses.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-autoscaling-autoscalinggroup.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-launchtemplate.html
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...cloudformation.text import scalar_text
from ..network import SECURITY_GROUP
from ..who_runs_it.references import References
from ..who_runs_it.referrer import Referrer
from .leaves import leaves_of, reference_of
from .named_text import named_text
from .subnet_lists import one_by_one

AUTO_SCALING_GROUP = "AWS::AutoScaling::AutoScalingGroup"
INSTANCE = "AWS::EC2::Instance"
_LAUNCH_CONFIGURATION = "AWS::AutoScaling::LaunchConfiguration"
_LAUNCH_TEMPLATE = "AWS::EC2::LaunchTemplate"

LAUNCHES = (INSTANCE, _LAUNCH_CONFIGURATION, _LAUNCH_TEMPLATE)
"""What holds the commands of instances when they start."""

# The security groups of a network interface, of a launch template or instance, of a launch configuration.
_GROUPS = ("Groups", "GroupSet", "SecurityGroupIds", "SecurityGroups")

# What instances other than those of an Auto Scaling group are made by. Their networks are not read.
OTHER_INSTANCES = ("AWS::EC2::EC2Fleet", "AWS::EC2::SpotFleet")


@dataclass(frozen=True)
class Instances:
    """A group of instances, or one instance.

    Attributes:
        referrer: its resource.
        launched_by: the resources that hold its launch data.
        subnets: its subnets, as they are written: a list or an expression; None if they are not known.
        security_groups: its security groups, in the same way; None for the default group of the VPC.
        has_public_address: whether its instances get a public address; None if its subnets decide it.
        instance_type: its instance type, as it is written; None if that is not known, or if there are several.
        image: its image, as it is written.
        most: the most instances that it has, as it is written; None if that is not known.
        problem: why its network cannot be read; empty if it can.
    """

    referrer: Referrer
    launched_by: tuple[Referrer, ...] = ()
    subnets: Any = None
    security_groups: Any = None
    has_public_address: bool | None = None
    instance_type: Any = None
    image: Any = None
    most: Any = None
    problem: str = ""

    @property
    def commands(self) -> Iterator[tuple[Any, Referrer]]:
        """What the instances run when they start, and the resource that it is written in."""
        for each in (self.referrer, *self.launched_by):
            for owner in (each.resource.properties, each.resource.written("LaunchTemplateData")):
                if isinstance(owner, Mapping) and "UserData" in owner:
                    yield owner["UserData"], each
            yield each.init, each


def instances_of(referrer: Referrer, references: References) -> Instances:
    """Return the instances that a resource makes."""
    if referrer.resource.type in OTHER_INSTANCES:
        return Instances(referrer, problem=f"{referrer.resource.address} is not an Auto Scaling group")
    launched_by = tuple(_launched_by(referrer, references))
    problem = _problem_of(referrer, launched_by, references)
    if problem:
        return Instances(referrer, launched_by, problem=f"{referrer.resource.address} {problem}")
    data = _data_of(launched_by[0] if launched_by else referrer)
    interface = _interface_of(data)
    own = data if interface is None else interface
    groups = next((own[key] for key in _GROUPS if own.get(key) is not None), None)
    public = own.get("AssociatePublicIpAddress")
    is_mixed = referrer.resource.written("MixedInstancesPolicy.LaunchTemplate.Overrides") is not None
    return Instances(
        referrer,
        launched_by,
        _subnets_of(referrer, interface),
        groups,
        _flag(public),
        instance_type=None if is_mixed else data.get("InstanceType"),
        image=data.get("ImageId"),
        most=1 if referrer.resource.type == INSTANCE else referrer.resource.written("MaxSize"),
    )


def _launched_by(referrer: Referrer, references: References) -> Iterator[Referrer]:
    """Yield the launch configurations and launch templates that a resource names, by reference or by name."""
    for value in _launch_values(referrer.resource.properties, _LAUNCH_NAMES):
        for leaf in leaves_of(value):
            reference = reference_of(leaf)
            found = references.meant(reference[0], referrer) if reference is not None else _named(leaf, references)
            yield from (each for each in found if each.resource.type in (_LAUNCH_CONFIGURATION, _LAUNCH_TEMPLATE))


_LAUNCH_NAMES = ("LaunchConfigurationName", "LaunchTemplateId", "LaunchTemplateName")
_VERSION = ("Version",)


def _launch_values(node: Any, keys: Collection[str]) -> Iterator[Any]:
    """Yield the values of some keys in the launch data that a resource names, at any depth."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in keys:
                yield value
            elif key != "Tags":
                yield from _launch_values(value, keys)
    elif isinstance(node, list):
        for item in node:
            yield from _launch_values(item, keys)


def _launches_latest(referrer: Referrer) -> bool:
    """Return whether a resource launches what its launch template says here: that is the latest version of it.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-autoscaling-autoscalinggroup-launchtemplatespecification.html
    """
    versions = (
        named_text(leaf)
        for value in _launch_values(referrer.resource.properties, _VERSION)
        for leaf in leaves_of(value)
    )
    return all(version == "$Latest" or "LatestVersionNumber" in version for version in versions)


def _named(name: Any, references: References) -> Iterator[Referrer]:
    for each in references.all:
        own = each.resource.written("LaunchConfigurationName") or each.resource.written("LaunchTemplateName")
        if own is not None and named_text(own) == named_text(name):
            yield each


def _problem_of(referrer: Referrer, launched_by: tuple[Referrer, ...], references: References) -> str:
    """Return why the network of some instances cannot be read, as the rest of a sentence."""
    if len({each.resource.address for each in launched_by}) > 1:
        return "has more than one launch template"
    if not launched_by and referrer.resource.type == AUTO_SCALING_GROUP:
        return "has a launch template that is not here"
    if any(each.resource.type == _LAUNCH_TEMPLATE for each in launched_by) and not _launches_latest(referrer):
        return "may launch another version of its launch template than the one here, with other security groups"
    holder = launched_by[0] if launched_by else referrer
    data = _data_of(holder)
    interfaces = data.get("NetworkInterfaces")
    if interfaces is not None and not (isinstance(interfaces, list) and len(interfaces) == 1):
        return "has more than one network interface"
    if _names_groups_by_name(data, holder, references):
        return "names its security groups by name, not by id"
    written = referrer.resource.written("VPCZoneIdentifier")
    is_unclear = written is not None and one_by_one(written, referrer.resource.declarations) is None
    return "may name several subnets in one text" if is_unclear else ""


def _names_groups_by_name(data: Mapping[str, Any], holder: Referrer, references: References) -> bool:
    if "SecurityGroups" in data and holder.resource.type != _LAUNCH_CONFIGURATION:
        return True
    return any(_is_name(leaf, holder, references) for leaf in leaves_of(data.get("SecurityGroups")))


def _is_name(leaf: Any, holder: Referrer, references: References) -> bool:
    """Return whether a security group is named by its name, as a ``Ref`` does outside of a VPC that is given.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
    """
    text, reference = scalar_text(leaf), reference_of(leaf)
    if text is not None:
        return not text.startswith(("sg-", "{{"))
    found = references.meant(reference[0], holder) if reference is not None and not reference[1] else []
    return any(each.resource.type == SECURITY_GROUP and each.resource.written("VpcId") is None for each in found)


def _data_of(referrer: Referrer) -> Mapping[str, Any]:
    data = referrer.resource.properties
    if referrer.resource.type == _LAUNCH_TEMPLATE:
        data = referrer.resource.written("LaunchTemplateData")
    return data if isinstance(data, Mapping) else {}


def _interface_of(data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    interfaces = data.get("NetworkInterfaces")
    first = interfaces[0] if isinstance(interfaces, list) and interfaces else None
    return first if isinstance(first, Mapping) else None


def _subnets_of(referrer: Referrer, interface: Mapping[str, Any] | None) -> Any:
    properties = referrer.resource.properties
    properties = properties if isinstance(properties, Mapping) else {}
    if referrer.resource.type == AUTO_SCALING_GROUP:
        return one_by_one(properties.get("VPCZoneIdentifier"), referrer.resource.declarations)
    subnet = properties.get("SubnetId", (interface or {}).get("SubnetId"))
    return None if subnet is None else [subnet]


def _flag(value: Any) -> bool | None:
    return {"true": True, "false": False}.get((scalar_text(value) or "").lower())
