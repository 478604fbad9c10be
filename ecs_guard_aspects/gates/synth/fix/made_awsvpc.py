"""Task definitions that secure defaults have made awsvpc: the obstacles to that, in the words of the fix."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from ....model.resource import TASK_DEFINITION
from ....remediation.changes import Blocker, Change
from ....remediation.instances.network import InstanceNetworks
from ....remediation.obstacles.hosts.security_groups import rules_for_instances_only
from ....remediation.obstacles.network_fit import public_subnet_blockers
from ....remediation.obstacles.situation import Situation
from ....remediation.plan import awsvpc_blockers
from ....remediation.who_runs_it.references import References, UnclearConsumerError

_L1 = "/Resource"


class Warned(NamedTuple):
    """A warning about a task definition: its construct path, and the text."""

    path: str
    text: str


def obstacles_to_defaults(references: References, made: Collection[str]) -> Iterator[Warned]:
    """Yield the obstacles to awsvpc for the task definitions that have it by default.

    Args:
        references: the written resources of the app.
        made: the construct paths of the L2 task definitions that were given the default.
    """
    if not made:
        return
    instances = InstanceNetworks(references)
    for task_definition in references.resources(TASK_DEFINITION):
        path = task_definition.address
        if path.removesuffix(_L1) not in made:
            continue
        try:
            consumers = references.consumers_of(task_definition)
        except UnclearConsumerError as error:
            yield Warned(path, _warning(path, str(error)))
            continue
        situation = Situation(task_definition, consumers, references, instances=instances)
        by_default = [Change(path, "NetworkMode", None, "awsvpc")]
        blockers = [
            *awsvpc_blockers(situation),
            *public_subnet_blockers(path, by_default, consumers, references, instances.routes),
            *_closed(situation),
        ]
        yield from (Warned(path, _warning(path, text)) for text in dict.fromkeys(each.text for each in blockers))


def _closed(situation: Situation) -> Iterator[Blocker]:
    """Yield the rules that admit the instances of a service, and not the security group that the CDK made for it."""
    for service in situation.services:
        own = {each.resource.address for each in situation.referenced_at(service, "NetworkConfiguration")}
        for rule in rules_for_instances_only(own, situation.hosts, situation.references):
            yield Blocker(service.resource.address, f"{rule}: service {service.resource.address} has no access")


def _warning(path: str, text: str) -> str:
    return f"{path} is awsvpc by default (protect(defaults=True)), and {text}"
