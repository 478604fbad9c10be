"""The terminal: colours and links, the line of progress, standard output and standard error."""

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
    """Return the style for a stream: https://no-color.org, https://force-color.org."""
    from ...reports.text_report import Style

    if os.environ.get("NO_COLOR"):
        return Style()
    is_terminal = stream.isatty() and os.environ.get("TERM") != "dumb"
    if is_terminal and os.name == "nt":
        os.system("")  # switches on escape sequences in the console of Windows
    return Style(colour=is_terminal or bool(os.environ.get("FORCE_COLOR")), links=is_terminal)


class Progress:
    """A line of progress, on a terminal, after the first second."""

    def __init__(self, stream: TextIO, noun: str = "files") -> None:
        self._stream = stream
        self._noun = noun
        self._is_shown = stream.isatty()
        self._count = 0
        self._next = time.monotonic() + _QUIET_SECONDS
        self._has_written = False

    def __call__(self, name: str) -> None:
        """Count a file, or a call."""
        self._count += 1
        if self._is_shown and time.monotonic() >= self._next:
            from ...reports.wording import printable

            self._next = time.monotonic() + _BETWEEN_SECONDS
            self._has_written = True
            self._stream.write(f"\r\x1b[K{self._count:,} {self._noun}, {printable(name)}"[: _WIDTH + 4])
            self._stream.flush()

    def clear(self) -> None:
        """Clear the line."""
        if self._has_written:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def write_out(text: str) -> None:
    """Write a text to standard output.

    Raises:
        CommandError: if that fails, for example on a full disk.
        BrokenPipeError: if the reader has closed the pipe.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        give_up_stdout()
        raise CommandError(f"standard output cannot be written: {error.strerror}") from error


def give_up_stdout() -> None:
    """Discard what could not be written, so that the interpreter does not try again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(text: str) -> None:
    """Write a message to standard error."""
    from ...reports.wording import printable

    print(f"ecs-guard: {printable(text)}", file=sys.stderr)
