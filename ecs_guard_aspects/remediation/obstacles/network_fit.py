"""The fit of a network for a consumer: its Stage, its environment, the order of deployment, its routes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...cloudformation.properties import Properties, flag_at, maps_at, text_at
from ...cloudformation.scenario import Scenario
from ...cloudformation.values import MalformedError, UndecidedError
from ...model.resource import Resource
from ..changes import Blocker, Change
from ..who_runs_it.expressions import references_in
from ..who_runs_it.references import References
from ..who_runs_it.referrer import Referrer
from .consumers import Consumer
from .deployment_order import DeploymentOrder

SUBNET = "AWS::EC2::Subnet"
NO_WAY_OUT = "tasks without a public address reach nothing outside the VPC from there"


@dataclass(frozen=True)
class NetworkConstruct:
    """A construct that a network refers to.

    Attributes:
        path: its construct path.
        logical_id: its logical id.
        stage_path: the construct path of its Stage.
        stack_path: the construct path of its outermost stack.
        environment: the environment of that stack: ``aws://account/region``.
    """

    path: str
    logical_id: str
    stage_path: str
    stack_path: str
    environment: str


@dataclass(frozen=True)
class ConsumerPlace:
    """The place of a consumer; see ``NetworkConstruct``. ``ids`` are the logical ids of its stack, with parameters."""

    stage_path: str
    stack_path: str
    environment: str
    ids: frozenset[str]


def cross_stage_blockers(
    consumer: str, place: ConsumerPlace, constructs: Iterable[NetworkConstruct], given: object
) -> Iterator[Blocker]:
    """Yield why the CDK, or AWS, cannot give a consumer what a network names.

    Args:
        consumer: its construct path.
        place: its place.
        constructs: the constructs that the network refers to.
        given: the network as it will be in the template.
    """
    for construct in constructs:
        if construct.stage_path != place.stage_path:
            yield Blocker(
                consumer, f"{consumer} would be given {construct.path}, which belongs to another Stage or the app"
            )
        elif construct.stack_path != place.stack_path and construct.environment != place.environment:
            where = f"which is in {construct.environment}, and it is in {place.environment}"
            yield Blocker(consumer, f"{consumer} would be given {construct.path}, {where}")
    known = place.ids | {construct.logical_id for construct in constructs}
    for reference in references_in(given):
        if reference.kind == "id" and reference.text not in known and not reference.text.startswith("AWS::"):
            yield Blocker(consumer, f"{consumer} would be given {reference.text}, which is not in its stack")


def deployment_order_blockers(
    consumer: Referrer, constructs: Iterable[NetworkConstruct], references: References, order: DeploymentOrder
) -> Iterator[Blocker]:
    """Yield blockers for the parts of a network that wait for the consumer."""
    address = consumer.resource.address
    for construct in constructs:
        found = references.at(construct.path)
        if found is not None and order.waits_for(found, consumer):
            yield Blocker(address, f"{address} would be given {construct.path}, which depends on it or its stack")


def public_subnets(constructs: Iterable[NetworkConstruct], references: References) -> list[str]:
    """Return the paths of the subnets that are known to be public."""
    found = (references.at(construct.path) for construct in constructs)
    return [referrer.resource.address for referrer in found if referrer is not None and is_public(referrer.resource)]


def is_public(resource: Resource) -> bool:
    """Return whether a resource is a subnet that assigns public addresses, or that the CDK tags as public."""
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


def public_subnet_blockers(
    path: str, changes: Sequence[Change], consumers: Iterable[Consumer], references: References
) -> Iterator[Blocker]:
    """Yield blockers for consumers with their own network whose tasks would have no route out of the VPC.

    Args:
        path: the path of the task definition.
        changes: the planned changes.
        consumers: its consumers.
        references: the resources of the app.
    """
    if not any(change.resource == path and change.path == "NetworkMode" for change in changes):
        return
    given = {change.resource for change in changes}
    for consumer in consumers:
        referrer = references.at(consumer.resource.address)
        if referrer is not None and referrer.resource.address not in given:
            yield from _own_public_subnets(referrer, references)


def _own_public_subnets(consumer: Referrer, references: References) -> Iterator[Blocker]:
    """Yield a blocker if all subnets of a consumer are public, and its tasks have no public address."""
    names = [
        reference for reference in consumer.references if re.search(r"Aws[Vv]pcConfiguration\.", reference.location)
    ]
    if any(reference.location.endswith("AssignPublicIp") and reference.text == "ENABLED" for reference in names):
        return
    in_subnets = [reference for reference in names if "Subnets" in reference.location]
    found = [
        referrer.resource
        for reference in in_subnets
        for referrer in references.called(reference.text, consumer.stack_path)
    ]
    if found and len(found) >= len(in_subnets) and all(map(is_public, found)):
        address = consumer.resource.address
        yield Blocker(address, f"{address} names public subnets only: {NO_WAY_OUT}")
