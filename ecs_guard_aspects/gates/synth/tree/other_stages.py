"""The resources of the other Stages of an app while one Stage is synthesized.

Written Stages are read. In the others no token may be resolved: their Aspects have not run, and a ``Lazy`` that is
resolved too early keeps its early value. So only the plain texts of their resources are used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import aws_cdk as cdk
from constructs import IConstruct

from ....model.resource import Resource
from ....remediation.who_runs_it.expressions import HOLE
from ....remediation.who_runs_it.other_stages import OtherStageResource
from ....remediation.who_runs_it.referrer import resources_of
from ....sources.assembly.templates import read_templates
from .constructs import inner_stages, is_synthesized, is_within, node_at, outdir_of

_TOKEN = re.compile(r"\$\{Token\[[^\]]*\]\}")


def resources_of_other_stages(stage: IConstruct) -> Iterator[OtherStageResource]:
    """Yield the resources of all Stages of an app but one, with the properties that are known."""
    root = stage.node.root
    for other in (root, *inner_stages(root)):
        if other.node.path != stage.node.path:
            yield from _written_in(other) if is_synthesized(other) else _given_in(other)


def _written_in(stage: IConstruct) -> Iterator[OtherStageResource]:
    for template in read_templates(outdir_of(stage)):
        if "/" not in template.name:  # otherwise it belongs to a Stage inside this one
            stack = node_at(stage.node.root, template.path)
            environment = stack.environment if isinstance(stack, cdk.Stack) else ""
            yield from (OtherStageResource(resource, environment) for resource in resources_of(template))


def _given_in(stage: IConstruct) -> Iterator[OtherStageResource]:
    inside = [inner.node.path for inner in inner_stages(stage)]
    for node in stage.node.find_all():
        if isinstance(node, cdk.CfnResource) and not any(is_within(node.node.path, path) for path in inside):
            properties = _as_given(node._cfn_properties)
            resource = Resource(node.node.path, node.cfn_resource_type, properties)
            yield OtherStageResource(resource, cdk.Stack.of(node).environment)


def _as_given(value: Any) -> Any:
    """Return the properties given to a resource, in the spelling of CloudFormation; tokens are holes."""
    if isinstance(value, str):
        return _TOKEN.sub(HOLE, value)
    if isinstance(value, list):
        return [_as_given(item) for item in value]
    if isinstance(value, dict):
        return {key[:1].upper() + key[1:]: _as_given(item) for key, item in value.items()}
    return None
