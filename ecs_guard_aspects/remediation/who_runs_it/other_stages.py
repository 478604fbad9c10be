"""Resources of other Stages or files, which can name a task definition by its family alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from ...model.resource import Resource
from .expressions import Reference, references_in
from .family import Family
from .task_properties import is_task_definition_property
from .task_texts import may_name_a_task


@dataclass(frozen=True)
class OtherStageResource:
    """A resource of another Stage or file, with the properties that are known.

    Attributes:
        resource: the resource.
        environment: the environment of its stack.
        where: what it is in.
    """

    resource: Resource
    environment: str = ""
    where: str = "another Stage"

    @cached_property
    def texts(self) -> tuple[Reference, ...]:
        """The texts that may name a task to run."""
        kind, found = self.resource.type, references_in(self.resource.properties, self.resource.declarations)
        texts = [each for each in found if each.kind == "text"]
        return tuple(
            each
            for each in texts
            if is_task_definition_property(kind, each.location) or may_name_a_task(kind, each.location)
        )

    def names_family(self, family: Family) -> str | None:
        """Return the location of the first text that names a family, None if there is none."""
        for location, _, text in self.texts:
            is_property = is_task_definition_property(self.resource.type, location)
            if family.is_run_by(text) if is_property else family.is_in(text):
                return location
        return None


def named_in_other_stage(
    task_definition: Resource, environment: str, others: Iterable[OtherStageResource]
) -> str | None:
    """Return which resource of another Stage names the family of a task definition, as a clause; None if none does.

    Args:
        task_definition: the task definition.
        environment: the environment of its stack: another account or Region has families of its own.
        others: the resources of other Stages.
    """
    family = Family.of(task_definition)
    for other in others:
        location = other.names_family(family) if _may_be_same(environment, other.environment) else None
        if location is not None:
            return f"{other.resource.address}, which is in {other.where}, names its family at {location}"
    return None


def _may_be_same(one: str, other: str) -> bool:
    """Return whether two environments, ``aws://account/region``, may be the same: unknown parts match any."""
    pairs = zip(one.split("/"), other.split("/"), strict=False)
    return all(a == b or "unknown-" in a + b for a, b in pairs)
