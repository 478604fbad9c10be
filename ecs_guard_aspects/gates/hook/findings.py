"""Findings in the response of a hook: annotations, and one message that begins with what to change.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Annotation.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ...model.plural import counted
from ...policy.judging.finding import Finding
from ...policy.judging.report import Report
from ...policy.policy import Policy

MESSAGE_BYTES = 4096
CLOUD_CONTROL_MESSAGE_BYTES = 1024
"""The maximum length of a message in CloudFormation and in Cloud Control."""

MOST_LISTED = 50
"""The maximum number of findings in a log line and in an event of the watch: the limit of both is 256 KB."""

_NAME_BYTES = 1024
_TEXT_BYTES = 16_384
_MOST_ANNOTATIONS = 100  # our own limit: a response with thousands of annotations would be too large

_CUT = " [...]"


def denied_first(report: Report) -> tuple[Finding, ...]:
    """Return the findings of a report, denied ones first."""
    return tuple(sorted(report.findings, key=lambda finding: not finding.is_denied))


def annotations_of(report: Report) -> list[dict[str, Any]]:
    """Return an annotation for each finding, and one for each check without findings."""
    found = denied_first(report)
    noted = [_annotation(finding, report.policy) for finding in found[:_MOST_ANNOTATIONS]]
    if not report.resources:
        return noted
    failed = {finding.check for finding in found}
    passed = [
        {"annotationName": check.id, "status": "PASSED", "statusMessage": check.title}
        for check in report.policy.enforced_checks
        if check.id not in failed
    ]
    return [*noted, *passed]


def message(report: Report, most: int = MESSAGE_BYTES) -> str:
    """Return the result in a few lines: for each finding what to change, then where and why.

    Args:
        report: what was judged.
        most: its maximum number of bytes; findings that do not fit are counted.
    """
    found = denied_first(report)
    denied = sum(finding.is_denied for finding in found)
    judged = counted(len(report.resources), "task definition")
    if denied:
        head = f"Denied by ecs-guard ({counted(denied, 'finding')}):"
    elif found:
        head = f"Admitted by ecs-guard ({judged}), with {counted(len(found), 'remark')}:"
    else:
        return f"Admitted by ecs-guard ({judged})."
    return _fitted(head, [cut_to_bytes(_line(finding), most) for finding in found], most)


def cut_to_bytes(text: str, most: int) -> str:
    """Return a text of at most so many bytes; a shortened one ends with ``[...]``."""
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= most:
        return encoded.decode()
    return encoded[: most - len(_CUT)].decode("utf-8", "ignore") + _CUT


def _line(finding: Finding) -> str:
    subject = f"{finding.address}, container {finding.container}" if finding.container else finding.address
    notes = "".join(f" {note}" for note in finding.notes)
    return f"- {finding.remedy} [{finding.check}] {subject}: {finding.what}{notes}"


def _fitted(head: str, lines: Sequence[str], most: int) -> str:
    fitted = ""
    for kept in range(1, len(lines) + 1):
        text, left = "\n".join([head, *lines[:kept]]), len(lines) - kept
        if _size(text) > most:
            break
        whole = f"{text}\n... and {left} more: see the annotations of the hook." if left else text
        if _size(whole) <= most:
            fitted = whole
    return fitted or cut_to_bytes(f"{head}\n{lines[0]}", most)


def _size(text: str) -> int:
    return len(text.encode())


def _annotation(finding: Finding, policy: Policy) -> dict[str, Any]:
    return dict(_fields(finding, policy))


def _fields(finding: Finding, policy: Policy) -> Iterator[tuple[str, Any]]:
    """Yield the fields of an annotation; AWS does not accept empty texts."""
    container = f"container {finding.container}: " if finding.container else ""
    status = f"{finding.address}: {container}{' '.join((finding.what, finding.why, *finding.notes))}"
    yield "annotationName", cut_to_bytes(finding.check, _NAME_BYTES)
    yield "status", "FAILED" if finding.is_denied else "SKIPPED"
    yield "statusMessage", cut_to_bytes(status, _TEXT_BYTES)
    if finding.remedy:
        yield "remediationMessage", cut_to_bytes(finding.remedy, _TEXT_BYTES)
    links = (control.url for check in policy.enforced_checks if check.id == finding.check for control in check.controls)
    link = next(links, None)
    if link:
        yield "remediationLink", link
    yield "severityLevel", finding.severity.name
