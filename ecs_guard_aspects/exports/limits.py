"""What AWS takes at most. Nothing is cut to fit: a policy of which half is asked is another policy."""

from __future__ import annotations

from typing import NamedTuple

from ..policy.errors import PolicyError


class Limit(NamedTuple):
    """How long a text may be, and what to do about one that is longer."""

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
    "Set to off, in the policy this is generated from, the checks that one of AWS's managed rules makes as well.",
)
# https://docs.aws.amazon.com/config/latest/APIReference/API_PutOrganizationConformancePack.html (300 KB from S3)
PACK_BODY = Limit(
    "the body of a conformance pack",
    51_200,
    "bytes",
    "Leave the managed rules out, or upload the pack to S3 and give its address: from there AWS Config takes 300 KB.",
)
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
SERVICE_CONTROL_POLICY = Limit(
    "a service control policy",
    5_120,
    "characters",
    "Leave out what has to do with Fargate only, and write it as a policy of its own.",
)


def within(text: str, limit: Limit) -> str:
    """Return a text that AWS takes.

    Raises:
        PolicyError: if it is longer than that.
    """
    size = limit.size_of(text)
    if size > limit.most:
        raise PolicyError(
            f"this policy makes {size:,} {limit.unit}, and AWS takes {limit.most:,} as {limit.what}. {limit.remedy}"
        )
    return text
