"""Arguments of ``ecs-guard exemptions``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .groups import add_files, add_policy


def add_exemptions(commands: Any) -> None:
    """Add the command to the subparsers of the program."""
    exemptions = commands.add_parser(
        "exemptions",
        help="list all exemptions with their owner, end date and state",
        description="Lists the exemptions of the policy, of the checked files and of reports, most urgent first.",
        epilog="exit codes: 0 listed, 2 a file could not be read or the command failed",
        allow_abbrev=False,
    )
    exemptions.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="file or folder to check, as for check (default: the working directory)",
    )
    exemptions.add_argument(
        "--report",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="JSON report of any gate; an exemption that is used in it is not stale; repeatable",
    )
    exemptions.add_argument(
        "--format",
        choices=["text", "json", "csv", "markdown"],
        default="text",
        help="format of the list (default: text)",
    )
    add_policy(exemptions)
    add_files(exemptions)
