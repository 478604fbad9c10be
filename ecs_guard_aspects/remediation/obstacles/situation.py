"""The situation of a task definition, and the obstacles to awsvpc in it: each is one function that is called here.

An obstacle reads a situation and yields blockers. It does not decide what a user permits: a blocker names the argument
that lifts it, and one that the user has given is left out here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ...cloudformation.values import MalformedError, UndecidedError
from ...model.resource import Resource
from ...model.start import RUNNERS, SERVICES
from ..changes import Blocker, Step
from ..instances.launch import Instances
from ..instances.network import InstanceNetworks, NetworkUnknownError
from ..who_runs_it.references import References
from ..who_runs_it.referrer import Referrer
from .consumers import Consumer, NetworkOf, SwitchOf, no_network, no_switch


@dataclass(frozen=True)
class Situation:
    """A task definition, and what may depend on its network mode.

    Attributes:
        task_definition: the task definition.
        consumers: the resources that name it.
        references: all resources of the app or template.
        network_of: returns the network for a consumer without one.
        switch_of: returns the changes by which a target group registers addresses.
        instances: the instances of the app or template, if they are known.
    """

    task_definition: Resource
    consumers: Sequence[Consumer] = ()
    references: References = field(default_factory=lambda: References(()))
    network_of: NetworkOf = no_network
    switch_of: SwitchOf = no_switch
    instances: InstanceNetworks | None = None

    @cached_property
    def services(self) -> list[Referrer]:
        """The services and task sets that run it, each once."""
        addresses = dict.fromkeys(each.resource.address for each in self.consumers if each.resource.type in SERVICES)
        found = (self.references.at(address) for address in addresses)
        return [referrer for referrer in found if referrer is not None]

    def hosts_of(self, consumer: Consumer) -> list[Instances]:
        """Return the groups of instances that a consumer runs the task on; none if they are not known."""
        runner = RUNNERS.get(consumer.resource.type)
        parameters = runner.parameters_of(consumer.reference) if runner is not None else None
        referrer = self.references.at(consumer.resource.address)
        if self.instances is None or parameters is None or referrer is None:
            return []
        try:
            return self.instances.instances_under(referrer, parameters)
        except NetworkUnknownError:
            return []

    @cached_property
    def hosts(self) -> list[Instances]:
        """The groups of instances that the task runs on, each once."""
        found = {each.referrer.resource.address: each for user in self.consumers for each in self.hosts_of(user)}
        return list(found.values())

    def referenced_at(self, referrer: Referrer, location: str) -> list[Referrer]:
        """Return the resources of the app that a property of a resource references, at any depth below a location."""
        ids = [each.text for each in referrer.references if each.kind == "id" and _is_below(each.location, location)]
        return [found for name in ids for found in self.references.called(name, referrer.stack_path)]


Obstacle = Callable[[Situation], Iterable[Step | str]]
"""A question about a situation: yields blockers; a string is a blocker of the task definition."""


def blockers(situation: Situation, obstacles: Iterable[Obstacle], permitted: Collection[str] = ()) -> Iterator[Blocker]:
    """Yield the blockers of a situation, without those that the user permits.

    What an obstacle cannot read or decide is a blocker.

    Args:
        situation: the situation.
        obstacles: the obstacles to look for.
        permitted: the arguments of the fix that are given, as blockers name them: ``run_elsewhere=True``.
    """
    for obstacle in obstacles:
        for found in _answers(obstacle, situation):
            blocker = Blocker(situation.task_definition.address, found) if isinstance(found, str) else found
            if isinstance(blocker, Blocker) and blocker.lifted_by not in permitted:
                yield blocker


def _answers(obstacle: Obstacle, situation: Situation) -> Iterator[Step | str]:
    try:
        yield from obstacle(situation)
    except (UndecidedError, MalformedError) as error:
        yield str(error)


def _is_below(location: str, parent: str) -> bool:
    return location == parent or location.startswith(f"{parent}.")
