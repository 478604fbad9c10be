"""References between the resources of some templates, and from them the consumers of a task definition."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from ...cloudformation.text import shown
from ...model.resource import TASK_DEFINITION, Resource
from ...model.start import RUNNERS
from ...model.template import StackTemplate
from ..obstacles.consumers import Consumer
from .candidates import Candidates
from .expressions import flat, may_be_equal, references_in
from .family import Family
from .grants import Grant, grants_in
from .other_stages import OtherStageResource, named_in_other_stage
from .referrer import Output, Referrer, outputs_of, referrers_in
from .state_machine import TextOf
from .task_properties import task_definitions_in

_ABOUT_TASKS = re.compile(r"task.?def|run.?task|start.?task", re.IGNORECASE)
_SERVICE_DEPENDENCY = re.compile(r".*(?:TargetGroupArn|RegistryArn)(?:\.Fn::If\.\d)*")


class UnclearConsumerError(Exception):
    """A resource may run the task definition, but that cannot be determined, or the fix cannot change the resource."""


class NamedElsewhereError(UnclearConsumerError):
    """A resource of another Stage or file names the task definition."""


class _RunByText(NamedTuple):
    """A task definition that a resource runs by a text: the location, the text with holes, and its expression."""

    location: str
    text: str
    written: str


class _Target(NamedTuple):
    """The task definition whose consumers are searched for, its stack, its family, and the names it is exported by."""

    resource: Resource
    stack_path: str
    family: Family
    exports: tuple[str, ...]

    def is_exported_as(self, name: str) -> bool:
        return any(may_be_equal(name, export) for export in self.exports)


class References:
    """The resources of some templates with the references between them.

    References are followed by logical id, first within the stack: before the CDK has turned references between stacks
    into exports, both look the same.

    Args:
        templates: all that may run a task definition of one of them: those of an app, a Stage, or one alone.
        other_stages: returns the resources of other Stages or files, which can name one by its family alone.
        targets_of: returns the addresses of the resources that the code of some properties of a resource refers to.
        text_of: returns the text of the file that a state machine names.

    Attributes:
        outputs: the outputs of all templates.
        derived: what others have derived from the resources, by its type: it is derived once.
    """

    def __init__(
        self,
        templates: Iterable[StackTemplate],
        other_stages: Callable[[], Iterable[OtherStageResource]] = tuple,
        targets_of: Callable[[Referrer, Collection[str]], Collection[str]] = lambda _referrer, _properties: (),
        text_of: TextOf = lambda _named: None,
    ) -> None:
        self._by_logical_id: dict[str, list[Referrer]] = {}
        self._by_address: dict[str, Referrer] = {}
        self._by_type: dict[str, list[Referrer]] = {}
        self.outputs: list[Output] = []
        self.derived: dict[type, object] = {}
        self._other_stages = other_stages
        self._targets_of = targets_of
        for template in templates:
            for referrer in referrers_in(template, text_of):
                self._by_logical_id.setdefault(referrer.resource.name, []).append(referrer)
                self._by_address[referrer.resource.address] = referrer
                self._by_type.setdefault(referrer.resource.type, []).append(referrer)
            self.outputs += outputs_of(template)

    def resources(self, kind: str) -> list[Resource]:
        """Return the resources of a type, in the order of the templates."""
        return [referrer.resource for referrer in self.of_type(kind)]

    def of_type(self, kind: str) -> Sequence[Referrer]:
        """Return the resources of a type with their references, in the order of the templates."""
        return self._by_type.get(kind, ())

    @cached_property
    def by_family(self) -> dict[str | None, list[Resource]]:
        """The task definitions by the text of their family."""
        found: dict[str | None, list[Resource]] = {}
        for each in self.resources(TASK_DEFINITION):
            found.setdefault(Family.of(each).text, []).append(each)
        return found

    @property
    def all(self) -> Iterable[Referrer]:
        """All resources, in the order of the templates."""
        return self._by_address.values()

    def at(self, address: str) -> Referrer | None:
        """Return the resource at an address, None if there is none."""
        return self._by_address.get(address)

    def called(self, logical_id: str, from_stack: str) -> list[Referrer]:
        """Return the resources that a logical id in a stack may mean: that of the stack itself, else of any other."""
        candidates = self._by_logical_id.get(logical_id, [])
        return [referrer for referrer in candidates if referrer.stack_path == from_stack] or candidates

    def meant(self, logical_id: str, by: Referrer) -> list[Referrer]:
        """Return the resources that a logical id in a resource means: if other stacks have it too, the code decides."""
        found = self.called(logical_id, by.stack_path)
        if len(self._by_logical_id.get(logical_id, ())) > 1:
            targets = self._targets_of(by, by.properties_with(logical_id))
            return [each for each in self._by_logical_id[logical_id] if each.resource.address in targets] or found
        return found

    # --- the consumers of a task definition ----------------------------------------------------------------------

    def consumers_of(self, task_definition: Resource, environment: str = "") -> list[Consumer]:
        """Return the consumers of a task definition: the resources that name it.

        Args:
            task_definition: the task definition.
            environment: the environment of its stack, as ``aws://account/region``.

        Raises:
            UnclearConsumerError: if a resource may run it, but only the deployment decides that.
        """
        target = self._target(task_definition)
        found = named_in_other_stage(task_definition, environment, self._resources_of_other_stages, target.exports)
        if found:
            raise NamedElsewhereError(f"{found}: from here it cannot be given a network")
        candidates = self._candidates.of(task_definition, target.family)
        return [consumer for each in candidates for consumer in self._consumers(each, target)]

    def exports_of(self, task_definition: Resource) -> tuple[str, ...]:
        """Return the names that a task definition is exported by, which may have holes."""
        stack_path = self._by_address[task_definition.address].stack_path
        outputs = [output for output in self.outputs if output.stack_path == stack_path]
        named_by = [output for output in outputs if task_definition.name in output.logical_ids]
        return tuple(output.export for output in named_by if output.export is not None)

    def _target(self, task_definition: Resource) -> _Target:
        stack_path = self._by_address[task_definition.address].stack_path
        exports = self.exports_of(task_definition)
        return _Target(task_definition, stack_path, Family.of(task_definition), exports)

    @cached_property
    def grants(self) -> list[Grant]:
        """The statements in IAM by which principals may run tasks in code that is not read."""
        return grants_in(list(self.all))

    @cached_property
    def _resources_of_other_stages(self) -> list[OtherStageResource]:
        return list(self._other_stages())

    @cached_property
    def _candidates(self) -> Candidates:
        return Candidates([*self.all], {address for address, runs in self._runs_by_text.items() if runs})

    @cached_property
    def _runs_by_text(self) -> dict[str, list[_RunByText]]:
        """By address, the task definitions that resources run by a text, not by a reference to one of these."""
        found = {}
        for referrer in self.all:
            if referrer.resource.type in RUNNERS:
                properties = task_definitions_in(referrer.resource.properties)
                found[referrer.resource.address] = [
                    _RunByText(location, flat(value), shown(value))
                    for location, value in properties
                    if not self._leads_to_a_task_definition(value, referrer.stack_path)
                ]
        return found

    def _leads_to_a_task_definition(self, value: Any, stack_path: str) -> bool:
        references = list(references_in(value))
        imports = {each.text for each in references if each.kind == "import"}
        if imports:
            # An export of these templates shows its value; an export of others only its name.
            return imports <= {output.export for output in self.outputs}
        ids = [each.text for each in references if each.kind == "id"]
        found = [referrer for logical_id in ids for referrer in self.called(logical_id, stack_path)]
        return any(referrer.resource.type == TASK_DEFINITION for referrer in found)

    def _consumers(self, referrer: Referrer, target: _Target) -> Iterator[Consumer]:
        resource = referrer.resource
        if resource.address == target.resource.address:
            locations = list(_of_itself(referrer, target))
        else:
            locations = list(dict.fromkeys([*self._by_reference(referrer, target), *_by_text(referrer, target)]))
            locations += [each for each in self._run_by_text(referrer, target) if each not in locations]
            if not locations and referrer.chooses_at_run_time:
                text = f"state machine {resource.address} chooses at run time what it runs, and shows no network for it"
                raise UnclearConsumerError(f"{text}: it may be this task definition")
        if locations:
            dependencies = self._service_dependencies(referrer)
            for location in locations:
                yield Consumer(resource, location, dependencies)

    def _by_reference(self, referrer: Referrer, target: _Target) -> Iterator[str]:
        for location, kind, text in referrer.references:
            if self._refers(kind, text, referrer.stack_path, target):
                yield location

    def _refers(self, kind: str, text: str, from_stack: str, target: _Target) -> bool:
        """Return whether a reference means the task definition, by its logical id or an export."""
        if kind == "import":
            return target.is_exported_as(text)
        return kind == "id" and text == target.resource.name and self._means(text, from_stack, target.stack_path)

    def _means(self, logical_id: str, from_stack: str, stack_path: str) -> bool:
        """Return whether a logical id in one stack may mean the resource of another."""
        return any(referrer.stack_path == stack_path for referrer in self.called(logical_id, from_stack))

    def _run_by_text(self, referrer: Referrer, target: _Target) -> Iterator[str]:
        """Yield the locations at which a resource names the task definition that it runs by a text.

        Raises:
            UnclearConsumerError: if only the deployment decides whether it does.
        """
        for location, text, written in self._runs_by_text.get(referrer.resource.address, ()):
            if target.family.is_run_by(text):
                yield location
            elif target.family.may_be_run_by(text):
                raise UnclearConsumerError(
                    f"{referrer.resource.address} runs {written}, which may be this task definition"
                )

    def _service_dependencies(self, referrer: Referrer) -> dict[str, Resource]:
        """Return the target groups and service registries of the app that a service names, by location."""
        dependencies = {}
        for location, kind, text in referrer.references:
            if kind == "id" and _SERVICE_DEPENDENCY.fullmatch(location):
                found = self.meant(text, referrer)
                if found:
                    dependencies[location] = found[0].resource
        return dependencies


def _by_text(referrer: Referrer, target: _Target) -> Iterator[str]:
    yield from (each.location for each in referrer.task_texts if target.family.is_in(each.text))


def _of_itself(referrer: Referrer, target: _Target) -> Iterator[str]:
    """Yield where the containers of a task definition get its own name or family, so that they may run it."""
    if target.resource.name in referrer.logical_ids:
        own = (each.location for each in referrer.references if each.text == target.resource.name)
        yield next(own, "DependsOn")
    if any(_ABOUT_TASKS.search(each.text) for each in referrer.references):
        yield from _by_text(referrer, target)
