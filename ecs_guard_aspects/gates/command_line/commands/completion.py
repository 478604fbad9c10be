"""``ecs-guard completion``: the script with which a shell completes the command line.

shtab writes it once, so ecs-guard does not run when the user presses Tab. Only this command imports shtab.
"""

from __future__ import annotations

from argparse import Namespace

import shtab

from ..arguments import parser
from ..exit_codes import ADMITTED
from ..terminal import write_out


def completion(arguments: Namespace) -> int:
    """Run the command and return its exit code."""
    script: str = shtab.complete(parser(), arguments.shell)
    write_out(f"{script.rstrip()}\n")
    return ADMITTED
