"""Arguments of ``ecs-guard generate``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects.gates.command_line.commands.generate import KINDS

from .conftest import Parse, Refused, changed

GIVEN: list[tuple[str, str, dict[str, Any]]] = [
    ("guard-rules", "--output a.guard", {"output": Path("a.guard")}),
    ("guard-rules", "--profile strict", {"profile": "strict"}),
    ("conformance-pack", "--managed-rules", {"managed_rules": True}),
    ("organization-conformance-pack", "--name a --exclude-account 1", {"name": "a", "exclude_account": ["1"]}),
    ("service-control-policy", "--fargate-only", {"fargate_only": True}),
    ("hook", "--failure-mode FAIL --watch", {"failure_mode": "FAIL", "watch": True}),
    ("hook", "--code a.zip", {"code": Path("a.zip")}),
    ("hook-stack-set", "--exclude-stack a --exclude-stack b", {"exclude_stack": ["a", "b"]}),
    ("hook-protection", "--stack a", {"stack": "a"}),
    ("audit-policy", "--role reader", {"role": "reader"}),
]


@pytest.mark.parametrize(("kind", "line", "expected"), GIVEN)
def test_what_is_given(parse: Parse, kind: str, line: str, expected: dict[str, Any]) -> None:
    assert changed(parse(f"generate {kind} {line}"), parse(f"generate {kind}")) == expected


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_a_parser(parse: Parse, kind: str) -> None:
    assert parse(f"generate {kind}").kind == kind


@pytest.mark.parametrize("line", ["", "audit-policy --profile strict", "hook-protection --policy a.yaml"])
def test_what_is_refused(refused: Refused, line: str) -> None:
    assert "ecs-guard generate" in refused(f"generate {line}".strip())
