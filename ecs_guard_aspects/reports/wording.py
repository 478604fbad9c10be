"""Wording: words and levels that several formats share, and texts that are safe to show."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from .._version import VERSION
from ..model.notice import UNKNOWN_FILE, UNREADABLE
from ..model.plural import counted, first_of
from ..policy.enforcement import Enforcement
from ..policy.judging.finding import in_utc

if TYPE_CHECKING:
    from ..policy.judging.finding import Finding
    from ..policy.judging.report import NotRead, Report
    from ..policy.policy import Policy

ERROR = "error"
WARNING = "warning"
NOTE = "note"

WORST_FIRST = (ERROR, WARNING, NOTE)

LEVELS = {Enforcement.DENY: ERROR, Enforcement.WARN: WARNING, Enforcement.AUDIT: NOTE, Enforcement.OFF: NOTE}
"""The level of what no exemption covers."""

_USES_SHOWN = 5
_REASONS_SHOWN = 3

_FILES_SHOWN = 3

_CUT = " [...]"


def level_of(finding: Finding) -> str:
    """Return the level of a finding: an error if it is denied, a note if it is acknowledged or in the baseline."""
    return NOTE if finding.acknowledged or finding.baseline else LEVELS[finding.enforcement]


def printable(text: str) -> str:
    """Return a text without control characters: file names and templates can contain them."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in text)


def cut(text: str, most: int) -> str:
    """Return a text of at most so many characters; a shortened one ends with ``[...]``."""
    return text if len(text) <= most else f"{text[: most - len(_CUT)]}{_CUT}"


def name_of_policy(policy: Policy) -> str:
    """Return the file of the policy, if it was read from one, and its profile."""
    profile = f"profile {policy.profile.value}"
    return printable(f"{policy.origin}, {profile}") if policy.origin else profile


def sentences_of(finding: Finding) -> str:
    """Return a finding in one line: its address, what is wrong, why, what to change."""
    name = f"{finding.address}: " if finding.address else ""
    sentences = [f"{name}{problem_of(finding)}", use_of(finding), finding.why, *finding.notes, finding.remedy]
    return printable(" ".join(part for part in sentences if part))


def problem_of(finding: Finding) -> str:
    """Return what is wrong, with the name of the container."""
    return f"container {finding.container}: {finding.what}" if finding.container else finding.what


def used_by(finding: Finding) -> str:
    """Return what uses a task definition in an account; only the first few."""
    return printable(f"in use by {', '.join(first_of(finding.in_use_by, _USES_SHOWN))}")


def exposure_of(finding: Finding) -> str:
    """Return from where a task definition in an account can be reached, and why; empty for any other."""
    if finding.usage is None:
        return ""
    production = "production, " if finding.usage.is_production else ""
    level, reasons = finding.usage.exposure
    return printable(f"{production}exposure {level.value}: {'; '.join(first_of(reasons, _REASONS_SHOWN))}")


def use_of(finding: Finding) -> str:
    """Return, in sentences, what uses a task definition in an account, its status if not active, and its exposure."""
    if not finding.in_use_by:
        return ""
    use = used_by(finding) if finding.status in (None, "ACTIVE") else f"{finding.status}, {used_by(finding)}"
    exposure = exposure_of(finding)
    return f"{use[:1].upper()}{use[1:]}. {exposure[:1].upper()}{exposure[1:]}."


def file_of(finding: Finding, report: Report) -> str:
    """Return the file that a finding is shown at; for a stale exemption the policy file."""
    return finding.file or finding.source or report.policy.origin or ""


def fingerprints(findings: Iterable[Finding], report: Report) -> Iterator[str]:
    """Yield a key for each finding: unique in the report, and the same when its line moves."""
    import hashlib  # loads OpenSSL, which would make every command start slower

    seen: Counter[str] = Counter()
    for finding in findings:
        parts = [finding.check, file_of(finding, report), finding.address, finding.container or ""]
        identity = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
        seen[identity] += 1
        yield f"{identity}:{seen[identity]}"


def only_not_read(report: Report) -> list[NotRead]:
    """Return why a report is not complete, without what is a finding too."""
    found = {(finding.source, finding.what) for finding in report.findings if finding.check == UNREADABLE}
    return [entry for entry in report.missing if (entry.source, entry.reason) not in found]


def facts_of(report: Report) -> dict[str, str]:
    """Return when a command made a report, by which version and of what, each by its name; none at synth."""
    origin = report.origin_in_json()
    if not origin:
        return {}
    lists = {name: ", ".join(values) for name, values in origin.pop("scope", {}).items()}
    origin.pop("audit", None)
    facts = {"version": VERSION} | origin | lists | facts_of_audit(report)
    return {name: printable(text) for name, text in facts.items()}


def facts_of_audit(report: Report) -> dict[str, str]:
    """Return when an audit read accounts, as which caller, and what answered, each by its name; none without one."""
    record = report.audit
    if record is None:
        return {}
    return {
        "began": in_utc(record.began),
        "ended": in_utc(record.ended),
        "caller": record.caller,
        "options": " ".join(record.options) or "none",
        "without answer": ", ".join(record.unanswered) or "none",
    }


def where_judged(report: Report) -> str:
    """Return how many files, or accounts and Regions, were judged; of one Region its name."""
    names = [name for name, _ in report.sources]
    if not report.is_of_accounts:
        return counted(len(names), report.unit)
    if len(names) == 1:
        return printable(names[0])
    accounts, regions = report.accounts_and_regions
    return f"{counted(accounts, 'account')}, {counted(regions, 'Region')}"


def is_listed_file(finding: Finding) -> bool:
    """Return whether a finding only lists a file."""
    is_only_listed = finding.enforcement is Enforcement.AUDIT and finding.exemption is None and not finding.baseline
    return finding.check == UNKNOWN_FILE and is_only_listed


def listed_files(report: Report) -> str:
    """Return a sentence that counts the files which are only listed; empty if there are none."""
    return _sentence([finding for finding in report.findings if is_listed_file(finding)])


def with_listed_files_counted(report: Report) -> Report:
    """Return a copy with one finding, at the first file, for all files that are only listed.

    A folder may have thousands of them. JSON and CSV have each of them.
    """
    listed = [finding for finding in report.findings if is_listed_file(finding)]
    if len(listed) < 2:
        return report
    counted_once = replace(listed[0], what=_sentence(listed))
    others = (finding for finding in report.findings if not is_listed_file(finding))
    return report.with_findings([*others, counted_once])


def _sentence(listed: Sequence[Finding]) -> str:
    if not listed:
        return ""
    verb = "mentions" if len(listed) == 1 else "mention"
    first = printable(", ".join(first_of([finding.address for finding in listed], _FILES_SHOWN)))
    return f"{counted(len(listed), 'file')} not read that {verb} task definitions: {first}."
