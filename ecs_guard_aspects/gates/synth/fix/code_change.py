"""The change in code for what a fix has refused, as one line of Python with the name of the construct."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from constructs import IConstruct

from ....model.resource import Resource
from ....policy.checks.awsvpc_network_mode import AwsvpcNetworkMode
from ....remediation.changes import Blocker
from ....remediation.obstacles.service import SECURE_FROM_BIRTH
from ....sources.assembly.metadata import PLUGIN_NAME

# The arguments that permit something: what they give up.
_IF = {
    "may_change_addresses=True": "if nothing uses the address of its instance",
    "run_elsewhere=True": "if every RunTask of it passes a networkConfiguration",
    "may_replace_root=True": "if the image works as that user",
}


def code_change(node: IConstruct | None, task_definition: Resource, blockers: Sequence[Blocker]) -> str:
    """Return the line of Python that makes the refused change; empty if one line is not enough.

    Args:
        node: the construct of the task definition, if it is known.
        task_definition: the task definition.
        blockers: the obstacles to the fix.
    """
    arguments = list(dict.fromkeys(blocker.lifted_by for blocker in blockers if blocker.lifted_by))
    left = [blocker for blocker in blockers if not blocker.lifted_by]
    if arguments and not left:
        conditions = [_IF[each] for each in arguments if each in _IF]
        return f"EcsGuardFix({', '.join(arguments)}){'  # ' if conditions else ''}{', and '.join(conditions)}"
    if _cannot_have_it(task_definition):
        rule = f"{PLUGIN_NAME}::{AwsvpcNetworkMode.id}"
        return f'cdk.Validations.of({_name(node)}).acknowledge(cdk.Acknowledgment(id="{rule}", reason="..."))'
    owner = node.node.scope if node is not None else None
    remedies = list(dict.fromkeys(blocker.remedy for blocker in left))
    is_enough = isinstance(owner, ecs.TaskDefinition) and len(remedies) == 1 and not arguments
    return _for_mode(remedies[0], task_definition) if is_enough else ""


def _for_mode(remedy: str, task_definition: Resource) -> str:
    """Return a remedy if it works: secure defaults do not change a mode that the code names."""
    if remedy != SECURE_FROM_BIRTH:
        return remedy
    # Without a mode an L2 task definition for EC2 has bridge, which code may name as well.
    is_default = task_definition.written("NetworkMode") == "bridge"
    return f"{remedy}  # if the code names no network_mode and no target_type" if is_default else ""


def _cannot_have_it(task_definition: Resource) -> bool:
    """Return whether it cannot be awsvpc: it runs on ECS Anywhere, or has no network on purpose."""
    needs = task_definition.written("RequiresCompatibilities")
    is_external = isinstance(needs, list) and "EXTERNAL" in needs
    return is_external or task_definition.written("NetworkMode") == "none"


def _name(node: IConstruct | None) -> str:
    """Return an expression for a construct in code: how to find it in the tree."""
    if node is None:
        return "task_definition"
    if isinstance(node, cdk.CfnResource) and isinstance(node.node.scope, ecs.TaskDefinition):
        node = node.node.scope
    return f'scope.node.find_child("{node.node.id}")'
