"""How far an audit is."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.gates.account.progress import AuditProgress


@pytest.mark.parametrize(
    ("accounts", "regions", "read", "expected"),
    [
        (1, None, 0, "Regions of 1 account"),
        (1, 1, 0, "Region 1 of 1, 1 account"),
        (2, 51, 0, "Region 1 of 51, 2 accounts"),
        (2, 51, 11, "Region 12 of 51, 2 accounts"),
        (2, 51, 51, "Region 51 of 51, 2 accounts"),
    ],
)
def test_how_far_it_is(accounts: int, regions: int | None, read: int, expected: str) -> None:
    progress = AuditProgress(accounts)
    if regions is not None:
        progress.has_regions(regions)
    for _ in range(read):
        progress.has_read()
    assert str(progress) == expected
