"""Rendering: the templates of stacks as the CDK will write them, before it does.

The CDK renders them itself, into a temporary folder, which is then read like any other cloud assembly. Rendering
resolves tokens, so it must come after all Aspects: a ``Lazy`` that is resolved too early keeps its early value.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ecs as ecs
from aws_cdk import cx_api
from aws_cdk.cloud_assembly_schema import ArtifactType, AssetManifestProperties
from constructs import IConstruct

from ....model.template import StackTemplate
from ....sources.assembly.language import PYTHON
from ....sources.assembly.stack import AssemblyOptions
from ....sources.assembly.templates import read_templates
from .acknowledgements import acknowledged_above
from .constructs import LiveTree, Nodes, folder_of, stacks_among, stage_of

_OFTEN_CHANGED = (ecs.CfnTaskDefinition, ecs.CfnService, ecs.CfnTaskSet)


class RenderedStage(NamedTuple):
    """A Stage with its constructs, its stacks and their templates."""

    stage: IConstruct
    nodes: Nodes
    stacks: Sequence[cdk.Stack]
    templates: Sequence[StackTemplate]


@jsii.implements(cdk.ISynthesisSession)
class _Session:
    def __init__(self, outdir: str) -> None:
        self._outdir = outdir
        self._assembly = cx_api.CloudAssemblyBuilder(outdir)

    @property
    def assembly(self) -> cx_api.CloudAssemblyBuilder:
        return self._assembly

    @property
    def outdir(self) -> str:
        return self._outdir

    @property
    def validate_on_synth(self) -> bool:
        return False


def render(stacks: Sequence[cdk.Stack]) -> list[StackTemplate]:
    """Return the templates of stacks of one Stage; those of nested stacks only if these and their parents are given.

    Raises:
        Exception: if the CDK cannot render them.
    """
    if not stacks:
        return []
    with tempfile.TemporaryDirectory(prefix="ecs-guard-") as folder:
        session = _Session(folder)
        nested = {}
        for stack in stacks:
            if stack.nested_stack_parent is None:
                _synthesizer_of(stack).synthesize(session)  # type: ignore[arg-type]
            else:
                nested[stack.node.path] = _write_template(stack, session)
        _stand_in_for_dependencies(session.assembly, stacks)
        session.assembly.build_assembly()
        root = stacks[0].node.root
        acknowledged = acknowledged_above(root, [stack.node.path for stack in stacks])
        options = AssemblyOptions(acknowledged, template_files=nested, code=PYTHON, tree=LiveTree(root))
        return list(read_templates(Path(folder), options, folder_of(stage_of(stacks[0]))))


def _stand_in_for_dependencies(assembly: cx_api.CloudAssemblyBuilder, stacks: Sequence[cdk.Stack]) -> None:
    """Add an artifact without a template for each stack that others depend on and that is not rendered: an assembly
    must have it."""
    own = [stack for stack in stacks if stack.nested_stack_parent is None]
    needed = {each.artifact_id for stack in own for each in stack.dependencies}
    for artifact in sorted(needed - {stack.artifact_id for stack in own}):
        assembly.add_artifact(
            artifact, type=ArtifactType.ASSET_MANIFEST, properties=AssetManifestProperties(file="none")
        )


def render_resources(stacks: Mapping[str, cdk.Stack]) -> dict[str, Mapping[str, Any]]:
    """Return the resources of stacks by logical id, without where they come from: half the cost of ``render``.

    Args:
        stacks: the stacks, by construct path; the result has the same keys.

    Raises:
        Exception: if the CDK cannot render them.
    """
    with tempfile.TemporaryDirectory(prefix="ecs-guard-") as folder:
        session = _Session(folder)
        files = {path: Path(folder, _write_template(stack, session)) for path, stack in stacks.items()}
        return {path: json.loads(file.read_text(encoding="utf-8"))["Resources"] for path, file in files.items()}


def _write_template(stack: cdk.Stack, session: _Session) -> str:
    """Write the template of a stack, and return the name of its file."""
    _synthesizer_of(stack)._synthesize_template(session)  # type: ignore[arg-type]
    return stack.template_file


def _synthesizer_of(stack: cdk.Stack) -> cdk.LegacyStackSynthesizer:
    """Return what writes a stack here: its own would write assets, and a custom one can have any side effect."""
    synthesizer = cdk.LegacyStackSynthesizer()
    synthesizer.bind(stack)
    return synthesizer


def render_stage(stage: IConstruct) -> RenderedStage:
    """Render all stacks of a Stage, but not those of Stages inside it.

    Raises:
        Exception: if the CDK cannot render them.
    """
    everything = stage.node.find_all()
    stacks = stacks_among(everything, stage)
    nodes = Nodes(stage.node.root, stage.node.path)
    nodes.learn([node for node in everything if isinstance(node, _OFTEN_CHANGED)])
    return RenderedStage(stage, nodes, stacks, render(stacks))


def own_properties(node: cdk.CfnResource) -> Any:
    """Return the CloudFormation properties of a resource without raw overrides; after all Aspects only."""
    stack = cdk.Stack.of(node)
    return stack.resolve(node._render_properties(stack.resolve(node._cfn_properties)))


def resolved(node: IConstruct, value: object) -> object:
    """Return a value as the stack of a construct resolves it; one without tokens costs no call into jsii."""
    return cdk.Stack.of(node).resolve(value) if has_tokens(value) else value


def has_tokens(value: object) -> bool:
    """Return whether a value may have tokens in it."""
    if isinstance(value, str):
        return "Token[" in value
    if isinstance(value, list | tuple):
        return any(map(has_tokens, value))
    if isinstance(value, dict):
        return any(map(has_tokens, value)) or any(map(has_tokens, value.values()))
    return value is not None and not isinstance(value, bool)  # numbers may be tokens, and so may objects of the CDK
