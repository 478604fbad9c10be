"""Arguments of ``ecs-guard``: one module for each command."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from ...._version import VERSION
from .groups import EXIT_CODES
from .parser import Parser

COMMANDS = ("check", "exemptions", "fix", "audit", "explain", "generate", "completion")
"""The commands in the order of the help; ``add_check`` in the module ``check`` adds the first."""


def parser(words: Sequence[str] = ()) -> Parser:
    """Return the parser of the command line; the result has the command as ``command``.

    Args:
        words: the command line. If it begins with a command, the parser knows only that one, which starts faster.
    """
    top = Parser(
        prog="ecs-guard",
        description="Checks Amazon ECS task definitions against a policy.",
        epilog=EXIT_CODES,
    )
    top.add_argument("--version", action="version", version=f"ecs-guard {VERSION}")
    # With a given usage argparse does not format one, for which it would import shutil.
    commands = top.add_subparsers(prog="ecs-guard", dest="command", metavar="COMMAND", required=True)
    for name in words[:1] if words and words[0] in COMMANDS else COMMANDS:
        getattr(import_module(f".{name}", __package__), f"add_{name}")(commands)
    return top
