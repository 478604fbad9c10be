"""The parser: a misspelt command, option or value names the nearest one, and is exit code 2."""

from __future__ import annotations

import argparse

import pytest

from ecs_guard_aspects.gates.command_line.arguments.parser import Parser, add_path, one_of

from .conftest import Refused

# The command line, and the error.
MISTAKES = [
    ("chek", "ecs-guard: error: command 'chek' is unknown. Did you mean 'check'?"),
    ("Check", "ecs-guard: error: command 'Check' is unknown. Did you mean 'check'?"),
    ("exemption", "ecs-guard: error: command 'exemption' is unknown. Did you mean 'exemptions'?"),
    ("xyz", "ecs-guard: error: command 'xyz' is unknown. Known: check, exemptions, fix, audit,"),
    ("--verson", "ecs-guard: error: option '--verson' is unknown. Did you mean '--version'?"),
    ("check --profle strict", "ecs-guard check: error: option '--profle' is unknown. Did you mean '--profile'?"),
    ("check --profle=strict", "ecs-guard check: error: option '--profle' is unknown. Did you mean '--profile'?"),
    ("check --PROFILE strict", "ecs-guard check: error: option '--PROFILE' is unknown. Did you mean '--profile'?"),
    ("check --polcy a b --forma json", "ecs-guard check: error: option '--polcy' is unknown. Did you mean '--policy'?"),
    ("check --prof strict", "ecs-guard check: error: option '--prof' is unknown. Did you mean '--profile'?"),
    ("check --hlp", "ecs-guard check: error: option '--hlp' is unknown. Did you mean '--help'?"),
    ("fix --subnet a", "ecs-guard fix: error: option '--subnet' is unknown. Did you mean '--subnets'?"),
    ("audit --region all", "ecs-guard audit: error: option '--region' is unknown. Did you mean '--regions'?"),
    ("explain a b", "ecs-guard explain: error: unexpected argument 'b'"),
    ("generate guard-rule", "ecs-guard generate: error: kind 'guard-rule' is unknown. Did you mean 'guard-rules'?"),
    (
        "generate hook --failure WARN",
        "ecs-guard generate hook: error: option '--failure' is unknown. Did you mean '--failure-mode'?",
    ),
    ("completion bsh", "argument SHELL: shell 'bsh' is unknown. Did you mean 'bash'?"),
    ("check --profile STRICT", "argument --profile: profile 'STRICT' is unknown. Did you mean 'strict'?"),
    ("check --format jsn", "argument --format: format 'jsn' is unknown. Did you mean 'json'?"),
    ("exemptions --format cvs", "argument --format: format 'cvs' is unknown. Did you mean 'csv'?"),
]


@pytest.mark.parametrize(("line", "error"), MISTAKES)
def test_a_mistake_names_the_nearest_word(refused: Refused, line: str, error: str) -> None:
    assert error in refused(line)


def test_one_of_returns_what_it_knows() -> None:
    checked = one_of("format", ["json", "text"])
    assert checked("json") == "json"
    with pytest.raises(argparse.ArgumentTypeError, match="format 'jso' is unknown"):
        checked("jso")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_path_is_completed_as_shtab_completes_files(shell: str) -> None:
    import shtab

    parser = Parser()
    add_path(parser, "--file")
    assert shtab.FILE[shell] in shtab.complete(parser, shell)
