"""Referrers: the resources and exports of a template, with the references in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...cloudformation.nodes import map_or_empty
from ...model.resource import Resource, type_of
from ...model.template import StackTemplate
from ...sources.cloudformation.template import resource_in
from . import state_machine
from .expressions import Reference, flat, references_in
from .family import Family
from .task_properties import is_task_definition_property
from .task_texts import may_name_a_task

# The commands of an instance when it starts.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-init.html
_INIT = "AWS::CloudFormation::Init"


@dataclass(frozen=True)
class Referrer:
    """A resource with its references.

    Attributes:
        resource: the resource.
        stack_path: the construct path of its stack.
        references: all references in its properties, and in what an instance runs when it starts.
        depends_on: the logical ids in its ``DependsOn``.
        init: what an instance runs when it starts, apart from its user data: its ``AWS::CloudFormation::Init``.
    """

    resource: Resource
    stack_path: str
    references: tuple[Reference, ...]
    depends_on: tuple[str, ...] = ()
    init: Any = None

    @cached_property
    def logical_ids(self) -> frozenset[str]:
        """The logical ids it references or depends on."""
        return frozenset([*(each.text for each in self.references if each.kind == "id"), *self.depends_on])

    def properties_with(self, logical_id: str) -> frozenset[str]:
        """Return the names of the properties that reference a logical id."""
        found = (each.location for each in self.references if each.kind == "id" and each.text == logical_id)
        return frozenset(location.partition(".")[0] for location in found)

    @cached_property
    def task_texts(self) -> tuple[Reference, ...]:
        """The texts that may name a task to run, without those of properties that name a task definition."""
        kind = self.resource.type
        texts = [each for each in self.references if each.kind == "text"]
        others = (each for each in texts if not is_task_definition_property(kind, each.location))
        return tuple(each for each in others if may_name_a_task(kind, each.location))

    @cached_property
    def chooses_at_run_time(self) -> bool:
        """Whether it is a state machine whose input decides which task definition it runs."""
        return state_machine.chooses_at_run_time(self.resource)


@dataclass(frozen=True)
class Output:
    """An output of a template.

    Attributes:
        name: its name.
        stack_path: the construct path of its stack.
        references: the references in its value.
        export: the name it is exported by, which may have holes; None if it is not exported.
    """

    name: str
    stack_path: str
    references: tuple[Reference, ...]
    export: str | None = None

    @cached_property
    def logical_ids(self) -> frozenset[str]:
        """The logical ids in its value."""
        return frozenset(each.text for each in self.references if each.kind == "id")

    def names(self, task_definition: Resource, family: Family) -> bool:
        """Return whether it gives a task definition of its stack to others, by its ARN or its family."""
        texts = (each.text for each in self.references if each.kind == "text")
        return task_definition.name in self.logical_ids or any(map(family.is_text_of, texts))


def referrers_in(template: StackTemplate, text_of: state_machine.TextOf = lambda _named: None) -> Iterator[Referrer]:
    """Yield the resources of a template with their references, state machines with what their files say."""
    resources = (template.body or {}).get("Resources", {})
    for resource in resources_of(template):
        read = state_machine.with_definition(resource, text_of)
        yield _referrer(read, template.path, resources[resource.name])


def resources_of(template: StackTemplate) -> Iterator[Resource]:
    """Yield the resources of a template, those that have a type."""
    for logical_id, resource in (template.body or {}).get("Resources", {}).items():
        if isinstance(type_of(resource), str):
            yield resource_in(template, logical_id, resource, template.origin_of(logical_id))


def outputs_of(template: StackTemplate) -> Iterator[Output]:
    """Yield the outputs of a template."""
    for name, output in map_or_empty((template.body or {}).get("Outputs")).items():
        if isinstance(output, Mapping):
            export = output.get("Export")
            exported_as = flat(export.get("Name")) if isinstance(export, Mapping) else None
            references = tuple(references_in(output.get("Value"), template.declarations))
            yield Output(str(name), template.path, references, exported_as)


def _referrer(resource: Resource, stack_path: str, body: Mapping[str, Any]) -> Referrer:
    depends_on, metadata = body.get("DependsOn"), body.get("Metadata")
    others = depends_on if isinstance(depends_on, list) else [depends_on] if depends_on else []
    references = [*references_in(resource.properties, resource.declarations)]
    init = metadata.get(_INIT) if isinstance(metadata, Mapping) else None
    references += references_in(init, resource.declarations, f"Metadata.{_INIT}")
    return Referrer(resource, stack_path, tuple(references), tuple(map(str, others)), init)
