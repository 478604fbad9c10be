"""Arguments of ``ecs-guard audit``."""

from __future__ import annotations

import argparse
from typing import Any

from ..outputs import AUDIT_FORMATS
from .groups import EXIT_CODES, add_changes, add_output, add_policy
from .parser import add_path


def add_audit(commands: Any) -> None:
    """Add the command to the subparsers of the program."""
    audit = commands.add_parser(
        "audit",
        help="check the task definitions that are in use in AWS accounts",
        description="Checks the task definitions that running tasks and services use in AWS accounts.",
        epilog=EXIT_CODES,
    )
    where = audit.add_argument_group("accounts and Regions")
    where.add_argument("--regions", metavar="NAME,...|all", help="Regions to read (default: the configured Region)")
    where.add_argument(
        "--accounts",
        metavar="ID,...|org",
        help="accounts to read; org reads all accounts of the organization (default: the account of the credentials)",
    )
    where.add_argument("--role", metavar="NAME|ARN", help="role to assume in other accounts")
    where.add_argument("--aws-profile", metavar="NAME", help="profile of the AWS configuration")
    where.add_argument(
        "--include-scheduled",
        action="store_true",
        help="also read the targets of EventBridge rules and schedules",
    )
    where.add_argument(
        "--production",
        type=_tag,
        action="append",
        default=[],
        metavar="TAG=VALUE",
        help="list what clusters, services and tasks with this tag use before the rest; repeatable",
    )
    add_policy(audit)
    plan = audit.add_argument_group("plan")
    add_path(plan, "--plan", metavar="FOLDER", help="write a plan for each denied task definition into this folder")
    add_changes(plan, "subnet ids of the account")
    audit.set_defaults(assign_public_ip=False, may_replace_target_groups=False)  # only templates can have these
    output = add_output(audit, AUDIT_FORMATS)
    add_path(output, "--compare", metavar="LAST.json", help="compare with the JSON report of an earlier audit")


def _tag(text: str) -> str:
    key, separator, _ = text.partition("=")
    if not separator or not key:
        raise argparse.ArgumentTypeError(f"{text!r} is not TAG=VALUE")
    return text
