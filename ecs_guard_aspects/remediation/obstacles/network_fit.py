"""The fit of a network for a consumer: its Stage, its environment, the order of deployment, its routes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..changes import Blocker, Change
from ..instances.routes import SUBNET, Routes, WayOut
from ..who_runs_it.expressions import references_in
from ..who_runs_it.references import References
from ..who_runs_it.referrer import Referrer
from .consumers import Consumer
from .deployment_order import DeploymentOrder
from .given_network import NO_WAY_OUT


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


def public_subnet_blockers(
    path: str, changes: Sequence[Change], consumers: Iterable[Consumer], references: References, routes: Routes
) -> Iterator[Blocker]:
    """Yield blockers for consumers with their own network whose tasks would have no route out of the VPC.

    Args:
        path: the path of the task definition.
        changes: the planned changes.
        consumers: its consumers.
        references: the resources of the app.
        routes: the routes of their subnets.
    """
    if not any(change.resource == path and change.path == "NetworkMode" for change in changes):
        return
    given = {change.resource for change in changes}
    for consumer in consumers:
        referrer = references.at(consumer.resource.address)
        if referrer is not None and referrer.resource.address not in given:
            yield from _own_public_subnets(referrer, references, routes)


def _own_public_subnets(consumer: Referrer, references: References, routes: Routes) -> Iterator[Blocker]:
    """Yield a blocker if all subnets of a consumer are public, and its tasks have no public address."""
    names = [
        reference for reference in consumer.references if re.search(r"Aws[Vv]pcConfiguration\.", reference.location)
    ]
    if any(reference.location.endswith("AssignPublicIp") and reference.text == "ENABLED" for reference in names):
        return
    in_subnets = [reference for reference in names if "Subnets" in reference.location]
    found = [
        referrer for reference in in_subnets for referrer in references.called(reference.text, consumer.stack_path)
    ]
    if not found or len(found) < len(in_subnets) or any(each.resource.type != SUBNET for each in found):
        return
    ways, address = {routes.of_subnet(each) for each in found}, consumer.resource.address
    if ways == {WayOut.PUBLIC}:
        yield Blocker(address, f"{address} names public subnets only: {NO_WAY_OUT}")
    elif ways <= {WayOut.PUBLIC, WayOut.NONE}:
        yield Blocker(address, f"{address} names only subnets that have no route out of their VPC: {NO_WAY_OUT}")
