"""``--compare``: what became of a finding since the audit before."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import ecs_guard_aspects
from ecs_guard_aspects.model.document import Document
from ecs_guard_aspects.model.notice import Notice
from ecs_guard_aspects.model.resource import Resource
from ecs_guard_aspects.model.usage import Usage
from ecs_guard_aspects.policy import Enforcement, Exemption, Policy, Profile, Report, judge
from ecs_guard_aspects.policy.judging.audit_record import AuditRecord
from ecs_guard_aspects.policy.tracking.compare import compare, read_last, with_first_seen
from ecs_guard_aspects.reports.json_report import json_report
from ecs_guard_aspects.reports.text_report import text_report
from tests.cloud import IRELAND, OHIO, OTHER, OWN, Cloud, arn

from ...gates.account.conftest import Repository

BRIDGE, AWSVPC = "bridge", "awsvpc"
SERVICE = ("service web in cluster prod (primary deployment)",)
RULE = ("rule nightly (event bus default)",)

InUse = dict[str, str]
"""By revision in use its network mode."""


def report(
    in_use: InUse, policy: Policy | None = None, *, by: tuple[str, ...] = SERVICE, unread: str = "", name: str = IRELAND
) -> Report:
    items: list[Resource | Notice] = [
        Resource(
            address=arn(revision, region=name),
            type="AWS::ECS::TaskDefinition",
            properties={"Family": revision.partition(":")[0], "NetworkMode": mode},
            name=arn(revision, region=name),
            account=OWN,
            usage=Usage(name, "ACTIVE", by),
        )
        for revision, mode in in_use.items()
    ]
    notice = Notice("Something cannot be read.", "Why.", "Remedy.", address=unread)
    documents = [Document(f"{OWN}/{name}", tuple(items))]
    if unread == OWN:
        documents = [Document(OWN, (notice,))]
    elif unread:
        documents = [Document(f"{OWN}/{name}", (notice, *items))]
    return judge(documents, policy or Policy())


UNREAD = f"{OWN}/{IRELAND}"

# What was in use, what is now, and what became of the finding of each family.
BATCHES: list[tuple[InUse, InUse, dict[str, list[str]]]] = [
    ({}, {}, {}),
    ({"web:1": BRIDGE}, {"web:2": AWSVPC}, {"fixed": ["web"]}),
    ({"web:1": BRIDGE}, {"web:1": BRIDGE}, {"still_there": ["web"]}),
    ({"web:1": BRIDGE}, {"web:2": BRIDGE}, {"still_there": ["web"]}),
    ({"web:1": BRIDGE}, {"web:1": BRIDGE, "web:2": AWSVPC}, {"still_there": ["web"]}),
    ({"web:1": BRIDGE, "web:2": AWSVPC}, {"web:2": AWSVPC}, {"fixed": ["web"]}),
    ({"web:1": BRIDGE}, {}, {"no_longer_in_use": ["web"]}),
    ({"web:1": BRIDGE}, {"webapp:1": AWSVPC}, {"no_longer_in_use": ["web"]}),
    ({}, {"web:1": BRIDGE}, {"new": ["web"]}),
    ({"web:1": AWSVPC}, {"web:2": BRIDGE}, {"new": ["web"]}),
    (
        {"a:1": BRIDGE, "b:1": BRIDGE, "c:1": BRIDGE},
        {"a:2": AWSVPC, "b:1": BRIDGE, "d:1": BRIDGE},
        {"fixed": ["a"], "still_there": ["b"], "new": ["d"], "no_longer_in_use": ["c"]},
    ),
]


@pytest.mark.parametrize(("before", "now", "expected"), BATCHES)
def test_what_became_of_a_finding(before: InUse, now: InUse, expected: dict[str, list[str]]) -> None:
    last = read_last(json_report(report(before)), "last.json")
    said = compare(last, report(now), scheduled=False).to_json()
    assert said.pop("with") == "last.json"
    assert {status: [entry["family"] for entry in entries] for status, entries in said.items() if entries} == expected


PART, ELSEWHERE, NOT_ASKED = (
    "not all of its Region could be read",
    "this audit does not cover its Region",
    "the policy no longer has its check",
)

# What the audit of today is like, and why nobody knows what became of a finding that is not there.
NOT_KNOWN: list[tuple[Report, tuple[str, ...], str | None]] = [
    (report({"web:2": AWSVPC}, unread=UNREAD), SERVICE, PART),
    (report({}, unread=UNREAD), SERVICE, PART),
    (report({}, unread=OWN), SERVICE, PART),
    (report({"web:2": AWSVPC}, name=OHIO), SERVICE, ELSEWHERE),
    (report({"web:1": BRIDGE}, Policy(profile=Profile.CYSCALE)), SERVICE, NOT_ASKED),
    (report({"web:1": BRIDGE}, Policy(enforcement={"awsvpc-network-mode": Enforcement.OFF})), SERVICE, NOT_ASKED),
    (report({}), RULE, "this audit leaves out what is scheduled"),
    (report({}), (*RULE, *SERVICE), None),
]


@pytest.mark.parametrize(("today", "by", "reason"), NOT_KNOWN)
def test_what_is_not_known_is_not_called_fixed(today: Report, by: tuple[str, ...], reason: str | None) -> None:
    last = read_last(json_report(report({"web:1": BRIDGE}, by=by)), "last.json")
    said = compare(last, today, scheduled=False).to_json()
    assert [entry["reason"] for entry in said["not_known"]] == ([reason] if reason else [])
    assert said["fixed"] == []


def test_what_is_scheduled_is_known_if_it_was_looked_at() -> None:
    last = read_last(json_report(report({"web:1": BRIDGE}, by=RULE)), "last.json")
    assert len(compare(last, report({}), scheduled=True).to_json()["no_longer_in_use"]) == 1


def exemption(family: str, expires: str) -> Exemption:
    return Exemption(
        check="awsvpc-network-mode", family=family, reason="moves", owner=f"team-{family}", expires=expires
    )


def test_exemptions_come_with_their_owners() -> None:
    policy = Policy(
        exemptions=[exemption("a", "2999-01-01"), exemption("b", "2999-01-01"), exemption("c", "2020-01-01")]
    )
    before = report({"a:1": BRIDGE, "b:1": BRIDGE}, policy)
    now = report({"a:1": AWSVPC, "b:1": BRIDGE, "c:1": BRIDGE}, policy)
    said = compare(read_last(json_report(before), "last.json"), now, scheduled=False)
    owners = {entry.key.family: entry.exemption and entry.exemption["owner"] for entry in said.entries}
    assert owners == {"a": "team-a", "b": "team-b", "c": "team-c"}


def test_three_batches(repository: Repository, cloud: Cloud) -> None:
    policy = {"exemptions": [exemption("agent", "2999-01-01").to_json(), exemption("old", "2020-01-01").to_json()]}
    repository.put("ecs-guard.json", json.dumps(policy))
    here = cloud.region()
    for name in ("agent:1", "batch:1", "old:1", "web:1"):
        here.register(name, containerDefinitions=[{"name": "app", "user": "root"}], mode="host")
    here.register("web:2", mode="awsvpc")

    def audit(number: int, *words: str, **services: str) -> Any:
        here.services = {"prod": []}
        here.tasks = {"prod": []}
        for service, name in services.items():
            here.serve("prod", service, name)
        words = ("audit", "--output", f"json={number}.json", "--output", f"markdown={number}.md", *words)
        if number > 1:
            words = (*words, "--compare", f"{number - 1}.json")
        run = repository.run(*words)
        assert run.code == 1
        said = json.loads((repository.root / f"{number}.json").read_text())
        jsonschema.validate(
            said, json.loads((Path(ecs_guard_aspects.__file__).parent / "reports/report.schema.json").read_text())
        )
        return run.out

    first = audit(1, web="web:1", agent="agent:1", batch="batch:1", old="old:1")
    assert "Since" not in first
    second = audit(2, web="web:2", agent="agent:1", old="old:1")
    today = json.loads((repository.root / "1.json").read_text())["audit"]["began"].partition("T")[0]
    assert COMPARED.replace("DATE", today) in second
    markdown = (repository.root / "2.md").read_text()
    assert "\nSince 1.json: 2 fixed, 4 still there, 2 no longer in use.\n" in markdown
    assert f"| fixed | `awsvpc-network-mode` | `{WHERE}` `web` | first found {today} (0 days) |" in markdown
    ended = f"open since {today} (0 days); exemption ended on 2020-01-01 (team-old)"
    assert f"| still there | `awsvpc-network-mode` | `{WHERE}` `old` | {ended} |" in markdown
    third = audit(3, web="web:1", agent="agent:1", old="old:1")
    assert "Since 2.json: 4 still there, 2 new.\n" in third


WHERE = f"{OWN}/{IRELAND}"
COMPARED = f"""
Since 1.json: 2 fixed, 4 still there, 2 no longer in use.
  fixed             {WHERE} web: awsvpc-network-mode; first found DATE (0 days)
  fixed             {WHERE} web container app: host-mode-root-user; first found DATE (0 days)
  still there       {WHERE} agent: awsvpc-network-mode; open since DATE (0 days); exempt until 2999-01-01 (team-agent)
  still there       {WHERE} agent container app: host-mode-root-user; open since DATE (0 days)
  still there       {WHERE} old: awsvpc-network-mode; open since DATE (0 days); exemption ended on 2020-01-01 (team-old)
  still there       {WHERE} old container app: host-mode-root-user; open since DATE (0 days)
  no longer in use  {WHERE} batch: awsvpc-network-mode; first found DATE (0 days)
  no longer in use  {WHERE} batch container app: host-mode-root-user; first found DATE (0 days)

Exposure of the denied task definitions: 2 internal."""


BEGAN = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)


def audited(report: Report, day: int, last: Report | None) -> Report:
    """Return the report of an audit on a day of November, compared with the last one."""
    record = AuditRecord(BEGAN.replace(day=day), BEGAN.replace(day=day), "arn:aws:iam::1:user/x", (), ())
    before = read_last(json_report(last), "last.json") if last else None
    today = with_first_seen(replace(report, audit=record), before)
    return today if before is None else replace(today, compared=compare(before, today, scheduled=False))


# What became of the finding that an audit found on the first of November, and what the one of the 30th tells about it.
AGES: list[tuple[Report, dict[str, tuple[str, int]], list[str]]] = [
    (report({"web:2": BRIDGE}), {"still_there": ("2026-11-01", 29)}, ["2026-11-01"]),
    (report({"web:2": AWSVPC}), {"fixed": ("2026-11-01", 29)}, []),
    (report({}), {"no_longer_in_use": ("2026-11-01", 29)}, []),
    (report({"api:1": BRIDGE}), {"no_longer_in_use": ("2026-11-01", 29), "new": ("2026-11-30", 0)}, ["2026-11-30"]),
]


@pytest.mark.parametrize("gap", [False, True], ids=["two audits", "one between that could not read the Region"])
@pytest.mark.parametrize(("today", "ages", "seen"), AGES)
def test_how_long_a_finding_has_been_open(
    today: Report, ages: dict[str, tuple[str, int]], seen: list[str], *, gap: bool
) -> None:
    last = audited(report({"web:1": BRIDGE}), 1, None)
    if gap:
        last = audited(report({}, unread=UNREAD), 15, last)
    now = audited(today, 30, last).to_json()
    assert {
        status: (entry["first_seen"].partition("T")[0], entry["days_open"])
        for status, entries in now["compared"].items()
        if status != "with"
        for entry in entries
    } == ages
    assert [finding["first_seen"].partition("T")[0] for finding in now["findings"]] == seen


def test_a_report_without_the_first_day_counts_from_the_day_it_was_made() -> None:
    old = json.loads(json_report(report({"web:1": BRIDGE}))) | {"created": "2026-11-03T00:00:00Z"}
    last = read_last(json.dumps(old), "last.json")
    now = with_first_seen(audited(report({"web:1": BRIDGE}), 30, None), last)
    assert [finding.first_seen for finding in now.findings] == [BEGAN.replace(day=3)]


def test_what_a_report_says_cannot_steer_a_terminal() -> None:
    evil = report({"web:1": BRIDGE})
    last = read_last(json_report(evil).replace("web", "w\\u001b[2Jb"), "last.json")
    compared = compare(last, report({}), scheduled=False)
    text = text_report(Report(Policy(), compared=compared))
    assert "\x1b" not in text
    assert OTHER not in text
