"""Arguments of ``ecs-guard fix``."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Parse, Refused, changed

GIVEN: list[tuple[str, dict[str, Any]]] = [
    ("a.yaml infra", {"paths": ["a.yaml", "infra"]}),
    ("--write", {"write": True}),
    ("--no-awsvpc", {"no_awsvpc": True}),
    ("--subnets a,b --security-groups c", {"subnets": "a,b", "security_groups": "c"}),
    ("--assign-public-ip", {"assign_public_ip": True}),
    ("--user 1000:1000", {"user": "1000:1000"}),
    ("--change-addresses", {"may_change_addresses": True}),
    ("--run-elsewhere --replace-root", {"run_elsewhere": True, "may_replace_root": True}),
    ("--replace-target-groups", {"may_replace_target_groups": True}),
    ("--exclude old", {"exclude": ["old"]}),
]


@pytest.mark.parametrize(("line", "expected"), GIVEN)
def test_what_is_given(parse: Parse, line: str, expected: dict[str, Any]) -> None:
    assert changed(parse(f"fix {line}"), parse("fix")) == expected


@pytest.mark.parametrize("line", ["--user", "--require 1", "--format json"])
def test_what_is_refused(refused: Refused, line: str) -> None:
    assert refused(f"fix {line}").startswith("ecs-guard fix: error: ")
