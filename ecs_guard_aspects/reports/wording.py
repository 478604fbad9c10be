"""What several formats say in the same words, and how all of them make a text safe to show."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..model.notice import UNREADABLE
from ..model.plural import first_of
from ..policy.enforcement import Enforcement

if TYPE_CHECKING:
    from ..policy.judging.finding import Finding
    from ..policy.judging.report import NotRead, Report
    from ..policy.policy import Policy

ERROR = "error"
WARNING = "warning"
NOTE = "note"

LOUDEST_FIRST = (ERROR, WARNING, NOTE)

_LEVELS = {Enforcement.DENY: ERROR, Enforcement.WARN: WARNING, Enforcement.AUDIT: NOTE, Enforcement.OFF: NOTE}

_USES_SHOWN = 5


def level_of(finding: Finding) -> str:
    """Return the level of a finding: an error if it is denied, a note if it is exempt or known."""
    return NOTE if finding.acknowledged or finding.baseline else _LEVELS[finding.enforcement]


def printable(text: str) -> str:
    """Return a text without what would steer a terminal: file names and templates are written by anybody."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in text)


def name_of_policy(policy: Policy) -> str:
    """Return where the policy was read, if it was, and its profile."""
    profile = f"profile {policy.profile.value}"
    return printable(f"{policy.origin}, {profile}") if policy.origin else profile


def sentences_of(finding: Finding) -> str:
    """Return all that is said of a finding in one line: what it is about, what is wrong, why, what to change."""
    name = f"{finding.address}: " if finding.address else ""
    said = [f"{name}{problem_of(finding)}", use_of(finding), finding.why, *finding.notes, finding.remedy]
    return printable(" ".join(part for part in said if part))


def problem_of(finding: Finding) -> str:
    """Return what is wrong, and with which container."""
    return f"container {finding.container}: {finding.what}" if finding.container else finding.what


def used_by(finding: Finding) -> str:
    """Return what uses what was found in an account, as far as it fits in a line."""
    return printable(f"in use by {', '.join(first_of(finding.in_use_by, _USES_SHOWN))}")


def use_of(finding: Finding) -> str:
    """Return, as a sentence, what uses what was found in an account, and its status if it is not active."""
    if not finding.in_use_by:
        return ""
    use = f"{used_by(finding)}."
    return f"{use[:1].upper()}{use[1:]}" if finding.status in (None, "ACTIVE") else f"{finding.status}, {use}"


def file_of(finding: Finding, report: Report) -> str:
    """Return the file a finding is shown at; of an exemption that covers nothing, that of the policy."""
    return finding.file or finding.source or report.policy.origin or ""


def fingerprints(findings: Iterable[Finding], report: Report) -> Iterator[str]:
    """Yield for each finding what stays the same of it while its line moves, and differs from that of all others."""
    import hashlib  # loads OpenSSL, which the start of every command would pay for

    seen: Counter[str] = Counter()
    for finding in findings:
        parts = [finding.check, file_of(finding, report), finding.address, finding.container or ""]
        identity = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
        seen[identity] += 1
        yield f"{identity}:{seen[identity]}"


def only_not_read(report: Report) -> list[NotRead]:
    """Return what could not be read and has no finding that says so."""
    said = {(finding.source, finding.what) for finding in report.findings if finding.check == UNREADABLE}
    return [entry for entry in report.not_read if (entry.source, entry.reason) not in said]
