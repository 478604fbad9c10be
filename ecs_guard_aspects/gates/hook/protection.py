"""Protection of the hook: a service control policy that prevents others from changing it and its function.

``cloudformation:SetTypeConfiguration`` switches a hook off, and IAM cannot limit it to one hook: it has no resource.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from ...exports.limits import SERVICE_CONTROL_POLICY, within
from ...policy.errors import PolicyError

DEFAULT_STACK = "ecs-guard-hook"

_ROLE = re.compile(r"(arn:(aws[a-z-]*|\*):iam::([0-9]{12}|\*):role/)?[\w+=,.@*/-]*[\w+=,.@][\w+=,.@*/-]*", re.ASCII)
_STACK = re.compile(r"[A-Za-z][A-Za-z0-9*-]*", re.ASCII)

# Actions that change the hook, and the resources of the stack that they affect.
_ON_THE_STACK = {
    "KeepTheStack": ("cloudformation:{action}", ("DeleteStack", "UpdateStack", "ExecuteChangeSet", "SetStackPolicy")),
    "KeepTheFunction": (
        "lambda:{action}",
        (
            "DeleteAlias",
            "DeleteFunction",
            "DeleteFunctionConcurrency",
            "PutFunctionConcurrency",
            "UpdateAlias",
            "UpdateFunctionCode",
            "UpdateFunctionConfiguration",
        ),
    ),
    "KeepTheRoles": (
        "iam:{action}",
        (
            "AttachRolePolicy",
            "DeleteRole",
            "DeleteRolePermissionsBoundary",
            "DeleteRolePolicy",
            "DetachRolePolicy",
            "PutRolePermissionsBoundary",
            "PutRolePolicy",
            "UpdateAssumeRolePolicy",
        ),
    ),
}
# CloudFormation puts the name of the stack before the names that it generates.
_RESOURCES = {
    "KeepTheStack": "arn:*:cloudformation:*:*:stack/{stack}/*",
    "KeepTheFunction": "arn:*:lambda:*:*:function:{stack}-*",
    "KeepTheRoles": "arn:*:iam::*:role/{stack}-*",
}


def hook_protection(roles: Sequence[str], stack: str = DEFAULT_STACK) -> str:
    """Return a service control policy, as JSON, that lets only some roles change hooks and the stack of this one.

    Args:
        roles: the roles that deploy the hook: their names or ARNs, with ``*`` for any characters. A role that
            CloudFormation assumes counts, such as ``cdk-*-cfn-exec-role-*``.
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
    statements = [_deny("KeepTheHook", types, "*", unless)]
    for sid, (form, names) in _ON_THE_STACK.items():
        actions = [form.format(action=name) for name in names]
        statements.append(_deny(sid, actions, _RESOURCES[sid].format(stack=stack), unless))
    text = json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2)
    return within(f"{text}\n", SERVICE_CONTROL_POLICY)


def _role_arn(role: str) -> str:
    if not _ROLE.fullmatch(role):
        raise PolicyError(f"role {role!r}: it must be the name or the ARN of a role, and not every role")
    return role if role.startswith("arn:") else f"arn:*:iam::*:role/{role.lstrip('/')}"


def _deny(sid: str, actions: Sequence[str], resource: str, condition: dict[str, Any]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Deny", "Action": list(actions), "Resource": resource, "Condition": condition}
