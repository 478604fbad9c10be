"""Uses by rules and schedules only: what nothing else runs may not exist any more."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.sources.account.scheduled import is_only_scheduled


@pytest.mark.parametrize(
    ("uses", "expected"),
    [
        (["rule nightly (event bus default)"], True),
        (["rule nightly (event bus default)", "schedule default/x, disabled"], True),
        (["rule nightly (event bus default)", "1 task in cluster prod"], False),
        (["service rule in cluster prod (primary deployment)"], False),
    ],
)
def test_whether_only_rules_and_schedules_use_it(uses: list[str], expected: bool) -> None:
    assert is_only_scheduled(uses) is expected
