"""Arguments of ``ecs-guard exemptions``."""

from __future__ import annotations

from typing import Any

from .groups import add_files, add_policy
from .parser import add_path, one_of

_FORMATS = ("text", "json", "csv", "markdown")


def add_exemptions(commands: Any) -> None:
    """Add the command to the subparsers of the program."""
    exemptions = commands.add_parser(
        "exemptions",
        help="list all exemptions with their owner, end date and state",
        description="Lists the exemptions of the policy, of the checked files and of reports, most urgent first.",
        epilog="exit codes: 0 listed, 2 a file could not be read or the command failed",
    )
    add_path(
        exemptions,
        "paths",
        type=str,
        nargs="*",
        metavar="PATH",
        help="file or folder to check, as for check (default: the working directory)",
    )
    add_path(
        exemptions,
        "--report",
        action="append",
        default=[],
        metavar="FILE",
        help="JSON report of any gate; an exemption that is used in it is not stale; repeatable",
    )
    exemptions.add_argument(
        "--format",
        type=one_of(_FORMATS),
        choices=_FORMATS,
        default="text",
        help="format of the list (default: text)",
    )
    add_policy(exemptions)
    add_files(exemptions)
