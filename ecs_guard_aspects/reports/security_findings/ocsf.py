"""A Report as OCSF 1.5 Compliance Findings, one JSON object on each line.

https://schema.ocsf.io/1.5.0/classes/compliance_finding
"""

from __future__ import annotations

import datetime
import json
from typing import Any

from ..._version import VERSION
from ...model.usage import account_fields
from ...policy.judging.finding import Outcome
from ...policy.judging.report import Report, policy_in_json
from ...policy.tracking.comparison import ComparisonStatus
from ..wording import printable
from .collection import identity_of_key, security_findings
from .security_finding import AccountRegion, Affected, Identity, Level, SecurityFinding, Status

VERSION_OF_OCSF = "1.5.0"
CLASS = 2003

_CREATE, _UPDATE, _CLOSE = (1, "Create"), (2, "Update"), (3, "Close")
_NEW, _SUPPRESSED, _RESOLVED, _ARCHIVED = (1, "New"), (3, "Suppressed"), (4, "Resolved"), (5, "Archived")
_COMPLIANCE = {
    Status.PASSED: (1, "Pass"),
    Status.WARNING: (2, "Warning"),
    Status.FAILED: (3, "Fail"),
    Status.NOT_AVAILABLE: (0, "Unknown"),
}
_SEVERITY = {
    Level.INFORMATIONAL: (1, "Informational"),
    Level.LOW: (2, "Low"),
    Level.MEDIUM: (3, "Medium"),
    Level.HIGH: (4, "High"),
}
_ACCEPTED = (Outcome.EXEMPT.value, Outcome.ACKNOWLEDGED.value, Outcome.BASELINE.value)
_AWS_ACCOUNT = (10, "AWS Account")


def ocsf_report(report: Report) -> str:
    """Return the report as lines of JSON, one for each task definition and check."""
    known = _still_there(report)
    return "".join(
        json.dumps(_event(found, report, is_known=found.identity in known)) + "\n"
        for found in security_findings(report)
    )


def _still_there(report: Report) -> set[Identity]:
    """Return what an earlier report has too, if the report was compared with one."""
    entries = report.compared.of(ComparisonStatus.STILL_THERE) if report.compared else []
    return {identity_of_key(entry.key) for entry in entries}


def _event(found: SecurityFinding, report: Report, *, is_known: bool) -> dict[str, Any]:
    now = report.created or datetime.datetime.now(datetime.UTC)
    time, first_seen = _milliseconds(now), _milliseconds(found.first_seen or now)
    activity = _CLOSE if found.is_archived or found.status is Status.PASSED else _UPDATE if is_known else _CREATE
    place = found.identity.place
    return {
        **_enumerated("activity", activity, "activity_name"),
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": CLASS,
        "class_name": "Compliance Finding",
        "type_uid": CLASS * 100 + activity[0],
        "type_name": f"Compliance Finding: {activity[1]}",
        **_enumerated("severity", _SEVERITY[found.level]),
        **_enumerated("status", _state_of(found)),
        "status_detail": found.outcome,
        "time": time,
        "message": found.title,
        "metadata": _metadata(found, place),
        "finding_info": {
            "uid": found.identity.uid,
            "title": found.title,
            "desc": found.text,
            "types": [found.identity.check],
            "created_time": first_seen,
            "first_seen_time": first_seen,
            "last_seen_time": time,
        },
        "compliance": _compliance(found),
        **({"remediation": _remediation(found)} if found.remedy else {}),
        "resources": [_resource(affected, place) for affected in found.affected],
        **({"cloud": _cloud(place)} if place.account else {}),
        "unmapped": {
            "policy": policy_in_json(report.policy),
            "findings": [finding.to_json(report.policy.date) for finding in found.findings],
        },
    }


def _enumerated(name: str, value: tuple[int, str], caption: str | None = None) -> dict[str, Any]:
    return {f"{name}_id": value[0], caption or name: value[1]}


def _state_of(found: SecurityFinding) -> tuple[int, str]:
    if found.is_archived:
        return _ARCHIVED
    if found.status is Status.PASSED:
        return _RESOLVED
    return _SUPPRESSED if found.outcome in _ACCEPTED else _NEW


def _metadata(found: SecurityFinding, place: AccountRegion) -> dict[str, Any]:
    return {
        "version": VERSION_OF_OCSF,
        "product": {"name": "ecs-guard", "vendor_name": "ecs-guard", "version": VERSION},
        "event_code": found.identity.check,
        **({"profiles": ["cloud"]} if place.account else {}),
    }


def _compliance(found: SecurityFinding) -> dict[str, Any]:
    # OCSF up to 1.3 requires a standard.
    standards = [name for name, _ in found.references] or ["ecs-guard"]
    return {
        "control": found.identity.check,
        "standards": standards,
        **_enumerated("status", _COMPLIANCE[found.status]),
    }


def _remediation(found: SecurityFinding) -> dict[str, Any]:
    references = [url for _, url in found.references]
    return {"desc": found.remedy, **({"references": references} if references else {})}


def _resource(affected: Affected, place: AccountRegion) -> dict[str, Any]:
    facts = {
        "uid": printable(affected.uid),
        "name": printable(affected.family or affected.uid),
        "type": affected.type,
        "region": place.region,
    }
    data = account_fields(place.account, affected.usage)
    return {name: value for name, value in facts.items() if value} | ({"data": data} if data else {})


def _cloud(place: AccountRegion) -> dict[str, Any]:
    account = {"uid": place.account, **_enumerated("type", _AWS_ACCOUNT)}
    return {"provider": "AWS", "account": account, **({"region": place.region} if place.region else {})}


def _milliseconds(moment: datetime.datetime) -> int:
    return int(moment.timestamp() * 1000)
