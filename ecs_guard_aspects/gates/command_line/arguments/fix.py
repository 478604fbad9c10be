"""What ``ecs-guard fix`` takes."""

from __future__ import annotations

from typing import Any

from .groups import add_files, add_policy


def add_fix(commands: Any) -> None:
    """Add the command to the subparsers of the program."""
    fix = commands.add_parser(
        "fix",
        help="edit templates so that they pass",
        description="Edits the text of CloudFormation templates where that is safe, and says why where it is not."
        " Shows a diff; --write writes.",
        epilog="exit codes: 0 nothing is left to do, 1 something is (without --write: or would be edited),"
        " 2 something could not be read or done",
        allow_abbrev=False,
    )
    fix.add_argument("paths", nargs="*", metavar="PATH", help="file or folder")
    fix.add_argument("--write", action="store_true", help="write the files instead of showing a diff")
    add_policy(fix)
    add_files(fix)
    wishes = fix.add_argument_group("what to change")
    wishes.add_argument("--no-awsvpc", action="store_true", help="leave the network modes as they are")
    wishes.add_argument(
        "--subnets", metavar="ID,...", help="for what runs a task and names none: ids, or ${Name} of the template"
    )
    wishes.add_argument("--security-groups", metavar="ID,...", help="beside the subnets; without: the VPC's default")
    wishes.add_argument("--assign-public-ip", action="store_true", help="a public address for tasks on Fargate")
    wishes.add_argument("--user", metavar="UID[:GID]", help="for host-mode containers that run as root")
    wishes.add_argument(
        "--may-change-addresses", action="store_true", help="a task may lose the address of its instance"
    )
