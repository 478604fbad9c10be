"""What ``ecs-guard audit`` takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .groups import EXIT_CODES, add_output, add_policy


def add_audit(commands: Any) -> None:
    """Add the command to the subparsers of the program."""
    audit = commands.add_parser(
        "audit",
        help="judge what runs in AWS accounts",
        description="Judges the task definitions that are in use in AWS accounts: of running tasks and of services.",
        epilog=EXIT_CODES,
        allow_abbrev=False,
    )
    where = audit.add_argument_group("where")
    where.add_argument("--regions", metavar="NAME,...|all", help="Regions (default: the one that is configured)")
    where.add_argument(
        "--accounts", metavar="ID,...|org", help="accounts, org for the organization (default: that of the credentials)"
    )
    where.add_argument("--role", metavar="NAME|ARN", help="the role to read other accounts with")
    where.add_argument("--aws-profile", metavar="NAME", help="the profile of the AWS configuration")
    where.add_argument(
        "--include-scheduled",
        action="store_true",
        help="what EventBridge rules and schedules start is in use too",
    )
    add_policy(audit)
    add_output(audit).add_argument(
        "--compare", type=Path, metavar="LAST.json", help="say what became of the findings of an earlier audit"
    )
