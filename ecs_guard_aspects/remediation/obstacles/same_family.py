"""Two task definitions of one family: what names the family alone runs the revision that was registered last."""

from __future__ import annotations

from collections.abc import Iterator

from ..changes import Blocker
from ..who_runs_it.family import Family
from .consumers import Consumer, runs_task
from .situation import Situation

_REMEDY = "name the task definition by a reference, not by its family"


def same_family(situation: Situation) -> Iterator[Blocker]:
    """What runs the family may run the revision of another task definition, which may not be awsvpc."""
    own, references = situation.task_definition, situation.references
    family = Family.of(own).text
    definitions = references.by_family.get(family, ()) if family is not None else ()
    others = [each for each in definitions if each.address != own.address]
    for consumer in situation.consumers if others else ():
        if runs_task(consumer) and not _refers(situation, consumer):
            text = f"{consumer.resource.address} names its family alone, which {others[0].address} has too"
            consequence = "which of the two it runs depends on the order of deployment"
            yield Blocker(consumer.resource.address, f"{text}: {consequence}", remedy=_REMEDY)


def _refers(situation: Situation, consumer: Consumer) -> bool:
    """Return whether a consumer names the task definition by a reference, which is one revision."""
    referrer = situation.references.at(consumer.resource.address)
    references = referrer.references if referrer is not None else ()
    name = situation.task_definition.name
    return any(each.kind != "text" and each.location == consumer.reference and name == each.text for each in references)
