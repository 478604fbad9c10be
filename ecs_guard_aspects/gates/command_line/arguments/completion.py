"""Arguments of ``ecs-guard completion``."""

from __future__ import annotations

from typing import Any

from .parser import one_of

_SHELLS = ("bash", "zsh", "fish")


def add_completion(commands: Any) -> None:
    """Add the command to the subparsers of the program."""
    completion = commands.add_parser(
        "completion",
        help="print the completion of the command line for a shell",
        description="Prints a script with which a shell completes commands, options, their values and paths."
        ' For bash, add to ~/.bashrc: eval "$(ecs-guard completion bash)"',
        epilog="exit codes: 0 printed, 2 the command failed",
    )
    shell = completion.add_argument("shell", metavar="SHELL", choices=_SHELLS, help=", ".join(_SHELLS))
    shell.type = one_of(_SHELLS)
