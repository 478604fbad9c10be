"""Verification of a fix: the changed resources as they are rendered, and references from other Stages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import aws_cdk as cdk
from constructs import IConstruct

from ....remediation.changes import Change, apply
from ....remediation.who_runs_it.other_stages import OtherStageResource, named_in_other_stage
from ....remediation.who_runs_it.references import References
from ....remediation.who_runs_it.referrer import Referrer
from ..tree.constructs import stacks_in
from ..tree.other_stages import resources_of_other_stages
from ..tree.rendering import RenderedStage, render, render_resources, resolved
from .app_fix import AppFix

_NAMED_IN_OTHER_STAGE = (
    "ecs-guard has made {path} awsvpc, and {found}: it would run the task without a network. Give it one there and make"
    " the task definition awsvpc in code, or leave the Stage out of the fix."
)
_NOT_AS_PLANNED = (
    "ecs-guard has changed {path}, and the change did not have the planned effect: a raw override sets the same"
    " properties. Make the change in code, or leave out the fix."
)


def verify_changes(rendered: RenderedStage, before: References, changes: Sequence[Change]) -> None:
    """Render a Stage again, and make sure that the changed resources have the planned changes and no others.

    Args:
        rendered: the Stage.
        before: its resources before the changes.
        changes: the changes.

    Raises:
        RuntimeError: if a resource differs from the plan.
    """
    by_resource: dict[str, list[Change]] = {}
    for change in changes:
        by_resource.setdefault(change.resource, []).append(change)
    places = {path: _place_of(path, before, rendered) for path in by_resource}
    stacks = {stack.node.path: stack for stack in rendered.stacks}
    after = render_resources({path: stacks[path] for path, _ in places.values()})
    for path, planned in by_resource.items():
        stack_path, logical_id = places[path]
        node, new = rendered.nodes.at(path), after[stack_path].get(logical_id)
        made = [replace(each, new=resolved(node, each.new)) for each in planned if node is not None]
        if new is None or not made or new.get("Properties") != _properties_after(made, before.at(path)):
            raise RuntimeError(_NOT_AS_PLANNED.format(path=path))


def _place_of(path: str, before: References, rendered: RenderedStage) -> tuple[str, str]:
    """Return the construct path of the stack of a changed resource, and its logical id."""
    referrer, node = before.at(path), rendered.nodes.at(path)
    if referrer is not None:
        return referrer.stack_path, referrer.resource.name
    logical_id = resolved(node, node.logical_id) if isinstance(node, cdk.CfnResource) else ""
    return path.rpartition("/")[0], str(logical_id)


def _properties_after(made: Sequence[Change], before: Referrer | None) -> object:
    """Return what the changes of a resource make of its properties."""
    if made[0].adds_resource:
        body = made[0].new
        return body.get("Properties") if isinstance(body, dict) else None
    return apply(before.resource.properties, made) if before is not None else None


def verify_other_stages(app: IConstruct, fix: AppFix) -> None:
    """Make sure that no other Stage names a task definition that was changed inside a Stage.

    This comes last, when all Stages are written: before, the references of the others could not be resolved.

    Raises:
        RuntimeError: if a Stage does.
    """
    own = _own_resources(app) if fix.fixed_in_stages else []
    others: dict[str, list[OtherStageResource]] = {}  # by the path of the Stage: its task definitions share them
    for fixed in fix.fixed_in_stages.values():
        path = fixed.stage.node.path
        if path not in others:
            others[path] = [*own, *resources_of_other_stages(fixed.stage)]
        found = named_in_other_stage(fixed.task_definition, fixed.environment, others[path], fixed.exports)
        if found:
            raise RuntimeError(_NAMED_IN_OTHER_STAGE.format(path=fixed.task_definition.address, found=found))


def _own_resources(app: IConstruct) -> list[OtherStageResource]:
    """Return the resources of an app's own stacks, those in no Stage."""
    stacks = stacks_in(app)
    environments = {stack.node.path: stack.environment for stack in stacks}
    found = References(render(stacks)).all
    return [OtherStageResource(each.resource, environments[each.stack_path]) for each in found]
