"""Arguments of ``ecs-guard check``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .conftest import Parse, Refused, changed

# The words after the command, and what differs from the defaults.
GIVEN: list[tuple[str, dict[str, Any]]] = [
    ("", {}),
    ("infra -", {"paths": ["infra", "-"]}),
    ("-- --policy", {"paths": ["--policy"]}),
    ("--policy a.yaml", {"policy": Path("a.yaml")}),
    ("--no-config", {"no_config": True}),
    ("--profile strict", {"profile": "strict"}),
    ("--profile AWS_CONFIG", {"profile": "aws-config"}),
    ("--checks a:b --checks c:d", {"checks": ["a:b", "c:d"]}),
    ("--exclude a --exclude b", {"exclude": ["a", "b"]}),
    ("--ignore-unknown", {"ignore_unknown": True}),
    ("--baseline a.json --write-baseline b.json", {"baseline": Path("a.json"), "write_baseline": Path("b.json")}),
    ("--format json", {"format": "json"}),
    ("--output sarif=a.sarif", {"output": [("sarif", Path("a.sarif"))]}),
    ("--include-exempt --exit-zero", {"include_exempt": True, "exit_zero": True}),
    ("--require 3", {"require": 3}),
]


@pytest.mark.parametrize(("line", "expected"), GIVEN)
def test_what_is_given(parse: Parse, line: str, expected: dict[str, Any]) -> None:
    assert changed(parse(f"check {line}"), parse("check")) == expected


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("--policy a.yaml --no-config", "not allowed with argument --policy"),
        ("--output a.json", "'a.json' is not FORMAT=FILE"),
        ("--require many", "'many' is not a number of task definitions"),
    ],
)
def test_what_is_refused(refused: Refused, line: str, error: str) -> None:
    assert error in refused(f"check {line}")
