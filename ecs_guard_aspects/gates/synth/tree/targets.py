"""The constructs that a value refers to, through any kind of token."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

import aws_cdk as cdk
from constructs import IConstruct

from .rendering import has_tokens


class _Recorder(cdk.DefaultTokenResolver):
    def __init__(self) -> None:
        super().__init__(cdk.StringConcat())
        self.found: list[IConstruct] = []

    def resolve_token(self, t: cdk.IResolvable, context: cdk.IResolveContext, post: cdk.IPostProcessor) -> Any:
        if isinstance(t, cdk.Reference):
            self.found.append(t.target)
            return ""  # its value names nothing else
        return super().resolve_token(t, context, post)


@cache
def _recorder() -> _Recorder:
    """Return the recorder of this process: each one takes three calls into jsii to make."""
    return _Recorder()


def targets_of(value: Any, scope: IConstruct) -> list[IConstruct]:
    """Return the constructs that a value refers to when ``scope`` uses it. Call it only after all Aspects."""
    recorder = _recorder()
    recorder.found = []
    cdk.Tokenization.resolve(value, preparing=False, resolver=recorder, scope=scope)
    return recorder.found


class Targets:
    """The constructs that properties of resources refer to. Each text is resolved once in each stack."""

    def __init__(self) -> None:
        self._properties: dict[str, Mapping[str, Any]] = {}
        self._found: dict[tuple[str, str], set[str]] = {}

    def of(self, node: cdk.CfnResource, stack: str, properties: Collection[str]) -> set[str]:
        """Return the construct paths of what some properties of a resource refer to. Call it only after all Aspects.

        Args:
            node: the resource.
            stack: the construct path of its stack.
            properties: the names of the properties, as in CloudFormation.
        """
        identity = node.__jsii_ref__.ref  # type: ignore[attr-defined]
        if identity not in self._properties:
            self._properties[identity] = node._cfn_properties
        # The CDK writes VPCZoneIdentifier as vpcZoneIdentifier.
        own = {name.lower(): value for name, value in self._properties[identity].items()}
        wanted = {name.lower() for name in properties}
        values = [own[name] for name in wanted] if wanted <= own.keys() else list(own.values())
        return set().union(*(self._in(value, node, stack) for value in values))

    def _in(self, value: Any, node: IConstruct, stack: str) -> set[str]:
        if isinstance(value, dict):
            return set().union(*(self._in(each, node, stack) for pair in value.items() for each in pair))
        if isinstance(value, list):
            return set().union(*(self._in(each, node, stack) for each in value))
        if not has_tokens(value):
            return set()
        if not isinstance(value, str):
            return _paths_of(value, node)
        if (stack, value) not in self._found:
            self._found[stack, value] = _paths_of(value, node)
        return self._found[stack, value]


def _paths_of(value: Any, node: IConstruct) -> set[str]:
    # Only in a list a text can be the token of a list.
    return {target.node.path for target in targets_of([value], node)}
