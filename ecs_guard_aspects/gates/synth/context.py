"""The policy of an app, and what is said if its context has one that nobody reads."""

from __future__ import annotations

from collections.abc import Iterable

from constructs import IConstruct

from ...policy.files.context import CONTEXT_KEY, CONTEXT_ORIGIN, is_configured
from ...policy.policy import Policy

OVERLOOKED = (
    f"The context of this app (cdk.json, -c) has a policy under {CONTEXT_KEY!r}, or almost, which this guard does not"
    " read: it was given another.\n"
    "Give it Policy.from_context(app, base=...) if the context shall count, or remove it there."
)
"""What is said of a policy in the context that is not the guard's."""


def policy_at(app: IConstruct, given: Policy | None) -> Policy:
    """Return the policy of a guard: the one it was given, or else that of the context.

    Raises:
        PolicyError: if the context says no policy that can be read.
    """
    return given if given is not None else Policy.from_context(app)


def is_overlooked(app: IConstruct, policies: Iterable[Policy]) -> bool:
    """Return whether the context says a policy, or almost does, that is not each of these."""
    return any(policy.origin != CONTEXT_ORIGIN for policy in policies) and is_configured(app)
