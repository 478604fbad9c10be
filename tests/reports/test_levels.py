"""How loud a finding is said."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.policy import Enforcement, Finding, Severity, Verdict
from ecs_guard_aspects.reports.levels import is_exempt, level_of

# fmt: off
LEVELS: list[tuple[dict[str, Any], str, bool]] = [
    ({},                                    "error",   False),
    ({"enforcement": Enforcement.WARN},     "warning", False),
    ({"enforcement": Enforcement.AUDIT},    "note",    False),
    ({"acknowledged": "known"},             "note",    True),
    ({"acknowledged": ""},                  "error",   False),  # without a reason, or the policy takes none
    ({"baseline": True},                    "note",    False),  # which is not exempt, but known
]
# fmt: on


@pytest.mark.parametrize(("changes", "level", "exempt"), LEVELS)
def test_how_loud_a_finding_is(changes: dict[str, Any], level: str, exempt: bool) -> None:
    values = {"enforcement": Enforcement.DENY, **changes}
    finding = Finding("x", Severity.HIGH, Verdict.VIOLATION, what="What.", why="Why.", remedy="Do.", **values)
    assert (level_of(finding), is_exempt(finding)) == (level, exempt)
