"""One guard at one app: what it has seen, annotated and reported in a synth."""

from __future__ import annotations

import logging
from collections.abc import Hashable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import aws_cdk as cdk
from constructs import IConstruct

from ..policy.checks.awsvpc_network_mode import AwsvpcNetworkMode
from ..policy.evaluation import evaluate
from ..policy.finding import Finding
from ..policy.policy import STALE_EXEMPTION, Policy
from ..policy.problems import Problem, problem_finding, stale_exemptions
from ..policy.task_definition import TASK_DEFINITION
from .acknowledgements import Acknowledgement, find_acknowledgement
from .annotations import annotate
from .assembly import written_annotations
from .garbage_collection import collection_paused
from .origin import made_at
from .places import Places
from .reading import UNREAD, Estimate, Templates, identity_of, is_within, read, stage_path
from .report import Entry, Remark, Shown, render
from .verification import UNKNOWN, Verified, verify

if TYPE_CHECKING:
    from .fix import EcsGuardFix

_log = logging.getLogger("ecs_guard_aspects")

# The CDK CLI sets this to false: it shows reports and annotations itself, and fails on their errors.
_APP_FAILS = "@aws-cdk/core:failSynthOnValidationErrors"
_ANNOTATIONS_IN_REPORT = "@aws-cdk/core:annotationsInValidationReport"


class _Judged(NamedTuple):
    verified: Verified
    acknowledgement: Acknowledgement | None


class Gate:
    """What one guard knows about one app.

    Attributes:
        policy: the policy to judge by.
        root: the app.
        scopes: construct paths of what is guarded; everything if there are none.
        bases: construct paths of those below which task definitions are annotated: one for each Stage.
        fixes: what mends task definitions before they are judged, each with the construct paths it was put on.
        has_judged: whether the written templates have been judged, well or ill.
        only_asks: whether it is there for its findings alone: it annotates nothing and lets every synth pass.
    """

    def __init__(self, policy: Policy, root: IConstruct) -> None:
        self.policy = policy
        self.root = root
        self.scopes: list[str] = []
        self.bases: set[str] = set()
        self.fixes: dict[EcsGuardFix, set[str]] = {}
        self.has_judged = False
        self.only_asks = False
        self._places = Places()
        self._templates = Templates()
        self._findings: dict[Hashable, Finding] = {}
        self._annotated: dict[Hashable, tuple[int, str]] = {}
        self._said: dict[Hashable, int] = {}
        self._arrived: set[tuple[str, str]] | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings: of the written templates once they are judged, until then of the construct tree."""
        return tuple(self._findings.values())

    @collection_paused()
    def annotate_below(self, base: IConstruct) -> None:
        """Annotate the task definitions below ``base`` that belong to the same Stage."""
        if self.only_asks:
            return
        stage = stage_path(base)
        for estimates in self._places.learn(base):
            # What an estimate misses, the written template shows.
            suspects = [estimate.place.node for estimate in estimates if self._is_suspect(estimate)]
            if suspects and stage_path(suspects[0]) == stage:
                for node in suspects:
                    self.annotate(node)

    def annotate(self, node: cdk.CfnResource) -> None:
        """Judge one task definition of the tree exactly, and say on it what is denied or warned of."""
        found = self._judge(node, node.node.path)
        source = made_at(node) if found else None
        for finding in (self._explained(replace(finding, source=source)) for finding in found):
            key = _key(finding)
            self._findings[key] = finding
            text = None if self._is_said_by_others(finding) else annotate(node, finding)
            if text is not None:
                self._said[key] = finding.enforcement.strictness
                self._annotated[key] = (finding.enforcement.strictness, text)

    @collection_paused()
    def report(self, templates: Sequence[Path]) -> cdk.PolicyValidationPluginReport:
        """Judge the written templates, and report all findings, such that each is shown once."""
        self.has_judged = True
        self._arrived = None
        try:
            judged = self._judge_templates(templates)
            self._findings = {_key(j.verified.finding): j.verified.finding for j in judged}
            if self.only_asks:
                return render(())
            entries = [self._entry(j) for j in judged if not self._is_said_by_others(j.verified.finding)]
            return render((entry for entry in entries if entry is not None), self._remarks())
        except Exception as error:  # noqa: BLE001 - an exception here would pass `cdk synth` silently
            _log.debug("judging the templates failed", exc_info=True)
            finding = problem_finding(crash(error), "", self.policy)
            self._findings[_key(finding)] = finding
            return render(() if self.only_asks else [Entry(finding)])

    def _is_suspect(self, estimate: Estimate) -> bool:
        return estimate.properties is UNREAD or bool(evaluate(estimate.properties, self.policy, resource=""))

    def _judge(self, node: cdk.CfnResource, path: str) -> Sequence[Finding]:
        try:
            resource = read(node)
            if resource.type != TASK_DEFINITION:
                return ()
            template = self._templates.of(node)
            return evaluate(
                resource.properties, self.policy, resource=path, template=template, condition=resource.condition
            )
        except Exception as error:  # noqa: BLE001 - what cannot be read is denied, whatever went wrong
            _log.debug("reading %s failed", path, exc_info=True)
            return (problem_finding(crash(error), path, self.policy),)

    def _judge_templates(self, templates: Sequence[Path]) -> list[_Judged]:
        verified = verify(self.root, templates, self.policy, self._places)
        scopes = self.scopes or [""]
        verified = [v for v in verified if any(may_concern(v.finding, scope) for scope in scopes)]
        stale = stale_exemptions(self.policy, [v.finding for v in verified])
        verified += [Verified(finding, always_shown=True) for finding in stale]
        return [self._complete(v) for v in verified]

    def _complete(self, verified: Verified) -> _Judged:
        """Add what only the construct tree knows: where it was made, why it is not fixed, who accepts it."""
        finding = verified.finding
        place = self._places.at(finding.resource)
        finding = self._explained(replace(finding, source=made_at(place.node) if place else None))
        acknowledgement = find_acknowledgement(self.root, finding.resource, finding.check)
        if acknowledgement and acknowledgement.counts:
            finding = replace(finding, acknowledged=acknowledgement.reason)
        return _Judged(replace(verified, finding=finding), acknowledgement)

    def _explained(self, finding: Finding) -> Finding:
        """Add to a finding why the fix has not mended it."""
        if finding.check != AwsvpcNetworkMode.id:
            return finding
        refusals = [fix.refusal_of(finding.resource) for fix in self.fixes]
        reasons = [blocker.text for refusal in refusals if refusal for blocker in refusal.blockers]
        return replace(finding, remedy=f"{finding.remedy} Not fixed: {'; '.join(reasons)}.") if reasons else finding

    def covers(self, path: str) -> bool:
        """Return whether what stands at a construct path is guarded."""
        return any(is_within(path, scope) for scope in self.scopes or [""])

    def _is_said_by_others(self, finding: Finding) -> bool:
        """Return whether a gate that came before this one has said the same, as strictly."""
        for gate in gates_of(self.root):
            if gate is self:
                return False
            if gate._said.get(_key(finding), -1) >= finding.enforcement.strictness:
                return True
        return False

    def _entry(self, judged: _Judged) -> Entry | None:
        """Return the finding as an entry of the report; None if the CDK's own report already holds it."""
        verified, acknowledgement = judged
        finding, shown = verified.finding, Shown.ALWAYS if verified.always_shown else Shown.SELECTED
        self._said[_key(finding)] = finding.enforcement.strictness
        strictness, text = self._annotated.get(_key(finding), (-1, ""))
        if strictness >= finding.enforcement.strictness:
            if not self._is_by_cli():
                if self.root.node.try_get_context(_ANNOTATIONS_IN_REPORT):
                    return None
            elif not verified.always_shown and (finding.resource, text) in self._written_annotations():
                shown = Shown.ELSEWHERE
        return Entry(finding, shown, verified.file, verified.logical_id, acknowledgement)

    def _written_annotations(self) -> set[tuple[str, str]]:
        """Return the annotations that have arrived in the assembly; no other is worth trusting."""
        if self._arrived is None:
            self._arrived = written_annotations(Path(self.root.outdir))  # type: ignore[attr-defined]
        return self._arrived

    def _remarks(self) -> list[Remark]:
        """Return what the fixes have said; the CDK CLI shows it as annotations, but the report must hold it too."""
        remarks = []
        for note in (note for fix in self.fixes for note in fix.notes):
            shown = Shown.SELECTED
            if self._is_by_cli():
                shown = Shown.ALWAYS if note.stage_path else Shown.ELSEWHERE
            remarks.append(Remark(note.path, note.text, shown))
        return remarks

    def _is_by_cli(self) -> bool:
        return self.root.node.try_get_context(_APP_FAILS) in (False, "false")


# The gates of an app, in the order they came: what one has said the next does not repeat.
_gates: dict[str, list[Gate]] = {}


def gates_of(root: IConstruct) -> list[Gate]:
    """Return the gates that an app passes, in the order they came."""
    return _gates.get(identity_of(root), [])


def add_gate(gate: Gate) -> None:
    """Put one more gate around its app."""
    _gates.setdefault(identity_of(gate.root), []).append(gate)


def crash(error: Exception) -> Problem:
    """Return what is said if the gate itself fails."""
    return Problem(
        f"The gate failed with {type(error).__name__}: {error}.",
        "It fails closed: what it cannot judge it denies.",
        "See the debug log of ecs_guard_aspects for the traceback; if it stays so, report it with this message.",
    )


def may_concern(finding: Finding, scope: str) -> bool:
    """Return whether a finding is about something at or below a construct path, as far as that can be told."""
    if is_within(finding.resource, scope) or finding.check == STALE_EXEMPTION:
        return True
    stack_path, unknown, _ = finding.resource.rpartition(f"/{UNKNOWN}")
    if unknown or not finding.location:  # it may be anywhere in this stack
        return is_within(scope, stack_path or finding.resource)
    return False


def _key(finding: Finding) -> Hashable:
    return finding.check, finding.resource, finding.container, finding.location
