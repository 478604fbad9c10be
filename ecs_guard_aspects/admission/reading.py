"""Task definitions of a construct tree, as CloudFormation will get them.

``read`` is exact and costs several calls across the language border for each task definition. ``survey`` looks at all
of a stack in a handful of calls; what it returns is good enough to tell which ones are worth an exact look.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeGuard

import aws_cdk as cdk
from aws_cdk.assertions import Capture, Match
from constructs import IConstruct

from ..policy.nested_stack import Call, as_called
from ..policy.task_definition import TASK_DEFINITION
from ..policy.template import Template
from .overrides import apply_overrides, captured, read_overrides


@dataclass(frozen=True)
class Rendered:
    """A CloudFormation resource as the template will hold it.

    Attributes:
        type: its CloudFormation type, overrides applied.
        properties: its properties, None if it has none.
        condition: the name of the condition it is created under, if any.
    """

    type: object
    properties: Any
    condition: object = None


@dataclass(frozen=True)
class Place:
    """Where a resource stands: in the construct tree and in the written templates."""

    node: cdk.CfnResource
    path: str
    stack_path: str
    template_file: str


UNREAD: Final = object()
"""Stands for properties that could not be estimated."""


@dataclass(frozen=True)
class Estimate:
    """What a resource will probably look like.

    Deletion overrides do not show, and a few property names may be spelled differently from CloudFormation's.

    Attributes:
        place: where it stands.
        type: its CloudFormation type.
        logical_id: its name in the template.
        properties: its properties; ``UNREAD`` if nothing could be told.
    """

    place: Place
    type: str
    logical_id: str
    properties: Any = UNREAD


def is_task_definition(node: IConstruct) -> TypeGuard[cdk.CfnResource]:
    """Return whether a construct is a task definition, without a call across the border for those that cannot be."""
    return _may_be_task_definition(type(node)) and node.cfn_resource_type == TASK_DEFINITION  # type: ignore[attr-defined]


@lru_cache(maxsize=1024)
def _may_be_task_definition(kind: type) -> bool:
    if not issubclass(kind, cdk.CfnResource):
        return False
    generated = [base for base in kind.__mro__ if base.__module__.startswith("aws_cdk.aws_")]
    # A class of no AWS service is the generic CfnResource or a subclass of it, which may be of any type.
    return not generated or any(base.__qualname__ == "CfnTaskDefinition" for base in generated)


def is_within(path: str, scope: str) -> bool:
    """Return whether a construct path is that of a scope or of something below it; all are within the app, ``""``."""
    return not scope or path == scope or path.startswith(f"{scope}/")


def identity_of(node: IConstruct) -> str:
    """Return what tells a construct from all others of the process.

    For one that Python did not make itself, every access gives another Python object.
    """
    return str(node.__jsii_ref__.ref)  # type: ignore[attr-defined]


def stage_path(scope: IConstruct) -> str:
    """Return the construct path of the Stage that ``scope`` is or is in; empty for the app."""
    stage = scope if isinstance(scope, cdk.Stage) else cdk.Stage.of(scope)
    return stage.node.path if stage is not None else ""


def is_synthesized(root: IConstruct) -> bool:
    """Return whether an app has been synthesized, so that ``synth`` returns what it has and asks nobody."""
    if not isinstance(root, cdk.Stage) or not Path(root.outdir, "manifest.json").exists():
        return False
    # The manifest may be of an earlier run.
    return Match.object_like({"assembly": Match.absent()}).test(root).has_failed()


def select_task_definitions(scope: IConstruct) -> Sequence[cdk.CfnResource]:
    """Return all task definitions below ``scope``, those inside Stages too."""
    return cdk.ConstructSelector.resources_of_type(TASK_DEFINITION).select(scope)  # type: ignore[return-value]


def read(node: cdk.CfnResource) -> Rendered:
    """Return a resource as it will be written, overrides included.

    Raises:
        Exception: whatever resolving its tokens raises, and ``OverridesUnreadableError``.
    """
    stack = cdk.Stack.of(node)
    rendered = stack.resolve(node._render_properties(stack.resolve(node._cfn_properties)))
    condition = node.cfn_options.condition
    resource = {
        "Type": node.cfn_resource_type,
        "Properties": rendered or None,
        "Condition": stack.resolve(condition.logical_id) if condition else None,
    }
    merged = apply_overrides(resource, read_overrides(node, stack))
    return Rendered(merged.get("Type"), merged.get("Properties"), merged.get("Condition"))


def stack_paths(nodes: Sequence[cdk.CfnResource]) -> list[str]:
    """Return the construct path of the stack that each resource is in, in a fixed number of calls.

    Raises:
        RuntimeError: if the CDK does not say so in the way it used to.
    """
    (paths,) = _of_each(nodes, ("stack", "node", "path"))
    return paths


def locate(nodes: Sequence[cdk.CfnResource]) -> list[Place]:
    """Return where resources stand, in a fixed number of calls.

    Raises:
        RuntimeError: if the CDK does not say so in the way it used to.
    """
    return [Place(*found) for found in zip(nodes, *_of_each(nodes, *_PLACE), strict=True)]


def survey(nodes: Sequence[cdk.CfnResource]) -> list[Estimate]:
    """Return where resources stand and estimates of them, in a fixed number of calls.

    Raises:
        RuntimeError: if the CDK does not keep properties the way it used to, or a token does not resolve.
    """
    found = zip(nodes, *_of_each(nodes, *_PLACE, *_RESOURCE), strict=True)
    return [Estimate(Place(*place), kind, name, _estimated(own, raw)) for *place, kind, name, own, raw in found]


def template_of(stack: cdk.Stack) -> Template:
    """Return the parameters, conditions and mappings that expressions of a stack refer to."""
    parameters: dict[str, Any] = {}
    conditions: dict[str, Any] = {}
    mappings: dict[str, Any] = {}
    for element in _elements(stack):
        name = stack.resolve(element.logical_id)
        if isinstance(element, cdk.CfnParameter):
            parameters[name] = {
                "Type": element.type,
                "Default": stack.resolve(element.default),
                "AllowedValues": stack.resolve(element.allowed_values),
            }
        elif isinstance(element, cdk.CfnCondition):
            conditions[name] = stack.resolve(element.expression)
        else:
            mapping = Capture()
            result = Match.object_like({"mapping": mapping}).test(element)
            result.finished()
            mappings[name] = captured(stack, mapping)[0][-1]
    return Template(parameters, conditions, mappings)


class Templates:
    """What expressions of each stack refer to, read once: it costs a call for every construct of the stack."""

    def __init__(self) -> None:
        self._by_stack: dict[str, Template] = {}

    def of(self, node: IConstruct) -> Template:
        """Return what expressions of a node refer to."""
        return self._of_stack(cdk.Stack.of(node))

    def _of_stack(self, stack: cdk.Stack) -> Template:
        path = stack.node.path
        if path not in self._by_stack:
            self._by_stack[path] = as_called(template_of(stack), self._calls(stack))
        return self._by_stack[path]

    def _calls(self, stack: cdk.Stack) -> list[Call]:
        parent, resource = stack.nested_stack_parent, stack.nested_stack_resource
        if parent is None or resource is None:
            return []
        properties = read(resource).properties
        return [Call((properties or {}).get("Parameters"), self._of_stack(parent))]


def _elements(stack: cdk.Stack) -> Iterable[cdk.CfnParameter | cdk.CfnCondition | cdk.CfnMapping]:
    path = stack.node.path
    for node in stack.node.find_all():
        if isinstance(node, cdk.CfnParameter | cdk.CfnCondition | cdk.CfnMapping) and node.stack.node.path == path:
            yield node


_PLACE = (("node", "path"), ("stack", "node", "path"), ("stack", "templateFile"))
_RESOURCE = (("cfnResourceType",), ("logicalId",), ("cfnProperties",), ("rawOverrides",))


def _of_each(nodes: Sequence[cdk.CfnResource], *attributes: tuple[str, ...]) -> list[list[Any]]:
    """Return attributes of many nodes: for each attribute the values of all nodes, with their tokens resolved.

    One matcher with a capture for each attribute runs over all the nodes. References are written as in the stack of
    the first one: which stack it is only tells how references between stacks are written.
    """
    if not nodes:
        return [[] for _ in attributes]
    captures = [Capture() for _ in attributes]
    shape: dict[str, Any] = {}
    for attribute, capture in zip(attributes, captures, strict=True):
        inner = shape
        for name in attribute[:-1]:
            inner = inner.setdefault(name, {})
        inner[attribute[-1]] = capture
    matcher = Match.object_like(shape)
    by_name = {str(index): node for index, node in enumerate(nodes)}
    Match.object_like(dict.fromkeys(by_name, matcher)).test(by_name).finished()
    caught = captured(cdk.Stack.of(nodes[0]), *captures)
    if any(len(values) != len(nodes) for values in caught):
        raise RuntimeError("the CDK keeps the properties of a resource in another way than this library knows")
    return caught


def _estimated(own: Any, overrides: Any) -> Any:
    return apply_overrides({"Properties": _in_pascal_case(own)}, overrides).get("Properties")


def _in_pascal_case(value: Any) -> Any:
    if isinstance(value, dict):
        return {f"{key[:1].upper()}{key[1:]}": _in_pascal_case(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_in_pascal_case(item) for item in value]
    return value
