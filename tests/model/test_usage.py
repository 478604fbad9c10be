"""Usage in an account, and the fields that reports have only for it."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.model.usage import (
    ACCOUNT_FIELDS,
    ClusterExposure,
    Exposure,
    ExposureLevel,
    Usage,
    account_fields,
    most_urgent,
)
from ecs_guard_aspects.policy.judging.report import Judged

INTERNET, UNKNOWN, INTERNAL = ExposureLevel
USAGE = Usage(
    "eu-west-1",
    "INACTIVE",
    ("service web in cluster prod (primary deployment)",),
    Exposure(INTERNET, ("load balancer web is internet-facing",)),
    running_tasks=2,
    clusters=(ClusterExposure("prod", INTERNET), ClusterExposure("test", INTERNAL)),
    is_production=True,
)


def test_what_was_found_in_an_account_says_so() -> None:
    judged = Judged("012345678901/eu-west-1", "arn:x", "web", "012345678901", USAGE)
    fields = account_fields(judged.account, judged.usage)
    assert fields == {
        "account": "012345678901",
        "region": "eu-west-1",
        "status": "INACTIVE",
        "in_use_by": ["service web in cluster prod (primary deployment)"],
        "exposure": {"level": "internet", "reasons": ["load balancer web is internet-facing"]},
        "running_tasks": 2,
        "clusters": {"prod": "internet", "test": "internal"},
        "production": True,
    }
    assert tuple(fields) == ACCOUNT_FIELDS


def test_what_was_not_found_in_an_account_has_none_of_them() -> None:
    """An account alone is also known of a stack in a CDK app."""
    assert account_fields("012345678901", None) == {}


def test_exposure_that_was_not_examined_is_unknown() -> None:
    assert Usage("eu-west-1", "ACTIVE", ()).exposure == (UNKNOWN, ("it was not examined",))


@pytest.mark.parametrize(
    ("levels", "expected"),
    [([], UNKNOWN), ([INTERNAL, UNKNOWN], UNKNOWN), ([INTERNAL, INTERNET, UNKNOWN], INTERNET), ([INTERNAL], INTERNAL)],
)
def test_the_most_urgent_level(levels: list[ExposureLevel], expected: ExposureLevel) -> None:
    assert most_urgent(levels) is expected
