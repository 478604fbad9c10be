"""The parser of the command line, with a command line."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from typing import Any

import pytest

from ecs_guard_aspects.gates.command_line.arguments import parser

Parse = Callable[[str], Namespace]
Refused = Callable[[str], str]


@pytest.fixture
def parse() -> Parse:
    """Return the function that parses a command line without the name of the program."""

    def parsed(line: str) -> Namespace:
        words = line.split()
        arguments: Namespace = parser(words).parse_args(words)
        return arguments

    return parsed


@pytest.fixture
def refused(parse: Parse, capsys: pytest.CaptureFixture[str]) -> Refused:
    """Return the function that returns the error of a command line, which ends with exit code 2."""

    def error_of(line: str) -> str:
        with pytest.raises(SystemExit) as stop:
            parse(line)
        assert stop.value.code == 2
        return capsys.readouterr().err.splitlines()[-1]

    return error_of


def changed(arguments: Namespace, defaults: Namespace) -> dict[str, Any]:
    """Return the arguments that are not their defaults."""
    return {name: value for name, value in vars(arguments).items() if value != vars(defaults)[name]}
