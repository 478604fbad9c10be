"""Arguments of ``ecs-guard check``."""

from __future__ import annotations

from typing import Any

from .groups import EXIT_CODES, add_baseline, add_files, add_output, add_policy
from .parser import add_path


def add_check(commands: Any) -> None:
    """Add the command to the subparsers of the program."""
    check = commands.add_parser(
        "check",
        help="check templates, cloud assemblies, API JSON and Terraform",
        description="Checks CloudFormation templates, cloud assemblies (cdk.out), task definitions in the format of the"
        " ECS API (JSON or YAML), Terraform plans and Terraform code.",
        epilog=EXIT_CODES,
    )
    add_path(
        check,
        "paths",
        type=str,
        nargs="*",
        metavar="PATH",
        help="file or folder; - reads standard input (default: the working directory)",
    )
    add_policy(check)
    add_files(check)
    add_baseline(check)
    add_output(check)
