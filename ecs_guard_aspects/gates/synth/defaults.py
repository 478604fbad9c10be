"""Secure defaults: L2 task definitions without a network mode get awsvpc when they are constructed."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ecs as ecs
from constructs import Construct, IConstruct

from ...sources.assembly.stack_frames import made_at

# All kinds of L2 task definitions derive from this one, and pass through its injector.
_TASK_DEFINITION = "aws-cdk-lib.aws-ecs.TaskDefinition"

_CONTAINER = "aws-cdk-lib.aws-ecs.ContainerDefinition"

# ecs.Compatibility.EXTERNAL: ECS Anywhere does not support awsvpc. On Fargate awsvpc is the default of the CDK.
_EXTERNAL = 3
_EC2 = 0


def default_to_awsvpc(scope: IConstruct, made: list[str]) -> None:
    """Make awsvpc the default network mode of L2 task definitions below ``scope``.

    An existing injector for task definitions is called first.

    Args:
        scope: the scope.
        made: is called with the construct paths of those that would have another mode without it.
    """
    injectors: list[tuple[str, Callable[[cdk.IPropertyInjector | None], cdk.IPropertyInjector]]] = [
        (_TASK_DEFINITION, partial(_AwsvpcDefault, made)),
        (_CONTAINER, _PortMappings),
    ]
    for kind, injector in injectors:
        # Of all injectors from a construct up to the app, the CDK calls only the nearest.
        found = (_injector_at(ancestor, kind) for ancestor in reversed(scope.node.scopes))
        inner = next((each for each in found if each is not None), None)
        cdk.PropertyInjectors.of(scope).add(injector(inner))


def _injector_at(scope: IConstruct, kind: str) -> cdk.IPropertyInjector | None:
    if not cdk.PropertyInjectors.has_property_injectors(scope):
        return None
    return cdk.PropertyInjectors.of(scope).for_(kind)


@jsii.implements(cdk.IPropertyInjector)
class _AwsvpcDefault:
    def __init__(self, made: list[str], inner: cdk.IPropertyInjector | None) -> None:
        self._made = made
        self._inner = inner

    @property
    def construct_unique_id(self) -> str:
        return _TASK_DEFINITION

    def inject(self, original_props: Any, *, id: str, scope: Construct) -> Any:
        props = self._inner.inject(original_props, id=id, scope=scope) if self._inner else original_props
        if props.get("networkMode") is None and props.get("compatibility") != _EXTERNAL:
            if props.get("compatibility") == _EC2:
                self._made.append(f"{scope.node.path}/{id}".lstrip("/"))
            return {**props, "networkMode": "awsvpc"}
        return props


@jsii.implements(cdk.IPropertyInjector)
class _PortMappings:
    """Removes dynamic host ports, and raises an error that explains why other host ports fail, unlike the error of the
    CDK."""

    def __init__(self, inner: cdk.IPropertyInjector | None) -> None:
        self._inner = inner

    @property
    def construct_unique_id(self) -> str:
        return _CONTAINER

    def inject(self, original_props: Any, *, id: str, scope: Construct) -> Any:
        props = self._inner.inject(original_props, id=id, scope=scope) if self._inner else original_props
        mappings = props.get("portMappings")
        if not mappings or props["taskDefinition"].network_mode is not ecs.NetworkMode.AWS_VPC:
            return props
        name = props.get("containerName") or id
        return {**props, "portMappings": [_under_awsvpc(mapping, name) for mapping in mappings]}


def _under_awsvpc(mapping: dict[str, Any], container: str) -> dict[str, Any]:
    """Return a port mapping for awsvpc.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ecs-taskdefinition-portmapping.html#cfn-ecs-taskdefinition-portmapping-hostport

    Raises:
        ValueError: if it has another host port than the container port.
    """
    host_port, container_port = mapping.get("hostPort"), mapping.get("containerPort")
    if host_port == 0:  # dynamic, which awsvpc does not support
        return {key: value for key, value in mapping.items() if key != "hostPort"}
    if host_port is None or host_port == container_port or cdk.Token.is_unresolved(host_port):
        return mapping
    where = _user_frame()
    at = f" ({where})" if where else ""
    raise ValueError(
        f"ecs-guard: container {container}{at} maps port {container_port} to host port {host_port}, which awsvpc does"
        " not support. Leave out host_port, and reach the task at its own address, through a load balancer or a"
        " registry; or set network_mode=ecs.NetworkMode.BRIDGE, and add an exemption to the policy."
    )


def _user_frame() -> str:
    """Return the innermost line of the user's own code in the call stack, empty if there is none."""
    package = str(Path(__file__).parents[2])
    stack = [frame for frame in reversed(traceback.extract_stack()) if not frame.filename.startswith(package)]
    place = made_at((f"{frame.filename}:{frame.lineno}" for frame in stack), Path.cwd())
    return f"{place.file}:{place.line}" if place.file else ""
