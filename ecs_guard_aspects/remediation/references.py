"""Who runs a task definition: every resource of its app, Stage or template that names it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..cloudformation.resource import Resource, type_of
from ..cloudformation.text import shown
from ..sources.assembly_templates import StackTemplate
from .consumers import RUNNERS, Consumer

_FAMILY_IN_ARN = re.compile(r"task-definition/[A-Za-z0-9_-]+(:|$)")
_STATE_MACHINE = "AWS::StepFunctions::StateMachine"

# Types that name a task definition in properties called after it, or not at all.
_NAMED_BY = frozenset(
    [
        *("AWS::ECS::Cluster", "AWS::ECS::Service", "AWS::ECS::TaskDefinition", "AWS::ECS::TaskSet"),
        *("AWS::EC2::SecurityGroup", "AWS::ECR::Repository", "AWS::Logs::LogGroup", "AWS::IAM::Role"),
        *("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancingV2::TargetGroup"),
        *("AWS::Events::Rule", "AWS::Pipes::Pipe", "AWS::Scheduler::Schedule", "AWS::ServiceDiscovery::Service"),
    ]
)


class UnclearConsumerError(Exception):
    """Something runs a task definition, and an expression decides which: it may be any."""


@dataclass(frozen=True)
class Named:
    """A resource, the stack it stands in, and what it names: logical ids, and texts that may be a family."""

    resource: Resource
    stack_path: str
    logical_ids: frozenset[str]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Export:
    """An exported output: its name, its stack, and the logical ids in its value."""

    name: str
    stack_path: str
    logical_ids: frozenset[str]


class References:
    """The resources of some templates, found by what they name.

    References are followed by logical id, first within the stack: before the CDK has turned references between stacks
    into exports, both look the same.

    Args:
        templates: all that may run a task definition of one of them: those of an app, a Stage, or one alone.
    """

    def __init__(self, templates: Iterable[StackTemplate]) -> None:
        self._by_logical_id: dict[str, list[Named]] = {}
        self._by_address: dict[str, Named] = {}
        self._exports: list[Export] = []
        for template in templates:
            for resource in resources_of(template):
                named = _named(resource, template.path)
                self._by_logical_id.setdefault(resource.name, []).append(named)
                self._by_address[resource.address] = named
            self._exports += _exports_of(template)

    def resources(self, kind: str) -> list[Resource]:
        """Return the resources of a type, in the order of the templates."""
        return [named.resource for named in self._by_address.values() if named.resource.type == kind]

    def consumers_of(self, task_definition: Resource) -> list[Consumer]:
        """Return the resources that name a task definition, with what is behind them.

        Raises:
            UnclearConsumerError: if something may run it, and only the deployment can tell.
        """
        if self._unclear:
            path, expression = self._unclear
            raise UnclearConsumerError(f"{path} runs {expression}, which may be this task definition")
        logical_id, stack_path = task_definition.name, self._by_address[task_definition.address].stack_path
        family = task_definition.written("Family")
        exports = frozenset(
            export.name
            for export in self._exports
            if export.stack_path == stack_path and logical_id in export.logical_ids
        )
        found: list[Consumer] = []
        for named in self._by_address.values():
            if named.resource.address == task_definition.address:
                continue
            by_id = logical_id in named.logical_ids and self._means(logical_id, named.stack_path, stack_path)
            if by_id or not exports.isdisjoint(named.texts) or _mentions(named, family):
                found += self._consumers(named, logical_id, family, exports)
        return found

    def _consumers(self, named: Named, logical_id: str, family: object, exports: frozenset[str]) -> Iterator[Consumer]:
        resource = named.resource
        behind: dict[str, Resource] = {}
        references = []
        for location, kind, name in _names(resource.properties):
            if kind == "text":
                may_be_family = _may_be_family(location, resource.type)
                if name in exports or (may_be_family and _is_family(name, family, resource.type)):
                    references.append(location)
            elif name == logical_id:
                references.append(location)
            elif location.endswith(("TargetGroupArn", "RegistryArn")):
                target = self._find(name, named.stack_path)
                if target:
                    behind[location] = target.resource
        for reference in references:
            yield Consumer(resource, reference, behind)

    @cached_property
    def _unclear(self) -> tuple[str, str] | None:
        """The first that names its task definition by an expression that leads to no resource here."""
        for resource in (named.resource for named in self._by_address.values() if named.resource.type in RUNNERS):
            for value in _task_definitions_in(resource.properties):
                names = list(_names(value))
                ids = {name for _, kind, name in names if kind == "id"}
                by_family = any(_FAMILY_IN_ARN.search(name) for _, kind, name in names if kind == "text")
                imported = value.get("Fn::ImportValue") if isinstance(value, dict) else None
                # What is imported by a plain name is an export of this app, which is looked up, or of another's.
                is_clear = by_family or isinstance(imported, str) or not ids.isdisjoint(self._by_logical_id)
                if isinstance(value, dict) and not is_clear:
                    return resource.address, shown(value)
        return None

    def _means(self, logical_id: str, from_stack: str, stack_path: str) -> bool:
        """Return whether a logical id, named in one stack, is that of another: a stack's own resources come first."""
        target = self._find(logical_id, from_stack, prefer=stack_path)
        return target is not None and target.stack_path == stack_path

    def _find(self, logical_id: str, from_stack: str, prefer: str | None = None) -> Named | None:
        candidates = self._by_logical_id.get(logical_id, [])
        for stack_path in (from_stack, prefer):
            for named in candidates:
                if named.stack_path == stack_path:
                    return named
        return candidates[0] if candidates else None


def resources_of(template: StackTemplate) -> Iterator[Resource]:
    """Yield the resources of a template, those that have a type."""
    for logical_id, resource in (template.body or {}).get("Resources", {}).items():
        kind = type_of(resource)
        if isinstance(kind, str):
            origin = template.origin_of(logical_id)
            properties, condition = resource.get("Properties"), resource.get("Condition")
            yield Resource(
                *(origin.address, kind, properties, template.declarations, condition, logical_id, *origin[1:]),
                account=template.account,
            )


def _named(resource: Resource, stack_path: str) -> Named:
    names = list(_names(resource.properties))
    ids = frozenset(name for _, kind, name in names if kind == "id")
    return Named(resource, stack_path, ids, tuple(name for _, kind, name in names if kind == "text"))


def _exports_of(template: StackTemplate) -> Iterator[Export]:
    outputs = (template.body or {}).get("Outputs")
    for output in outputs.values() if isinstance(outputs, Mapping) else ():
        export = output.get("Export") if isinstance(output, Mapping) else None
        if isinstance(export, Mapping):
            ids = frozenset(name for _, kind, name in _names(output.get("Value")) if kind == "id")
            yield Export(str(export.get("Name")), template.path, ids)


def _names(node: Any, location: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield every logical id ("id") and every text ("text") in properties, each with the dotted path it stands at."""
    if isinstance(node, str):
        yield location, "text", node
    elif isinstance(node, list):
        for index, item in enumerate(node):
            yield from _names(item, _join(location, str(index)))
    elif isinstance(node, dict):
        function = next(iter(node)) if len(node) == 1 else None
        if function == "Ref":
            yield location, "id", str(node["Ref"])
        elif function == "Fn::GetAtt":
            target = node["Fn::GetAtt"]
            yield location, "id", str(target[0]) if isinstance(target, list) and target else str(target).split(".")[0]
        elif function in ("Fn::Join", "Fn::Sub", "Fn::Select", "Fn::Split", "Fn::ImportValue"):
            # What such a function is made of stands where the function does.
            for _, kind, name in _names(node[function]):
                yield location, kind, name
            if function == "Fn::Sub":
                yield from ((location, "id", name) for name in _placeholders(node[function]))
        else:
            for key, value in node.items():
                yield from _names(value, _join(location, str(key)))


def _join(location: str, key: str) -> str:
    return f"{location}.{key}" if location else key


def _task_definitions_in(node: Any) -> Iterator[Any]:
    """Yield the values of the properties that say which task definition to run."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("TaskDefinition", "TaskDefinitionArn"):
                yield value
            else:
                yield from _task_definitions_in(value)
    elif isinstance(node, list):
        for item in node:
            yield from _task_definitions_in(item)


def _placeholders(operand: Any) -> list[str]:
    pattern = operand[0] if isinstance(operand, list) and operand else operand
    parts = pattern.split("${")[1:] if isinstance(pattern, str) else []
    return [part.partition("}")[0].partition(".")[0].strip() for part in parts]


def _mentions(named: Named, family: object) -> bool:
    return any(_is_family(text, family, named.resource.type) for text in named.texts)


def _may_be_family(location: str, kind: object) -> bool:
    """Return whether a text that reads like a family can be one: many things are called what their task is called."""
    return kind not in _NAMED_BY or re.search(r"(^|\.)TaskDefinition(Arn)?($|\.Fn::)", location) is not None


def _is_family(text: str, family: object, kind: object) -> bool:
    """Return whether a text is the family of a task definition, with a revision or as an ARN too.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
    """
    if not isinstance(family, str) or not family:
        return False
    if kind == _STATE_MACHINE:
        return family in text
    name = text.rpartition(":task-definition/")[2]
    return name == family or name.startswith(f"{family}:")
