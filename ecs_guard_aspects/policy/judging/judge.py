"""Judging: the only functions that make findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...cloudformation.text import is_blank
from ...model.address import AddressKind
from ...model.document import Document, Source
from ...model.inline_exemption import Acknowledgement
from ...model.notice import UNREADABLE, Notice
from ...model.resource import TASK_DEFINITION, Resource
from ..checks import HOST_MODE_PRIVILEGED, Check
from ..enforcement import Enforcement, Gate
from ..exemptions import Exemption
from ..policy import Policy
from .check_runner import CheckResult, CheckRunner
from .finding import Finding, Verdict
from .findings_of_checks import UNCERTAIN_WHY, merge
from .findings_of_notices import no_check_finding, notice_finding, stale_exemptions
from .inline_exemptions import InlineExemptions
from .report import Judged, NotRead, Report


def evaluate_template(template: Mapping[str, Any], policy: Policy | None = None) -> list[Finding]:
    """Judge every task definition of a CloudFormation template, those of daemons included.

    Args:
        template: the template as JSON gives it.
        policy: the policy; ``Policy()`` if left out.

    Returns:
        The findings, in the order of the template; ``resource`` and ``address`` are the logical id.

    Raises:
        TemplateError: (a ValueError) if it is not a CloudFormation template.
    """
    # Gates with another source, such as the hook, start faster without the reader of templates.
    from ...sources.cloudformation.template import template_document

    return list(judge([template_document(template)], policy).findings)


def judge(source: Source, policy: Policy | None = None, gate: Gate | None = None) -> Report:
    """Judge the documents of a source.

    Args:
        source: the documents with task definitions, such as ``read_assembly`` returns.
        policy: the policy; ``Policy()`` if left out.
        gate: the gate, for which the policy can have another enforcement.

    Returns:
        The report: what was judged, the findings, and what could not be read. A check that raises is a denied finding.
    """
    policy = policy or Policy()
    policy = policy.at(gate or policy.gate)
    findings: list[Finding] = []
    resources: list[Judged] = []
    not_read: list[NotRead] = []
    sources: list[tuple[str, str | None]] = []
    local: list[Exemption] = []
    for document in source:
        if not document.is_unknown:
            sources.append((document.name, document.sha256))
        for item in document.items:
            if isinstance(item, Resource):
                if _is_covered(item, policy):
                    resources.append(_judged(item, document))
            elif item.kind == UNREADABLE and not item.name:
                not_read.append(NotRead(document.name, item.what))
            inline = InlineExemptions(item, policy, document.name)
            findings += inline.completed(_findings(item, document, inline.policy))
            local += inline.exemptions
        next_to_nothing = InlineExemptions(document, policy, document.name)
        findings += next_to_nothing.completed(())
        local += next_to_nothing.exemptions
    of_account = any(judged.region for judged in resources) or any(finding.account for finding in findings)
    findings += stale_exemptions(policy, findings, of_account=of_account)
    return Report(policy, tuple(findings), tuple(resources), tuple(not_read), tuple(sources), tuple(local))


def _judged(item: Resource, document: Document) -> Judged:
    account = item.account if item.usage else None
    return Judged(document.name, item.address, item.family, account, item.usage, item.type)


def _findings(item: Resource | Notice, document: Document, policy: Policy) -> list[Finding]:
    if isinstance(item, Resource):
        found = evaluate(item, policy, document.name)
    else:
        found = [notice_finding(item, policy, document.name)]
    return [
        _acknowledged(finding, item.acknowledged.get(finding.check), policy)
        for finding in found
        if finding.enforcement is not Enforcement.OFF
    ]


def _acknowledged(finding: Finding, acknowledgement: Acknowledgement | None, policy: Policy) -> Finding:
    # The content of something unreadable is not known, so it cannot be accepted.
    if acknowledgement is None or finding.check == UNREADABLE:
        return finding
    where = acknowledgement.address or "the app"
    if finding.address_kind is AddressKind.UNCERTAIN:
        note = f"It is acknowledged at {where}, and that does not count: {UNCERTAIN_WHY}."
        return replace(finding, acknowledged="", notes=(*finding.notes, note))
    if is_blank(acknowledgement.reason):
        note = f"It is acknowledged at {where}, but without a reason; that does not count."
    elif not policy.local_exemptions:
        note = f"It is acknowledged at {where} ({acknowledgement.reason}), but the policy accepts no acknowledgements."
    else:
        return replace(finding, acknowledged=acknowledgement.reason)
    return replace(finding, acknowledged="", notes=(*finding.notes, note))


def evaluate(task_definition: Resource, policy: Policy, source: str = "") -> list[Finding]:
    """Judge one task definition.

    Args:
        task_definition: the task definition.
        policy: the policy.
        source: the name of the document that has it.

    Returns:
        At most one finding per check and container. A check that raises becomes a denied finding.
    """
    runner = CheckRunner(task_definition)

    def run(check: Check) -> list[Finding]:
        return _run(runner, check, policy, task_definition, source)

    if not _is_covered(task_definition, policy):
        return [no_check_finding(task_definition, policy, source)]
    checks = [check for check in policy.enforced_checks if task_definition.type in check.types]
    findings = [finding for check in checks for finding in run(check)]
    if task_definition.type not in HOST_MODE_PRIVILEGED.types:
        return findings
    return [*findings, *_let_pass(run, policy, findings)]


def _is_covered(item: Resource, policy: Policy) -> bool:
    """Return whether a check of the policy covers a resource; every policy covers task definitions."""
    return item.type == TASK_DEFINITION or any(item.type in check.types for check in policy.enforced_checks)


def _run(runner: CheckRunner, check: Check, policy: Policy, task_definition: Resource, source: str) -> list[Finding]:
    try:
        judged = list(runner.results(check))
    except RecursionError:  # expressions nested deeper than Python's stack
        judged = [[CheckResult(crash="RecursionError: the expressions are nested too deeply")]]
    merged = (merge(check, results, policy, task_definition, source) for results in judged)
    return [finding for finding in merged if finding is not None]


def _let_pass(run: Callable[[Check], list[Finding]], policy: Policy, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield findings that only report containers which pass because they are privileged in host mode.

    Some standards accept that as a deliberate choice, others deny it, so it is always reported.
    """
    if HOST_MODE_PRIVILEGED in policy.enforced_checks or HOST_MODE_PRIVILEGED.id in policy.enforcement:
        return
    named = {finding.container for finding in findings if "/ContainerDefinitions" in finding.location}
    for finding in run(HOST_MODE_PRIVILEGED):
        is_privileged = finding.verdict is Verdict.VIOLATION and "/Privileged" in finding.location
        if is_privileged and finding.container not in named:
            yield replace(finding, enforcement=Enforcement.AUDIT)
