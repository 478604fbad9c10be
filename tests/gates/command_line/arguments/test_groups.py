"""Argument groups: commands that share options have them with the same help."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.gates.command_line.arguments import parser

# The option, and the commands that have it.
SHARED = [
    ("--policy FILE", ["check", "exemptions", "fix", "audit", "explain"]),
    ("--profile NAME", ["check", "exemptions", "fix", "audit"]),
    ("--exclude GLOB", ["check", "exemptions", "fix"]),
    ("--baseline FILE", ["check"]),
    ("--require N", ["check", "audit"]),
    ("--output FORMAT=FILE", ["check", "audit"]),
]


@pytest.mark.parametrize(("option", "commands"), SHARED)
def test_which_commands_have_an_option(option: str, commands: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    found = []
    for command in ("check", "exemptions", "fix", "audit", "explain"):
        with pytest.raises(SystemExit):
            parser([command]).parse_args([command, "--help"])
        if option in capsys.readouterr().out:
            found.append(command)
    assert found == commands
