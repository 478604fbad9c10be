"""Findings of checks: the results of a check in all scenarios, merged into one finding."""

from __future__ import annotations

from dataclasses import replace

from ...cloudformation.values import Cause
from ...model.address import AddressKind
from ...model.debug import HINT
from ...model.language import Language
from ...model.plural import counted, first_of
from ...model.resource import Resource
from ...model.sentence import Sentence
from ..checks import Check, Violation
from ..enforcement import Enforcement
from ..exemptions import LAST_DAYS, Exemption, find_exemption
from ..policy import Policy
from .check_runner import CheckResult
from .finding import Finding, Verdict

_REASONS_SHOWN = 3

UNCERTAIN_WHY = (
    "it is not certain which construct the resource belongs to. Metadata may be switched off"
    " (aws:cdk:disable-logicalId-metadata), several constructs may have this logical id, or no construct has written"
    " this template"
)
"""Why exemptions and acknowledgements of one construct do not count at an uncertain address, as the end of a
sentence."""


def merge(
    check: Check, results: list[CheckResult], policy: Policy, resource: Resource, source: str = ""
) -> Finding | None:
    """Return one finding for the results of a check in all scenarios, as strict as the strictest; None without one.

    Args:
        check: the check.
        results: its results for the task definition, or for one of its containers.
        policy: the policy to judge by.
        resource: the task definition.
        source: the name of the document that has it.
    """
    found = [_finding(check, result, policy, resource, source) for result in results if not result.is_admitted]
    findings = [finding for finding in found if finding.enforcement is not Enforcement.OFF]
    if len(findings) < 2:
        return findings[0] if findings else None
    verdicts = {finding.verdict for finding in findings}
    strictest = max(findings, key=lambda f: (f.enforcement.strictness, f.verdict is Verdict.VIOLATION))
    verdict = Verdict.VIOLATION if Verdict.VIOLATION in verdicts else Verdict.UNRESOLVED
    return strictest if strictest.verdict is verdict else replace(strictest, verdict=verdict)


def _finding(check: Check, result: CheckResult, policy: Policy, resource: Resource, source: str) -> Finding:
    language = resource.language
    violation = _explained(check, result, language)
    found = Finding(
        check=check.id,
        severity=check.severity,
        verdict=Verdict.VIOLATION if result.violation else Verdict.UNRESOLVED,
        enforcement=policy.enforcement_of(check.id).at_most(_strictest(result, policy)),
        what=language.say(violation.what),
        why=language.say(violation.why),
        remedy=language.remedy(violation.remedy),
        container=result.container,
        crashed=result.crash is not None,
    ).at(resource, source, result.location)
    return replace(found, enforcement=Enforcement.DENY) if found.crashed else with_exemption(found, policy)


def _explained(check: Check, result: CheckResult, language: Language) -> Violation:
    """Return the violation of a result; if the check could not judge, one that says why."""
    if result.crash:
        return Violation(
            f"The check itself failed with {result.crash}.",
            "The gate denies what it cannot judge.",
            f"Correct the check {check.id}. {HINT}.",
            property="",
        )
    if result.malformed:
        return Violation(
            Sentence("{cause}.", cause=result.malformed),
            Sentence(
                "{deployer} refuses it, so it is not known whether {question}.",
                deployer=language.deployer,
                question=check.question,
            ),
            f"Write a value that {language.reference} allows.",
            property="",
        )
    if result.undecided:
        decide = "; ".join(dict.fromkeys(cause.decide for cause in result.undecided if cause.decide)) or language.decide
        return Violation(
            _undecided(check, result.undecided, language),
            "The gate does not guess: with some of the values that are possible at deployment the check fails.",
            f"{decide}. If it is correct as it is, add an exemption with a reason.",
            property="",
        )
    assert result.violation is not None
    return result.violation


def _undecided(check: Check, causes: tuple[Cause, ...], language: Language) -> Sentence:
    reasons = first_of([language.say(Sentence("{cause}", cause=cause)) for cause in causes], _REASONS_SHOWN)
    text = "It cannot be decided whether {question}: {reasons}."
    return Sentence(text, question=check.question, reasons="; ".join(reasons))


def _strictest(result: CheckResult, policy: Policy) -> Enforcement:
    """Return the strictest possible enforcement of a result, independent of its check."""
    if result.crash:
        return Enforcement.DENY
    strictest = Enforcement.DENY if result.violation else policy.unresolved
    is_lenient = not result.fixable and policy.profile.warns_where_nothing_can_be_fixed
    return strictest.at_most(Enforcement.WARN) if is_lenient else strictest


def with_exemption(finding: Finding, policy: Policy) -> Finding:
    """Return a finding with the exemption of the policy that covers it, and enforced as that allows."""
    exemption = find_exemption(policy.exemptions, finding.subject)
    if exemption is None:
        return _without_exemption(finding, policy)
    enforcement, note = _exempt(exemption, finding.enforcement, policy)
    return replace(finding, exemption=exemption, enforcement=enforcement, notes=(note,))


def _without_exemption(finding: Finding, policy: Policy) -> Finding:
    """Return a finding with a note if an exemption by path seems to be for it but cannot match its address."""
    is_uncertain = finding.address_kind is AddressKind.UNCERTAIN
    if is_uncertain and any(each.check == finding.check and each.path is not None for each in policy.exemptions):
        return replace(finding, notes=(*finding.notes, f"No exemption by path matches this address: {UNCERTAIN_WHY}."))
    return finding


def _exempt(exemption: Exemption, enforcement: Enforcement, policy: Policy) -> tuple[Enforcement, str]:
    """Apply an exemption: reported while it holds, a warning in its last days, no effect once it has expired.

    Returns:
        The enforcement of the finding, and a note on the exemption.
    """
    days = exemption.days_left(policy.date)
    if days < 0:
        note = f"The exemption of {exemption.owner} ended on {exemption.expires}: renew it or fix the task definition."
        return enforcement, note
    if days < LAST_DAYS:
        left = f"in {counted(days, 'day')}" if days else "today"
        note = f"Exempt, but the exemption ends {left}, on {exemption.expires} ({exemption.describe()})."
        return enforcement.at_most(Enforcement.WARN), note
    note = f"Exempt until {exemption.expires}, {counted(days, 'day')} left ({exemption.describe()})."
    return enforcement.at_most(Enforcement.AUDIT), note
