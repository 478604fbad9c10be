"""Comparison of two reports: how JSON has it."""

from __future__ import annotations

from ecs_guard_aspects.policy.tracking.comparison import Compared, Comparison, ComparisonStatus, FindingKey

KEY = FindingKey("012345678901", "eu-west-1", "web", "arn:aws:ecs:eu-west-1:012345678901:web", "non-root-user", "app")


def test_json_has_a_list_for_each_status_in_which_every_finding_says_what_stays_the_same() -> None:
    entries = (
        Compared(KEY, ComparisonStatus.FIXED, {"owner": "team-a"}),
        Compared(KEY._replace(container=None), ComparisonStatus.NOT_KNOWN, reason="it was not read"),
    )
    found = Comparison("last.json", entries).to_json()
    assert list(found) == ["with", "fixed", "still_there", "new", "no_longer_in_use", "not_known"]
    assert found["with"] == "last.json"
    assert found["fixed"] == [{**KEY._asdict(), "exemption": {"owner": "team-a"}}]
    assert found["not_known"] == [{**KEY._asdict(), "container": None, "exemption": None, "reason": "it was not read"}]
    assert found["new"] == []
