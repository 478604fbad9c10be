"""How loud a finding is said."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.policy import Enforcement, Finding, Severity, Verdict
from ecs_guard_aspects.reports.wording import level_of

# fmt: off
LEVELS: list[tuple[dict[str, Any], str]] = [
    ({},                                    "error"),
    ({"enforcement": Enforcement.WARN},     "warning"),
    ({"enforcement": Enforcement.AUDIT},    "note"),
    ({"acknowledged": "known"},             "note"),
    ({"acknowledged": ""},                  "error"),  # without a reason, or the policy takes none
    ({"baseline": True},                    "note"),
]
# fmt: on


@pytest.mark.parametrize(("changes", "level"), LEVELS)
def test_how_loud_a_finding_is(changes: dict[str, Any], level: str) -> None:
    values = {"enforcement": Enforcement.DENY, **changes}
    finding = Finding("x", Severity.HIGH, Verdict.VIOLATION, what="What.", why="Why.", remedy="Do.", **values)
    assert level_of(finding) == level
