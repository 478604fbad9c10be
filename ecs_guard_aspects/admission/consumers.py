"""Who runs a task definition: every resource of its app or Stage that names it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

import aws_cdk as cdk
from constructs import IConstruct

from ..policy.text import shown
from ..remediation import Consumer, Resource
from ..remediation.consumers import RUNNERS
from .reading import Estimate, Place, Templates, is_within, locate, read, survey

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


@dataclass(frozen=True)
class Named:
    """A resource of the tree, and what it names: logical ids, and texts that may be a family."""

    estimate: Estimate
    logical_ids: frozenset[str]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Export:
    """An exported output: its name, its stack, and the logical ids in its value."""

    name: str
    stack_path: str
    logical_ids: frozenset[str]


class UnclearConsumerError(Exception):
    """Something runs a task definition, and an expression decides which: it may be any."""


class ConsumerIndex:
    """The resources of one Stage, found by what they name.

    References are followed by logical id, first within the stack: before the CDK has turned references between stacks
    into exports, both look the same.
    """

    def __init__(self, stage: IConstruct) -> None:
        self._by_logical_id: dict[str, list[Estimate]] = defaultdict(list)
        self._named: list[Named] = []
        self._templates = Templates()
        self._exports: list[Export] | None = None
        nodes = cdk.ConstructSelector.all().select(stage)
        own_path = stage.node.path
        inner = [path for path in (node.node.path for node in nodes if isinstance(node, cdk.Stage)) if path != own_path]

        def is_of_another_stage(path: str) -> bool:
            return any(is_within(path, stage_path) for stage_path in inner)

        outputs = (node for node in nodes if isinstance(node, cdk.CfnOutput))
        self._outputs = [node for node in outputs if not inner or not is_of_another_stage(node.node.path)]
        located = locate([node for node in nodes if isinstance(node, cdk.CfnResource)])
        places = [place for place in located if not is_of_another_stage(place.path)]
        places.sort(key=lambda place: place.stack_path)
        for _, group in groupby(places, key=lambda place: place.stack_path):
            in_stack = list(group)
            for estimate in _survey(in_stack):
                self._by_logical_id[estimate.logical_id].append(estimate)
                names = list(_names(estimate.properties))
                ids = frozenset(name for _, kind, name in names if kind == "id")
                self._named.append(Named(estimate, ids, tuple(name for _, kind, name in names if kind == "text")))

    def resource(self, node: cdk.CfnResource, path: str) -> Resource:
        """Return a node of the tree as the planner wants it."""
        rendered = read(node)
        template = self._templates.of(node)
        return Resource(path, str(rendered.type), rendered.properties, template, rendered.condition)

    def consumers_of(self, node: cdk.CfnResource, task_definition: Resource) -> list[Consumer]:
        """Return the resources that name a task definition, read exactly, with what is behind them.

        Raises:
            UnclearConsumerError: if something of the Stage may run it, and only the deployment can tell.
        """
        if self._unclear:
            path, expression = self._unclear
            raise UnclearConsumerError(f"{path} runs {expression}, which may be this task definition")
        stack = cdk.Stack.of(node)
        logical_id, stack_path = stack.resolve(node.logical_id), stack.node.path
        family = task_definition.written("Family")
        exports = self._exports_of(logical_id, stack_path)
        found: list[Consumer] = []
        for named in self._named:
            place = named.estimate.place
            if place.path == task_definition.path:
                continue
            by_id = logical_id in named.logical_ids and self._means(logical_id, place.stack_path, stack_path)
            if by_id or not exports.isdisjoint(named.texts) or _mentions(named, family):
                found += self._consumers(named.estimate, logical_id, family, exports)
        return found

    def _consumers(
        self, estimate: Estimate, logical_id: str, family: object, exports: frozenset[str]
    ) -> Iterator[Consumer]:
        place = estimate.place
        resource = self.resource(place.node, place.path)
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
                target = self._find(name, place.stack_path)
                if target:
                    behind[location] = self.resource(target.place.node, target.place.path)
        for reference in references:
            yield Consumer(resource, reference, behind)

    @cached_property
    def _unclear(self) -> tuple[str, str] | None:
        """The first that names its task definition by an expression that leads to no resource of the Stage."""
        for estimate in (named.estimate for named in self._named if named.estimate.type in RUNNERS):
            for value in _task_definitions_in(estimate.properties):
                names = list(_names(value))
                ids = {name for _, kind, name in names if kind == "id"}
                by_family = any(_FAMILY_IN_ARN.search(name) for _, kind, name in names if kind == "text")
                imported = value.get("Fn::ImportValue") if isinstance(value, dict) else None
                # What is imported by a plain name is an export of this app, which is looked up, or of another's.
                is_clear = by_family or isinstance(imported, str) or not ids.isdisjoint(self._by_logical_id)
                if isinstance(value, dict) and not is_clear:
                    return estimate.place.path, shown(value)
        return None

    def _exports_of(self, logical_id: str, stack_path: str) -> frozenset[str]:
        """Return the names under which a stack exports a resource: what imports them names it."""
        if self._exports is None:
            self._exports = list(filter(None, map(_exported, self._outputs)))
        return frozenset(
            export.name
            for export in self._exports
            if export.stack_path == stack_path and logical_id in export.logical_ids
        )

    def _means(self, logical_id: str, from_stack: str, stack_path: str) -> bool:
        """Return whether a logical id, named in one stack, is that of another: a stack's own resources come first."""
        target = self._find(logical_id, from_stack, prefer=stack_path)
        return target is not None and target.place.stack_path == stack_path

    def _find(self, logical_id: str, from_stack: str, prefer: str | None = None) -> Estimate | None:
        estimates = self._by_logical_id.get(logical_id, [])
        for stack_path in (from_stack, prefer):
            for estimate in estimates:
                if estimate.place.stack_path == stack_path:
                    return estimate
        return estimates[0] if estimates else None


def _survey(places: Sequence[Place]) -> Sequence[Estimate]:
    try:
        return survey([place.node for place in places])
    except RuntimeError as error:
        if len(places) == 1:
            raise RuntimeError(f"{places[0].path}, which may run it, cannot be read: {error}") from error
        return [estimate for place in places for estimate in _survey([place])]


def _exported(output: cdk.CfnOutput) -> Export | None:
    if output.export_name is None:
        return None
    stack = cdk.Stack.of(output)
    name, value = stack.resolve([output.export_name, output.value])
    ids = frozenset(name for _, kind, name in _names(value) if kind == "id")
    return Export(str(name), stack.node.path, ids)


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
    return any(_is_family(text, family, named.estimate.type) for text in named.texts)


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
