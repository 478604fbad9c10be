"""Usage in an account, and the fields that reports have only for it."""

from __future__ import annotations

from ecs_guard_aspects.model.usage import ACCOUNT_FIELDS, Usage, account_fields
from ecs_guard_aspects.policy.judging.report import Judged

USAGE = Usage("eu-west-1", "INACTIVE", ("service web in cluster prod (primary deployment)",))


def test_what_was_found_in_an_account_says_so() -> None:
    judged = Judged("012345678901/eu-west-1", "arn:x", "web", "012345678901", *USAGE)
    assert account_fields(judged) == {
        "account": "012345678901",
        "region": "eu-west-1",
        "status": "INACTIVE",
        "in_use_by": ["service web in cluster prod (primary deployment)"],
    }
    assert tuple(account_fields(judged)) == ACCOUNT_FIELDS


def test_what_was_not_found_in_an_account_has_none_of_them() -> None:
    """An account alone is also known of a stack in a CDK app."""
    assert account_fields(Judged("Stack.template.json", "Stack/Task", "web", "012345678901")) == {}
