"""The validating gate: an Aspect for one scope, and the whole gate around an app."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii
from constructs import IConstruct

from ...policy.errors import PolicyError
from ...policy.judging.finding import Finding
from ...policy.judging.report import Report
from ...policy.policy import Policy
from .annotator import Annotator
from .context import policy_at
from .defaults import default_to_awsvpc
from .guards import Guards
from .review import Review
from .tree.constructs import identity_of, is_synthesized, is_task_definition

if TYPE_CHECKING:
    from .fix.aspect import EcsGuardFix

_MINIMUM_CDK = "2.262"


@jsii.implements(cdk.IAspect)
class EcsGuard:
    """A gate for ECS task definitions.

    As an Aspect it annotates every task definition below a scope, up to Stage borders:

        Aspects.of(scope).add(EcsGuard(policy))

    ``protect`` guards a whole app, Stages and written templates included:

        EcsGuard(policy).protect(app)

    Args:
        policy: what to demand; if left out, what the context of the app says under ``ecs-guard`` (cdk.json, ``-c``).

    Raises:
        PolicyError: if ``policy`` is no ``Policy``; where it is used, if the context says no policy that can be read.
        RuntimeError: if aws-cdk-lib is older than what the gate needs.
    """

    def __init__(self, policy: Policy | None = None) -> None:
        _require_minimum_cdk()
        if policy is not None and not isinstance(policy, Policy):
            raise PolicyError(f"policy is {policy!r}: it must be a Policy")
        self._policy = policy
        self._reviews: dict[str, Review] = {}
        self._annotators: dict[str, Annotator] = {}
        self._latest: Review | Annotator | None = None

    @property
    def policy(self) -> Policy:
        """The policy it was given, or else the one of the app it was last used on."""
        return self._policy or (self._latest.policy if self._latest else Policy())

    @property
    def report(self) -> Report:
        """What was judged and found in the app it was last used on, once that is synthesized, successfully or not."""
        if isinstance(self._latest, Review):
            return self._latest.report
        reports = list(self._latest.reports.values()) if self._latest else []
        return Report(
            self.policy,
            tuple(finding for report in reports for finding in report.findings),
            tuple(resource for report in reports for resource in report.resources),
            tuple(entry for report in reports for entry in report.not_read),
            tuple(source for report in reports for source in report.sources),
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings of the report."""
        return self.report.findings

    def protect(self, scope: IConstruct, fix: EcsGuardFix | None = None, defaults: bool = False) -> EcsGuard:
        """Guard everything below ``scope``: the app, or one Stage, stack or construct.

        Task definitions are judged in the written templates, those of Stages and nested stacks included, and reported
        by the CDK's policy validation. It may be called before or after the constructs are made.

        Args:
            scope: what to guard; the app, unless parts of it have policies of their own.
            fix: what to mend before anything is judged; nothing if left out.
            defaults: make L2 task definitions that name no network mode ``awsvpc`` when they are constructed, so that
                all that follows from the mode follows by itself. Call ``protect`` before they are made.

        Returns:
            The guard itself.

        Raises:
            RuntimeError: if the app has been synthesized already.
        """
        root, path = scope.node.root, scope.node.path
        if is_synthesized(root):
            raise RuntimeError(_TOO_LATE)
        identity = identity_of(root)
        if identity not in self._reviews:
            self._reviews[identity] = Review(policy_at(root, self._policy), then=self._last_used)
            Guards.of(root).add(self._reviews[identity])
        review = self._latest = self._reviews[identity]
        if path not in review.scopes:
            review.scopes.append(path)
        if defaults:
            default_to_awsvpc(scope)
            review.default_scopes.append(path)
        if fix is not None:
            log = fix.serve(scope, review.policy)
            if log not in review.fix_logs:
                review.fix_logs.append(log)
        return self

    def visit(self, node: IConstruct) -> None:
        """Remember one construct, to be judged when all Aspects have run, if it is a task definition."""
        if is_task_definition(node):
            root = node.node.root
            identity = identity_of(root)
            if identity not in self._annotators:
                self._annotators[identity] = Annotator(policy_at(root, self._policy), root)
            self._latest = self._annotators[identity]
            self._latest.remember(node)

    def _last_used(self, review: Review) -> None:
        """Answer for the app that was judged last, and for the whole of it if it was an Aspect there too."""
        self._latest = review


_TOO_LATE = (
    "The app is synthesized already, so another synth would return what there is and not ask the gate."
    " Call protect before app.synth(), Template.from_stack() and whatever else synthesizes the app."
)


def _require_minimum_cdk() -> None:
    """Make sure that aws-cdk-lib is new enough: older versions pass whatever a validation plugin denies.

    Raises:
        RuntimeError: if it is too old.
    """
    if not hasattr(getattr(cdk, "IPolicyValidationContext", None), "stack_templates"):
        raise RuntimeError(
            f"ecs-guard needs aws-cdk-lib {_MINIMUM_CDK} or newer: older versions pass what a validation plugin denies."
            f" Install it with: pip install 'aws-cdk-lib>={_MINIMUM_CDK},<3'"
        )
