"""What ``ecs-guard audit`` has to be allowed: to read, and nothing else."""

from __future__ import annotations

from typing import Any

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


def audit_policy(role: str = DEFAULT_ROLE) -> dict[str, Any]:
    """Return the IAM policy that ``ecs-guard audit`` needs, as JSON has it.

    The first three statements are for each account that is read, the last two for the one that the audit starts from;
    ``sts:GetCallerIdentity`` needs no permission. A statement that is not used can be left out.

    Args:
        role: the name of the role that is assumed in the accounts.
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            _allow("InUse", IN_USE),
            _allow("AllRegions", ALL_REGIONS),
            _allow("IncludeScheduled", SCHEDULED),
            _allow("Organization", ORGANIZATION),
            _allow("OtherAccounts", OTHER_ACCOUNTS, f"arn:*:iam::*:role/{role}"),
        ],
    }


def _allow(sid: str, actions: tuple[str, ...], resource: str = "*") -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": resource}
