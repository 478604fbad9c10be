"""Workloads that no check covers: other resources that run containers or register task definitions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..cloudformation.nodes import maps_in, nodes_in
from ..model.notice import NOT_COVERED, Notice
from ..model.resource import type_of

_BATCH = Notice(
    "AWS Batch creates a task definition from this job definition.",
    "Its containers may be privileged or run as root, on the network of their instance: no check covers it.",
    "Review by hand whether its containers are privileged, their users, and where its jobs run.",
    kind=NOT_COVERED,
)
_EXPRESS = Notice(
    "ECS creates a task definition from this Express service.",
    "It runs on Fargate, in awsvpc mode, as the user of its image: no check covers it.",
    "Set a non-root user in the image.",
    kind=NOT_COVERED,
)
_CALLS = Notice(
    "This resource registers a task definition when it runs.",
    "ecs-guard cannot check what it registers before the deployment.",
    "Write the task definition as a separate resource, or review the call by hand.",
    kind=NOT_COVERED,
)

_NOTICES: Mapping[str, Notice] = {
    "AWS::Batch::JobDefinition": _BATCH,
    "AWS::ECS::ExpressGatewayService": _EXPRESS,
    "aws_batch_job_definition": _BATCH,
    "aws_ecs_express_gateway_service": _EXPRESS,
    "awscc_batch_job_definition": _BATCH,
    "awscc_ecs_express_gateway_service": _EXPRESS,
}

_RULE = "AWS::Events::Rule"

# Resources with scripts, or with calls to AWS.
_WITH_CALLS = frozenset(
    {
        "AWS::CloudFormation::CustomResource",
        "AWS::CodeBuild::Project",
        "AWS::CodePipeline::Pipeline",
        "AWS::EC2::Instance",
        "AWS::EC2::LaunchTemplate",
        "AWS::Lambda::Function",
        "AWS::SSM::Association",
        "AWS::SSM::Document",
        "AWS::SSM::MaintenanceWindowTask",
        "AWS::Scheduler::Schedule",
        "AWS::Serverless::Function",
        "AWS::Serverless::StateMachine",
        "AWS::StepFunctions::StateMachine",
        "aws_codebuild_project",
        "aws_lambda_invocation",
        "aws_scheduler_schedule",
        "aws_sfn_state_machine",
        "aws_ssm_document",
        "awscc_codebuild_project",
        "awscc_lambda_function",
        "awscc_scheduler_schedule",
        "awscc_ssm_document",
        "awscc_stepfunctions_state_machine",
        "null_resource",
        "terraform_data",
        _RULE,
    }
)
_CUSTOM = "Custom::"

TERRAFORM_TYPES = frozenset(kind for kind in (*_NOTICES, *_WITH_CALLS) if "::" not in kind)
"""The Terraform types of such workloads."""

# As the API, the AWS CLI and the SDK for Python spell it.
_REGISTERS = "(?i)register[-_]?(?:daemon[-_]?)?task[-_]?definition"


def workload_notice(kind: object, content: object) -> Notice | None:
    """Return the notice for a resource that can run containers and that no check covers; None for others.

    Args:
        kind: its type, of CloudFormation or of Terraform.
        content: its properties, its attributes or its code.
    """
    if not isinstance(kind, str):
        return None
    if kind in _NOTICES:
        return _NOTICES[kind]
    has_calls = kind in _WITH_CALLS or kind.startswith(_CUSTOM)
    if kind == _RULE and isinstance(content, Mapping):  # a pattern can match the event of a call that others make
        properties = content.get("Properties")
        content = properties.get("Targets") if isinstance(properties, Mapping) else None
    return _CALLS if has_calls and any(re.search(_REGISTERS, text) for text in _texts(content)) else None


def workloads_in_template(resource: object) -> list[Notice]:
    """Return the notices for a member of ``Resources``; empty if it is covered.

    A loop can make several kinds of workloads, each of which has a notice.

    Args:
        resource: the resource, or the list of a ``Fn::ForEach``.
    """
    if not isinstance(resource, list):
        notice = workload_notice(type_of(resource), resource)
        return [notice] if notice else []
    notices = (workload_notice(type_of(node), node) for node in maps_in(resource))
    return list({notice.what: notice for notice in notices if notice}.values())


def _texts(content: object) -> Iterator[str]:
    return (node for node in nodes_in(content) if isinstance(node, str))
