"""Permissions of ``ecs-guard audit``: read-only, as an IAM policy."""

from __future__ import annotations

import re
from typing import Any

from .errors import AccountError

DEFAULT_ROLE = "ecs-guard-audit"

IN_USE = (
    "ecs:DescribeDaemonTaskDefinition",
    "ecs:DescribeServices",
    "ecs:DescribeTaskDefinition",
    "ecs:DescribeTasks",
    "ecs:ListClusters",
    "ecs:ListServices",
    "ecs:ListTasks",
)
EXPOSURE = (
    "ec2:DescribeInstances",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ecs:DescribeContainerInstances",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeTargetGroups",
)
PRODUCTION = ("ecs:DescribeClusters",)
ALL_REGIONS = ("ec2:DescribeRegions",)
SCHEDULED = (
    "events:ListEventBuses",
    "events:ListRuleNamesByTarget",
    "events:ListTargetsByRule",
    "scheduler:GetSchedule",
    "scheduler:ListSchedules",
)
PLAN = (
    "codepipeline:GetPipeline",
    "codepipeline:ListPipelines",
    "ec2:DescribeInstances",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSubnets",
    "ecs:DescribeContainerInstances",
    "ecs:ListContainerInstances",
    "elasticloadbalancing:DescribeTargetGroups",
    "pipes:DescribePipe",
    "pipes:ListPipes",
    "servicediscovery:GetService",
)
ORGANIZATION = ("organizations:ListAccounts",)
OTHER_ACCOUNTS = ("sts:AssumeRole",)

ROLE_ARN = re.compile(r"arn:[\w-]+:iam::(?P<account>\d{12}):role/.+", re.ASCII)
_ROLE_NAME = re.compile(r"[\w+=,.@/-]*[\w+=,.@-]", re.ASCII)


def arn_of_role(role: str, account: str = "*", partition: str = "*") -> str:
    """Return the ARN of a role, given by its ARN or its name.

    Raises:
        AccountError: if it is not a valid name or ARN.
    """
    if ROLE_ARN.fullmatch(role):
        return role
    if not _ROLE_NAME.fullmatch(role):
        raise AccountError(f"--role {role}: it is not the name or ARN of a role")
    return f"arn:{partition}:iam::{account}:role/{role.lstrip('/')}"


def audit_policy(role: str = DEFAULT_ROLE) -> dict[str, Any]:
    """Return the IAM policy that ``ecs-guard audit`` needs, as JSON.

    The last two statements are for the account of the credentials, the others for each account that is read.
    ``sts:GetCallerIdentity`` needs no permission. Statements for options that are not used can be removed.

    Args:
        role: the role to assume in the accounts, a name or an ARN.

    Raises:
        AccountError: if it is not a valid name or ARN.
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            _allow("InUse", IN_USE),
            _allow("Exposure", EXPOSURE),
            _allow("Production", PRODUCTION),
            _allow("AllRegions", ALL_REGIONS),
            _allow("IncludeScheduled", SCHEDULED),
            _allow("Plan", PLAN),
            _allow("Organization", ORGANIZATION),
            _allow("OtherAccounts", OTHER_ACCOUNTS, arn_of_role(role)),
        ],
    }


def _allow(sid: str, actions: tuple[str, ...], resource: str = "*") -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": resource}
