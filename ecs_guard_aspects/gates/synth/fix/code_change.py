"""The change in code for what a fix has refused, as one line of Python with the name of the construct."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from constructs import IConstruct

from ....model.resource import Resource
from ....policy.checks.awsvpc_network_mode import AwsvpcNetworkMode
from ....remediation.changes import Blocker
from ....sources.assembly.metadata import PLUGIN_NAME

_PATTERNS = "aws_cdk.aws_ecs_patterns"


def code_change(node: IConstruct | None, task_definition: Resource, blockers: Sequence[Blocker]) -> str:
    """Return the line of Python that would do what was refused.

    Args:
        node: the construct of the task definition, if it is known.
        task_definition: the task definition.
        blockers: the obstacles to the fix.
    """
    if blockers and all(blocker.lifted_by for blocker in blockers):
        return f"EcsGuardFix({', '.join(dict.fromkeys(blocker.lifted_by for blocker in blockers))})"
    if _cannot_have_it(task_definition):
        rule = f"{PLUGIN_NAME}::{AwsvpcNetworkMode.id}"
        return f'cdk.Validations.of({_name(node)}).acknowledge(cdk.Acknowledgment(id="{rule}", reason="..."))'
    owner = node.node.scope if node is not None else None
    if isinstance(owner, ecs.TaskDefinition):
        return _of_pattern(owner) or _of_level2(owner)
    if isinstance(node, ecs.CfnTaskDefinition):
        return f'{_name(node)}.network_mode = "awsvpc"'
    return f'{_name(node)}.add_property_override("NetworkMode", "awsvpc")'


def _cannot_have_it(task_definition: Resource) -> bool:
    """Return whether it cannot be awsvpc: it runs on ECS Anywhere, or has no network on purpose."""
    needs = task_definition.written("RequiresCompatibilities")
    is_external = isinstance(needs, list) and "EXTERNAL" in needs
    return is_external or task_definition.written("NetworkMode") == "none"


def _of_level2(definition: ecs.TaskDefinition) -> str:
    kind = type(definition).__name__ if type(definition).__module__ == ecs.__name__ else "Ec2TaskDefinition"
    return f'ecs.{kind}(scope, "{definition.node.id}", network_mode=ecs.NetworkMode.AWS_VPC)'


def _of_pattern(definition: ecs.TaskDefinition) -> str | None:
    pattern = definition.node.scope
    if pattern is None or type(pattern).__module__ != _PATTERNS:
        return None
    kind, name = type(pattern).__name__, pattern.node.id
    if kind.startswith("QueueProcessing"):  # it does not accept a task definition
        return "EcsGuard().protect(app, defaults=True)"
    given = 'ecs.Ec2TaskDefinition(scope, "Task", network_mode=ecs.NetworkMode.AWS_VPC)'
    argument = f"task_definition={given}"
    if kind.startswith("Scheduled"):
        options = f"ecs_patterns.ScheduledEc2TaskDefinitionOptions({argument})"
        argument = f"scheduled_ec2_task_definition_options={options}"
    return f'ecs_patterns.{kind}(scope, "{name}", {argument})'


def _name(node: IConstruct | None) -> str:
    """Return an expression for a construct in code: how to find it in the tree."""
    if node is None:
        return "task_definition"
    if isinstance(node, cdk.CfnResource) and isinstance(node.node.scope, ecs.TaskDefinition):
        node = node.node.scope
    return f'scope.node.find_child("{node.node.id}")'
