"""The entry point: runs a command, and makes whatever goes wrong exit code 2."""

from __future__ import annotations

import gc
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence

from .arguments import parser
from .errors import CommandError
from .exit_codes import FAILED
from .terminal import say


def main(words: Sequence[str] | None = None) -> int:
    """Run ``ecs-guard`` and return its exit code.

    Args:
        words: the command line without the name of the program; that of the process if left out.
    """
    if words is None:
        gc.disable()  # a third of a second's process would go into looking for garbage among what is read
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    arguments = parser().parse_args(words)
    try:
        return _run(arguments)
    except CommandError as error:
        say(f"error: {error}")
    except KeyboardInterrupt:
        say("error: interrupted")
    except BrokenPipeError:  # whoever reads the report has enough; the interpreter must not flush once more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:  # noqa: BLE001 - a mistake of ours must not look like a denial, or like an admission
        _say_our_mistake(error)
    return FAILED


def _run(arguments: Namespace) -> int:
    """Run a command; its module is imported only now, so that each starts as fast as it can."""
    from importlib import import_module

    command: str = arguments.command
    run: Callable[[Namespace], int] = getattr(import_module(f".{command}", __package__), command)
    return run(arguments)


def _say_our_mistake(error: Exception) -> None:
    import traceback

    traceback.print_exception(error)
    say(f"error: this is a mistake of ecs-guard, not of yours ({type(error).__name__}); please report it")
