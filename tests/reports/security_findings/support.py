"""Reports of audits, without an audit."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

from ecs_guard_aspects.model.usage import Usage
from ecs_guard_aspects.policy import Enforcement, Finding, Policy, Report
from ecs_guard_aspects.policy.judging.report import Judged, NotRead, Scope
from tests.cloud import IRELAND, OWN, arn

from ..support import exemption
from ..test_text_report import finding

NOW = datetime.datetime(2026, 11, 30, 9, 0, 0, 123_000, tzinfo=datetime.UTC)
TODAY = Policy(today=NOW.date())
REGION = f"{OWN}/{IRELAND}"


def judged(name: str = "agent:1", account: str = OWN, region: str = IRELAND, **changes: Any) -> Judged:
    usage = Usage(region, "ACTIVE", (f"service {name}",))._replace(**changes)
    return Judged(f"{account}/{region}", arn(name, account, region), name.partition(":")[0], account, usage)


def found(name: str = "agent:1", account: str = OWN, region: str = IRELAND, **changes: Any) -> Finding:
    of_usage = {name: changes.pop(name) for name in Usage._fields if name in changes}
    where = judged(name, account, region, **of_usage)
    values = {
        **{field: getattr(where, field) for field in ("source", "address", "family", "account", "usage")},
        "resource": where.address,
        "file": None,
        "line": None,
        "column": None,
    }
    return finding(**{**values, **changes})


def audit_of(*items: Finding | Judged, **changes: Any) -> Report:
    """Return the report of an audit: of what has findings, and of more that was judged."""
    findings = tuple(item for item in items if isinstance(item, Finding))
    of_findings = [judged(f.address.rpartition("/")[2], f.account or OWN, f.region) for f in findings if f.region]
    resources = tuple(dict.fromkeys([*of_findings, *(item for item in items if isinstance(item, Judged))]))
    sources = {REGION: None} | {one.source: None for one in resources}
    values: dict[str, Any] = {"sources": tuple(sources.items()), "resources": resources, "created": NOW}
    scope = Scope(accounts=(OWN,), regions=(IRELAND,))
    return Report(changes.pop("policy", TODAY), findings, **{"scope": scope, "unit": "Region", **values, **changes})


def unread(source: str = REGION, account: str = OWN) -> Finding:
    return finding(
        check="unreadable",
        what="The tasks of cluster prod cannot be read: AccessDenied.",
        resource="",
        source=source,
        address=source,
        account=account,
        file=None,
        line=None,
    )


HELD = exemption("**", "2999-01-01")

EVERYTHING = audit_of(
    found(),
    found("agent:2"),
    found(check="host-mode-root-user", container="app"),
    found(check="host-mode-root-user", container="sidecar"),
    replace(found("web:1"), enforcement=Enforcement.WARN),
    replace(found("old:1"), enforcement=Enforcement.AUDIT, exemption=HELD),
    found("x:1", "222222222222", "cn-north-1"),
    unread("222222222222/us-east-2", "222222222222"),
    unread("333333333333", "333333333333"),
    found(check="stale-exemption", address="**", source="", account=None, region=None),
    judged("good:7"),
    not_read=(NotRead("222222222222/us-east-2", "The tasks of cluster prod cannot be read: AccessDenied."),),
)
"""Something of everything."""
