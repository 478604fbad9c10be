"""Texts that are longer than AWS takes."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.exports.limits import PACK_BODY, RULE_TEXT, SERVICE_CONTROL_POLICY, Limit, within
from ecs_guard_aspects.policy import PolicyError

LIMITS = [
    (
        RULE_TEXT,
        "x" * 10_000,
        "10,001 characters, and AWS takes 10,000 as the text of a custom policy rule. Set to off",
    ),
    (
        PACK_BODY,
        "\u00e4" * 25_600,
        "51,201 bytes, and AWS takes 51,200 as the body of a conformance pack. Leave the managed",
    ),
    (
        SERVICE_CONTROL_POLICY,
        "x" * 5_120,
        "5,121 characters, and AWS takes 5,120 as a service control policy. Leave out",
    ),
]


@pytest.mark.parametrize(("limit", "longest", "message"), LIMITS)
def test_a_limit(limit: Limit, longest: str, message: str) -> None:
    assert within(longest, limit) is longest
    with pytest.raises(PolicyError, match=f"^this policy makes {message}"):
        within(f"{longest}x", limit)
