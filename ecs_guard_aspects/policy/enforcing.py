"""What a policy makes of what a check has said: one finding, with its text and its enforcement."""

from __future__ import annotations

from dataclasses import replace

from .checks import Check
from .exemptions import LAST_DAYS, Exemption, find_exemption
from .finding import Enforcement, Finding, Verdict
from .judging import Outcome
from .policy import Policy

_REASONS_SHOWN = 3


def merge(check: Check, outcomes: list[Outcome], policy: Policy, resource: str) -> Finding | None:
    """Return one finding for what a check says over all scenarios, as strict as the strictest of them."""
    found = [_finding(check, outcome, policy, resource) for outcome in outcomes if not outcome.is_admitted]
    findings = [finding for finding in found if finding.enforcement is not Enforcement.OFF]
    if len(findings) < 2:
        return findings[0] if findings else None
    verdicts = {finding.verdict for finding in findings}
    strictest = max(findings, key=lambda f: (f.enforcement.strictness, f.verdict is Verdict.VIOLATION))
    verdict = Verdict.VIOLATION if Verdict.VIOLATION in verdicts else Verdict.UNRESOLVED
    return strictest if strictest.verdict is verdict else replace(strictest, verdict=verdict)


def _finding(check: Check, outcome: Outcome, policy: Policy, resource: str) -> Finding:
    verdict = Verdict.UNRESOLVED
    enforcement = policy.enforcement_of(check.id)
    if outcome.crash:
        enforcement = Enforcement.DENY
        message, remedy = _crash_text(check, outcome.crash)
    elif outcome.malformed:
        enforcement = enforcement.at_most(policy.unresolved)
        message, remedy = _malformed_text(check, outcome.malformed)
    elif outcome.undecided:
        enforcement = enforcement.at_most(policy.unresolved)
        message, remedy = _undecided_text(check, outcome.undecided)
    else:
        assert outcome.violation is not None
        verdict = Verdict.VIOLATION
        message, remedy = f"{outcome.violation.what}\n{outcome.violation.why}", outcome.violation.remedy
        if not outcome.violation.fixable and policy.profile.warns_where_nothing_can_be_fixed:
            enforcement = enforcement.at_most(Enforcement.WARN)
    exemption = None
    if not outcome.crash:
        exemption = find_exemption(policy.exemptions, check.id, resource, outcome.container)
        enforcement, message = exempt(exemption, enforcement, message, policy)
    return Finding(
        check=check.id,
        resource=resource,
        container=outcome.container,
        verdict=verdict,
        enforcement=enforcement,
        severity=check.severity,
        message=message,
        remedy=remedy,
        location=outcome.location,
        exemption=exemption,
    )


def _undecided_text(check: Check, undecided: tuple[str, ...]) -> tuple[str, str]:
    reasons = "; ".join(undecided[:_REASONS_SHOWN])
    if len(undecided) > _REASONS_SHOWN:
        reasons += f"; and {len(undecided) - _REASONS_SHOWN} more"
    what = f"It cannot be decided whether {check.question}: {reasons}."
    return (
        f"{what}\nThe gate does not guess: some value it may take at deployment would break the check.",
        "Write a literal value, or give the parameter AllowedValues; if it is right as it is, exempt it with a reason.",
    )


def _malformed_text(check: Check, problem: str) -> tuple[str, str]:
    return (
        f"{problem}.\nCloudFormation cannot take it, so nobody can tell whether {check.question}.",
        "Write it as the AWS::ECS::TaskDefinition reference says.",
    )


def _crash_text(check: Check, crash: str) -> tuple[str, str]:
    return (
        f"The check itself failed with {crash}.\nThe gate fails closed: what it cannot judge it denies.",
        f"Mend the check {check.id} (the traceback is in the debug log), or switch it off in the policy meanwhile.",
    )


def exempt(
    exemption: Exemption | None, enforcement: Enforcement, message: str, policy: Policy
) -> tuple[Enforcement, str]:
    """Apply an exemption: reported while it holds, a warning in its last days, no effect once it has expired."""
    if exemption is None:
        return enforcement, message
    days = exemption.days_left(policy.date)
    if days < 0:
        note = f"The exemption of {exemption.owner} ended on {exemption.expires}: renew it or fix the task definition."
        return enforcement, f"{message}\n{note}"
    unit = "day" if days == 1 else "days"
    if days < LAST_DAYS:
        left = f"in {days} {unit}" if days else "today"
        note = f"Exempt, but the exemption ends {left}, on {exemption.expires} ({exemption.describe()})."
        return enforcement.at_most(Enforcement.WARN), f"{message}\n{note}"
    note = f"Exempt until {exemption.expires}, {days} {unit} left ({exemption.describe()})."
    return enforcement.at_most(Enforcement.AUDIT), f"{message}\n{note}"
