"""What a policy makes of what a check has said: one finding, with its text and its enforcement."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from ...model.plural import counted, first_of
from ...model.resource import Resource
from ..checks import Check
from ..enforcement import Enforcement
from ..exemptions import LAST_DAYS, Exemption, Subject, find_exemption
from ..policy import Policy
from .check_runner import CheckResult
from .finding import Finding, Verdict

NOTHING: tuple[str, ...] = ()

_REASONS_SHOWN = 3


def merge(
    check: Check, results: list[CheckResult], policy: Policy, resource: Resource, source: str = ""
) -> Finding | None:
    """Return one finding for what a check says over all scenarios, as strict as the strictest of them."""
    found = [_finding(check, result, policy, resource, source) for result in results if not result.is_admitted]
    findings = [finding for finding in found if finding.enforcement is not Enforcement.OFF]
    if len(findings) < 2:
        return findings[0] if findings else None
    verdicts = {finding.verdict for finding in findings}
    strictest = max(findings, key=lambda f: (f.enforcement.strictness, f.verdict is Verdict.VIOLATION))
    verdict = Verdict.VIOLATION if Verdict.VIOLATION in verdicts else Verdict.UNRESOLVED
    return strictest if strictest.verdict is verdict else replace(strictest, verdict=verdict)


class Said(NamedTuple):
    """What is said of an result, and how strictly at the most."""

    what: str
    why: str
    remedy: str
    limit: Enforcement = Enforcement.DENY


def _finding(check: Check, result: CheckResult, policy: Policy, resource: Resource, source: str) -> Finding:
    said = _said(check, result, policy)
    exemption, notes = None, NOTHING
    enforcement = policy.enforcement_of(check.id).at_most(said.limit)
    if result.crash:
        enforcement = Enforcement.DENY
    else:
        subject = Subject(check.id, resource.address, resource.family, result.container, resource.account)
        exemption = find_exemption(policy.exemptions, subject)
        enforcement, notes = exempt(exemption, enforcement, policy)
    place = resource.place_of(result.location)
    return Finding(
        check=check.id,
        severity=check.severity,
        verdict=Verdict.VIOLATION if result.violation else Verdict.UNRESOLVED,
        enforcement=enforcement,
        what=said.what,
        why=resource.reword(said.why),
        remedy=resource.reword(said.remedy),
        source=source,
        resource=resource.name,
        address=resource.address,
        family=resource.family,
        container=result.container,
        location=result.location,
        file=place.file,
        line=place.line,
        column=place.column,
        notes=notes,
        exemption=exemption,
        account=resource.account,
        crashed=result.crash is not None,
        **(resource.usage._asdict() if resource.usage else {}),
    )


def _said(check: Check, result: CheckResult, policy: Policy) -> Said:
    if result.crash:
        return Said(
            f"The check itself failed with {result.crash}.",
            "The gate fails closed: what it cannot judge it denies.",
            f"Mend the check {check.id}; the traceback is in the debug log.",
        )
    if result.malformed:
        return Said(
            f"{result.malformed}.",
            f"CloudFormation cannot take it, so nobody can tell whether {check.question}.",
            "Write it as the AWS::ECS::TaskDefinition reference says.",
            policy.unresolved,
        )
    if result.undecided:
        return Said(
            f"It cannot be decided whether {check.question}: {'; '.join(first_of(result.undecided, _REASONS_SHOWN))}.",
            "The gate does not guess: some value it may take at deployment would break the check.",
            "Write a literal value, or give the parameter AllowedValues; if it is right as it is, exempt it with a"
            " reason.",
            policy.unresolved,
        )
    violation = result.violation
    assert violation is not None
    is_lenient = not violation.fixable and policy.profile.warns_where_nothing_can_be_fixed
    limit = Enforcement.WARN if is_lenient else Enforcement.DENY
    return Said(violation.what, violation.why, violation.remedy, limit)


def exempt(
    exemption: Exemption | None, enforcement: Enforcement, policy: Policy
) -> tuple[Enforcement, tuple[str, ...]]:
    """Apply an exemption: reported while it holds, a warning in its last days, no effect once it has expired.

    Returns:
        How strictly the finding is enforced, and what is to be said of the exemption.
    """
    if exemption is None:
        return enforcement, ()
    days = exemption.days_left(policy.date)
    if days < 0:
        note = f"The exemption of {exemption.owner} ended on {exemption.expires}: renew it or fix the task definition."
        return enforcement, (note,)
    if days < LAST_DAYS:
        left = f"in {counted(days, 'day')}" if days else "today"
        note = f"Exempt, but the exemption ends {left}, on {exemption.expires} ({exemption.describe()})."
        return enforcement.at_most(Enforcement.WARN), (note,)
    note = f"Exempt until {exemption.expires}, {counted(days, 'day')} left ({exemption.describe()})."
    return enforcement.at_most(Enforcement.AUDIT), (note,)
