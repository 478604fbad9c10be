"""What only a terminal shows."""

from __future__ import annotations

import io
import time

import pytest

from ecs_guard_aspects.gates.command_line.terminal import Progress, style_of
from ecs_guard_aspects.reports.text_report import Style


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


# Terminal or not, its environment, and what it is shown.
STYLES: list[tuple[bool, dict[str, str], Style]] = [
    (True, {}, Style(colour=True, links=True)),
    (False, {}, Style()),
    (True, {"TERM": "dumb"}, Style()),
    (True, {"NO_COLOR": "1"}, Style()),
    (True, {"NO_COLOR": ""}, Style(colour=True, links=True)),
    (False, {"FORCE_COLOR": "1"}, Style(colour=True)),
    (False, {"FORCE_COLOR": ""}, Style()),
    (True, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, Style()),
]


@pytest.mark.parametrize(("is_terminal", "environment", "style"), STYLES)
def test_a_style(monkeypatch: pytest.MonkeyPatch, is_terminal: bool, environment: dict[str, str], style: Style) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert style_of(Terminal() if is_terminal else io.StringIO()) == style


def progress(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch, *seconds: float) -> str:
    """Return what is shown if a file is looked into after each of these seconds."""
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    shown = Progress(stream)
    for second in seconds:
        clock[0] = second
        shown("a\x1b.yaml")
    shown.clear()
    return stream.getvalue()


def test_a_long_scan_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    line = "\r\x1b[K{} files, a\\x1b.yaml"
    expected = line.format(2) + line.format(4) + "\r\x1b[K"
    assert progress(Terminal(), monkeypatch, 0.5, 1.0, 1.05, 1.2) == expected


def test_what_is_counted_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    stream = Terminal()
    shown = Progress(stream, "calls")
    clock[0] = 1.0
    shown("111111111111/eu-west-1")
    assert stream.getvalue() == "\r\x1b[K1 calls, 111111111111/eu-west-1"


def test_a_short_scan_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert progress(Terminal(), monkeypatch, 0.5, 0.9) == ""


def test_nothing_is_shown_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert progress(io.StringIO(), monkeypatch, 5.0, 10.0) == ""
