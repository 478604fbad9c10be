"""The line with the progress of an audit."""

from __future__ import annotations

import io
import threading

import pytest

from ecs_guard_aspects.gates.command_line.commands.audit_progress import ProgressLine


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class State:
    """Counts the lines, and sets an event at the second one."""

    def __init__(self) -> None:
        self.number = 0
        self.shown_twice = threading.Event()

    def __str__(self) -> str:
        self.number += 1
        if self.number == 2:
            self.shown_twice.set()
        return f"Region {self.number} of 51"


@pytest.mark.parametrize(
    ("stream", "line", "end"),
    [(Terminal(), "\r\x1b[KRegion {} of 51", "\r\x1b[K"), (io.StringIO(), "ecs-guard: Region {} of 51\n", "")],
    ids=["terminal", "log"],
)
def test_the_line_of_something_that_hangs(stream: io.StringIO, line: str, end: str) -> None:
    state = State()
    with ProgressLine(stream, state, every=0.001):
        assert state.shown_twice.wait(10)
    numbers = range(1, state.number + 1)
    assert stream.getvalue() == "".join(line.format(number) for number in numbers) + end


@pytest.mark.parametrize("stream", [Terminal(), io.StringIO()])
def test_something_short_shows_no_line(stream: io.StringIO) -> None:
    with ProgressLine(stream, "Region 1 of 1"):
        pass
    assert stream.getvalue() == ""
