"""Which construct made which task definition of which written template."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from itertools import groupby

import aws_cdk as cdk
from constructs import IConstruct

from ..policy.task_definition import TASK_DEFINITION
from .reading import Estimate, Place, locate, select_task_definitions, survey

_log = logging.getLogger("ecs_guard_aspects")


class Places:
    """The task definitions of a construct tree, found by template file and logical id."""

    def __init__(self) -> None:
        self._by_logical_id: dict[tuple[str, str], Place] = {}
        self._by_path: dict[str, Place] = {}
        self._template_files: dict[str, str] = {}

    def learn(self, scope: IConstruct) -> list[list[Estimate]]:
        """Look at all task definitions below ``scope``, remember where they are, and return them stack by stack."""
        by_stack = []
        found = sorted(_survey(select_task_definitions(scope)), key=_stack_path)
        for stack_path, group in groupby(found, key=_stack_path):
            estimates = list(group)
            for estimate in estimates:
                self._by_logical_id[estimate.place.template_file, estimate.logical_id] = estimate.place
                self._by_path[estimate.place.path] = estimate.place
            first = estimates[0].place
            self._template_files[stack_path] = first.template_file
            by_stack.append(estimates)
        return by_stack

    def find(self, template_file: str, logical_id: str) -> Place | None:
        """Return the construct behind a logical id of a template, if it is known."""
        return self._by_logical_id.get((template_file, logical_id))

    def at(self, path: str) -> Place | None:
        """Return the task definition at a construct path, if it is known."""
        return self._by_path.get(path)

    def stack_path_of(self, template_file: str) -> str | None:
        """Return the construct path of the stack that writes a template, if it is known."""
        return next((path for path, file in self._template_files.items() if file == template_file), None)

    def stacks(self) -> dict[str, str]:
        """Return all stacks known to hold task definitions: the template file by construct path."""
        return dict(self._template_files)


def _stack_path(estimate: Estimate) -> str:
    return estimate.place.stack_path


def _survey(nodes: Sequence[cdk.CfnResource]) -> Sequence[Estimate]:
    try:
        return survey(nodes)
    except RuntimeError:
        _log.debug("surveying the task definitions failed", exc_info=True)
        # Without estimates every task definition is read exactly.
        return [
            Estimate(place, TASK_DEFINITION, cdk.Stack.of(place.node).resolve(place.node.logical_id))
            for place in locate(nodes)
        ]
