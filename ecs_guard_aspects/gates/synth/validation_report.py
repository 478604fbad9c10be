"""Findings as a policy-validation report of the CDK."""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii

from ..._version import VERSION
from ...cloudformation.document import UNREADABLE
from ...policy.finding import Enforcement, Finding
from ...policy.notices import notice_finding
from ...policy.policy import Policy
from ...sources.assembly_metadata import PLUGIN_NAME
from .failure import failure

if TYPE_CHECKING:
    from .fix_log import FixNote
    from .guards import Guards

_log = logging.getLogger("ecs_guard_aspects")
_SEVERITIES = {Enforcement.DENY: "error", Enforcement.WARN: "warning", Enforcement.AUDIT: "info"}


@jsii.implements(cdk.IPolicyValidationPlugin)
class ValidationPlugin:
    """Reports what all guards of an app have found: what is denied, or all the rest.

    The CDK asks plugins in the order they were added; that for what is denied has the templates judged.
    """

    def __init__(self, guards: Guards, denied: bool) -> None:
        self._guards = guards
        self._denied = denied

    @property
    def name(self) -> str:
        """Name of the plugin, and of what users acknowledge."""
        return PLUGIN_NAME

    @property
    def version(self) -> str:
        """Version of the plugin."""
        return VERSION

    @property
    def rule_ids(self) -> list[str]:
        """Ids of the checks that are made."""
        return self._guards.rule_ids

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Report what was found in the written templates."""
        try:
            if self._denied:
                self._guards.judge(context)
            outdir = Path(self._guards.outdir).resolve()
            findings = [finding for finding in self._guards.findings() if finding.is_denied is self._denied]
            remarks = () if self._denied else self._guards.remarks()
            violations = [*(_violation(finding, outdir) for finding in findings), *map(_remark, remarks)]
            return _report(violations, success=not (self._denied and findings))
        except Exception as error:  # noqa: BLE001 - an exception here would pass `cdk synth` silently
            _log.debug("reporting failed", exc_info=True)
            return _report([_violation(notice_finding(failure(error), Policy()), Path())], success=False)


def _report(violations: list[cdk.PolicyViolation], success: bool) -> cdk.PolicyValidationPluginReport:
    return cdk.PolicyValidationPluginReport(success=success, violations=violations, plugin_version=VERSION)


@cache
def suppresses_by_path() -> bool:
    """Return whether the CDK lets an acknowledgement suppress only what is at or below its construct."""
    from importlib.metadata import version  # a fifth of the whole import, and not needed before something is found

    return tuple(map(int, version("aws-cdk-lib").split(".")[:2])) >= (2, 273)


def _counts_always(finding: Finding) -> bool:
    """Return whether a finding counts whatever is selected: a plain ``cdk synth`` selects no stack inside a Stage."""
    return not finding.address or not finding.source or "/" in finding.source


def _may_be_suppressed(finding: Finding) -> bool:
    """Return whether the CDK may suppress a finding: never if it is fatal, else on its own terms.

    It accepts blank reasons, and before 2.273 an acknowledgement anywhere in the tree.
    """
    if finding.acknowledged:
        return True
    return suppresses_by_path() and finding.acknowledged is None and finding.check != UNREADABLE


def _violation(finding: Finding, outdir: Path) -> cdk.PolicyViolation:
    severity = _SEVERITIES[finding.enforcement]
    if severity == "error" and not _may_be_suppressed(finding):
        severity = "fatal"
    text = finding.describe(with_remedy=False)
    # The CDK finds what is acknowledged by its path; anything else without one it never filters away.
    is_placed = bool(finding.acknowledged) or not _counts_always(finding)
    if not is_placed and finding.address:
        text = f"{finding.address}: {text}"
    resource = cdk.PolicyViolatingResource(
        locations=[finding.location] if finding.location else [],
        construct_path=finding.address if is_placed else None,
        resource_logical_id=finding.resource or None if is_placed else None,
        template_path=f"{outdir}/{finding.source}" if is_placed else None,
    )
    return cdk.PolicyViolation(
        rule_name=finding.check,
        description=indented(text),
        fix=finding.remedy,
        severity=severity,
        rule_metadata=_metadata(finding),
        violating_resources=[resource],
    )


def _remark(note: FixNote) -> cdk.PolicyViolation:
    path = None if note.in_stage else note.path
    text = note.text if path else f"{note.path}: {note.text}"
    resource = cdk.PolicyViolatingResource(locations=[], construct_path=path)
    return cdk.PolicyViolation(
        rule_name="fix", description=indented(text), severity="info", violating_resources=[resource]
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
    metadata |= {f"exemption-{key}": exemption.get(key) for key in ("owner", "reason", "expires", "ticket")}
    return {key: value for key, value in metadata.items() if value}


def indented(text: str) -> str:
    """Return a text of several lines set the way the CDK CLI sets what belongs to a finding."""
    return text.replace("\n", "\n   ")
