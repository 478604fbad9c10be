"""The task definitions that an Aspect has visited: each must be in a template that the gate reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterator, Sequence
from functools import cache
from pathlib import Path

import aws_cdk as cdk
from constructs import IConstruct

from ....model.notice import Notice
from .constructs import identity_of, node_at, outdir_of, stage_of


class Visited:
    """The task definitions that an Aspect has visited in one app."""

    def __init__(self) -> None:
        self._nodes: dict[str, cdk.CfnResource] = {}

    @property
    def nodes(self) -> Sequence[cdk.CfnResource]:
        """All of them, each once."""
        return list(self._nodes.values())

    def add(self, node: cdk.CfnResource) -> None:
        """Add a task definition."""
        self._nodes[identity_of(node)] = node

    def unwritten(self, app: IConstruct, written: Container[str], files: Container[Path]) -> Iterator[Notice]:
        """Yield a notice for each that is still in the app, but not in a template that was read.

        Args:
            app: the app.
            written: the construct paths that are known from the templates.
            files: the files of the templates.
        """
        resources_in = cache(_resources_in)
        for identity, node in self._nodes.items():
            path = node.node.path
            if path in written:
                continue
            found = node_at(app, path)
            is_there = found is not None and identity_of(found) == identity and node._should_synthesize()
            if is_there and not _is_in(files, node, resources_in):
                yield Notice(
                    "This task definition is in the app, and not in a template that the gate has read.",
                    "The gate denies what it cannot judge.",
                    "Let its stack write its template with a synthesizer of the CDK, or remove the task definition.",
                    address=path,
                )


def _is_in(files: Container[Path], node: cdk.CfnResource, resources_in: Callable[[Path], Container[str]]) -> bool:
    """Return whether a resource is in the template of its stack, also with another type or without metadata."""
    stack = cdk.Stack.of(node)
    file = (outdir_of(stage_of(stack)) / stack.template_file).resolve()
    if file not in files:
        return False
    try:
        return stack.resolve(node.logical_id) in resources_in(file)
    except (OSError, ValueError):  # the whole template is denied
        return True


def _resources_in(file: Path) -> Container[str]:
    body = json.loads(file.read_text(encoding="utf-8"))
    resources = body.get("Resources") if isinstance(body, dict) else None
    return resources if isinstance(resources, dict) else ()
