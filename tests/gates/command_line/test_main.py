"""The program: its exit code and one sentence for each error."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from ecs_guard_aspects._version import VERSION
from ecs_guard_aspects.gates.command_line import main as main_module
from ecs_guard_aspects.gates.command_line.commands import check as check_module
from tests.code_lines import without_lines

from .conftest import Repository, template


def failing(error: BaseException) -> Callable[..., Any]:
    def fail(*_: Any) -> Any:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            LookupError("hunter2"),
            "error: ecs-guard failed with LookupError at test_main.py:LINE. Set ECS_GUARD_DEBUG=1",
        ),
        (RecursionError(), "error: ecs-guard failed with RecursionError at test_main.py:LINE. Set ECS_GUARD_DEBUG=1"),
        (MemoryError(), "error: ecs-guard failed with MemoryError at test_main.py:LINE. Set ECS_GUARD_DEBUG=1"),
        (KeyboardInterrupt(), "error: interrupted"),
    ],
)
def test_our_own_mistakes_are_neither_a_denial_nor_an_admission(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, error: BaseException, said: str
) -> None:
    repository.put("x.json", template("awsvpc"))
    monkeypatch.setattr(check_module, "judge", failing(error))
    run = repository.check("x.json")
    assert run.code == 2
    assert said in without_lines(run.err)
    assert "hunter2" not in run.err


def test_a_reader_that_goes_away_ends_it_in_silence(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.put("x.json", template("awsvpc"))
    monkeypatch.setattr(check_module, "judge", failing(BrokenPipeError()))
    monkeypatch.setattr(main_module, "give_up_stdout", lambda: None)
    run = repository.check("x.json")
    assert (run.code, run.out, run.err) == (2, "", "")


def test_a_closed_standard_output_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert main_module.main(["--version"]) == 2
    sys.stdout.close()  # it has opened the null device instead
    assert capsys.readouterr().err == "ecs-guard: error: standard output is closed\n"


def test_the_version(repository: Repository) -> None:
    assert repository.run("--version") == (0, f"ecs-guard {VERSION}\n", "")
