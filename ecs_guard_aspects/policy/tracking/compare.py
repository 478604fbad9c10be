"""Comparison with an earlier audit: which findings are fixed, still there, new, no longer in use, or not known."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ...model.usage import without_revision
from ...sources.account.scheduled import is_only_scheduled
from ..checks import HOST_MODE_PRIVILEGED
from ..enforcement import Enforcement
from ..errors import ReportError
from ..ids import NOTICES
from ..judging.finding import Finding
from ..judging.report import VERSION_OF_FORMAT, Report
from ..policy import Policy
from .comparison import Compared, Comparison, ComparisonStatus, FindingKey


@dataclass
class _Before:
    exemption: Mapping[str, Any] | None = None
    in_use_by: list[str] = field(default_factory=list)
    first_seen: datetime.datetime | None = None


@dataclass(frozen=True)
class LastReport:
    """The findings of the audit before.

    Attributes:
        origin: the file it was read from.
        findings: by what stays the same of them; with those of which it did not know what became of them.
    """

    origin: str
    findings: Mapping[FindingKey, _Before]


def read_last(text: str, origin: str) -> LastReport:
    """Return the findings of a report in JSON.

    Args:
        text: the report.
        origin: the file it was read from.

    Raises:
        ReportError: if it is not a report of an audit.
    """
    try:
        report = json.loads(text)
        version, listed = report["version"], report["findings"]
        findings: dict[FindingKey, _Before] = {}
        if version == VERSION_OF_FORMAT and any("region" not in judged for judged in report["resources"]):
            raise KeyError  # it is about the policy, not about what runs
        for finding in [*listed, *report.get("compared", {}).get("not_known", ())]:
            if finding["check"] not in NOTICES:
                before = findings.setdefault(_key_in(finding), _Before())
                before.exemption = before.exemption or _exemption_in(finding)
                before.in_use_by += finding.get("in_use_by", ())
                before.first_seen = _earlier(before.first_seen, finding.get("first_seen") or report.get("created"))
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError):
        raise ReportError(
            f"--compare {origin}: it is not a report of ecs-guard audit in JSON (--format json, --output json=FILE)"
        ) from None
    if version != VERSION_OF_FORMAT:
        raise ReportError(f"--compare {origin}: it is a report of version {version}, this is {VERSION_OF_FORMAT}")
    return LastReport(origin, findings)


def compare(last: LastReport, report: Report, *, scheduled: bool) -> Comparison:
    """Return the status of the findings of the audit before.

    Args:
        last: the audit before.
        report: the audit of today.
        scheduled: whether the audit of today has read the targets of rules and schedules.
    """
    now = {key: finding for finding in report.findings if (key := _key_of(finding)) is not None}
    gone = _Gone(report, scheduled)
    found = [
        Compared(
            key,
            ComparisonStatus.STILL_THERE if key in last.findings else ComparisonStatus.NEW,
            finding.exemption.to_report(report.policy.date) if finding.exemption else None,
        )
        for key, finding in now.items()
    ]
    left = [gone.compared(key, before) for key, before in last.findings.items() if key not in now]
    entries = [_with_age(entry, last.findings.get(entry.key), report) for entry in (*left, *found)]
    return Comparison(last.origin, tuple(sorted(entries, key=_order)))


def with_first_seen(report: Report, last: LastReport | None) -> Report:
    """Return the report with the day on which an audit found each finding first: in the last report, or now.

    Args:
        report: the audit of today, with its record.
        last: the audit before, if there is one.
    """
    return report.with_findings(_seen(report, {} if last is None else last.findings))


def _seen(report: Report, before: Mapping[FindingKey, _Before]) -> Iterator[Finding]:
    began = report.audit.began if report.audit else None
    for finding in report.findings:
        key = _key_of(finding)
        earlier = before.get(key) if key is not None else None
        seen = (earlier.first_seen if earlier else None) or began
        yield finding if key is None else replace(finding, first_seen=seen)


def _with_age(entry: Compared, before: _Before | None, report: Report) -> Compared:
    began = report.audit.began if report.audit else None
    first_seen = before.first_seen if before else began
    if first_seen is None or began is None:
        return entry
    return entry._replace(first_seen=first_seen, days_open=max((began - first_seen).days, 0))


class _Gone:
    """Why a finding is gone."""

    def __init__(self, report: Report, scheduled: bool) -> None:
        self._policy = report.policy
        self._scheduled = scheduled
        self._sources = {name for name, _ in report.sources}
        self._not_read = {entry.source for entry in report.not_read}
        self._in_use = {(judged.account, judged.region, judged.family) for judged in report.resources}

    def compared(self, key: FindingKey, before: _Before) -> Compared:
        reason = self._reason_not_to_know(key, before.in_use_by)
        if reason:
            used = tuple(before.in_use_by)
            return Compared(key, ComparisonStatus.NOT_KNOWN, before.exemption, reason, in_use_by=used)
        is_in_use = (key.account, key.region, key.family) in self._in_use
        return Compared(
            key, ComparisonStatus.FIXED if is_in_use else ComparisonStatus.NO_LONGER_IN_USE, before.exemption
        )

    def _reason_not_to_know(self, key: FindingKey, in_use_by: Iterable[str]) -> str | None:
        region = f"{key.account}/{key.region}"
        if self._not_read & {region, key.account}:
            return "not all of its Region could be read"
        if region not in self._sources:
            return "this audit does not cover its Region"
        if not _asks_for(self._policy, key.check):
            return "the policy no longer has its check"
        if not self._scheduled and is_only_scheduled(in_use_by):
            return "this audit leaves out what is scheduled"
        return None


def _asks_for(policy: Policy, check: str) -> bool:
    if check == HOST_MODE_PRIVILEGED.id:  # it is reported for every profile
        return policy.enforcement_of(check) is not Enforcement.OFF
    return check in {enforced.id for enforced in policy.enforced_checks}


def _exemption_in(finding: Mapping[str, Any]) -> Mapping[str, Any] | None:
    exemption: Mapping[str, Any] | None = finding["exemption"]
    if exemption is not None:
        exemption = {**exemption, "days_left": int(exemption["days_left"]), "owner": str(exemption["owner"])}
    return exemption


def _earlier(one: datetime.datetime | None, text: str | None) -> datetime.datetime | None:
    """Return the earlier of two moments; the second one is of a report in JSON."""
    if text is None:
        return one
    other = datetime.datetime.fromisoformat(text)
    if other.tzinfo is None:
        raise ValueError(text)
    return other if one is None else min(one, other)


def _key_of(finding: Finding) -> FindingKey | None:
    """Return the identity of a finding; None if it is not about a task definition in an account."""
    if finding.usage is None or finding.check in NOTICES:
        return None
    address = without_revision(finding.address)
    account, region = finding.account or "", finding.usage.region
    return FindingKey(account, region, finding.family, address, finding.check, finding.container)


def _key_in(finding: Mapping[str, Any]) -> FindingKey:
    values = {name: finding[name] for name in ("account", "region", "family", "check", "container")}
    if not all(isinstance(value, str | None) for value in values.values()):
        raise TypeError
    return FindingKey(**values, address=without_revision(finding["address"]))


def _order(entry: Compared) -> tuple[str, ...]:
    return tuple(str(part or "") for part in entry.key)
