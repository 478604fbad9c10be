"""An audit of three accounts as an example: what docs/report.png shows, and what the page of HTML is tested with.

What is said of the task definitions is what the policy says of them; that they run somewhere is made up.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from ecs_guard_aspects.model.document import Document
from ecs_guard_aspects.model.notice import Notice
from ecs_guard_aspects.model.resource import TASK_DEFINITION, Resource
from ecs_guard_aspects.model.usage import ClusterExposure, Exposure, ExposureLevel, Usage
from ecs_guard_aspects.policy import Enforcement, Exemption, Policy, Profile, Report, judge
from ecs_guard_aspects.policy.judging.audit_record import AccountRecord, AuditRecord
from ecs_guard_aspects.policy.judging.report import REGION


class Revision(NamedTuple):
    """A revision that is in use: whose, where, what it is, and who uses it."""

    account: str
    region: str
    family: str
    revision: int
    properties: Mapping[str, Any]
    in_use_by: tuple[str, ...]
    exposure: Exposure
    clusters: tuple[str, ...]
    running_tasks: int = 2
    status: str = "ACTIVE"

    @property
    def arn(self) -> str:
        """Its address."""
        return f"arn:aws:ecs:{self.region}:{self.account}:task-definition/{self.family}:{self.revision}"

    @property
    def resource(self) -> Resource:
        """It, to be judged."""
        properties = {"Family": self.family, **self.properties}
        usage = Usage(
            self.region,
            self.status,
            self.in_use_by,
            self.exposure,
            self.running_tasks,
            tuple(ClusterExposure(name, self.exposure.level) for name in self.clusters),
            is_production=any(name.startswith("prod") for name in self.clusters),
        )
        return Resource(self.arn, TASK_DEFINITION, properties, name=self.arn, account=self.account, usage=usage)


SHOP, DATA, SANDBOX = "111122223333", "444455556666", "777788889999"
DUBLIN, FRANKFURT, OHIO = "eu-west-1", "eu-central-1", "us-east-2"
NOT_READ = f"{DATA}/{OHIO}"
PROD, PROD_EU = ("prod",), ("prod-eu",)
BEGAN = datetime.datetime(2027, 1, 1, 8, 0, tzinfo=datetime.UTC)


def _containers(**users: str | None) -> list[dict[str, Any]]:
    return [{"Name": name, "Image": "app", **({"User": user} if user else {})} for name, user in users.items()]


_GOOD = {"NetworkMode": "awsvpc", "ContainerDefinitions": _containers(app="1000")}
_AS_ROOT = {"NetworkMode": "awsvpc", "ContainerDefinitions": _containers(app=None)}
_BRIDGE = {"NetworkMode": "bridge", "ContainerDefinitions": _containers(app="1000", proxy="101")}
_HOST = {"NetworkMode": "host", "ContainerDefinitions": _containers(agent="0", sidecar=None)}
_PRIVILEGED = {
    "NetworkMode": "host",
    "ContainerDefinitions": [{"Name": "node-agent", "Image": "agent", "User": "1000", "Privileged": True}],
}

_INTERNAL = Exposure(ExposureLevel.INTERNAL, ("its tasks have no public address",))
_UNKNOWN = Exposure(
    ExposureLevel.UNKNOWN,
    ("the instances cannot be read: permission ec2:DescribeInstances is missing",),
)


def _public(name: str) -> Exposure:
    return Exposure(ExposureLevel.INTERNET, (f"load balancer {name} is internet-facing (listener HTTPS 443)",))


# From where each can be reached, and the clusters that use it.
_IN_PROD, _IN_STREAMS, _IN_DEFAULT = ((_INTERNAL, (name,)) for name in ("prod", "streams", "default"))
_SHOP_ONLINE, _EU_ONLINE, _EU = (_public("shop"), PROD), (_public("eu"), PROD_EU), (_INTERNAL, PROD_EU)

REVISIONS = (
    Revision(SHOP, DUBLIN, "checkout", 214, _GOOD, ("service checkout in cluster prod",), *_SHOP_ONLINE),
    Revision(SHOP, DUBLIN, "search", 77, _BRIDGE, ("service search in cluster prod",), *_SHOP_ONLINE),
    Revision(
        *(SHOP, DUBLIN, "cart", 31, _HOST, ("4 tasks in cluster prod", "service cart in cluster prod")),
        *(*_IN_PROD, 4, "INACTIVE"),
    ),
    Revision(SHOP, DUBLIN, "metrics-agent", 9, _PRIVILEGED, ("service metrics-agent in cluster prod",), *_IN_PROD),
    Revision(SHOP, FRANKFURT, "checkout", 190, _GOOD, ("service checkout in cluster prod-eu",), *_EU_ONLINE),
    Revision(SHOP, FRANKFURT, "invoices", 12, _AS_ROOT, ("service invoices in cluster prod-eu",), *_EU),
    Revision(DATA, DUBLIN, "etl-nightly", 48, _AS_ROOT, ("schedule etl-nightly",), *_IN_STREAMS, 0),
    Revision(DATA, DUBLIN, "stream-ingest", 5, _BRIDGE, ("2 tasks in cluster streams",), _UNKNOWN, ("streams",)),
    Revision(SANDBOX, DUBLIN, "playground", 3, _HOST, ("1 task in cluster default",), *_IN_DEFAULT, 1),
    Revision(SANDBOX, DUBLIN, "hello", 1, _GOOD, ("service hello in cluster default",), *_IN_DEFAULT),
)

_REASONS = {
    "metrics-agent": ("reads counters of the kernel", "OBS-42"),
    "stream-ingest": ("moves to Fargate in January", "DATA-7"),
    "etl-nightly": ("its image is being rebuilt", None),
}


def _exemption(check: str, family: str, account: str, owner: str, expires: str) -> Exemption:
    reason, ticket = _REASONS[family]
    return Exemption(
        check=check,
        family=family,
        account=account,
        owner=owner,
        expires=expires,
        reason=reason,
        ticket=ticket,
        origin="ecs-guard.yaml",
    )


POLICY = Policy(
    profile=Profile.STRICT,
    exemptions=[
        _exemption("host-mode-privileged", "metrics-agent", SHOP, "team-obs", "2027-03-31"),
        _exemption("no-host-network-mode", "metrics-agent", SHOP, "team-obs", "2027-03-31"),
        _exemption("no-privileged-containers", "metrics-agent", SHOP, "team-obs", "2027-03-31"),
        _exemption("awsvpc-network-mode", "stream-ingest", DATA, "team-data", "2027-01-09"),
        _exemption("non-root-user", "etl-nightly", DATA, "team-data", "2026-12-20"),
    ],
    enforcement={"non-root-user": Enforcement.WARN},
    today=datetime.date(2027, 1, 1),
    origin="ecs-guard.yaml",
)


def example_report() -> dict[str, Any]:
    """Return the report in JSON, with what an audit adds to it and what has changed since the last one."""
    report = _audited(judge(_documents(), POLICY)).to_json()
    return {**report, "compared": _compared(report["findings"])}


def _audited(report: Report) -> Report:
    """Return the report with what an audit knows: who asked what, and when it found a finding first."""
    regions = {SHOP: (DUBLIN, FRANKFURT), DATA: (DUBLIN, OHIO), SANDBOX: (DUBLIN,)}
    accounts = tuple(AccountRecord(account, asked, tuple({*asked} - {OHIO})) for account, asked in regions.items())
    options = ("--regions all", "--accounts org", "--role ecs-guard-audit")
    caller = f"arn:aws:sts::{SHOP}:assumed-role/security/audit"
    record = AuditRecord(BEGAN, BEGAN + datetime.timedelta(minutes=2), caller, options, accounts)
    findings = [replace(f, first_seen=BEGAN - datetime.timedelta(days=21)) if f.usage else f for f in report.findings]
    return replace(report.with_findings(findings), unit=REGION, audit=record)


def _documents() -> Iterator[Document]:
    for account, region in dict.fromkeys((revision.account, revision.region) for revision in REVISIONS):
        here = [one.resource for one in REVISIONS if (one.account, one.region) == (account, region)]
        yield Document(f"{account}/{region}", here)
    refused = Notice(
        "ListClusters was refused: AccessDenied, the role ecs-guard-audit lacks ecs:ListClusters.",
        "What runs there is not known.",
        "Grant the role ecs:ListClusters in that Region.",
        address=NOT_READ,
    )
    yield Document(NOT_READ, [refused])


def _compared(findings: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return what would have changed if the search had been put on a bridge since, and the admin been stopped."""
    entries = [_entry(finding) for finding in findings if finding.get("region")]
    changed = [entry for entry in entries if entry["family"] == "search"]
    gone = {**entries[0], "family": "admin", "address": entries[0]["address"].replace("search:77", "admin:4")}
    address = entries[0]["address"].replace("search:77", "checkout:213")
    corrected = {**entries[0], "family": "checkout", "address": address}
    return {
        "fixed": [corrected],
        "still_there": [entry for entry in entries if entry not in changed],
        "new": changed,
        "no_longer_in_use": [gone],
        "not_known": [],
    }


def _entry(finding: Mapping[str, Any]) -> dict[str, Any]:
    names = ("account", "region", "family", "address", "check", "container", "exemption")
    return {name: finding[name] for name in names}
