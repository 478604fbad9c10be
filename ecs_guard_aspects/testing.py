"""Assertions for the tests of a CDK app: whether the gate admits it.

from ecs_guard_aspects.testing import assert_admitted

def test_the_service_is_admitted() -> None:
    assert_admitted(ServiceStack(App(), "Service"))
"""

from __future__ import annotations

import warnings

try:
    from constructs import IConstruct
except ModuleNotFoundError as error:
    needs = "ecs_guard_aspects.testing needs the AWS CDK: pip install 'ecs-guard-aspects[cdk]'"
    raise ModuleNotFoundError(needs, name=error.name) from error

from .gates.synth.guards import Guards, join_aspects_around
from .gates.synth.review import Review, may_be_within
from .policy import Finding, Policy
from .policy.files.choice import policy_of_app
from .reports.wording import name_of_policy


def findings_of(scope: IConstruct, policy: Policy | None = None, *, allow_checks: bool = False) -> tuple[Finding, ...]:
    """Synthesize the app of ``scope``, and return the findings of the gate at and below ``scope``.

    A denied finding does not raise here, for any feature flags of the app. An app without a guard does not get one:
    nothing is annotated, and a later synth is not denied.

    Args:
        scope: the app, or a Stage, stack or construct of it.
        policy: the policy. If left out, the policies of the guards of the app, or else the policy of the repository.
        allow_checks: whether the custom checks that the policy of the repository names are imported.

    Raises:
        Exception: if the synthesis fails for another reason before the gate has judged.
    """
    return _judged(scope, policy, allow_checks)[0]


def assert_admitted(scope: IConstruct, policy: Policy | None = None, *, allow_checks: bool = False) -> None:
    """Synthesize the app of ``scope``, and fail if the gate denies a finding at or below ``scope``.

    Args:
        scope: the app, or a Stage, stack or construct of it.
        policy: the policy. If left out, the policies of the guards of the app, or else the policy of the repository.
        allow_checks: whether the custom checks that the policy of the repository names are imported.

    Raises:
        AssertionError: if a finding is denied; the message contains the full text of all of them.
        Exception: if the synthesis fails for another reason before the gate has judged.
    """
    findings, policies = _judged(scope, policy, allow_checks)
    denied = [finding for finding in findings if finding.is_denied]
    if denied:
        listed = "\n\n".join(f"{finding.address} ({finding.check})\n{finding.describe()}" for finding in denied)
        count = "1 finding denies" if len(denied) == 1 else f"{len(denied)} findings deny"
        names = ", ".join(dict.fromkeys(map(name_of_policy, policies)))
        raise AssertionError(f"{count} {scope.node.path or 'the app'}:\n\n{listed}\n\nPolicy: {names}.")


def _judged(scope: IConstruct, policy: Policy | None, allow_checks: bool) -> tuple[tuple[Finding, ...], list[Policy]]:
    """Return the findings and their policies."""
    join_aspects_around(scope)
    guards, path = Guards.of(scope.node.root), scope.node.path
    reviews = [review for review in guards.reviews if review.covers(path)] if policy is None else []
    if reviews:
        _synthesize(scope.node.root, reviews)
    else:
        review = Review(policy or policy_of_app(scope, allow_checks=allow_checks, warn=_warn), dry_run=True)
        review.scopes.append(path)
        reviews = [review]
        guards.add(review)
        try:
            _synthesize(scope.node.root, reviews)
        finally:
            guards.remove(review)
    findings = dict.fromkeys(finding for review in reviews for finding in review.report.findings)
    # A stale exemption has no place.
    within = tuple(finding for finding in findings if not finding.source or may_be_within(finding, path))
    return within, [review.policy for review in reviews]


def _warn(text: str) -> None:
    warnings.warn(f"ecs-guard: {text}", stacklevel=2)


def _synthesize(root: IConstruct, reviews: list[Review]) -> None:
    for review in reviews:
        review.has_judged = False
    try:
        # A cloud assembly from before, of another test or an earlier call, does not have later changes of the app.
        root.synth(force=True)  # type: ignore[attr-defined]
    except RuntimeError:
        if not all(review.has_judged for review in reviews):
            raise
    if not all(review.has_judged for review in reviews):
        raise RuntimeError("the gate did not run: the CDK did not call its policy-validation plugins")
