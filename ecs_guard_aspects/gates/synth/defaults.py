"""Secure from birth: L2 task definitions that name no network mode get awsvpc when they are constructed."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import jsii
from constructs import Construct, IConstruct

# All kinds of L2 task definitions derive from this one, and pass through its injector.
_TASK_DEFINITION = "aws-cdk-lib.aws-ecs.TaskDefinition"

# ecs.Compatibility.EXTERNAL: ECS Anywhere cannot have awsvpc. What can run on Fargate has it by default anyway.
_EXTERNAL = 3


def default_to_awsvpc(scope: IConstruct) -> None:
    """Make awsvpc the default network mode of L2 task definitions below ``scope``.

    An injector that is already there for task definitions keeps its say.
    """
    # Of all injectors from a construct up to the app, the CDK asks the nearest only.
    found = (_injector_at(ancestor) for ancestor in reversed(scope.node.scopes))
    inner = next((injector for injector in found if injector is not None), None)
    cdk.PropertyInjectors.of(scope).add(_AwsvpcDefault(inner))


def _injector_at(scope: IConstruct) -> cdk.IPropertyInjector | None:
    if not cdk.PropertyInjectors.has_property_injectors(scope):
        return None
    return cdk.PropertyInjectors.of(scope).for_(_TASK_DEFINITION)


@jsii.implements(cdk.IPropertyInjector)
class _AwsvpcDefault:
    def __init__(self, inner: cdk.IPropertyInjector | None) -> None:
        self._inner = inner

    @property
    def construct_unique_id(self) -> str:
        return _TASK_DEFINITION

    def inject(self, original_props: Any, *, id: str, scope: Construct) -> Any:
        props = self._inner.inject(original_props, id=id, scope=scope) if self._inner else original_props
        if props.get("networkMode") is None and props.get("compatibility") != _EXTERNAL:
            return {**props, "networkMode": "awsvpc"}
        return props
