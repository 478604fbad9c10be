"""Arguments of ``ecs-guard fix``."""

from __future__ import annotations

from typing import Any

from .groups import add_changes, add_files, add_policy
from .parser import add_path


def add_fix(commands: Any) -> None:
    """Add the command to the subparsers of the program."""
    fix = commands.add_parser(
        "fix",
        help="edit CloudFormation templates and API JSON so that they pass",
        description="Edits CloudFormation templates and the JSON of register-task-definition where that is safe, and"
        " reports why where it is not. Prints a diff; --write writes the files.",
        epilog="exit codes: 0 nothing is denied, and no file would change; 1 something is denied, or, without --write,"
        " a file would change; 2 a file could not be read or the command failed",
    )
    add_path(fix, "paths", type=str, nargs="*", metavar="PATH", help="file or folder to fix")
    fix.add_argument("--write", action="store_true", help="write the files instead of printing a diff")
    add_policy(fix)
    add_files(fix)
    changes = fix.add_argument_group("changes")
    add_changes(
        changes, "subnet ids, or ${Name} for a parameter or resource of the template; a new name adds a parameter"
    )
    changes.add_argument(
        "--assign-public-ip",
        action="store_true",
        help="assign public IP addresses to Fargate tasks; requires --subnets",
    )
    changes.add_argument(
        "--replace-target-groups",
        dest="may_replace_target_groups",
        action="store_true",
        help="allow fixes that replace target groups of instances with target groups of IP addresses, and services that"
        " have a Role",
    )
