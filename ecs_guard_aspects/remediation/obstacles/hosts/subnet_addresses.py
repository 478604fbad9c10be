"""Addresses of subnets: whether there is one for each task with a network interface of its own.

https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator

from ....model.plural import counted
from ....model.resource import Resource
from ....model.start import RUNNERS
from ...changes import Blocker
from ...instances.network import InstanceNetwork
from ...instances.routes import SUBNET
from ..situation import Situation
from .interfaces import keeps_all, tasks_of, wanted_by_services

_RESERVED = 5  # in each subnet, by AWS
_REMEDY = "give the instances of its cluster larger subnets, or more of them"


def too_few_addresses(situation: Situation) -> Iterator[Blocker]:
    """The subnets of the instances have fewer addresses than there are tasks, where the template shows all numbers.

    In bridge and host mode only the instances have addresses there.
    """
    for consumer in situation.consumers:
        address, runner = consumer.resource.address, RUNNERS.get(consumer.resource.type)
        parameters = runner.parameters_of(consumer.reference) if runner is not None else None
        network = situation.network_of(address, parameters) if parameters is not None else None
        referrer, groups = situation.references.at(address), situation.hosts_of(consumer)
        if runner is None or referrer is None or not isinstance(network, InstanceNetwork):
            continue
        room = _room_in([each.resource for each in network.named.values()])
        own = tasks_of(referrer, consumer.reference, groups)
        if room is None or not own:
            continue
        wanted = wanted_by_services(situation, groups)
        others = sum(wanted.values()) - wanted.get(address, 0)
        spare = 1 if keeps_all(consumer.resource, own) else 0
        if own + others + spare > room:
            next_to = f" next to {counted(others, 'task')} of other services" if others else ""
            deployed = " and one more during a deployment" if spare else ""
            wants = f"{runner.word} {address} wants {counted(own, 'task')}{deployed}{next_to}"
            text = f"{wants}, and the subnets of its instances have {room} addresses: each task needs one under awsvpc"
            yield Blocker(address, text, remedy=_REMEDY)


def _room_in(members: Iterable[Resource]) -> int | None:
    """Return how many addresses some subnets have; None if the template does not show it."""
    subnets = [each for each in members if each.type == SUBNET]
    sizes = [_size_of(each.written("CidrBlock")) for each in subnets]
    known = [size for size in sizes if size is not None]
    return sum(known) if known and len(known) == len(sizes) else None


def _size_of(block: object) -> int | None:
    try:
        return max(ipaddress.IPv4Network(block).num_addresses - _RESERVED, 0) if isinstance(block, str) else None
    except ValueError:
        return None
