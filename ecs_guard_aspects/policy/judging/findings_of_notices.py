"""Findings that no check makes: what cannot be read, what is not looked into, what exempts nothing."""

from __future__ import annotations

from collections.abc import Iterable

from ...model.notice import NOT_CHECKED, Notice
from ..enforcement import Enforcement, Severity
from ..exemptions import Exemption, Subject, find_exemption
from ..ids import STALE_EXEMPTION
from ..policy import Policy
from .finding import Finding, Verdict
from .findings_of_checks import NOTHING, exempt


def notice_finding(notice: Notice, policy: Policy, source: str = "") -> Finding:
    """Return the finding for something that was not read, or is not looked into."""
    enforcement = policy.unresolved if notice.decidable_later else Enforcement.DENY
    exemption, notes = None, NOTHING
    if notice.kind == NOT_CHECKED:
        exemption = find_exemption(policy.exemptions, Subject(NOT_CHECKED, notice.address, account=notice.account))
        enforcement, notes = exempt(exemption, policy.enforcement_of(NOT_CHECKED), policy)
    return Finding(
        check=notice.kind,
        severity=Severity.HIGH,
        verdict=Verdict.UNRESOLVED,
        enforcement=enforcement,
        what=notice.what,
        why=notice.why,
        remedy=notice.remedy,
        source=source,
        resource=notice.name,
        address=notice.address,
        file=notice.place.file,
        line=notice.place.line,
        column=notice.place.column,
        notes=notes,
        exemption=exemption,
        account=notice.account,
    )


def stale_exemptions(policy: Policy, findings: Iterable[Finding], *, of_account: bool) -> list[Finding]:
    """Return a finding for every exemption of the policy that covers none of ``findings``.

    Args:
        policy: the policy.
        findings: all that was found.
        of_account: whether they were found in an account; elsewhere nobody can tell of those that are for accounts.
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
        if (of_account or not exemption.is_of_account) and not any(map(exemption.covers, subjects))
    ]


def stale_finding(exemption: Exemption, policy: Policy, what: str, remedy: str) -> Finding:
    """Return the finding for an exemption that covers nothing."""
    return Finding(
        check=STALE_EXEMPTION,
        severity=Severity.MEDIUM,
        verdict=Verdict.VIOLATION,
        enforcement=policy.enforcement_of(STALE_EXEMPTION),
        what=what,
        why="An exemption nobody needs hides the next violation at the same place.",
        remedy=remedy,
        address=exemption.path or "",
        container=exemption.container,
        exemption=exemption,
    )
