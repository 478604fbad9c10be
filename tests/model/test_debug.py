"""Tracebacks: only if they are switched on, and never with values."""

from __future__ import annotations

import re

import pytest

from ecs_guard_aspects.model.debug import show_traceback, type_and_place, with_hint

SECRET = "hunter2"


def error() -> Exception:
    """Return an error with a cause; the cause has a context that "from None" hides."""
    try:
        fail_with_a_cause(SECRET.upper())
    except RuntimeError as error:
        return error
    raise AssertionError


def fail_with_a_cause(password: str) -> None:
    try:
        fail(password)
    except ValueError as cause:
        raise RuntimeError(password) from cause


def fail(password: str) -> None:
    try:
        {}[password]
    except KeyError:
        raise ValueError(password.lower()) from None


def test_messages_name_type_and_place_but_no_values() -> None:
    line = type_and_place(error())
    assert re.fullmatch(r"RuntimeError at test_debug\.py:\d+", line)
    assert with_hint(error()) == f"{line} (set ECS_GUARD_DEBUG=1 to see the traceback)"


def test_an_error_that_was_never_raised_has_no_place() -> None:
    assert type_and_place(ValueError(SECRET)) == "ValueError"


@pytest.mark.parametrize("value", [None, "", "0"])
def test_without_the_variable_there_is_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], value: str | None
) -> None:
    if value is None:
        monkeypatch.delenv("ECS_GUARD_DEBUG", raising=False)
    else:
        monkeypatch.setenv("ECS_GUARD_DEBUG", value)
    show_traceback(error(), "a check")
    assert capsys.readouterr().err == ""


def test_it_names_files_lines_and_types_but_no_values(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ECS_GUARD_DEBUG", "1")
    show_traceback(error(), "a check")
    text = capsys.readouterr().err
    assert text.startswith("ecs-guard: a check failed\nTraceback (most recent call last):\n")
    assert "test_debug.py" in text
    assert "\nRuntimeError\n" in text
    assert "\nValueError\n" in text
    assert "KeyError\n" not in text
    assert SECRET not in text.lower()
