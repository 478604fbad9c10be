"""Whether the network that a consumer is given fits it: its Stage, environment, the order of deployment, its routes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...cloudformation.properties import Properties, flag_at, maps_at, text_at
from ...cloudformation.scenario import Scenario
from ...cloudformation.values import MalformedError, UndecidedError
from ...model.resource import Resource
from ..changes import Blocker, Change
from ..who_runs_it.names import names_in
from ..who_runs_it.references import Named, References
from .consumers import Consumer
from .deployment_order import Order

SUBNET = "AWS::EC2::Subnet"
NO_WAY_OUT = "tasks without a public address reach nothing outside the VPC from there"


@dataclass(frozen=True)
class Member:
    """A construct that a network refers to.

    Attributes:
        path: its construct path.
        logical_id: its logical id.
        stage_path: the construct path of its Stage.
        stack_path: that of its outermost stack.
        environment: where that is deployed: ``aws://account/region``.
    """

    path: str
    logical_id: str
    stage_path: str
    stack_path: str
    environment: str


@dataclass(frozen=True)
class Place:
    """Where a consumer stands; see ``Member``. ``ids`` are the logical ids of its own stack, parameters too."""

    stage_path: str
    stack_path: str
    environment: str
    ids: frozenset[str]


def out_of_reach(consumer: str, place: Place, members: Iterable[Member], given: object) -> Iterator[Blocker]:
    """Yield why the CDK, or AWS, cannot give a consumer what a network names.

    Args:
        consumer: its construct path.
        place: where it stands.
        members: what the network refers to.
        given: the network as its template will have it.
    """
    for member in members:
        if member.stage_path != place.stage_path:
            yield Blocker(
                consumer, f"{consumer} would be given {member.path}, which belongs to another Stage or the app"
            )
        elif member.stack_path != place.stack_path and member.environment != place.environment:
            where = f"which is in {member.environment}, and it is in {place.environment}"
            yield Blocker(consumer, f"{consumer} would be given {member.path}, {where}")
    known = place.ids | {member.logical_id for member in members}
    for name in names_in(given):
        if name.kind == "id" and name.text not in known and not name.text.startswith("AWS::"):
            yield Blocker(consumer, f"{consumer} would be given {name.text}, which is not in its stack")


def out_of_order(consumer: Named, members: Iterable[Member], references: References, order: Order) -> Iterator[Blocker]:
    """Yield what a network refers to that waits for the consumer it is given to."""
    address = consumer.resource.address
    for member in members:
        found = references.at(member.path)
        if found is not None and order.waits_for(found, consumer):
            yield Blocker(address, f"{address} would be given {member.path}, which depends on it or its stack")


def public_subnets(members: Iterable[Member], references: References) -> list[str]:
    """Return the paths of the subnets that are known to be public."""
    found = (references.at(member.path) for member in members)
    return [named.resource.address for named in found if named is not None and is_public(named.resource)]


def is_public(resource: Resource) -> bool:
    """Return whether a resource is a subnet that gives instances public addresses, or that the CDK calls public."""
    if resource.type != SUBNET:
        return False
    subnet = resource.read(Scenario(resource.declarations))
    return _flag(subnet) or "Public" in _tags(subnet).get("aws-cdk:subnet-type", "")


def _flag(subnet: Properties) -> bool:
    try:
        return flag_at(subnet, "MapPublicIpOnLaunch")
    except (UndecidedError, MalformedError):
        return False


def _tags(subnet: Properties) -> Mapping[str, str]:
    try:
        return {text_at(tag, "Key") or "": text_at(tag, "Value") or "" for tag in maps_at(subnet, "Tags")}
    except (UndecidedError, MalformedError):
        return {}


def in_public_subnets(
    path: str, changes: Sequence[Change], consumers: Iterable[Consumer], references: References
) -> Iterator[Blocker]:
    """Yield why the networks of consumers that keep their own lead nowhere, once a task definition is awsvpc.

    Args:
        path: that of the task definition.
        changes: what is changed for it.
        consumers: what runs it.
        references: the resources around it.
    """
    if not any(change.resource == path and change.path == "NetworkMode" for change in changes):
        return
    given = {change.resource for change in changes}
    for consumer in consumers:
        named = references.at(consumer.resource.address)
        if named is not None and named.resource.address not in given:
            yield from _own_public_subnets(named, references)


def _own_public_subnets(consumer: Named, references: References) -> Iterator[Blocker]:
    """Yield why the network that a consumer names leads nowhere: all its subnets are public, and its tasks are not."""
    names = [name for name in consumer.names if re.search(r"Aws[Vv]pcConfiguration\.", name.location)]
    if any(name.location.endswith("AssignPublicIp") and name.text == "ENABLED" for name in names):
        return
    in_subnets = [name for name in names if "Subnets" in name.location]
    found = [named.resource for name in in_subnets for named in references.called(name.text, consumer.stack_path)]
    if found and len(found) >= len(in_subnets) and all(map(is_public, found)):
        address = consumer.resource.address
        yield Blocker(address, f"{address} names public subnets only: {NO_WAY_OUT}")
