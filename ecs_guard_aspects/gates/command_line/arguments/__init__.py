"""Arguments of ``ecs-guard``: one module for each command."""

from __future__ import annotations

import argparse

from ...._version import VERSION
from .audit import add_audit
from .check import add_check
from .exemptions import add_exemptions
from .explain import add_explain
from .fix import add_fix
from .generate import add_generate
from .groups import EXIT_CODES


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands. ``command`` of the parsed arguments is the name of the command."""
    top = argparse.ArgumentParser(
        prog="ecs-guard",
        description="Checks Amazon ECS task definitions against a policy.",
        epilog=EXIT_CODES,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"ecs-guard {VERSION}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    add_check(commands)
    add_exemptions(commands)
    add_fix(commands)
    add_audit(commands)
    add_explain(commands)
    add_generate(commands)
    return top
