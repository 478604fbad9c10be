"""Findings as a policy-validation report of the CDK."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import aws_cdk as cdk

from .._version import VERSION
from ..policy.finding import Enforcement, Finding
from ..policy.policy import UNREADABLE
from .acknowledgements import Acknowledgement
from .annotations import indented, unexplained

_SEVERITIES = {Enforcement.DENY: "error", Enforcement.WARN: "warning", Enforcement.AUDIT: "info"}


class Shown(enum.Enum):
    """When the CDK CLI shows an entry of the report, and counts it.

    ``SELECTED``: if its stack is selected.
    ``ALWAYS``: whatever is selected: a plain ``cdk synth`` does not select stacks inside Stages.
    ``ELSEWHERE``: never, because an annotation says it; the report file holds it all the same.
    """

    SELECTED = "selected"
    ALWAYS = "always"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Entry:
    """A finding in the report.

    Attributes:
        finding: what was found.
        shown: when the CDK CLI shows it.
        file: the template it was found in.
        logical_id: the resource of the template it is about.
        acknowledgement: who accepted it, with a reason or without.
    """

    finding: Finding
    shown: Shown = Shown.ALWAYS
    file: Path | None = None
    logical_id: str | None = None
    acknowledgement: Acknowledgement | None = None

    @property
    def may_be_acknowledged(self) -> bool:
        """Whether the CDK may suppress it: never if it is fatal, else on its own terms.

        It accepts blank reasons, and before 2.273 an acknowledgement anywhere in the tree.
        """
        if self.finding.acknowledged is not None:
            return True
        return suppresses_by_path() and self.acknowledgement is None and self.finding.check != UNREADABLE

    @property
    def construct_path(self) -> str | None:
        """The path as the CDK CLI must see it."""
        # The CDK finds what is acknowledged by its path.
        shown = self.shown if self.finding.acknowledged is None else Shown.SELECTED
        return _path_for(self.finding.resource, shown)


@dataclass(frozen=True)
class Remark:
    """Something in the report that is no finding: what a fix has done or refused."""

    path: str
    text: str
    shown: Shown

    @property
    def construct_path(self) -> str | None:
        """The path as the CDK CLI must see it."""
        return _path_for(self.path, self.shown)


@cache
def suppresses_by_path() -> bool:
    """Return whether the CDK lets an acknowledgement suppress only what is at or below its construct."""
    from importlib.metadata import version  # a fifth of the whole import, and not needed before something is denied

    return tuple(map(int, version("aws-cdk-lib").split(".")[:2])) >= (2, 273)


def render(entries: Iterable[Entry], remarks: Iterable[Remark] = ()) -> cdk.PolicyValidationPluginReport:
    """Return the report of a plugin, a failure if any entry is denied."""
    entries = list(entries)
    denied = any(entry.finding.is_denied for entry in entries)
    violations = [*map(_violation, entries), *map(_remark, remarks)]
    return cdk.PolicyValidationPluginReport(success=not denied, violations=violations, plugin_version=VERSION)


def _path_for(path: str, shown: Shown) -> str | None:
    """Return a path as the CDK CLI must see it: it shows a violation in a selected stack, or without any path."""
    if not path or shown is Shown.ALWAYS:
        return None
    return f"/{path}" if shown is Shown.ELSEWHERE else path


def _remark(remark: Remark) -> cdk.PolicyViolation:
    path = remark.construct_path
    return cdk.PolicyViolation(
        rule_name="fix",
        description=indented(remark.text if path else f"{remark.path}: {remark.text}"),
        severity="info",
        violating_resources=[cdk.PolicyViolatingResource(locations=[], construct_path=path)],
    )


def _violation(entry: Entry) -> cdk.PolicyViolation:
    finding, path = entry.finding, entry.construct_path
    severity = _SEVERITIES[finding.enforcement]
    text = finding.describe(with_remedy=False)
    if path is None and finding.resource:
        text = f"{finding.resource}: {text}"
    if entry.acknowledgement and finding.acknowledged is None:
        text = f"{text}\n{unexplained(entry.acknowledgement.path)}"
    if severity == "error" and not entry.may_be_acknowledged:
        severity = "fatal"
    resource = cdk.PolicyViolatingResource(
        locations=[finding.location] if finding.location else [],
        construct_path=path,
        resource_logical_id=entry.logical_id if path else None,
        template_path=str(entry.file.resolve()) if entry.file and path else None,
    )
    return cdk.PolicyViolation(
        rule_name=finding.check,
        description=indented(text),
        fix=finding.remedy,
        severity=severity,
        rule_metadata=_metadata(finding),
        violating_resources=[resource],
    )


def _metadata(finding: Finding) -> dict[str, str]:
    metadata = {
        "resource": finding.resource,
        "container": finding.container,
        "location": finding.location,
        "verdict": finding.verdict.value,
        "severity": finding.severity.value,
        "enforcement": finding.enforcement.value,
        "source": finding.source,
    }
    exemption = finding.exemption
    if exemption:
        metadata |= {
            "exemption-owner": exemption.owner,
            "exemption-reason": exemption.reason,
            "exemption-expires": exemption.expires.isoformat(),
            "exemption-ticket": exemption.ticket,
        }
    return {key: value for key, value in metadata.items() if value}
