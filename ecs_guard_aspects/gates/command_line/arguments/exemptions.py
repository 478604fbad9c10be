"""What ``ecs-guard exemptions`` takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .groups import add_files, add_policy


def add_exemptions(commands: Any) -> None:
    """Add the command to the subparsers of the program."""
    exemptions = commands.add_parser(
        "exemptions",
        help="list all exemptions: whose, until when, and which are stale",
        description="Lists the exemptions of the policy, of what is judged, and of reports, the most urgent first.",
        epilog="exit codes: 0 listed, 2 something could not be read or done",
        allow_abbrev=False,
    )
    exemptions.add_argument(
        "paths", nargs="*", metavar="PATH", help="what to judge, as for check (default: the working directory)"
    )
    exemptions.add_argument(
        "--report",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a report in JSON of any gate: an exemption that is used there is not stale; may be given again",
    )
    exemptions.add_argument(
        "--format", choices=["text", "json", "csv", "markdown"], default="text", help="of the list (default: text)"
    )
    add_policy(exemptions)
    add_files(exemptions)
