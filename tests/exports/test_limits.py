"""Limits of AWS: texts that are longer are refused."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.exports.limits import PACK_BODY, RULE_TEXT, SERVICE_CONTROL_POLICY, Limit, within
from ecs_guard_aspects.policy import PolicyError

LIMITS = [
    (
        RULE_TEXT,
        "x" * 10_000,
        "10,001 characters; the limit for the text of a custom policy rule is 10,000. Set checks",
    ),
    (
        PACK_BODY,
        "\u00e4" * 25_600,
        "51,201 bytes; the limit for the body of a conformance pack is 51,200. Leave the managed",
    ),
    (
        SERVICE_CONTROL_POLICY,
        "x" * 5_120,
        "5,121 characters; the limit for a service control policy is 5,120. Leave out",
    ),
]


@pytest.mark.parametrize(("limit", "longest", "message"), LIMITS)
def test_a_limit(limit: Limit, longest: str, message: str) -> None:
    assert within(longest, limit) is longest
    with pytest.raises(PolicyError, match=f"^this policy makes {message}"):
        within(f"{longest}x", limit)
