"""Findings that no check makes: for notices, and for exemptions that cover no finding."""

from __future__ import annotations

from collections.abc import Iterable

from ...model.notice import NOT_COVERED, UNREADABLE, Notice
from ...model.resource import Resource
from ..enforcement import Enforcement, Severity
from ..exemptions import Exemption
from ..ids import STALE_EXEMPTION
from ..policy import Policy
from .finding import Finding, Verdict
from .findings_of_checks import with_exemption


def notice_finding(notice: Notice, policy: Policy, source: str = "") -> Finding:
    """Return the finding for something that was not read, or is not checked."""
    enforcement = policy.unresolved if notice.decidable_later else Enforcement.DENY
    found = Finding(
        check=notice.kind,
        severity=Severity.HIGH,
        verdict=Verdict.UNRESOLVED,
        enforcement=enforcement if notice.kind == UNREADABLE else policy.enforcement_of(notice.kind),
        what=notice.what,
        why=notice.why,
        remedy=notice.remedy,
    ).at(notice, source)
    return found if notice.kind == UNREADABLE else with_exemption(found, policy)


def no_check_finding(resource: Resource, policy: Policy, source: str = "") -> Finding:
    """Return the finding for a resource that no check of the policy covers."""
    found = Finding(
        check=NOT_COVERED,
        severity=Severity.HIGH,
        verdict=Verdict.UNRESOLVED,
        enforcement=policy.enforcement_of(NOT_COVERED),
        what="This is the task definition of a daemon, and no check of the policy covers daemons.",
        why="A daemon has no network mode, but its containers may be privileged or run as root.",
        remedy="Add no-privileged-containers and non-root-user to enforcement of the policy.",
    ).at(resource, source)
    return with_exemption(found, policy)


def stale_exemptions(policy: Policy, findings: Iterable[Finding], *, of_account: bool) -> list[Finding]:
    """Return a finding for every exemption of the policy that covers none of ``findings``.

    Args:
        policy: the policy.
        findings: all findings.
        of_account: whether they were found in an account; elsewhere it is not known which exemptions for accounts are
            stale.
    """
    if policy.enforcement_of(STALE_EXEMPTION) is Enforcement.OFF or not policy.exemptions:
        return []
    subjects = {finding.subject for finding in findings}
    return [
        stale_finding(
            exemption,
            policy,
            f"The exemption from {exemption.check} for {exemption.where} matches no finding ({exemption.describe()}).",
            "Remove the exemption, or correct its check, path, family, account or container.",
        )
        for exemption in policy.exemptions
        if (of_account or not exemption.needs_account) and not any(map(exemption.covers, subjects))
    ]


def stale_finding(exemption: Exemption, policy: Policy, what: str, remedy: str) -> Finding:
    """Return the finding for an exemption that covers nothing."""
    return Finding(
        check=STALE_EXEMPTION,
        severity=Severity.MEDIUM,
        verdict=Verdict.VIOLATION,
        enforcement=policy.enforcement_of(STALE_EXEMPTION),
        what=what,
        why="An unused exemption would hide the next violation in the same place.",
        remedy=remedy,
        address=exemption.path or "",
        container=exemption.container,
        exemption=exemption,
    )
