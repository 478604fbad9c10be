"""Resources of other Stages or files, which can name a task definition by its family alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

from ...model.resource import Resource
from ...model.start import RUNNERS
from .expressions import Reference, flat, may_be_equal, references_in, with_declared_values
from .family import Family
from .task_properties import is_task_definition_property, task_definitions_in
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
        return (*self._naming("text"), *self._run_with_declared_values)

    @cached_property
    def imports(self) -> tuple[Reference, ...]:
        """The exports that it imports where it may name a task to run."""
        return self._naming("import")

    def _naming(self, what: str) -> tuple[Reference, ...]:
        kind, found = self.resource.type, references_in(self.resource.properties, self.resource.declarations)
        return tuple(
            each
            for each in found
            if each.kind == what
            and (is_task_definition_property(kind, each.location) or may_name_a_task(kind, each.location))
        )

    @property
    def _run_with_declared_values(self) -> tuple[Reference, ...]:
        """What its properties for a task definition come to with the declared values of parameters."""
        if self.resource.type not in RUNNERS:
            return ()
        return tuple(
            Reference(location, "text", flat(filled))
            for location, value in task_definitions_in(self.resource.properties)
            for filled in with_declared_values(value, self.resource.declarations)
        )

    def names_family(self, family: Family) -> str | None:
        """Return the location of the first text that names a family, None if there is none."""
        for location, _, text in self.texts:
            is_property = is_task_definition_property(self.resource.type, location)
            if family.is_run_by(text) if is_property else family.is_in(text):
                return location
        return None


def named_in_other_stage(
    task_definition: Resource, environment: str, others: Iterable[OtherStageResource], exports: Collection[str] = ()
) -> str | None:
    """Return which resource of another Stage names a task definition, as a clause; None if none does.

    Args:
        task_definition: the task definition.
        environment: the environment of its stack: another account or Region has families of its own.
        others: the resources of other Stages.
        exports: the names that its ARN or family is exported by, which may have holes.
    """
    family = Family.of(task_definition)
    for other in others:
        if not _may_be_same(environment, other.environment):
            continue
        who, location = f"{other.resource.address}, which is in {other.where},", other.names_family(family)
        if location is not None:
            return f"{who} names its family at {location}"
        for name in other.imports:
            if any(may_be_equal(name.text, export) for export in exports):
                return f"{who} imports it at {name.location}"
    return None


def _may_be_same(one: str, other: str) -> bool:
    """Return whether two environments, ``aws://account/region``, may be the same: unknown parts match any."""
    pairs = zip(one.split("/"), other.split("/"), strict=False)
    return all(a == b or "unknown-" in a + b for a, b in pairs)
