"""EcsGuard: the gate, as an Aspect or by ``protect``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii
from constructs import IConstruct

from ...policy.errors import PolicyError
from ...policy.judging.finding import Finding
from ...policy.judging.report import Report
from ...policy.policy import Policy
from .context import policy_at
from .defaults import default_to_awsvpc
from .guards import Guards
from .review import Review, policy_failure
from .tree.constructs import identities_in, identity_of, is_judged, is_synthesized

if TYPE_CHECKING:
    from .fix.aspect import EcsGuardFix

_MINIMUM_CDK = "2.262"


@jsii.implements(cdk.IAspect)
class EcsGuard:
    """A gate for ECS task definitions.

    As an Aspect it guards everything below a scope, also Stages and nested stacks:

        Aspects.of(scope).add(EcsGuard(policy))

    ``protect`` does the same, optionally with the fix and secure defaults:

        EcsGuard(policy).protect(app)

    Both judge the written templates. The Aspect annotates findings in stacks below the app, so that
    ``Annotations.from_stack`` returns them, and reports all others; ``protect`` reports all findings.

    Args:
        policy: the policy; if left out, that of the repository, found as ``ecs-guard check`` finds it (policy file,
            pyproject.toml or cdk.json), changed by ``-c``.
        allow_checks: whether the custom checks that the policy of the repository names are imported.
        verbose: whether each synth reports how many task definitions were judged, also without findings.

    Raises:
        PolicyError: if ``policy`` is not a ``Policy``; later, at its use, if the policy of the repository is not valid.
        RuntimeError: if aws-cdk-lib is too old.
    """

    def __init__(self, policy: Policy | None = None, *, allow_checks: bool = False, verbose: bool = False) -> None:
        _require_minimum_cdk()
        if policy is not None and not isinstance(policy, Policy):
            raise PolicyError(f"policy is {policy!r}: it must be a Policy")
        self._policy = policy
        self._allow_checks = allow_checks
        self._verbose = verbose
        self._reviews: dict[str, Review] = {}
        self._joined: dict[str, Review] = {}
        self._latest: Review | None = None

    @property
    def policy(self) -> Policy:
        """The given policy, or that of the app on which it was last used."""
        return self._policy or (self._latest.policy if self._latest else Policy())

    @property
    def report(self) -> Report:
        """The report on the app on which it was last used, after the synthesis, also after a failed one."""
        return self._latest.report if self._latest else Report(self.policy)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings of the report."""
        return self.report.findings

    def protect(self, scope: IConstruct, fix: EcsGuardFix | None = None, defaults: bool = False) -> EcsGuard:
        """Guard everything below ``scope``: the app, or one Stage, stack or construct.

        Task definitions are judged in the written templates, also those of Stages and nested stacks, and reported by
        the policy validation of the CDK. Call it before or after the constructs are made.

        Args:
            scope: the app, or a part of it with its own policy.
            fix: the fix to apply before the templates are judged; none if left out.
            defaults: whether L2 task definitions without a network mode get ``awsvpc`` when they are constructed, so
                that the CDK creates security groups and target groups for it. Call ``protect`` before they are made.

        Returns:
            The guard itself.

        Raises:
            PolicyError: if the policy of the repository is not valid.
            RuntimeError: if the app has been synthesized already.
        """
        path = scope.node.path
        if is_synthesized(scope.node.root):
            raise RuntimeError(_TOO_LATE)
        try:
            review = self._review_at(scope)
        except PolicyError as error:
            raise error.with_traceback(None) from None  # without the context of the error: only its message is needed
        review.protected_scopes.append(path)
        if defaults:
            default_to_awsvpc(scope, review.made_awsvpc)
            review.default_scopes.append(path)
        if fix is not None:
            log = fix.serve(scope, review.policy)
            if log not in review.fix_logs:
                review.fix_logs.append(log)
        return self

    def join(self, scope: IConstruct) -> Review:
        """Guard everything below ``scope``, and annotate findings in stacks below the app.

        An Aspect does this itself at its first visit. If the policy of the repository is not valid, it denies
        everything.
        """
        try:
            review = self._review_at(scope)
        except PolicyError as error:
            self._add(scope, Review(Policy(), then=self._last_used, failure=policy_failure(error)))
            review = self._review_at(scope)
        Guards.of(scope.node.root).annotate()
        self._joined |= dict.fromkeys(identities_in(scope), review)
        return review

    def visit(self, node: IConstruct) -> None:
        """Join the guards of the app at the first visit, and record each task definition.

        The CDK visits a construct before those below it. So a construct that is not below those visited before is one
        to which the Aspect was added.
        """
        review = self._joined.get(identity_of(node)) or self.join(node)
        if is_judged(node):
            review.visited.add(node)

    def _review_at(self, scope: IConstruct) -> Review:
        """Return the review of the app, with a scope among those it guards."""
        identity, path = identity_of(scope.node.root), scope.node.path
        if identity not in self._reviews:
            policy = policy_at(scope.node.root, self._policy, allow_checks=self._allow_checks)
            self._add(scope, Review(policy, then=self._last_used, verbose=self._verbose))
        review = self._latest = self._reviews[identity]
        if not review.scopes or not review.covers(path):
            review.scopes.append(path)
        return review

    def _add(self, scope: IConstruct, review: Review) -> None:
        self._reviews[identity_of(scope.node.root)] = review
        Guards.of(scope.node.root).add(review)

    def _last_used(self, review: Review) -> None:
        """Report on the app that was judged last."""
        self._latest = review


_TOO_LATE = (
    "The app is synthesized already: another synth would return the same result without calling the gate."
    " Call protect before app.synth(), Template.from_stack() and everything else that synthesizes the app."
)


def _require_minimum_cdk() -> None:
    """Make sure that aws-cdk-lib is new enough: older versions ignore what a validation plugin denies.

    Raises:
        RuntimeError: if it is too old.
    """
    if not hasattr(getattr(cdk, "IPolicyValidationContext", None), "stack_templates"):
        raise RuntimeError(
            f"ecs-guard needs aws-cdk-lib {_MINIMUM_CDK} or newer: older versions ignore what a validation plugin"
            f" denies. Install it with: pip install 'aws-cdk-lib>={_MINIMUM_CDK},<3'"
        )
