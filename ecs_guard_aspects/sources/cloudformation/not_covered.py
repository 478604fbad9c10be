"""Resources that run containers, or register task definitions, and that no check is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ...model.notice import NOT_COVERED, Notice
from ...model.resource import type_of

_REGISTERS = re.compile("register(?:Daemon)?TaskDefinition", re.IGNORECASE)

# Resources whose text may say which calls of AWS they make.
_WITH_CALLS = frozenset(
    {
        "AWS::CloudFormation::CustomResource",
        "AWS::SSM::Document",
        "AWS::Scheduler::Schedule",
        "AWS::Serverless::StateMachine",
        "AWS::StepFunctions::StateMachine",
    }
)
_CUSTOM = "Custom::"

_NOTICES: Mapping[str, Notice] = {
    "AWS::Batch::JobDefinition": Notice(
        "AWS Batch makes a task definition of this job definition.",
        "Its containers may be privileged or run as root, on the network of their instance: no check is about it.",
        "Review its containers by hand: Privileged and User, and where its jobs run.",
        kind=NOT_COVERED,
    ),
    "AWS::ECS::ExpressGatewayService": Notice(
        "ECS makes a task definition of this Express service.",
        "It runs on Fargate, in awsvpc mode, as the user of its image: no check is about it.",
        "Set a non-root user in the image.",
        kind=NOT_COVERED,
    ),
}

_CALLS = Notice(
    "This resource registers a task definition when it runs.",
    "Nothing checks what it registers before the deployment.",
    "Write the task definition as a resource of the template, or review the call by hand.",
    kind=NOT_COVERED,
)


def not_covered(resource: object) -> Notice | None:
    """Return the notice for a resource that no check is about though it may run containers; None for any other."""
    kind = type_of(resource)
    if not isinstance(kind, str):
        return None
    if kind in _NOTICES:
        return _NOTICES[kind]
    if (kind in _WITH_CALLS or kind.startswith(_CUSTOM)) and any(map(_REGISTERS.search, _texts(resource))):
        return _CALLS
    return None


def _texts(node: object) -> Iterator[str]:
    nodes = [node]
    while nodes:
        node = nodes.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node, Mapping):
            nodes += node.values()
        elif isinstance(node, list):
            nodes += node
