"""What ``ecs-guard check`` takes."""

from __future__ import annotations

from typing import Any

from .groups import EXIT_CODES, add_baseline, add_files, add_output, add_policy


def add_check(commands: Any) -> None:
    """Add the command to the subparsers of the program."""
    check = commands.add_parser(
        "check",
        help="judge templates, cloud assemblies, API JSON and Terraform",
        description="Judges CloudFormation templates, cloud assemblies (cdk.out), task definitions of the ECS API, and"
        " plans and code of Terraform.",
        epilog=EXIT_CODES,
        allow_abbrev=False,
    )
    check.add_argument(
        "paths", nargs="*", metavar="PATH", help="file or folder, - for standard input (default: the working directory)"
    )
    add_policy(check)
    add_files(check)
    add_baseline(check)
    add_output(check)
