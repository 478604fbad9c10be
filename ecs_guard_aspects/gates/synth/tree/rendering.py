"""Stacks of a construct tree as the CDK will write them, rendered before it does.

The CDK renders them itself, into a folder of ours: what is read is a cloud assembly like any other. Rendering resolves
tokens, so it must come after all Aspects: a ``Lazy`` that is asked too early keeps what it returned then.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import aws_cdk as cdk
import jsii
from aws_cdk import cx_api

from ....model.template import StackTemplate
from ....sources.assembly.templates import read_templates
from ..acknowledgements import acknowledged_above
from .constructs import folder_of, stage_of


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
        Exception: whatever the CDK raises for what it cannot render.
    """
    if not stacks:
        return []
    with tempfile.TemporaryDirectory(prefix="ecs-guard-") as folder:
        session = _Session(folder)
        nested = {}
        for stack in stacks:
            # The stack's own synthesizer would write assets, and those of its own kind may do anything.
            synthesizer = cdk.LegacyStackSynthesizer()
            synthesizer.bind(stack)
            if stack.nested_stack_parent is None:
                synthesizer.synthesize(session)  # type: ignore[arg-type]
            else:
                synthesizer._synthesize_template(session)  # type: ignore[arg-type]
                nested[stack.node.path] = stack.template_file
        session.assembly.build_assembly()
        acknowledged = acknowledged_above(stacks[0].node.root, [stack.node.path for stack in stacks])
        prefix = folder_of(stage_of(stacks[0]))
        return list(read_templates(Path(folder), acknowledged, template_files=nested, prefix=prefix))
