"""Arguments of ``ecs-guard explain``."""

from __future__ import annotations

from typing import Any

from .groups import add_checks
from .parser import add_path


def add_explain(commands: Any) -> None:
    """Add the command to the subparsers of the program."""
    explain = commands.add_parser(
        "explain",
        help="explain a check or a profile",
        description="Explains what a check requires, why, how to fix a violation, and how to exempt it; or lists"
        " the checks of each version of a profile.",
    )
    explain.add_argument(
        "check",
        nargs="?",
        metavar="NAME",
        help="id of a check or another finding, or NAME[@VERSION] of a profile; lists all of them if left out",
    )
    add_path(
        explain,
        "--policy",
        metavar="FILE",
        help="policy file to use instead of the one found from this folder up",
    )
    add_checks(explain)
    explain.set_defaults(no_config=False, profile=None)
