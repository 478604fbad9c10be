"""Who runs a task definition: every resource of its app, Stage or template that names it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from ...cloudformation.text import shown
from ...model.resource import TASK_DEFINITION, Resource, type_of
from ...model.template import StackTemplate
from ...sources.cloudformation.template import exemptions_of
from ..obstacles.consumers import RUNNERS, Consumer
from .expressions import Reference, flat, may_be_equal, references_in
from .family import Family, may_name_a_task
from .state_machine import chooses_at_run_time
from .text_index import TextIndex

_RUN = re.compile(r"(?:.*\.)?TaskDefinition(?:Arn)?(?:\.Fn::.*)?")
# What an instance does when it starts.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-init.html
_INIT = "AWS::CloudFormation::Init"
_TALKS_OF_TASKS = re.compile(r"task.?def|run.?task|start.?task", re.IGNORECASE)


class UnclearConsumerError(Exception):
    """Something may run a task definition, and it cannot be known, or not be reached."""


@dataclass(frozen=True)
class Referrer:
    """A resource, the stack it stands in, all that it names, and the logical ids it depends on besides."""

    resource: Resource
    stack_path: str
    references: tuple[Reference, ...]
    depends_on: tuple[str, ...] = ()

    @cached_property
    def logical_ids(self) -> frozenset[str]:
        """The logical ids it names or depends on."""
        return frozenset(
            [*(reference.text for reference in self.references if reference.kind == "id"), *self.depends_on]
        )

    @cached_property
    def task_texts(self) -> tuple[Reference, ...]:
        """The texts that may tell it what to run, but for those that say so."""
        kind = self.resource.type
        texts = (
            reference
            for reference in self.references
            if reference.kind == "text" and not _is_run(kind, reference.location)
        )
        return tuple(reference for reference in texts if may_name_a_task(kind, reference.location))

    @cached_property
    def chooses_at_run_time(self) -> bool:
        """Whether it is a state machine that is told what to run by its input."""
        return chooses_at_run_time(self.resource)


@dataclass(frozen=True)
class Export:
    """An exported output: its name, which may have holes, its stack, and the logical ids in its value."""

    name: str
    stack_path: str
    logical_ids: frozenset[str]


@dataclass(frozen=True)
class OtherStageResource:
    """A resource of another Stage, as far as it is known, and the environment of its stack."""

    resource: Resource
    environment: str

    @cached_property
    def texts(self) -> tuple[Reference, ...]:
        """The texts that may say what it runs."""
        kind, names = self.resource.type, references_in(self.resource.properties, self.resource.declarations)
        texts = (reference for reference in names if reference.kind == "text")
        return tuple(
            reference
            for reference in texts
            if _is_run(kind, reference.location) or may_name_a_task(kind, reference.location)
        )


class _Run(NamedTuple):
    """What a resource says by a text that it runs: where, the text as far as it is known, and as it is written."""

    location: str
    text: str
    written: str


class _Target(NamedTuple):
    """The task definition that is looked for, the stack it stands in, its family, and what exports it."""

    resource: Resource
    stack_path: str
    family: Family
    exports: tuple[str, ...]

    def is_exported_as(self, name: str) -> bool:
        return any(may_be_equal(name, export) for export in self.exports)


class References:
    """The resources of some templates, found by what they name.

    References are followed by logical id, first within the stack: before the CDK has turned references between stacks
    into exports, both look the same.

    Args:
        templates: all that may run a task definition of one of them: those of an app, a Stage, or one alone.
        elsewhere: returns the resources of other Stages, which can name one by its family alone.
    """

    def __init__(
        self, templates: Iterable[StackTemplate], elsewhere: Callable[[], Iterable[OtherStageResource]] = tuple
    ) -> None:
        self._by_logical_id: dict[str, list[Referrer]] = {}
        self._by_address: dict[str, Referrer] = {}
        self._exports: list[Export] = []
        self._elsewhere = elsewhere
        for template in templates:
            members = (template.body or {}).get("Resources", {})
            for resource in resources_of(template):
                referrer = _referrer(resource, template.path, members[resource.name])
                self._by_logical_id.setdefault(resource.name, []).append(referrer)
                self._by_address[resource.address] = referrer
            self._exports += _exports_of(template)

    def resources(self, kind: str) -> list[Resource]:
        """Return the resources of a type, in the order of the templates."""
        return [referrer.resource for referrer in self.all if referrer.resource.type == kind]

    @property
    def all(self) -> Iterable[Referrer]:
        """All resources, in the order of the templates."""
        return self._by_address.values()

    def at(self, address: str) -> Referrer | None:
        """Return the resource of an address."""
        return self._by_address.get(address)

    def called(self, logical_id: str, from_stack: str) -> list[Referrer]:
        """Return the resources that a logical id, named in one stack, may be: its own, else one of any other."""
        candidates = self._by_logical_id.get(logical_id, [])
        return [referrer for referrer in candidates if referrer.stack_path == from_stack] or candidates

    def is_in_other_stacks(self, logical_id: str, stack_path: str) -> bool:
        """Return whether other stacks have a resource of this logical id too."""
        return any(referrer.stack_path != stack_path for referrer in self._by_logical_id.get(logical_id, ()))

    def consumers_of(self, task_definition: Resource, environment: str = "") -> list[Consumer]:
        """Return the resources that name a task definition, with what is behind them.

        Args:
            task_definition: the task definition.
            environment: that of its stack, as ``aws://account/region``.

        Raises:
            UnclearConsumerError: if something may run it, and only the deployment can tell.
        """
        target = self._target(task_definition)
        found = named_in_other_stage(task_definition, environment, self._elsewhere_read)
        if found:
            raise UnclearConsumerError(f"{found}: from this Stage it cannot be given a network")
        return [consumer for each in self._candidates(target) for consumer in self._consumers(each, target)]

    def _target(self, task_definition: Resource) -> _Target:
        stack_path = self._by_address[task_definition.address].stack_path
        exports = tuple(
            export.name
            for export in self._exports
            if export.stack_path == stack_path and task_definition.name in export.logical_ids
        )
        return _Target(task_definition, stack_path, _family_of(task_definition), exports)

    @cached_property
    def _elsewhere_read(self) -> list[OtherStageResource]:
        return list(self._elsewhere())

    def _candidates(self, target: _Target) -> Iterator[Referrer]:
        """Yield the resources that may be consumers, in the order of the templates."""
        index = self._index
        found = {*index.by_logical_id.get(target.resource.name, ()), *index.always}
        if target.family.longest_literal is not None:
            found.update(index.texts.holders_of(target.family.longest_literal))
        yield from (index.all[number] for number in sorted(found | {index.numbers[target.resource.address]}))

    @cached_property
    def _index(self) -> _Index:
        return _Index([*self.all], self._runs_by_text)

    @cached_property
    def _runs_by_text(self) -> dict[str, list[_Run]]:
        """What resources that run tasks say by a text, and not by a reference that leads to what it is, by address."""
        found = {}
        for referrer in self.all:
            if referrer.resource.type in RUNNERS:
                places = _task_definitions_in(referrer.resource.properties)
                unclear = [
                    each for each in places if not self._leads_to_a_task_definition(each[1], referrer.stack_path)
                ]
                found[referrer.resource.address] = [_Run(place, flat(value), shown(value)) for place, value in unclear]
        return found

    def _consumers(self, referrer: Referrer, target: _Target) -> Iterator[Consumer]:
        resource = referrer.resource
        if resource.address == target.resource.address:
            references = list(_by_itself(referrer, target))
        else:
            references = list(dict.fromkeys([*self._by_reference(referrer, target), *_by_text(referrer, target)]))
            references += [place for place in self._run_by_text(referrer, target) if place not in references]
            if not references and referrer.chooses_at_run_time:
                text = f"state machine {resource.address} chooses at run time what it runs, and shows no network for it"
                raise UnclearConsumerError(f"{text}: it may be this task definition")
        if references:
            dependencies = self._service_dependencies(referrer)
            for reference in references:
                yield Consumer(resource, reference, dependencies)

    def _by_reference(self, referrer: Referrer, target: _Target) -> Iterator[str]:
        for location, kind, text in referrer.references:
            if self._refers(kind, text, referrer.stack_path, target):
                yield location

    def _refers(self, kind: str, text: str, from_stack: str, target: _Target) -> bool:
        """Return whether something that is referrer is the task definition, by its logical id or an export."""
        if kind == "import":
            return target.is_exported_as(text)
        return kind == "id" and text == target.resource.name and self._means(text, from_stack, target.stack_path)

    def _run_by_text(self, referrer: Referrer, target: _Target) -> Iterator[str]:
        """Yield where a resource that runs tasks says by a text that it runs this one.

        Raises:
            UnclearConsumerError: if only the deployment can tell whether it does.
        """
        for location, text, written in self._runs_by_text.get(referrer.resource.address, ()):
            if target.family.is_run_by(text):
                yield location
            elif target.family.may_be_run_by(text):
                raise UnclearConsumerError(
                    f"{referrer.resource.address} runs {written}, which may be this task definition"
                )

    def _leads_to_a_task_definition(self, value: Any, stack_path: str) -> bool:
        names = list(references_in(value))
        imports = {reference.text for reference in names if reference.kind == "import"}
        if imports:
            # An export of this Stage says what it is; the name of another's says nothing.
            return imports <= {export.name for export in self._exports}
        found = [
            referrer
            for reference in names
            if reference.kind == "id"
            for referrer in self.called(reference.text, stack_path)
        ]
        return any(referrer.resource.type == TASK_DEFINITION for referrer in found)

    def _service_dependencies(self, referrer: Referrer) -> dict[str, Resource]:
        dependencies = {}
        for location, kind, text in referrer.references:
            if kind == "id" and re.fullmatch(r".*(?:TargetGroupArn|RegistryArn)(?:\.Fn::If\.\d)*", location):
                found = self.called(text, referrer.stack_path)
                if found:
                    dependencies[location] = found[0].resource
        return dependencies

    def _means(self, logical_id: str, from_stack: str, stack_path: str) -> bool:
        """Return whether a logical id, named in one stack, may be that of another."""
        return any(referrer.stack_path == stack_path for referrer in self.called(logical_id, from_stack))


class _Index:
    """The resources of some templates, by what makes them worth a look at when a task definition is looked for.

    Args:
        all: the resources, in the order of the templates.
        runs_by_text: by address, what resources say by a text alone that they run.
    """

    def __init__(self, all: Sequence[Referrer], runs_by_text: Mapping[str, Sequence[_Run]]) -> None:
        self.all = all
        self.numbers = {referrer.resource.address: number for number, referrer in enumerate(all)}
        self.by_logical_id: dict[str, list[int]] = {}
        self.always: list[int] = []
        """Those of which every task definition may be the one they run."""
        for number, referrer in enumerate(all):
            for logical_id in dict.fromkeys(
                reference.text for reference in referrer.references if reference.kind == "id"
            ):
                self.by_logical_id.setdefault(logical_id, []).append(number)
            imports = any(reference.kind == "import" for reference in referrer.references)
            if imports or runs_by_text.get(referrer.resource.address) or referrer.chooses_at_run_time:
                self.always.append(number)
        self.texts = TextIndex(
            (number, (reference.text for reference in referrer.task_texts)) for number, referrer in enumerate(all)
        )


def named_in_other_stage(
    task_definition: Resource, environment: str, elsewhere: Iterable[OtherStageResource]
) -> str | None:
    """Return what in another Stage names the family of a task definition, in words; None if nothing is known to.

    Args:
        task_definition: the task definition.
        environment: that of its stack: another account or Region has families of its own.
        elsewhere: what is known of other Stages.
    """
    family = _family_of(task_definition)
    for other in elsewhere:
        resource = other.resource
        if _may_be_same(environment, other.environment):
            for location, _, text in other.texts:
                if _names_family(resource.type, location, text, family):
                    return f"{resource.address}, which is in another Stage, names its family at {location}"
    return None


def _family_of(task_definition: Resource) -> Family:
    family = task_definition.written("Family")
    return Family(None if family is None else flat(family))


def resources_of(template: StackTemplate) -> Iterator[Resource]:
    """Yield the resources of a template, those that have a type."""
    for logical_id, resource in (template.body or {}).get("Resources", {}).items():
        kind = type_of(resource)
        if isinstance(kind, str):
            origin = template.origin_of(logical_id)
            properties, condition = resource.get("Properties"), resource.get("Condition")
            yield Resource(
                *(origin.address, kind, properties, template.declarations, condition, logical_id),
                *(origin.place_of, origin.acknowledged, template.account, exemptions_of(resource, origin)),
            )


def _referrer(resource: Resource, stack_path: str, member: Mapping[str, Any]) -> Referrer:
    depends_on, metadata = member.get("DependsOn"), member.get("Metadata")
    others = depends_on if isinstance(depends_on, list) else [depends_on] if depends_on else []
    names = [*references_in(resource.properties, resource.declarations)]
    if isinstance(metadata, Mapping) and _INIT in metadata:
        names += references_in(metadata[_INIT], resource.declarations, f"Metadata.{_INIT}")
    return Referrer(resource, stack_path, tuple(names), tuple(map(str, others)))


def _exports_of(template: StackTemplate) -> Iterator[Export]:
    outputs = (template.body or {}).get("Outputs")
    for output in outputs.values() if isinstance(outputs, Mapping) else ():
        export = output.get("Export") if isinstance(output, Mapping) else None
        if isinstance(export, Mapping):
            ids = frozenset(
                reference.text for reference in references_in(output.get("Value")) if reference.kind == "id"
            )
            yield Export(flat(export.get("Name")), template.path, ids)


def _by_text(referrer: Referrer, target: _Target) -> Iterator[str]:
    yield from (reference.location for reference in referrer.task_texts if target.family.is_in(reference.text))


def _by_itself(referrer: Referrer, target: _Target) -> Iterator[str]:
    """Yield where the containers of a task definition are told its own family, so that they may run it."""
    if target.resource.name in referrer.logical_ids:
        yield next(
            (reference.location for reference in referrer.references if reference.text == target.resource.name),
            "DependsOn",
        )
    if any(_TALKS_OF_TASKS.search(reference.text) for reference in referrer.references):
        yield from _by_text(referrer, target)


def _is_run(kind: str, location: str) -> bool:
    return kind in RUNNERS and _RUN.fullmatch(location) is not None


def _names_family(kind: str, location: str, text: str, family: Family) -> bool:
    """Return whether one of the texts that may say what a resource runs says that it runs a family."""
    return family.is_run_by(text) if _is_run(kind, location) else family.is_in(text)


def _task_definitions_in(node: Any, location: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the values of the properties that say which task definition to run, with their places."""
    if isinstance(node, dict):
        for key, value in node.items():
            place = f"{location}.{key}" if location else str(key)
            if key in ("TaskDefinition", "TaskDefinitionArn"):
                yield from _alternatives(value, place)
            else:
                yield from _task_definitions_in(value, place)
    elif isinstance(node, list):
        for index, item in enumerate(node):
            yield from _task_definitions_in(item, f"{location}.{index}" if location else str(index))


def _alternatives(value: Any, location: str) -> Iterator[tuple[str, Any]]:
    branches = value.get("Fn::If") if isinstance(value, dict) else None
    if isinstance(branches, list) and len(branches) == 3:
        for index in (1, 2):
            yield from _alternatives(branches[index], f"{location}.Fn::If.{index}")
    elif value != {"Ref": "AWS::NoValue"}:
        yield location, value


def _may_be_same(one: str, other: str) -> bool:
    """Return whether two environments, ``aws://account/region``, can be one: unknown parts are any."""
    pairs = zip(one.split("/"), other.split("/"), strict=False)
    return all(a == b or "unknown-" in a + b for a, b in pairs)
