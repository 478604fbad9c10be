"""Task definitions of a construct tree, as CloudFormation will get them.

``read`` is exact and costs several calls across the language border for each task definition. ``survey`` looks at all
of a stack in a handful of calls; what it returns is good enough to tell which ones are worth an exact look.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeGuard

import aws_cdk as cdk
from aws_cdk.assertions import Capture, Match
from constructs import IConstruct

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


def locate(nodes: Sequence[cdk.CfnResource]) -> list[Place]:
    """Return where resources stand, in a fixed number of calls.

    Raises:
        RuntimeError: if the CDK does not say so in the way it used to.
    """
    if not nodes:
        return []
    path, stack_path, template_file = Capture(), Capture(), Capture()
    shape = {"node": {"path": path}, "stack": {"node": {"path": stack_path}, "templateFile": template_file}}
    _catch(nodes, shape)
    caught = captured(cdk.Stack.of(nodes[0]), path, stack_path, template_file)
    _require_all(nodes, caught)
    return [Place(*found) for found in zip(nodes, *caught, strict=True)]


def survey(stack: cdk.Stack, places: Sequence[Place]) -> list[Estimate]:
    """Return estimates of resources, their references written as in ``stack``, in a fixed number of calls.

    Raises:
        RuntimeError: if the CDK does not keep properties the way it used to, or a token does not resolve.
    """
    fields = ("cfnResourceType", "logicalId", "cfnProperties", "rawOverrides")
    captures = [Capture() for _ in fields]
    nodes = [place.node for place in places]
    _catch(nodes, dict(zip(fields, captures, strict=True)))
    caught = captured(stack, *captures)
    _require_all(nodes, caught)
    return [
        Estimate(place, kind, name, apply_overrides({"Properties": _in_pascal_case(own)}, raw).get("Properties"))
        for place, kind, name, own, raw in zip(places, *caught, strict=True)
    ]


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
        stack = cdk.Stack.of(node)
        path = stack.node.path
        if path not in self._by_stack:
            self._by_stack[path] = template_of(stack)
        return self._by_stack[path]


def _elements(stack: cdk.Stack) -> Iterable[cdk.CfnParameter | cdk.CfnCondition | cdk.CfnMapping]:
    path = stack.node.path
    for node in stack.node.find_all():
        if isinstance(node, cdk.CfnParameter | cdk.CfnCondition | cdk.CfnMapping) and node.stack.node.path == path:
            yield node


def _catch(nodes: Sequence[cdk.CfnResource], shape: dict[str, Any]) -> None:
    """Run one matcher over many nodes, so that its captures catch a value of each."""
    matcher = Match.object_like(shape)
    names = [str(index) for index in range(len(nodes))]
    result = Match.object_like(dict.fromkeys(names, matcher)).test(dict(zip(names, nodes, strict=True)))
    result.finished()


def _require_all(nodes: Sequence[cdk.CfnResource], caught: list[list[Any]]) -> None:
    if any(len(values) != len(nodes) for values in caught):
        raise RuntimeError("the CDK keeps the properties of a resource in another way than this library knows")


def _in_pascal_case(value: Any) -> Any:
    if isinstance(value, dict):
        return {f"{key[:1].upper()}{key[1:]}": _in_pascal_case(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_in_pascal_case(item) for item in value]
    return value
