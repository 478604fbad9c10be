"""The comparison with an earlier report, as lines for people."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.policy.tracking.comparison import Compared, Comparison, ComparisonStatus, FindingKey
from ecs_guard_aspects.reports.comparison_lines import comparison_lines, remarks_of, words_of


def compared(status: ComparisonStatus, container: str | None = None, **changes: Any) -> Compared:
    arn = "arn:aws:ecs:eu-west-1:111122223333:task-definition/web"
    key = FindingKey("111122223333", "eu-west-1", "web", arn, "awsvpc-network-mode", container)
    return Compared(key, status, **changes)


ENTRIES = (
    compared(ComparisonStatus.NEW),
    compared(ComparisonStatus.FIXED, container="app"),
    compared(ComparisonStatus.NOT_KNOWN, reason="eu-west-1 could not be read."),
    compared(ComparisonStatus.NEW, exemption={"owner": "team-a", "expires": "2027-01-31", "days_left": 3}),
)


def test_counts_come_first_then_a_line_for_each() -> None:
    assert list(comparison_lines(Comparison("last.json", ENTRIES))) == [
        "Since last.json: 1 fixed, 2 new, 1 not known.",
        "  fixed             111122223333/eu-west-1 web container app: awsvpc-network-mode",
        "  new               111122223333/eu-west-1 web: awsvpc-network-mode",
        "  new               111122223333/eu-west-1 web: awsvpc-network-mode; exempt until 2027-01-31 (team-a)",
        "  not known         111122223333/eu-west-1 web: awsvpc-network-mode; eu-west-1 could not be read.",
    ]


def test_without_findings() -> None:
    assert list(comparison_lines(Comparison("last.json", ()))) == ["Since last.json: no findings in either report."]


def test_an_exemption_that_ended() -> None:
    entry = compared(
        ComparisonStatus.STILL_THERE, exemption={"owner": "team-a", "expires": "2026-12-31", "days_left": -1}
    )
    assert remarks_of(entry) == ["exemption ended on 2026-12-31 (team-a)"]


@pytest.mark.parametrize("status", ComparisonStatus)
def test_every_status_is_named_in_words(status: ComparisonStatus) -> None:
    assert "_" not in words_of(status)
