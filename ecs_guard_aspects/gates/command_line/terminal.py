"""What the terminal is like, and the line that shows that something goes on."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, TextIO

from .errors import CommandError

if TYPE_CHECKING:
    from ...reports.text_report import Style

_QUIET_SECONDS = 1.0
_BETWEEN_SECONDS = 0.1
_WIDTH = 70


def style_of(stream: TextIO) -> Style:
    """Return how a stream is written to: https://no-color.org, https://force-color.org."""
    from ...reports.text_report import Style

    if os.environ.get("NO_COLOR"):
        return Style()
    is_terminal = stream.isatty() and os.environ.get("TERM") != "dumb"
    if is_terminal and os.name == "nt":
        os.system("")  # makes the console of Windows understand escape sequences
    return Style(colour=is_terminal or bool(os.environ.get("FORCE_COLOR")), links=is_terminal)


class Progress:
    """One line on a terminal, from the first second on; nothing anywhere else."""

    def __init__(self, stream: TextIO, noun: str = "files") -> None:
        self._stream = stream
        self._noun = noun
        self._is_shown = stream.isatty()
        self._count = 0
        self._next = time.monotonic() + _QUIET_SECONDS
        self._has_written = False

    def __call__(self, name: str) -> None:
        """Take note of a file that is looked into, or of a call."""
        self._count += 1
        if self._is_shown and time.monotonic() >= self._next:
            from ...reports.wording import printable

            self._next = time.monotonic() + _BETWEEN_SECONDS
            self._has_written = True
            self._stream.write(f"\r\x1b[K{self._count:,} {self._noun}, {printable(name)}"[: _WIDTH + 4])
            self._stream.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._has_written:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def write_out(text: str) -> None:
    """Write what was asked for: to standard output.

    Raises:
        CommandError: if it takes no more, as on a full disk.
        BrokenPipeError: if nobody reads on.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        give_up_stdout()
        raise CommandError(f"standard output cannot be written: {error.strerror}") from None


def give_up_stdout() -> None:
    """Let go what standard output has not taken: the interpreter must not try once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(text: str) -> None:
    """Write what is not the report: to standard error."""
    from ...reports.wording import printable

    print(f"ecs-guard: {printable(text)}", file=sys.stderr)
