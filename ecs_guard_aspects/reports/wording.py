"""What several formats say of a finding in the same words."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator

from ..cloudformation.document import UNREADABLE
from ..policy.finding import Finding
from ..policy.report import NotRead, Report
from .text_report import printable, used_by


def sentences_of(finding: Finding) -> str:
    """Return all that is said of a finding in one line: what it is about, what is wrong, why, what to change."""
    name = f"{finding.address}: " if finding.address else ""
    said = [f"{name}{claim_of(finding)}", use_of(finding), finding.why, *finding.notes, finding.remedy]
    return printable(" ".join(part for part in said if part))


def claim_of(finding: Finding) -> str:
    """Return what is wrong, and with which container."""
    return f"container {finding.container}: {finding.what}" if finding.container else finding.what


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
