"""Obstacles of a network that was given: what the app or template shows about its subnets and security groups."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...cloudformation.text import canonical
from ..changes import Blocker, Change
from ..instances.conditional import not_always_created
from ..instances.launch import Instances
from ..instances.leaves import leaves_of, reference_of
from ..instances.named_text import named_text
from ..instances.network import InstanceNetworks, NetworkUnknownError
from ..instances.routes import SUBNET, Routes, WayOut
from ..instances.subnet_lists import is_list_type
from ..instances.vpcs import other_vpcs
from ..load_balancers.security_rules import group_of
from ..network import SECURITY_GROUP
from ..who_runs_it.references import References
from ..who_runs_it.referrer import Referrer
from .hosts.security_groups import rules_for_a_group_elsewhere, rules_for_instances_only

NO_WAY_OUT = "tasks without a public address reach nothing outside the VPC from there"

# The resources that are one, with the attribute that is its id; "" for their Ref.
_SUBNETS = {(SUBNET, ""), (SUBNET, "SubnetId")}
_GROUPS = {(SECURITY_GROUP, ""), (SECURITY_GROUP, "GroupId"), ("AWS::EC2::VPC", "DefaultSecurityGroup")}
# Resources whose outputs can be anything.
_ANYTHING = re.compile(r"AWS::CloudFormation::.*|Custom::.*|(?!AWS::).*")
_OTHER_IDS = re.compile(r"arn:|(?:acl|ami|eni|i|igw|nat|rtb|vpc)-")


@dataclass(frozen=True)
class NetworkMember:
    """A subnet or security group that was given: its expression, and the resource it names if it is here."""

    written: Any
    referrer: Referrer | None = None

    @property
    def name(self) -> str:
        """Its name in messages."""
        if self.referrer is not None:
            return self.referrer.resource.address
        return self.written if isinstance(self.written, str) else named_text(self.written)


@dataclass(frozen=True)
class GivenNetwork:
    """The subnets and security groups that a consumer is given, and whether its tasks get a public address."""

    subnets: Sequence[NetworkMember]
    security_groups: Sequence[NetworkMember]
    has_public_address: bool = False

    @property
    def members(self) -> list[NetworkMember]:
        """Its subnets and security groups."""
        return [*self.subnets, *self.security_groups]


def members_of(given: Mapping[str, Any], referrer_of: Callable[[Any], Referrer | None]) -> GivenNetwork:
    """Return the members of an ``AwsvpcConfiguration``, each with the resource that it names."""

    def members(key: str) -> list[NetworkMember]:
        return [NetworkMember(leaf, referrer_of(leaf)) for leaf in leaves_of(given.get(key))]

    return GivenNetwork(members("Subnets"), members("SecurityGroups"), given.get("AssignPublicIp") == "ENABLED")


def given_network_blockers(
    change: Change, referrer_of: Callable[[Any], Referrer | None], networks: InstanceNetworks, references: References
) -> Iterator[Blocker]:
    """Yield what keeps a consumer from running tasks in the network that a change gives it.

    Args:
        change: the change of its ``NetworkConfiguration``, with the expressions that the template will have.
        referrer_of: returns the resource that a subnet or security group names, if it is here.
        networks: the instances, and the routes of their subnets.
        references: the resources of the app or template.
    """
    consumer = references.at(change.resource)
    parameters, _, key = change.path.rpartition("NetworkConfiguration")
    if consumer is None or key or not isinstance(change.new, dict):
        return
    try:
        instances = networks.instances_under(consumer, parameters.rstrip("."))
    except NetworkUnknownError:
        instances = []
    for given in change.new.values():
        found = members_of(given, referrer_of)
        yield from network_obstacles(consumer, found, instances, references, networks.routes)


def network_obstacles(
    consumer: Referrer, given: GivenNetwork, instances: Iterable[Instances], references: References, routes: Routes
) -> list[Blocker]:
    """Return what keeps a consumer from running tasks in a network that was given.

    Args:
        consumer: the resource that runs the task.
        given: its network.
        instances: the instances that it runs tasks on, if they are known.
        references: the resources of the app or template.
        routes: their routes.
    """
    groups = [each for each in instances if not each.problem]
    texts = [
        *_wrong_members(given, consumer),
        *_lists_in_lists(given, consumer),
        *_duplicates(given),
        *_vpcs(given, groups, references),
        *_zones(given, groups, references),
        *_ways_out(given, consumer, routes),
        *_shut_out(given, consumer, groups, references),
        *not_always_created([each.referrer for each in given.members if each.referrer is not None], consumer),
    ]
    return [Blocker(consumer.resource.address, text) for text in texts]


def _wrong_members(given: GivenNetwork, consumer: Referrer) -> Iterator[str]:
    """Yield members that are something else: a security group as subnet, a bucket."""
    for what, members, types, others in (
        ("a subnet", given.subnets, _SUBNETS, "sg-"),
        ("a security group", given.security_groups, _GROUPS, "subnet-"),
    ):
        for member in members:
            if not _is_one(member, types, others, consumer):
                yield f"{consumer.resource.address} would be given {member.name}, which is not {what}"


def _is_one(member: NetworkMember, types: set[tuple[str, str]], others: str, consumer: Referrer) -> bool:
    if isinstance(member.written, str):
        return not (member.written.startswith(others) or _OTHER_IDS.match(member.written))
    reference = reference_of(member.written)
    if reference is None:
        return True
    if member.referrer is not None:
        kind = member.referrer.resource.type
        return (kind, reference[1]) in types or _ANYTHING.fullmatch(kind) is not None
    kind = _parameter_type(member, consumer)
    return "AWS::EC2::" not in kind or any(f"{each}::Id" in kind for each, _ in types)


def _parameter_type(member: NetworkMember, consumer: Referrer) -> str:
    reference = reference_of(member.written)
    parameter = consumer.resource.declarations.parameters.get(reference[0]) if reference is not None else None
    return parameter.type if parameter is not None else ""


def _lists_in_lists(given: GivenNetwork, consumer: Referrer) -> Iterator[str]:
    """Yield parameters that are lists and were given next to others: CloudFormation does not join lists."""
    for members in (given.subnets, given.security_groups):
        for member in members if len(members) > 1 else ():
            if is_list_type(_parameter_type(member, consumer)):
                yield f"parameter {member.name} is a list, which cannot be a member of another list: give it alone"


def _duplicates(given: GivenNetwork) -> Iterator[str]:
    seen = set()
    for member in given.members:
        text = canonical(member.written)
        if text in seen:
            yield f"{member.name} is given twice"
        seen.add(text)


def _vpcs(given: GivenNetwork, instances: Sequence[Instances], references: References) -> Iterator[str]:
    """Yield members that are in another VPC than the instances or than the first member."""
    members = (each.referrer for each in given.members if each.referrer is not None)
    return other_vpcs((*_subnets_of(instances, references), *members))


def _zones(given: GivenNetwork, instances: Sequence[Instances], references: References) -> Iterator[str]:
    """Yield a clause if no instance is in a zone of the subnets: a task is placed in the zone of its subnet."""
    own = [_zone_of(each) for each in _subnets_of(instances, references)]
    offered = [_zone_of(each.referrer) for each in given.subnets]
    zones = [*own, *offered]
    is_known = own and offered and all(zones) and len({zone.startswith("${") for zone in zones}) == 1
    if is_known and not set(own) & set(offered):
        names = ", ".join(each.name for each in given.subnets)
        groups = ", ".join(each.referrer.resource.address for each in instances)
        yield f"no instance of {groups} is in the Availability Zone of {names}"


def _zone_of(referrer: Referrer | None) -> str:
    return "" if referrer is None else named_text(referrer.resource.written("AvailabilityZone"))


def _subnets_of(instances: Iterable[Instances], references: References) -> list[Referrer]:
    """Return the subnets of instances that are resources."""
    found = []
    for group in instances:
        for leaf in leaves_of(group.subnets):
            reference = reference_of(leaf)
            called = references.meant(reference[0], group.referrer) if reference is not None else []
            found += [each for each in called[:1] if each.resource.type == SUBNET]
    return found


def _shut_out(
    given: GivenNetwork, consumer: Referrer, instances: Sequence[Instances], references: References
) -> Iterator[str]:
    """Yield the rules that admit the instances and not the task, which would lose access."""
    known = [each.referrer.resource.address for each in given.security_groups if each.referrer is not None]
    if len(known) == len(given.security_groups):  # one that is not here may be that of the instances
        for rule in rules_for_instances_only(known, instances, references):
            yield f"{rule}: {consumer.resource.address} would lose access"
    if not instances:
        groups = [group_of(each.written, consumer, references) for each in given.security_groups]
        for rule in rules_for_a_group_elsewhere(groups, references):
            yield f"{rule}: {consumer.resource.address} would lose access"


def _ways_out(given: GivenNetwork, consumer: Referrer, routes: Routes) -> Iterator[str]:
    if given.has_public_address:
        return
    for member in given.subnets:
        if member.referrer is not None and member.referrer.resource.type == SUBNET:
            way_out = routes.of_subnet(member.referrer)
        else:
            way_out = routes.of_import(member.written)  # its name is weaker evidence than the choice of the user
        if way_out is WayOut.PUBLIC:
            yield f"subnet {member.name} is public: {NO_WAY_OUT}"
        elif way_out is WayOut.NONE:
            yield f"subnet {member.name} has no route out of its VPC: {NO_WAY_OUT}"
