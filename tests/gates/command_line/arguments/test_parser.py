"""The parser: a misspelt command, option or value names the nearest one, and is exit code 2."""

from __future__ import annotations

import argparse

import pytest

from ecs_guard_aspects.gates.command_line.arguments.parser import Parser, add_path, one_of

from .conftest import Refused

# The command line, and the error.
MISTAKES = [
    ("chek", "ecs-guard: error: argument COMMAND: invalid choice: 'chek'. Did you mean 'check'?"),
    ("Check", "ecs-guard: error: argument COMMAND: invalid choice: 'Check'. Did you mean 'check'?"),
    ("exemption", "invalid choice: 'exemption'. Did you mean 'exemptions'?"),
    ("xyz", "ecs-guard: error: argument COMMAND: invalid choice: 'xyz'. Choose from check, exemptions, fix, audit,"),
    ("--verson", "ecs-guard: error: unrecognized arguments: --verson. Did you mean '--version'?"),
    ("check --profle strict", "ecs-guard check: error: unrecognized arguments: --profle. Did you mean '--profile'?"),
    ("check --profle=strict", "unrecognized arguments: --profle=strict. Did you mean '--profile'?"),
    ("check --PROFILE strict", "unrecognized arguments: --PROFILE. Did you mean '--profile'?"),
    ("check --polcy a b --forma json", "unrecognized arguments: --polcy --forma json. Did you mean '--policy'?"),
    ("check --prof strict", "unrecognized arguments: --prof. Did you mean '--profile'?"),
    ("check --hlp", "unrecognized arguments: --hlp. Did you mean '--help'?"),
    ("fix --subnet a", "ecs-guard fix: error: unrecognized arguments: --subnet. Did you mean '--subnets'?"),
    ("audit --region=all", "ecs-guard audit: error: unrecognized arguments: --region=all. Did you mean '--regions'?"),
    ("explain a b", "ecs-guard explain: error: unrecognized arguments: b"),
    ("generate guard-rule", "argument KIND: invalid choice: 'guard-rule'. Did you mean 'guard-rules'?"),
    ("generate hook --failure WARN", "unrecognized arguments: --failure WARN. Did you mean '--failure-mode'?"),
    ("completion bsh", "argument SHELL: invalid choice: 'bsh'. Did you mean 'bash'?"),
    ("check --profile STRIKT", "argument --profile: invalid choice: 'STRIKT'. Did you mean 'strict'?"),
    ("check --format jsn", "argument --format: invalid choice: 'jsn'. Did you mean 'json'?"),
    ("exemptions --format cvs", "argument --format: invalid choice: 'cvs'. Did you mean 'csv'?"),
]


@pytest.mark.parametrize(("line", "error"), MISTAKES)
def test_a_mistake_names_the_nearest_word(refused: Refused, line: str, error: str) -> None:
    assert error in refused(line)


def test_one_of_returns_what_it_knows() -> None:
    checked = one_of(["json", "text"])
    assert checked("json") == "json"
    with pytest.raises(argparse.ArgumentTypeError, match="invalid choice: 'jso'"):
        checked("jso")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_path_is_completed_as_shtab_completes_files(shell: str) -> None:
    import shtab

    parser = Parser()
    add_path(parser, "--file")
    assert shtab.FILE[shell] in shtab.complete(parser, shell)


@pytest.mark.parametrize(("columns", "width"), [("40", 38), ("200", 198)])
def test_help_is_as_wide_as_the_terminal(columns: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    lines = Parser(prog="x", description="word " * 100).format_help().splitlines()
    assert width - len("word ") < max(map(len, lines)) <= width
