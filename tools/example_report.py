"""An audit of three accounts as an example: what docs/report.png shows, and what the page of HTML is tested with.

What is said of the task definitions is what the policy says of them; that they run somewhere is made up.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ecs_guard_aspects.model.document import Document
from ecs_guard_aspects.model.notice import Notice
from ecs_guard_aspects.model.resource import TASK_DEFINITION, Resource
from ecs_guard_aspects.policy import Enforcement, Exemption, Policy, Profile, judge


class Revision(NamedTuple):
    """A revision that is in use: whose, where, what it is, and who uses it."""

    account: str
    region: str
    family: str
    revision: int
    properties: Mapping[str, Any]
    in_use_by: tuple[str, ...]
    status: str = "ACTIVE"

    @property
    def arn(self) -> str:
        """Its address."""
        return f"arn:aws:ecs:{self.region}:{self.account}:task-definition/{self.family}:{self.revision}"

    @property
    def resource(self) -> Resource:
        """It, to be judged."""
        properties = {"Family": self.family, **self.properties}
        return Resource(self.arn, TASK_DEFINITION, properties, name=self.arn, account=self.account)


SHOP, DATA, SANDBOX = "111122223333", "444455556666", "777788889999"
DUBLIN, FRANKFURT, OHIO = "eu-west-1", "eu-central-1", "us-east-2"
NOT_READ = f"{DATA}/{OHIO}"


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

REVISIONS = (
    Revision(SHOP, DUBLIN, "checkout", 214, _GOOD, ("service checkout in cluster prod (primary deployment)",)),
    Revision(SHOP, DUBLIN, "search", 77, _BRIDGE, ("service search in cluster prod (primary deployment)",)),
    Revision(SHOP, DUBLIN, "cart", 31, _HOST, ("4 tasks in cluster prod", "service cart in cluster prod"), "INACTIVE"),
    Revision(SHOP, DUBLIN, "metrics-agent", 9, _PRIVILEGED, ("service metrics-agent in cluster prod",)),
    Revision(SHOP, FRANKFURT, "checkout", 190, _GOOD, ("service checkout in cluster prod-eu",)),
    Revision(SHOP, FRANKFURT, "invoices", 12, _AS_ROOT, ("service invoices in cluster prod-eu",)),
    Revision(DATA, DUBLIN, "etl-nightly", 48, _AS_ROOT, ("schedule etl-nightly",)),
    Revision(DATA, DUBLIN, "stream-ingest", 5, _BRIDGE, ("2 tasks in cluster streams",)),
    Revision(SANDBOX, DUBLIN, "playground", 3, _HOST, ("1 task in cluster default",)),
    Revision(SANDBOX, DUBLIN, "hello", 1, _GOOD, ("service hello in cluster default",)),
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
    report = judge(_documents(), POLICY).to_json()
    revisions = {revision.arn: revision for revision in REVISIONS}
    for item in (*report["resources"], *report["findings"]):
        revision = revisions.get(item["address"])
        if revision is not None:
            of_account = ("account", "region", "status", "in_use_by")
            item.update({name: getattr(revision, name) for name in of_account}, in_use_by=list(revision.in_use_by))
    return {**report, "compared": _compared(report["findings"])}


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
    mended = {**entries[0], "family": "checkout", "address": entries[0]["address"].replace("search:77", "checkout:213")}
    return {
        "fixed": [mended],
        "still_there": [entry for entry in entries if entry not in changed],
        "new": changed,
        "no_longer_in_use": [gone],
        "not_known": [],
    }


def _entry(finding: Mapping[str, Any]) -> dict[str, Any]:
    names = ("account", "region", "family", "address", "check", "container", "exemption")
    return {name: finding[name] for name in names}
