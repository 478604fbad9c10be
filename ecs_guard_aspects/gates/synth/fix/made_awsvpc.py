"""Task definitions that secure defaults have made awsvpc: the obstacles to that, in the words of the fix."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from ....model.resource import TASK_DEFINITION
from ....remediation.changes import Change
from ....remediation.instances.network import InstanceNetworks
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
    """Yield what stands against awsvpc for the task definitions that have it by default.

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
        by_default = [Change(path, "NetworkMode", None, "awsvpc")]
        blockers = [
            *awsvpc_blockers(Situation(task_definition, consumers, references, instances=instances)),
            *public_subnet_blockers(path, by_default, consumers, references, instances.routes),
        ]
        yield from (Warned(path, _warning(path, text)) for text in dict.fromkeys(each.text for each in blockers))


def _warning(path: str, text: str) -> str:
    return f"{path} is awsvpc by default (protect(defaults=True)), and {text}"
