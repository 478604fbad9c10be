"""The policy validation report of the CDK: findings and remarks as violations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Protocol

import aws_cdk as cdk
import jsii

from ..._version import VERSION
from ...model.address import AddressKind
from ...model.debug import show_traceback
from ...model.notice import UNREADABLE
from ...policy.checks import ALL
from ...policy.enforcement import Enforcement
from ...policy.exemptions import REPORTED_FIELDS
from ...policy.ids import INVALID_EXEMPTION, NOTICES, STALE_EXEMPTION
from ...policy.judging.finding import Finding
from ...policy.judging.findings_of_notices import notice_finding
from ...policy.policy import Policy
from ...sources.assembly.metadata import PLUGIN_NAME
from .remark import Remark, indented
from .review import counts_always, gate_failure

_SEVERITIES = {Enforcement.DENY: "error", Enforcement.WARN: "warning", Enforcement.AUDIT: "info"}
_EXPLAINED = frozenset([*(check.id for check in ALL), *NOTICES])


class Findings(Protocol):
    """The guards of an app, as the plugin uses them."""

    @property
    def outdir(self) -> Path:
        """The folder of the cloud assembly."""

    @property
    def rule_ids(self) -> list[str]:
        """Ids of the checks that are made, without custom checks."""

    def judge(self, context: cdk.IPolicyValidationContext) -> None:
        """Judge the written templates."""

    def reported_findings(self) -> list[Finding]:
        """Return the findings to report: those that are not annotated."""

    def is_final(self, finding: Finding) -> bool:
        """Return whether no acknowledgement can accept a finding, whenever it is made."""

    def remarks(self) -> Iterable[Remark]:
        """Return the remarks."""


@jsii.implements(cdk.IPolicyValidationPlugin)
class ValidationPlugin:
    """Reports the findings of all guards of an app.

    Args:
        guards: the guards of the app.
        denied: whether this plugin reports denied findings, or all others. The CDK calls plugins in the order in which
            they were added; the one for denied findings calls the judgement.
    """

    def __init__(self, guards: Findings, denied: bool) -> None:
        self._guards = guards
        self._denied = denied

    @property
    def name(self) -> str:
        """Name of the plugin, the prefix of the rules that users acknowledge."""
        return PLUGIN_NAME

    @property
    def version(self) -> str:
        """Version of the plugin."""
        return VERSION

    @property
    def rule_ids(self) -> list[str]:
        """Ids of the checks that are made, without custom checks."""
        return self._guards.rule_ids

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Report the findings in the written templates."""
        try:
            if self._denied:
                self._guards.judge(context)
            outdir = self._guards.outdir.resolve()
            findings = [finding for finding in self._guards.reported_findings() if finding.is_denied is self._denied]
            remarks = () if self._denied else self._guards.remarks()
            violations = [*violations_of(findings, outdir, self._guards.is_final), *map(_remark, remarks)]
            return _report(violations, success=not (self._denied and findings))
        except Exception as error:  # noqa: BLE001 - an exception here would pass `cdk synth` silently
            show_traceback(error, "reporting")
            return _report(
                list(violations_of([notice_finding(gate_failure(error), Policy())], Path(), bool)), success=False
            )


def _report(violations: list[cdk.PolicyViolation], success: bool) -> cdk.PolicyValidationPluginReport:
    return cdk.PolicyValidationPluginReport(success=success, violations=violations, plugin_version=VERSION)


@cache
def suppresses_by_path() -> bool:
    """Return whether in the CDK an acknowledgement suppresses only findings at or below its construct."""
    from importlib.metadata import version  # a fifth of the whole import, and needed only for findings

    return tuple(map(int, version("aws-cdk-lib").split(".")[:2])) >= (2, 273)


def _may_be_suppressed(finding: Finding) -> bool:
    """Return whether the CDK may suppress a finding: it never suppresses fatal ones.

    The CDK accepts blank reasons, acknowledgements that are made after the gate has read them, and before 2.273
    acknowledgements anywhere in the tree.
    """
    if finding.acknowledged:
        return True
    if finding.acknowledged is not None or finding.address_kind is AddressKind.UNCERTAIN:
        return False
    return suppresses_by_path() and finding.check not in (UNREADABLE, INVALID_EXEMPTION)


def violations_of(
    findings: Iterable[Finding], outdir: Path, is_final: Callable[[Finding], bool]
) -> Iterator[cdk.PolicyViolation]:
    """Yield findings as violations; the explanation of a check is given once, and not for exempt findings.

    Args:
        findings: the findings.
        outdir: the folder of the cloud assembly.
        is_final: returns whether no acknowledgement can accept a finding.
    """
    explained: set[tuple[str, str, str]] = set()
    for finding in findings:
        explanation = (finding.check, finding.why, finding.remedy)
        is_fatal = is_final(finding) or not _may_be_suppressed(finding)
        explain = explanation not in explained and not _is_exempt(finding)
        yield _violation(finding, outdir, is_fatal, explain)
        if explain:
            explained.add(explanation)


def _is_exempt(finding: Finding) -> bool:
    return bool(finding.exemption) and finding.enforcement is Enforcement.AUDIT and finding.check != STALE_EXEMPTION


def _violation(finding: Finding, outdir: Path, is_fatal: bool, explain: bool) -> cdk.PolicyViolation:
    severity = _SEVERITIES[finding.enforcement]
    if severity == "error" and is_fatal:
        severity = "fatal"
    # The CDK matches acknowledgements by path; it never filters out a violation without a path.
    is_placed = bool(finding.acknowledged) or not counts_always(finding)
    resource = cdk.PolicyViolatingResource(
        locations=[finding.location] if finding.location else [],
        construct_path=finding.address if is_placed else None,
        resource_logical_id=finding.resource or None if is_placed else None,
        template_path=f"{outdir}/{finding.source}" if is_placed else None,
    )
    return cdk.PolicyViolation(
        rule_name=finding.check,
        description=indented(_description(finding, explain, is_placed)),
        fix=finding.remedy if explain else None,
        severity=severity,
        rule_metadata=_metadata(finding),
        violating_resources=[resource],
    )


def _description(finding: Finding, explain: bool, is_placed: bool) -> str:
    """Return the text of a finding: place and problem, then the reason, the notes, the template if the construct is not
    known, and the line of code if the CDK shows none."""
    where = f"{finding.address.removesuffix('/Resource')}: " if finding.address else ""
    container = f"container {finding.container}: " if finding.container else ""
    lines = [f"{where}{container}{finding.what}"]
    if explain:
        more = f" More: ecs-guard explain {finding.check}." if finding.check in _EXPLAINED else ""
        lines.append(f"{finding.why}{more}")
    is_uncertain = finding.address_kind is AddressKind.UNCERTAIN
    template = [f"It is in the template {finding.source}."] if is_uncertain and finding.source else []
    made_at = [f"Made at {finding.place}."] if finding.place and (is_uncertain or not is_placed) else []
    return "\n".join([*lines, *finding.notes, *template, *made_at])


def _remark(remark: Remark) -> cdk.PolicyViolation:
    path = remark.path if remark.path and not remark.in_stage else None
    text = remark.text if path or not remark.path else f"{remark.path}: {remark.text}"
    resource = cdk.PolicyViolatingResource(locations=[], construct_path=path)
    return cdk.PolicyViolation(
        rule_name=remark.rule,
        description=indented(text),
        fix=remark.remedy,
        severity=remark.severity,
        violating_resources=[resource],
    )


def _metadata(finding: Finding) -> dict[str, str]:
    metadata = {
        "address": finding.address,
        "container": finding.container,
        "location": finding.location,
        "verdict": finding.verdict.value,
        "severity": finding.severity.value,
        "enforcement": finding.enforcement.value,
        "place": finding.place,
    }
    exemption = finding.exemption.to_json() if finding.exemption else {}
    metadata |= {f"exemption-{key}": exemption[key] for key in REPORTED_FIELDS if key in exemption}
    return {key: value for key, value in metadata.items() if value}
