"""Progress line of an audit: written by a clock, because a call that hangs reports nothing."""

from __future__ import annotations

import threading
from typing import TextIO

_ON_A_TERMINAL = 1.0
_IN_A_LOG = 60.0
_WIDTH = 70


class ProgressLine:
    """A line that says how far something is: on a terminal one that changes, in a log one a minute.

    Args:
        stream: where it is written.
        state: how far it is, as a text.
        every: the seconds between two lines, if not the usual.
    """

    def __init__(self, stream: TextIO, state: object, every: float | None = None) -> None:
        self._stream = stream
        self._state = state
        self._is_terminal = stream.isatty()
        self._every = every or (_ON_A_TERMINAL if self._is_terminal else _IN_A_LOG)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> ProgressLine:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        has_written = False
        while not self._over.wait(self._every):
            text = str(self._state)[:_WIDTH]
            self._write(f"\r\x1b[K{text}" if self._is_terminal else f"ecs-guard: {text}\n")
            has_written = True
        if has_written and self._is_terminal:
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
