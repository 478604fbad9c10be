"""Limits of AWS for generated texts. A text above its limit is refused, and never shortened."""

from __future__ import annotations

from typing import NamedTuple

from ..policy.errors import PolicyError


class Limit(NamedTuple):
    """The maximum length of a text, and what to do about a longer one."""

    what: str
    most: int
    unit: str
    remedy: str

    def size_of(self, text: str) -> int:
        """Return how long a text is, in the unit of the limit."""
        return len(text.encode()) if self.unit == "bytes" else len(text)


# https://docs.aws.amazon.com/config/latest/APIReference/API_CustomPolicyDetails.html
RULE_TEXT = Limit(
    "the text of a custom policy rule",
    10_000,
    "characters",
    "Set checks that have an AWS managed rule to off in this policy, and use the managed rules for them.",
)
# https://docs.aws.amazon.com/config/latest/APIReference/API_PutOrganizationConformancePack.html (300 KB from S3)
PACK_BODY = Limit(
    "the body of a conformance pack",
    51_200,
    "bytes",
    "Leave the managed rules out, or upload the pack to S3 and give its address: the limit is 300 KB then.",
)
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
SERVICE_CONTROL_POLICY = Limit(
    "a service control policy",
    5_120,
    "characters",
    "Leave out --fargate-only, and generate a second policy with it.",
)


def within(text: str, limit: Limit) -> str:
    """Return a text if it is within a limit.

    Raises:
        PolicyError: if it is longer.
    """
    size = limit.size_of(text)
    if size > limit.most:
        raise PolicyError(
            f"this policy makes {size:,} {limit.unit}; the limit for {limit.what} is {limit.most:,}. {limit.remedy}"
        )
    return text
