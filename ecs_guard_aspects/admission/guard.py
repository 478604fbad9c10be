"""The validating gate: an Aspect for one scope, and the whole gate around an app."""

from __future__ import annotations

import logging
from collections.abc import Hashable, Sequence
from dataclasses import replace
from weakref import WeakKeyDictionary

import aws_cdk as cdk
import jsii
from constructs import IConstruct, IValidation

from .._version import VERSION
from ..policy.errors import PolicyError
from ..policy.evaluation import TASK_DEFINITION, Problem, evaluate, problem_finding, stale_exemptions
from ..policy.expressions import Template
from ..policy.finding import Finding
from ..policy.policy import Policy
from .acknowledgements import PLUGIN_NAME, find_acknowledgement
from .annotations import annotate
from .defaults import default_to_awsvpc
from .fix import AWSVPC_NETWORK_MODE, EcsGuardFix
from .origin import made_at
from .places import Places
from .reading import is_task_definition, read, select_task_definitions, template_of
from .report import Entry, Shown, render
from .verification import Verified, verify

_log = logging.getLogger("ecs_guard_aspects")

# The guards of an app, in the order they came: what one has said the next does not repeat.
_guards: WeakKeyDictionary[IConstruct, list[EcsGuard]] = WeakKeyDictionary()


@jsii.implements(cdk.IAspect, cdk.IPolicyValidationPlugin)
class EcsGuard:
    """A gate for ECS task definitions.

    As an Aspect it annotates every task definition below a scope, up to Stage borders::

        Aspects.of(scope).add(EcsGuard(policy))

    ``protect`` guards a whole app, Stages and written templates included::

        EcsGuard(policy).protect(app)

    Args:
        policy: what to demand; ``Policy()`` if left out.

    Raises:
        PolicyError: if ``policy`` is no ``Policy``.
    """

    def __init__(self, policy: Policy | None = None) -> None:
        if policy is not None and not isinstance(policy, Policy):
            raise PolicyError(f"policy is {policy!r}: it must be a Policy")
        self.policy = policy or Policy()
        self._scopes: list[str] = []
        self._fixes: list[EcsGuardFix] = []
        self._findings: dict[Hashable, Finding] = {}
        self._said: dict[Hashable, int] = {}
        self._annotated: dict[Hashable, int] = {}
        self._places = Places()
        self._templates: dict[str, Template] = {}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, once the app has been synthesized, whether that succeeded or not."""
        return tuple(self._findings.values())

    @property
    def name(self) -> str:
        """Name of the policy-validation plugin."""
        return PLUGIN_NAME

    @property
    def version(self) -> str:
        """Version of the policy-validation plugin."""
        return VERSION

    @property
    def rule_ids(self) -> list[str]:
        """Ids of the checks that are made."""
        return [check.id for check in self.policy.enforced_checks]

    def protect(self, scope: IConstruct, fix: EcsGuardFix | None = None, defaults: bool = False) -> EcsGuard:
        """Guard everything below ``scope``: the app, or one Stage, stack or construct.

        Task definitions are annotated after all Aspects have run, then judged once more in the written templates,
        those of Stages and nested stacks included. It may be called before or after the constructs are made.

        Args:
            scope: what to guard; the app, unless parts of it have policies of their own.
            fix: what to mend before anything is judged; nothing if left out.
            defaults: make L2 task definitions that name no network mode ``awsvpc`` when they are constructed, so that
                all that follows from the mode follows by itself. Call ``protect`` before they are made.

        Returns:
            The guard itself.
        """
        path = scope.node.path
        if path in self._scopes:
            return self
        self._scopes.append(path)
        root = scope.node.root
        guards = _guards.setdefault(root, [])
        if self not in guards:
            guards.append(self)
            cdk.Validations.of(root).add_plugins(self)
        if defaults:
            default_to_awsvpc(scope)
        if fix is not None:
            fix.respect(self.policy)
            self._fixes.append(fix)
        for base in _one_per_stage(scope):
            base.node.add_validation(_Annotator(self, base))
            if fix is not None:
                cdk.Aspects.of(base).add(fix, priority=cdk.AspectPriority.MUTATING)
        return self

    def visit(self, node: IConstruct) -> None:
        """Judge one construct: annotate it if it is a task definition that the policy does not admit."""
        if is_task_definition(node):
            self._judge(node)

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Judge the written templates, and report what the annotations do not both say and enforce."""
        try:
            verified = [
                replace(v, finding=self._explained(self._with_source(v.finding)))
                for v in verify(context, self.policy, self._places)
                if self._covers(v.finding.resource)
            ]
            self._findings = {_key(v.finding): v.finding for v in verified}
            for finding in stale_exemptions(self.policy, self._findings.values()):
                self._findings[_key(finding)] = finding
                verified.append(Verified(finding, in_stage=True))
            entries = [
                self._entry(context, v)
                for v in verified
                if not self._is_said_by_others(context.app_construct, v.finding)
            ]
        except Exception as error:  # noqa: BLE001 - an exception here would pass `cdk synth` silently
            _log.debug("verifying the templates failed", exc_info=True)
            finding = problem_finding(_crash(error), "", self.policy)
            self._findings[_key(finding)] = finding
            entries = [Entry(finding)]
        return render(entry for entry in entries if entry is not None)

    def annotate(self, base: IConstruct) -> None:
        """Annotate the task definitions below ``base`` that belong to the same Stage."""
        stage = _stage_path(base)
        for stack, estimates in self._places.survey(base):
            suspects = [estimate.place.node for estimate in estimates if self._is_suspect(estimate.properties)]
            if suspects and _stage_path(stack) == stage:
                for node in suspects:
                    self._judge(node)

    def _is_suspect(self, properties: object) -> bool:
        return any(evaluate(properties, self.policy, resource=""))

    def _judge(self, node: cdk.CfnResource) -> None:
        path = node.node.path
        found = self._findings_of(node, path)
        source = made_at(node) if found else None
        for finding in (self._explained(replace(finding, source=source)) for finding in found):
            key = _key(finding)
            self._findings[key] = finding
            if not self._is_said_by_others(node.node.root, finding) and annotate(node, finding):
                self._annotated[key] = self._said[key] = finding.enforcement.strictness

    def _findings_of(self, node: cdk.CfnResource, path: str) -> Sequence[Finding]:
        try:
            resource = read(node)
            if resource.type != TASK_DEFINITION:
                return ()
            template = self._template_of(node)
            return evaluate(
                resource.properties, self.policy, resource=path, template=template, condition=resource.condition
            )
        except Exception as error:  # noqa: BLE001 - what cannot be read is denied, whatever went wrong
            _log.debug("reading %s failed", path, exc_info=True)
            return (problem_finding(_crash(error), path, self.policy),)

    def _template_of(self, node: cdk.CfnResource) -> Template:
        stack = cdk.Stack.of(node)
        path = stack.node.path
        if path not in self._templates:
            self._templates[path] = template_of(stack)
        return self._templates[path]

    def _covers(self, path: str) -> bool:
        return any(not scope or path == scope or path.startswith(f"{scope}/") for scope in self._scopes or [""])

    def _is_said_by_others(self, root: IConstruct, finding: Finding) -> bool:
        for guard in _guards.get(root, ()):
            if guard is self:
                return False
            if guard._said.get(_key(finding), -1) >= finding.enforcement.strictness:
                return True
        return False

    def _entry(self, context: cdk.IPolicyValidationContext, verified: Verified) -> Entry | None:
        """Return the finding as an entry of the report; None if the CDK's own report already holds it."""
        finding, shown = verified.finding, Shown.ALWAYS if verified.in_stage else Shown.SELECTED
        acknowledgement = find_acknowledgement(context.app_construct, finding.resource, finding.check)
        if acknowledgement and acknowledgement.counts:
            finding = replace(finding, acknowledged=acknowledgement.reason)
        self._findings[_key(finding)] = finding
        self._said[_key(finding)] = finding.enforcement.strictness
        if self._annotated.get(_key(finding), -1) >= finding.enforcement.strictness:
            node = context.app_construct.node
            if _is_false(node.try_get_context("@aws-cdk/core:failSynthOnValidationErrors")):
                # The CDK CLI shows annotations of the stacks it selects, and fails on their errors.
                shown = shown if verified.in_stage else Shown.ELSEWHERE
            elif node.try_get_context("@aws-cdk/core:annotationsInValidationReport"):
                return None
        return Entry(finding, shown, verified.file, verified.logical_id, acknowledgement)

    def _with_source(self, finding: Finding) -> Finding:
        place = self._places.at(finding.resource)
        return replace(finding, source=made_at(place.node)) if place else finding

    def _explained(self, finding: Finding) -> Finding:
        """Add to a finding why the fix has not mended it."""
        if finding.check != AWSVPC_NETWORK_MODE:
            return finding
        refusals = [fix.refusal_of(finding.resource) for fix in self._fixes]
        reasons = [blocker.text for refusal in refusals if refusal for blocker in refusal.blockers]
        return replace(finding, remedy=f"{finding.remedy} Not fixed: {'; '.join(reasons)}.") if reasons else finding


@jsii.implements(IValidation)
class _Annotator:
    """Runs when all Aspects of a Stage have run and its templates are not yet written."""

    def __init__(self, guard: EcsGuard, base: IConstruct) -> None:
        self._guard = guard
        self._base = base

    def validate(self) -> list[str]:
        try:
            self._guard.annotate(self._base)
        except Exception as error:  # noqa: BLE001 - an error returned from here fails every synth
            _log.debug("annotating failed", exc_info=True)
            return [problem_finding(_crash(error), "", self._guard.policy).describe()]
        return []


def _one_per_stage(scope: IConstruct) -> list[IConstruct]:
    """Return ``scope`` and the Stages below it, as far as they hold task definitions by now."""
    stages = {}
    for node in select_task_definitions(scope):
        stage = cdk.Stage.of(node)
        if stage is not None:
            stages[stage.node.path] = stage
    stages.pop(_stage_path(scope), None)
    return [scope, *stages.values()]


def _stage_path(scope: IConstruct) -> str:
    stage = cdk.Stage.of(scope)
    return stage.node.path if stage is not None else ""


def _is_false(flag: object) -> bool:
    return flag in (False, "false")


def _crash(error: Exception) -> Problem:
    return Problem(
        f"The gate failed with {type(error).__name__}: {error}.",
        "It fails closed: what it cannot judge it denies.",
        "See the debug log of ecs_guard_aspects for the traceback; if it stays so, report it with this message.",
    )


def _key(finding: Finding) -> Hashable:
    return finding.check, finding.resource, finding.container, finding.location
