"""What ``ecs-guard explain`` takes."""

from __future__ import annotations

from typing import Any


def add_explain(commands: Any) -> None:
    """Add the command to the subparsers of the program."""
    explain = commands.add_parser(
        "explain", help="say what a check demands and why", description="Says what a check demands, and why."
    )
    explain.add_argument("check", nargs="?", metavar="CHECK", help="its id; all of them if left out")
