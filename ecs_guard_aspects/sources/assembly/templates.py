"""Templates of a cloud assembly (``cdk.out``): of stacks, of stacks inside Stages, and of nested stacks.

Files are found through manifests, never by listing the folder, which may contain files of earlier runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...cloudformation.declarations import Declarations
from ...model.template import Origin, StackTemplate
from ..folders import ASSEMBLY, MANIFEST, STACK, artifacts_in
from .stack import DEEPEST, AssemblyOptions, StackReader
from .template_files import MALFORMED, text_of, unreadable_notice
from .tree import tree_in


def read_templates(folder: Path, options: AssemblyOptions | None = None, prefix: str = "") -> Iterator[StackTemplate]:
    """Yield the templates of an assembly. Their names begin with ``prefix``."""
    options = options or AssemblyOptions()
    manifest = f"{prefix}{MANIFEST}"
    try:
        artifacts = artifacts_in(folder)
        options = replace(options, tree=tree_in(folder, artifacts) or options.tree)
        stacks = [
            StackReader(folder, prefix, key, artifact, options)
            for key, artifact in artifacts.items()
            if _is_stack(artifact)
        ]
        inner = [
            text_of(artifact["properties"]["directoryName"])
            for artifact in artifacts.values()
            if artifact["type"] == ASSEMBLY
        ]
        if inner and prefix.count("/") > DEEPEST:
            raise ValueError("assemblies are nested too deeply")
    except MALFORMED as error:
        problem = unreadable_notice(f"The manifest {manifest} of the cloud assembly", error)
        yield StackTemplate(manifest, "", None, Declarations(), None, (problem,), (), Origin)
        return
    for stack in stacks:
        yield from stack.templates()
    for directory in inner:
        yield from read_templates(folder / directory, options, f"{prefix}{directory}/")


def _is_stack(artifact: Mapping[str, Any]) -> bool:
    return bool(artifact["type"] == STACK)
