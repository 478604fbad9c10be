"""Next steps: the fix and the exemption to write are named once, and the exemption exempts."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects.policy import Enforcement, Policy, Profile, Report, judge
from ecs_guard_aspects.policy.judging.finding import Finding
from ecs_guard_aspects.reports.next_steps import NextSteps
from ecs_guard_aspects.reports.text_report import text_report
from ecs_guard_aspects.sources.files import Files

TODAY = datetime.date(2027, 1, 1)
POLICY = Policy(profile=Profile.STRICT, today=TODAY)

YAML = """\
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties: {NetworkMode: host, ContainerDefinitions: [{Name: web}]}
  Other:
    Type: AWS::ECS::TaskDefinition
    Properties: {NetworkMode: host, ContainerDefinitions: [{Name: web}]}
"""
JSON = json.dumps({"Resources": {"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"NetworkMode": "host"}}}})
API = '{"family": "web", "networkMode": "host", "containerDefinitions": [{"name": "web"}]}'
CODE = """\
resource "aws_ecs_task_definition" "web" {
  family                = "web"
  network_mode          = "host"
  container_definitions = jsonencode([{ name = "web" }])
}
"""


def judged(folder: Path, name: str, text: str, policy: Policy = POLICY) -> Report:
    (folder / name).write_text(text, encoding="utf-8")
    return judge(Files([str(folder / name)], folder), policy)


def steps_in(report: Report) -> list[str]:
    text = text_report(report)
    return [line.partition("= help: ")[2] for line in text.splitlines() if "= help: " in line]


# The file, its content, whether `ecs-guard fix` is named, and how the exemption begins.
COMMENT = "To exempt it, write directly above the task definition: # ecs-guard: ignore["
ENTRY = "To exempt it, write into exemptions of the policy: {"
FILES = [
    ("a.yaml", YAML, True, COMMENT),
    ("a.json", JSON, True, ENTRY),
    ("task.json", API, False, ENTRY),
    ("main.tf", CODE, False, COMMENT),
]


@pytest.mark.parametrize(("name", "text", "can_fix", "exemption"), FILES)
def test_each_step_is_named_once(tmp_path: Path, name: str, text: str, can_fix: bool, exemption: str) -> None:
    steps = steps_in(judged(tmp_path, name, text))
    assert len(steps) == (2 if can_fix else 1)
    assert steps[0].startswith("ecs-guard fix ") is can_fix
    assert steps[-1].startswith(exemption)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, text, _, start in FILES if start == COMMENT])
def test_the_comment_exempts_the_finding(tmp_path: Path, name: str, text: str) -> None:
    report = judged(tmp_path, name, text)
    comment = steps_in(report)[-1].partition("definition: ")[2]
    lines = text.splitlines(keepends=True)
    start = next(index for index, line in enumerate(lines) if "Task:" in line or "resource" in line)
    indent = lines[start][: len(lines[start]) - len(lines[start].lstrip())]
    lines.insert(start, f"{indent}{comment}\n")
    after = judged(tmp_path, name, "".join(lines))
    first = report.findings[0]
    assert first.is_denied
    assert [f.outcome(TODAY).value for f in after.findings if same(f, first)] == ["exempt"]
    assert len([f for f in after.findings if f.is_denied]) == len([f for f in report.findings if f.is_denied]) - 1


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, text, *_ in FILES])
@pytest.mark.parametrize("most", [None, 7])
def test_the_entry_of_the_policy_exempts_the_finding(tmp_path: Path, name: str, text: str, most: int | None) -> None:
    policy = POLICY.replace(local_exemptions=False, max_exemption_days=most)
    report = judged(tmp_path, name, text, policy)
    entry = json.loads(steps_in(report)[-1].partition("policy: ")[2])
    exemptions = Policy.from_json({"exemptions": [entry]}).exemptions
    after = judged(tmp_path, name, text, policy.replace(exemptions=exemptions))
    first = next(finding for finding in report.findings if finding.is_denied)
    assert [f.outcome(TODAY).value for f in after.findings if same(f, first)] == ["exempt"]
    assert datetime.date.fromisoformat(entry["expires"]) == TODAY + datetime.timedelta(days=most or 90)


def same(one: Finding, other: Finding) -> bool:
    return (one.check, one.address, one.container) == (other.check, other.address, other.container)


# What has no next step.
NONE: list[dict[str, Any]] = [
    {"enforcement": Enforcement.WARN},
    {"acknowledged": "known"},
    {"baseline": True},
    {"crashed": True},
    {"check": "unreadable"},
    {"check": "invalid-exemption"},
]


@pytest.mark.parametrize("changes", NONE)
def test_a_finding_without_next_steps(tmp_path: Path, changes: dict[str, Any]) -> None:
    finding = judged(tmp_path, "a.yaml", YAML).findings[0]
    steps = NextSteps(POLICY)
    assert list(steps.after(replace(finding, **changes))) == []
    assert len(list(steps.after(finding))) == 2
    assert list(steps.after(finding)) == []


def test_standard_input_cannot_be_fixed() -> None:
    files = Files(["-"], Path(), stdin=YAML.encode)
    assert [step.partition(":")[0] for step in steps_in(judge(files, POLICY))] == [
        "To exempt it, write into exemptions of the policy"
    ]


def test_a_path_with_glob_characters_is_not_proposed(tmp_path: Path) -> None:
    (tmp_path / "a*").mkdir()
    assert steps_in(judged(tmp_path, "a*/a.json", JSON)) == [
        "ecs-guard fix shows what it can correct in this file; with --write it corrects it."
    ]
