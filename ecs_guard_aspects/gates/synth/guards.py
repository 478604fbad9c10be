"""Guards of one app: they read the templates once for all, and report each finding once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Protocol, runtime_checkable

import aws_cdk as cdk
import jsii
from constructs import IConstruct, IValidation

from ...model.debug import show_traceback, type_and_place
from ...model.document import Document
from ...model.notice import Notice
from ...policy.checks import ALL
from ...policy.judging.finding import Finding
from ...policy.judging.findings_of_notices import notice_finding
from ...policy.policy import Policy
from ...remediation.who_runs_it.references import References
from ...sources.assembly.documents import read_assembly
from ...sources.assembly.language import PYTHON
from ...sources.assembly.stack import AssemblyOptions
from ...sources.assembly.templates import read_templates
from .annotator import Annotator
from .context import relaxed_by_context, warnings_about_policies
from .fix.made_awsvpc import obstacles_to_defaults
from .gc_paused import gc_paused
from .nlb_without_ingress import nlb_without_ingress
from .remark import Remark
from .review import Review, gate_failure, identity, merged
from .stage_verdicts import remove_stage_verdicts, write_stage_verdicts
from .tree.acknowledgements import acknowledged_above
from .tree.asset_texts import asset_text
from .tree.constructs import LiveTree, is_within, node_at, outdir_of, path_of, stage_of
from .validation_report import ValidationPlugin

PROOF = "ecs-guard.json"
"""The file of the cloud assembly with the reports of all guards."""

WHAT_TO_DO = (
    "Correct the code (ecs-guard explain CHECK shows how), have EcsGuardFix change what can be changed safely, or add"
    " an exemption to the policy for what has to stay."
)
"""The advice about denied findings."""

_ATTRIBUTE = "_ecs_guard_aspects"
_OWN_CHECKS = frozenset(check.id for check in ALL)


@runtime_checkable
class Guard(Protocol):
    """A guard that is an Aspect."""

    def join(self, scope: IConstruct) -> object:
        """Guard everything below a scope."""


class Guards:
    """The guards of one app."""

    def __init__(self, app: IConstruct) -> None:
        self._app = app
        self._reviews: list[Review] = []
        self._final: set[tuple[object, ...]] = set()
        self._annotator: Annotator | None = None
        self._problems: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, app: IConstruct) -> Guards:
        """Return the guards of an app, like ``Aspects.of``."""
        guards: Guards | None = getattr(app, _ATTRIBUTE, None)
        if guards is None:
            guards = cls(app)
            setattr(app, _ATTRIBUTE, guards)
            # The CDK CLI leaves out violations in stacks that are not selected, and then a plugin without violations
            # with its conclusion. So denied findings need a separate plugin.
            plugins = [ValidationPlugin(guards, denied=True), ValidationPlugin(guards, denied=False)]
            cdk.Validations.of(app).add_plugins(*plugins)
            app.node.add_validation(_BeforeTemplates(guards))
        return guards

    @property
    def reviews(self) -> Sequence[Review]:
        """All reviews of the app, in the order they were added."""
        return self._reviews

    @property
    def outdir(self) -> Path:
        """The folder of the cloud assembly."""
        return outdir_of(self._app)

    @property
    def rule_ids(self) -> list[str]:
        """Ids of the checks that are made, without custom checks: the CDK sends them to AWS with its analytics."""
        made = (check.id for review in self._reviews for check in review.policy.enforced_checks)
        return [check for check in dict.fromkeys(made) if check in _OWN_CHECKS]

    def add(self, review: Review) -> None:
        """Add a review, if it is new, and delete the report of an earlier run, which is not about this one."""
        if review not in self._reviews:
            self._reviews.append(review)
            self.forget()

    def forget(self) -> None:
        """Delete the reports of an earlier synth, before the CDK verifies that plugins change no files.

        A report that cannot be deleted cannot be replaced either, so the synth is denied. Dry runs write and delete no
        reports.
        """
        if isinstance(self._app, cdk.Stage) and any(not review.dry_run for review in self._reviews):
            with suppress(OSError):
                (self.outdir / PROOF).unlink(missing_ok=True)
                remove_stage_verdicts(self.outdir)

    def annotate(self) -> None:
        """Annotate the findings of the guards that are Aspects; all others are reported."""
        self._annotator = self._annotator or Annotator(self._app, lambda: self._reviews)

    def remove(self, review: Review) -> None:
        """Remove a review."""
        self._reviews.remove(review)

    @gc_paused()
    def judge(self, context: cdk.IPolicyValidationContext) -> None:
        """Have every review judge the templates that the app has written."""
        if not self._reviews:
            return
        try:
            documents = self._read(context)
        except Exception as error:  # noqa: BLE001 - an exception here would pass `cdk synth` silently
            show_traceback(error, "reading the templates")
            documents = [Document("", (gate_failure(error),))]
        for review in self._reviews:
            review.judge(documents)
        strict = [review for review in self._reviews if not review.policy.local_exemptions]
        self._final = {identity(finding) for review in strict for finding in review.report.findings}
        self._problems = ()
        try:
            self._prove()
        except (OSError, ValueError, KeyError) as error:
            show_traceback(error, "writing the report")
            self._problems = (notice_finding(_not_written(error), Policy()),)

    def findings(self) -> list[Finding]:
        """Return the findings of all reviews except dry runs; of equal findings in one template the strictest."""
        judged = [review for review in self._reviews if not review.dry_run]
        return [*merged(finding for review in judged for finding in review.report.findings), *self._problems]

    def reported_findings(self) -> list[Finding]:
        """Return the findings that are not annotated."""
        annotator = self._annotator
        return [finding for finding in self.findings() if annotator is None or not annotator.has_annotated(finding)]

    def is_final(self, finding: Finding) -> bool:
        """Return whether it is a finding of a policy without local exemptions."""
        return identity(finding) in self._final

    def remarks(self) -> Iterator[Remark]:
        """Yield the remarks: the notes of the fixes, warnings, and a summary."""
        findings = self.findings()
        explained = {f.address for f in findings if any(review.explains(f) for review in self._reviews)}
        logs = dict.fromkeys(log for review in self._reviews for log in review.fix_logs)
        for note in dict.fromkeys(note for log in logs for note in log.notes):
            if not (note.is_refusal and note.path in explained):
                yield Remark("fix", note.text, "info", note.path, note.in_stage)
        yield from self._about_defaults()
        reviews = [review for review in self._reviews if not review.dry_run]
        if all(review.failure is None for review in reviews):  # a policy that is not valid is a finding
            for text in warnings_about_policies(self._app, [review.policy for review in reviews]):
                yield Remark("policy", text, "warning")
        relaxed = dict.fromkeys(r for each in reviews for r in relaxed_by_context(self._app, each.policy))
        if relaxed:
            yield Remark("summary", f"The context of this app relaxes the policy: {', '.join(relaxed)}.", "info")
        what_to_do = WHAT_TO_DO if any(finding.is_denied for finding in findings) else None
        for summary in dict.fromkeys(review.summary() for review in reviews if findings or review.verbose):
            yield Remark("summary", summary, "info", remedy=what_to_do)

    def _about_defaults(self) -> Iterator[Remark]:
        """Yield warnings about the effects of awsvpc as the default on services and tasks."""
        scopes = [scope for review in self._reviews for scope in review.default_scopes]
        if not scopes:
            return
        references = References(
            read_templates(self.outdir, AssemblyOptions(tree=LiveTree(self._app))),
            text_of=partial(asset_text, self.outdir),
        )
        for service in nlb_without_ingress(references):
            if any(is_within(service.path, scope) for scope in scopes):
                yield self._warning("network-load-balancer", service.path, service.text)
        made = {path for review in self._reviews for path in review.made_awsvpc}
        for warned in obstacles_to_defaults(references, made):
            yield self._warning("secure-defaults", warned.path, warned.text)

    def _warning(self, rule: str, path: str, text: str) -> Remark:
        node = node_at(self._app, path)
        in_stage = node is not None and bool(stage_of(node).node.path)
        return Remark(rule, text, "warning", path, in_stage)

    def _relaxed(self, policy: Policy) -> dict[str, list[str]]:
        relaxed = relaxed_by_context(self._app, policy)
        return {"relaxed_by_context": relaxed} if relaxed else {}

    def _prove(self) -> None:
        """Write the reports into the assembly, also without findings, as evidence that the gate ran."""
        judged = [review.report for review in self._reviews if not review.dry_run]
        reports = [report.to_json() | self._relaxed(report.policy) | {"digests": report.digests} for report in judged]
        if reports:
            text = ",\n".join(map(json.dumps, reports))
            (self.outdir / PROOF).write_text(f"[{text}]\n", encoding="utf-8")
            sources = [name for report in judged for name, _ in report.sources]
            write_stage_verdicts(self.outdir, sources, self.findings(), self.is_final)

    def _read(self, context: cdk.IPolicyValidationContext) -> list[Document]:
        outdir = self.outdir
        stacks = context.stack_templates
        above = acknowledged_above(self._app, [stack.stack_construct_path for stack in stacks])
        documents = read_assembly(outdir, AssemblyOptions(above, code=PYTHON, tree=LiveTree(self._app)))
        read = {(outdir / document.name).resolve() for document in documents}
        lost = [stack for stack in stacks if path_of(stack.template_path).resolve() not in read]
        unwritten = self._unwritten(documents, read)
        return [*documents, *(Document(stack.template_path, (_not_read(stack),)) for stack in lost), *unwritten]

    def _unwritten(self, documents: Sequence[Document], files: set[Path]) -> Iterator[Document]:
        """Yield documents for the task definitions that the Aspects have visited and no template contains."""
        addresses = {item.address for document in documents for item in document.items}
        notices = (n for review in self._reviews for n in review.visited.unwritten(self._app, addresses, files))
        yield from (Document("", (notice,)) for notice in {notice.address: notice for notice in notices}.values())


def _not_written(error: Exception) -> Notice:
    reason = type_and_place(error)
    if isinstance(error, OSError):
        reason = f"{Path(error.filename or PROOF).name}: {error.strerror or error}"
    return Notice(
        f"The report of the gate cannot be written: {reason}.",
        "Without the report there is no evidence that the gate has judged these templates.",
        "Remove the file or folder with this name, or make the output folder writable.",
    )


@jsii.implements(IValidation)
class _BeforeTemplates:
    """Runs in each synth before the CDK writes the templates of the app."""

    def __init__(self, guards: Guards) -> None:
        self._guards = guards

    def validate(self) -> list[str]:
        self._guards.forget()
        return []


def _not_read(stack: cdk.PolicyValidationStack) -> Notice:
    return Notice(
        "The template of this stack is not among those in the manifest of the cloud assembly.",
        "The gate fails closed: what it cannot read it denies.",
        "Synthesize into an empty output folder; if that does not help, report it with this message.",
        address=stack.stack_construct_path,
    )


def policies_guarding(root: IConstruct, path: str) -> list[Policy]:
    """Return the policies of the guards of an app, if it has any, that guard a construct path."""
    guards: Guards | None = getattr(root, _ATTRIBUTE, None)
    reviews = guards.reviews if guards is not None else ()
    return [review.policy for review in reviews if not review.dry_run and review.covers(path)]


def join_aspects_around(scope: IConstruct) -> None:
    """Let the guards that are Aspects of a construct or of one above it join, also before their first visit."""
    for each in scope.node.scopes:
        for aspect in cdk.Aspects.of(each).all:
            if isinstance(aspect, Guard):
                aspect.join(each)
