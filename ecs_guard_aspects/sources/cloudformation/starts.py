"""Starts in templates: which services, task sets, rules, schedules and pipes start a task definition, and how.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from ...cloudformation.declarations import Declarations
from ...cloudformation.nodes import alternatives, attribute_in, map_or_empty, maps_in
from ...cloudformation.scenario import explore
from ...cloudformation.text import canonical
from ...model.resource import NESTED_STACK, Resource, type_of
from ...model.start import CAPACITY_PROVIDER, EC2, EXTERNAL, FARGATE, MANAGED_INSTANCES, RUNNERS, Start
from ...model.template import StackTemplate

_IN_TEXT = re.compile(r"\$\{([A-Za-z0-9:]+)(?:\.([A-Za-z0-9.]+))?\}")
_SCENARIO_LIMIT = 64
_DECIDED_LATER = "a launch type that only the deployment decides"


def requires_special_launch_type(item: object) -> bool:
    """Return whether an item of a document is a task definition whose starts matter."""
    required = canonical(item.written("RequiresCompatibilities")) if isinstance(item, Resource) else ""
    return any(f'"{launch_type}"' in required for launch_type in (EXTERNAL, MANAGED_INSTANCES))


class _Run(NamedTuple):
    """Properties that run a task definition: the names in its expression, its text, and how it is started."""

    template: str
    names: frozenset[tuple[str, str]]
    text: str | None
    starts: tuple[Start, ...]


class Starts:
    """The starts of the task definitions of some templates, read at their first use.

    A reference can be to a task definition of the same template, or through one export, output or parameter to one of
    another template.

    Args:
        templates: the templates.
    """

    def __init__(self, templates: Sequence[StackTemplate]) -> None:
        self._templates = templates

    def of(self, template: str, logical_id: str, family: str | None) -> tuple[Start, ...]:
        """Return the starts of a task definition of a template."""
        outside = self._names_outside.get((template, logical_id), set())
        found: list[Start] = []
        for run in self._runs:
            is_referred = run.template == template and ("id", logical_id) in run.names
            is_named = family is not None and run.text is not None and _family_in(run.text) == family
            if is_referred or is_named or outside & run.names:
                found += run.starts
        return tuple(dict.fromkeys(found))

    @cached_property
    def _runs(self) -> list[_Run]:
        return [run for template in self._templates for run in _runs_in(template)]

    @cached_property
    def _names_outside(self) -> dict[tuple[str, str], set[tuple[str, str]]]:
        """The names of a resource in other templates, by template and logical id."""
        found: dict[tuple[str, str], set[tuple[str, str]]] = {}
        for template in self._templates:
            for name, value in _given_names(template.body):
                for kind, logical_id in _names_in(value):
                    if kind == "id":
                        found.setdefault((template.path, logical_id), set()).add(name)
        return found


def _given_names(body: Mapping[str, Any] | None) -> Iterator[tuple[tuple[str, str], object]]:
    """Yield the names of values for other templates, with the values."""
    for key, output in map_or_empty(map_or_empty(body).get("Outputs")).items():
        if isinstance(output, Mapping):
            yield ("output", str(key)), output.get("Value")
            if isinstance(output.get("Export"), Mapping):
                yield ("import", canonical(output["Export"].get("Name"))), output.get("Value")
    for resource in _resources_of(body).values():
        if type_of(resource) == NESTED_STACK:
            given = map_or_empty(map_or_empty(resource.get("Properties")).get("Parameters"))
            yield from ((("id", str(key)), value) for key, value in given.items())


def _runs_in(template: StackTemplate) -> Iterator[_Run]:
    for logical_id, resource in _resources_of(template.body).items():
        kind = type_of(resource)
        runner = RUNNERS.get(kind) if isinstance(kind, str) else None
        if runner is None:
            continue
        for node in maps_in(resource.get("Properties")):
            for key in ("TaskDefinition", "TaskDefinitionArn"):
                if key in node:
                    by = f"{runner.word} {template.origin_of(str(logical_id)).address}"
                    starts = tuple(Start(by, *how) for how in _ways(node, template))
                    text = node[key] if isinstance(node[key], str) else None
                    yield _Run(template.path, frozenset(_names_in(node[key])), text, starts)


def _ways(node: Mapping[str, Any], template: StackTemplate) -> Iterator[tuple[str | None, str]]:
    """Yield the launch types of properties that run a task, each with the setting."""
    strategies = list(alternatives(node.get("CapacityProviderStrategy")))
    for strategy in strategies:
        for item in strategy if isinstance(strategy, list) else [strategy]:
            for one in alternatives(item):
                provider = one.get("CapacityProvider") if isinstance(one, Mapping) else None
                yield _launch_type_of(provider, template.body), "a capacity provider strategy"
    launch_type = node.get("LaunchType")
    if launch_type is None and not strategies:
        yield None, "the default of the cluster, without a launch type"
    if launch_type is not None:
        yield from dict.fromkeys(_possible(launch_type, template.declarations))


def _possible(launch_type: object, declarations: Declarations) -> Iterator[tuple[str | None, str]]:
    try:
        for result in explore(declarations, lambda scenario: scenario.value(launch_type), _SCENARIO_LIMIT):
            value = result[1] if result and not result[0].undecided else EC2
            if isinstance(value, str) and result and not result[0].undecided:
                yield value, f"launch type {value}"
            elif value is not None:
                yield EC2, _DECIDED_LATER
    except RecursionError:  # expressions nested deeper than Python's stack
        yield EC2, _DECIDED_LATER


def _launch_type_of(provider: object, body: Mapping[str, Any] | None) -> str:
    if provider in ("FARGATE", "FARGATE_SPOT"):
        return FARGATE
    for _, logical_id in _names_in(provider):
        resource = map_or_empty(_resources_of(body).get(logical_id))
        properties = map_or_empty(resource.get("Properties"))
        if type_of(resource) == CAPACITY_PROVIDER and "ManagedInstancesProvider" in properties:
            return MANAGED_INSTANCES
    return EC2


def _names_in(value: object) -> Iterator[tuple[str, str]]:
    """Yield the names in an expression: logical ids, imports, and outputs of nested stacks."""
    for node in maps_in(value):
        for function, operand in node.items():
            if function == "Ref":
                yield "id", str(operand)
            elif function == "Fn::GetAtt":
                name, attribute = attribute_in(operand)
                yield "id", name
                yield "output", attribute.removeprefix("Outputs.")
            elif function == "Fn::ImportValue":
                yield "import", canonical(operand)
            elif function == "Fn::Sub":
                for name, attribute in _IN_TEXT.findall(canonical(operand)):
                    yield "id", name
                    yield "output", attribute.removeprefix("Outputs.")


def _family_in(text: str) -> str:
    """Return the family in a name of a task definition: an ARN, a family with a revision, or a family."""
    return text.rpartition("task-definition/")[2].partition(":")[0]


def _resources_of(body: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return map_or_empty(map_or_empty(body).get("Resources"))
