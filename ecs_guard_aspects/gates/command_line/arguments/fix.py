"""Arguments of ``ecs-guard fix``."""

from __future__ import annotations

from typing import Any

from .groups import add_files, add_policy
from .parser import add_path


def add_fix(commands: Any) -> None:
    """Add the command to the subparsers of the program."""
    fix = commands.add_parser(
        "fix",
        help="edit CloudFormation templates and API JSON so that they pass",
        description="Edits CloudFormation templates and the JSON of register-task-definition where that is safe, and"
        " reports why where it is not. Prints a diff; --write writes the files.",
        epilog="exit codes: 0 nothing left to fix, 1 findings are left (without --write: or files would change),"
        " 2 a file could not be read or the command failed",
    )
    add_path(fix, "paths", type=str, nargs="*", metavar="PATH", help="file or folder to fix")
    fix.add_argument("--write", action="store_true", help="write the files instead of printing a diff")
    add_policy(fix)
    add_files(fix)
    changes = fix.add_argument_group("changes")
    changes.add_argument("--no-awsvpc", action="store_true", help="do not change network modes")
    changes.add_argument(
        "--subnets",
        metavar="ID,...",
        help="subnets for services, rules and schedules without a network configuration: subnet ids, or ${Name} for a"
        " parameter or resource of the template (default: the subnets and security groups of the instances of their"
        " cluster)",
    )
    changes.add_argument(
        "--security-groups",
        metavar="ID,...",
        help="security groups for the same services, rules and schedules; requires --subnets (default: the default"
        " security group of the VPC)",
    )
    changes.add_argument(
        "--assign-public-ip",
        action="store_true",
        help="assign public IP addresses to Fargate tasks; requires --subnets",
    )
    changes.add_argument("--user", metavar="UID[:GID]", help="user for host-mode containers that run as root")
    changes.add_argument(
        "--may-change-addresses",
        action="store_true",
        help="allow fixes after which a task no longer has the IP address of its instance",
    )
    changes.add_argument(
        "--run-elsewhere",
        action="store_true",
        help="fix tasks that something else runs too: its RunTask must give them a network configuration",
    )
    changes.add_argument(
        "--replace-target-groups",
        action="store_true",
        help="allow fixes that replace target groups of instances with target groups of IP addresses, and services that"
        " have a Role",
    )
    changes.add_argument(
        "--replace-root",
        action="store_true",
        help="let --user replace a user that is written as root in the template",
    )
