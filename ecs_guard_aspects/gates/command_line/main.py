"""The entry point: a command, and exit code 2 for every error."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from ..._version import VERSION
from ...model.debug import HINT, show_traceback, type_and_place
from ...policy.errors import PolicyError, ReportError
from .errors import CommandError
from .exit_codes import ADMITTED, FAILED
from .terminal import give_up_stdout, say, write_out


def main(words: Sequence[str] | None = None) -> int:
    """Run ``ecs-guard`` and return its exit code.

    Args:
        words: the command line without the name of the program; that of the process if left out.
    """
    if words is None:
        gc.disable()  # garbage collection takes a third of the time of a run of one second
        atexit.register(gc.freeze)  # and a twentieth at the end
    if not _has_streams():
        say("error: standard output is closed")
        return FAILED
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        return _run(sys.argv[1:] if words is None else words)
    except (CommandError, PolicyError, ReportError) as error:
        show_traceback(error, "the command")
        say(f"error: {error}")
    except KeyboardInterrupt:
        say("error: interrupted")
    except BrokenPipeError:  # the reader has closed the pipe
        give_up_stdout()
    except Exception as error:  # noqa: BLE001 - an error of ecs-guard must not look like a verdict
        show_traceback(error, "the command")
        say(f"error: ecs-guard failed with {type_and_place(error)}. {HINT}, and report it with this message.")
    return FAILED


def _has_streams() -> bool:
    """Return whether there is a standard output. A closed stream is replaced by the null device."""
    is_there = sys.stdout is not None
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - until the end
    return is_there


def _run(words: Sequence[str]) -> int:
    """Run a command; its module and argparse are imported only now, so that each command starts fast."""
    if list(words) == ["--version"]:
        write_out(f"ecs-guard {VERSION}\n")
        return ADMITTED
    from .arguments import parser

    arguments = parser(words).parse_args(words)
    command: str = arguments.command
    module = ".fix.command" if command == "fix" else f".commands.{command}"
    exit_code: int = getattr(import_module(module, __package__), command)(arguments)
    return exit_code
