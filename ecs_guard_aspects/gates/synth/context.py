"""The policy in the context of an app, and a warning if no guard reads it."""

from __future__ import annotations

from collections.abc import Iterable

from constructs import IConstruct

from ...policy.files.context import CONTEXT_KEY, CONTEXT_ORIGIN, is_configured
from ...policy.policy import Policy

OVERLOOKED = (
    f"The context of this app (cdk.json, -c) has a policy under {CONTEXT_KEY!r} or a similar key, which this guard does"
    " not read: it was given another policy.\n"
    "Give it Policy.from_context(app, base=...) to use the one in the context, or remove that."
)
"""The warning about a policy in the context that the guard does not use."""


def policy_at(app: IConstruct, given: Policy | None) -> Policy:
    """Return the policy of a guard: the one it was given, or else that of the context.

    Raises:
        PolicyError: if the policy in the context cannot be read.
    """
    return given if given is not None else Policy.from_context(app)


def is_overlooked(app: IConstruct, policies: Iterable[Policy]) -> bool:
    """Return whether the context has a policy, or a similar key, and one of these policies is another."""
    return any(policy.origin != CONTEXT_ORIGIN for policy in policies) and is_configured(app)
