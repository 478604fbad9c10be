"""What ``ecs-guard audit`` has to be allowed: to read, and nothing else."""

from __future__ import annotations

import re
from typing import Any

from .errors import AccountError

DEFAULT_ROLE = "ecs-guard-audit"

IN_USE = (
    "ecs:DescribeServices",
    "ecs:DescribeTaskDefinition",
    "ecs:DescribeTasks",
    "ecs:ListClusters",
    "ecs:ListServices",
    "ecs:ListTasks",
)
ALL_REGIONS = ("ec2:DescribeRegions",)
SCHEDULED = (
    "events:ListEventBuses",
    "events:ListRuleNamesByTarget",
    "events:ListTargetsByRule",
    "scheduler:GetSchedule",
    "scheduler:ListSchedules",
)
ORGANIZATION = ("organizations:ListAccounts",)
OTHER_ACCOUNTS = ("sts:AssumeRole",)

ROLE_ARN = re.compile(r"arn:[\w-]+:iam::(?P<account>\d{12}):role/.+", re.ASCII)
_ROLE_NAME = re.compile(r"[\w+=,.@/-]*[\w+=,.@-]", re.ASCII)


def arn_of_role(role: str, account: str = "*", partition: str = "*") -> str:
    """Return the ARN of a role that is named by one, or by its name, with its path if it has one.

    Raises:
        AccountError: if no role can be called so.
    """
    if ROLE_ARN.fullmatch(role):
        return role
    if not _ROLE_NAME.fullmatch(role):
        raise AccountError(f"--role {role}: it is neither the name nor the ARN of a role")
    return f"arn:{partition}:iam::{account}:role/{role.lstrip('/')}"


def audit_policy(role: str = DEFAULT_ROLE) -> dict[str, Any]:
    """Return the IAM policy that ``ecs-guard audit`` needs, as JSON has it.

    The first three statements are for each account that is read, the last two for the one that the audit starts from;
    ``sts:GetCallerIdentity`` needs no permission. A statement that is not used can be left out.

    Args:
        role: the role that is assumed in the accounts, a name or an ARN.

    Raises:
        AccountError: if no role can be called so.
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            _allow("InUse", IN_USE),
            _allow("AllRegions", ALL_REGIONS),
            _allow("IncludeScheduled", SCHEDULED),
            _allow("Organization", ORGANIZATION),
            _allow("OtherAccounts", OTHER_ACCOUNTS, arn_of_role(role)),
        ],
    }


def _allow(sid: str, actions: tuple[str, ...], resource: str = "*") -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": resource}
