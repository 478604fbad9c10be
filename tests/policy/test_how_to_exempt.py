"""Exemptions to copy: each way exempts what it is for."""

from __future__ import annotations

import datetime
import json
import textwrap
from pathlib import Path

import aws_cdk as cdk
import pytest
import yaml
from aws_cdk import aws_ecs as ecs

from ecs_guard_aspects import EcsGuard
from ecs_guard_aspects.model.address import AddressKind
from ecs_guard_aspects.policy import Enforcement, Policy, Profile, Report, judge
from ecs_guard_aspects.policy.checks import ALL, Check, ContainerCheck
from ecs_guard_aspects.policy.checks.examples import before
from ecs_guard_aspects.policy.exemptions import Subject
from ecs_guard_aspects.policy.how_to_exempt import (
    entry_to_exempt,
    policy_entry_for_path,
    suggested_last_day,
    ways_to_exempt,
)
from ecs_guard_aspects.sources.files import Files

TODAY = datetime.date(2027, 1, 1)
LAST_DAY = datetime.date(2027, 3, 1)
CHECK = "awsvpc-network-mode"
ARN = "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:3"
# All checks: the profile, and those in no profile.
POLICY = Policy(Profile.STRICT, enforcement={check.id: Enforcement.DENY for check in ALL}, today=TODAY)
CHECKS = pytest.mark.parametrize("check", ALL, ids=[check.id for check in ALL])


def ways(check: Check) -> list[str]:
    container = "app" if isinstance(check, ContainerCheck) else None
    return [way.text for way in ways_to_exempt(check.id, LAST_DAY, container)]


def policy_of(entry: str) -> Policy:
    return POLICY.extend(exemptions=Policy.from_json(yaml.safe_load(entry)).exemptions)


def judged(folder: Path, name: str, text: str, policy: Policy) -> Report:
    (folder / name).write_text(text, encoding="utf-8")
    return judge(Files([folder / name], root=folder), policy)


def is_exempt(report: Report, check: Check) -> bool:
    (finding,) = [finding for finding in report.findings if finding.check == check.id]
    assert not [f for f in report.findings if f.check in ("invalid-exemption", "stale-exemption")]
    return finding.exemption is not None and finding.exemption.expires == LAST_DAY and not finding.is_denied


@CHECKS
def test_a_comment_in_yaml(check: Check, tmp_path: Path) -> None:
    assert check.example is not None
    text = f"Resources:\n{textwrap.indent(ways(check)[0] + before(check.example.yaml), '  ')}"
    assert is_exempt(judged(tmp_path, "template.yaml", text, POLICY), check)


@CHECKS
def test_a_comment_in_terraform(check: Check, tmp_path: Path) -> None:
    assert check.example is not None
    text = ways(check)[0] + before(check.example.terraform)
    assert is_exempt(judged(tmp_path, "main.tf", text, POLICY), check)


@CHECKS
def test_an_entry_of_the_policy_file(check: Check, tmp_path: Path) -> None:
    assert check.example is not None
    policy = policy_of(ways(check)[1])
    assert is_exempt(judged(tmp_path, "main.tf", before(check.example.terraform), policy), check)


@CHECKS
def test_an_acknowledgement(check: Check) -> None:
    assert check.example is not None
    app = cdk.App()
    names = {"cdk": cdk, "ecs": ecs, "self": cdk.Stack(app, "Web")}
    exec(before(check.example.cdk) + ways(check)[2], names)
    only = {other.id: Enforcement.DENY if other is check else Enforcement.OFF for other in ALL}
    guard = EcsGuard(POLICY.replace(enforcement=only)).protect(app)
    app.synth()
    (finding,) = [finding for finding in guard.findings if finding.check == check.id]
    assert finding.acknowledged
    assert not finding.is_denied


@pytest.mark.parametrize(
    ("check", "path"),
    [("not-checked", "infra/network.yaml/NestedStack"), ("unknown-file", "infra/ecs-params.yml")],
)
def test_an_entry_for_an_address(check: str, path: str) -> None:
    (exemption,) = policy_of(policy_entry_for_path(check, LAST_DAY)).exemptions
    assert (exemption.check, exemption.path, exemption.expires) == (check, path, LAST_DAY)


ENTRIES = [
    (Subject(CHECK, "Prod/Web"), {"path": "Prod/Web"}),
    (Subject("non-root-user", "a.json", "web", "app", "111122223333"), {"path": "a.json", "container": "app"}),
    (Subject(CHECK, ARN, "web", None, "111122223333"), {"family": "web", "account": "111122223333"}),
    (Subject(CHECK, ARN), {"path": ARN}),
    (Subject(CHECK, 'infra/aws_ecs_task_definition.a["b"]'), {"path": 'infra/aws_ecs_task_definition.a["b"]'}),
    (Subject(CHECK, "Prod/*/Web"), None),
    (Subject(CHECK, ARN, "we?"), None),
    (Subject(CHECK, ""), None),
    (Subject(CHECK, "Prod/Web", address_kind=AddressKind.UNCERTAIN), None),
]


@pytest.mark.parametrize(("subject", "where"), ENTRIES)
def test_the_entry_for_one_finding(subject: Subject, where: dict[str, str] | None) -> None:
    text = entry_to_exempt(subject, LAST_DAY)
    if where is None:
        assert text == ""
        return
    entry = json.loads(text)
    assert {name: entry[name] for name in entry if name not in ("check", "owner", "expires", "reason")} == where
    (exemption,) = Policy.from_json({"exemptions": [entry]}).exemptions
    assert (exemption.expires, exemption.check) == (LAST_DAY, subject.check)


@pytest.mark.parametrize(("most", "days"), [(None, 90), (30, 30), (365, 90), (1, 1)])
def test_the_suggested_last_day_is_one_that_the_policy_accepts(most: int | None, days: int) -> None:
    policy = Policy(today=TODAY, max_exemption_days=most)
    assert suggested_last_day(policy) == TODAY + datetime.timedelta(days=days)
