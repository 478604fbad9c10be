"""Protection of the hook: a service control policy that prevents others from changing it, its function and the watch.

``cloudformation:SetTypeConfiguration`` switches a hook off, and IAM cannot limit it to one hook: it has no resource.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ...exports.limits import SERVICE_CONTROL_POLICY, within
from ...policy.errors import PolicyError

DEFAULT_STACK = "ecs-guard-hook"

_ROLE = re.compile(r"(arn:(aws[a-z-]*|\*):iam::([0-9]{12}|\*):role/)?[\w+=,.@*/-]*[\w+=,.@][\w+=,.@*/-]*", re.ASCII)
_STACK = re.compile(r"[A-Za-z][A-Za-z0-9*-]*", re.ASCII)

_SHORTENED = 24
"""The length to which CloudFormation may cut the name of a stack in the names of roles, functions and rules."""

# By statement: the actions that change a part of the stack, and the resources of these actions.
_ON_THE_STACK: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "KeepTheStack": (
        (
            "cloudformation:DeleteStack",
            "cloudformation:UpdateStack",
            "cloudformation:ExecuteChangeSet",
            "cloudformation:SetStackPolicy",
        ),
        ("arn:*:cloudformation:*:*:stack/{stack}/*",),
    ),
    "KeepTheFunction": (
        (
            "lambda:DeleteAlias",
            "lambda:DeleteFunction",
            "lambda:DeleteFunctionConcurrency",
            "lambda:DeleteFunctionEventInvokeConfig",
            "lambda:PutFunctionConcurrency",
            "lambda:PutFunctionEventInvokeConfig",
            "lambda:RemovePermission",
            "lambda:UpdateAlias",
            "lambda:UpdateFunctionCode",
            "lambda:UpdateFunctionConfiguration",
            "lambda:UpdateFunctionEventInvokeConfig",
        ),
        ("arn:*:lambda:*:*:function:{named}",),
    ),
    "KeepTheRoles": (
        (
            "iam:AttachRolePolicy",
            "iam:DeleteRole",
            "iam:DeleteRolePermissionsBoundary",
            "iam:DeleteRolePolicy",
            "iam:DetachRolePolicy",
            "iam:PutRolePermissionsBoundary",
            "iam:PutRolePolicy",
            "iam:UpdateAssumeRolePolicy",
        ),
        ("arn:*:iam::*:role/{named}",),
    ),
    "KeepTheWatch": (
        (
            "events:DeleteRule",
            "events:DisableRule",
            "events:PutRule",
            "events:PutTargets",
            "events:RemoveTargets",
            "sns:DeleteTopic",
            "sns:RemovePermission",
            "sns:SetTopicAttributes",
        ),
        ("arn:*:events:*:*:rule/{named}", "arn:*:sns:*:*:{named}"),
    ),
}


def hook_protection(roles: Sequence[str], stack: str = DEFAULT_STACK) -> str:
    """Return a service control policy, as JSON, that lets only some roles change hooks and the stack of this one.

    Args:
        roles: the roles that deploy the hook: their names or ARNs, with ``*`` for any characters. Both the role that
            calls CloudFormation, such as ``cdk-*-deploy-role-*``, and the one that CloudFormation assumes, such as
            ``cdk-*-cfn-exec-role-*``.
        stack: the name of the stack with the hook, with ``*`` for any characters.

    Raises:
        PolicyError: if there is no role, if a name is invalid, or if the text is too long.
    """
    if not roles:
        raise PolicyError("name the role that deploys the hook: without one, the hook could never be changed again")
    if not _STACK.fullmatch(stack):
        raise PolicyError(f"stack {stack!r}: it must be the name of a stack, with * for any characters")
    unless: dict[str, Any] = {"ArnNotLike": {"aws:PrincipalArn": [_role_arn(role) for role in roles]}}
    types = ["cloudformation:ActivateType", "cloudformation:DeactivateType", "cloudformation:SetTypeConfiguration"]
    statements = [_deny("KeepTheHook", types, ["*"], unless)]
    for sid, (actions, resources) in _ON_THE_STACK.items():
        named = [resource.format(stack=stack, named=_generated_names(stack)) for resource in resources]
        statements.append(_deny(sid, actions, named, unless))
    text = json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2)
    return within(f"{text}\n", SERVICE_CONTROL_POLICY)


def _role_arn(role: str) -> str:
    if not _ROLE.fullmatch(role):
        raise PolicyError(f"role {role!r}: it must be the name or the ARN of a role, and not every role")
    return role if role.startswith("arn:") else f"arn:*:iam::*:role/{role.lstrip('/')}"


def _generated_names(stack: str) -> str:
    """Return a pattern of the names that CloudFormation generates: the name of the stack, possibly cut, and more."""
    literal, star, _ = stack.partition("*")
    return f"{literal[:_SHORTENED]}*" if star or len(stack) > _SHORTENED else f"{stack}-*"


def _deny(sid: str, actions: Sequence[str], resources: Sequence[str], condition: dict[str, Any]) -> dict[str, Any]:
    resource = resources[0] if len(resources) == 1 else list(resources)
    return {"Sid": sid, "Effect": "Deny", "Action": list(actions), "Resource": resource, "Condition": condition}
