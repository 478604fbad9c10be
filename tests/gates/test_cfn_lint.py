"""The rules for cfn-lint report what ``ecs-guard check`` reports, at the same lines."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cfnlint.config import ConfigMixIn, ManualArgs
from cfnlint.rules import CloudFormationLintRule, Rules
from cfnlint.rules.errors import RuleError
from cfnlint.runner.template.runner import run_template_by_data, run_template_by_file_path

from ecs_guard_aspects.gates import cfn_lint
from ecs_guard_aspects.gates.command_line.main import main
from ecs_guard_aspects.policy.checks import ALL
from ecs_guard_aspects.policy.ids import NOTICES

MODULE = "ecs_guard_aspects.cfn_lint"

TASKS = """\
Resources:
  # by lines: 6, 11, 15 and, for what is absent, where it would stand
  Host:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: host
      ContainerDefinitions:
        - Name: app
          Image: nginx
          Memory: 128
          User: root
        - Name: agent
          Image: nginx
          Memory: 128
          Privileged: true
  Absent:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - {Name: app, Image: nginx, Memory: 128}
  External:
    Type: AWS::ECS::TaskDefinition
    Properties: {RequiresCompatibilities: [EXTERNAL]}
"""
OPEN = """\
Parameters:
  Mode: {Type: String, Default: awsvpc}
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: !Ref Mode
"""
SAM = f"Transform: AWS::Serverless-2016-10-31\n{TASKS}"
NESTED = """\
Resources:
  Inner:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: tasks.yaml}
  Elsewhere:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: https://example.com/x.yaml}
"""
WINDOWS = TASKS.replace("\n", "\r\n")
JSON = json.dumps({"Resources": {"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"NetworkMode": "none"}}}})
IGNORED = OPEN.replace(
    "    Properties:", "    Metadata: {cfn-lint: {config: {ignore_checks: [E9500, E9501]}}}\n    Properties:"
)
EXEMPT = """\
exemptions:
  - {check: awsvpc-network-mode, path: infra/tasks.yaml/Host, reason: r, owner: o, expires: "9999-12-31"}
  - {check: awsvpc-network-mode, path: elsewhere/Host, reason: r, owner: o, expires: "9999-12-31"}
"""


class Said(NamedTuple):
    """What cfn-lint prints of a match."""

    rule: str
    line: int
    message: str


class Folder:
    """A repository, and cfn-lint with the rules in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / ".git").mkdir()

    def put(self, name: str, content: str) -> str:
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode())
        return name

    def lint(self, name: str, **options: Any) -> list[Said]:
        """Return the findings of these rules; those of cfn-lint itself would take a second each time."""
        config = ConfigMixIn(**ManualArgs(include_checks=["I"], **options))
        matches = run_template_by_file_path(name, config, Rules.create_from_module(MODULE), False)
        return [Said(match.rule.id, match.linenumber, match.message) for match in matches]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.chdir(tmp_path)
    return Folder(tmp_path)


def rules() -> dict[str, CloudFormationLintRule]:
    return dict(Rules.create_from_module(MODULE))


def test_the_numbers_are_for_ever() -> None:
    assert dict(cfn_lint.NUMBERS) == {
        "awsvpc-network-mode": 9501,
        "host-mode-root-user": 9502,
        "host-mode-privileged": 9503,
        "no-host-network-mode": 9504,
        "no-privileged-containers": 9505,
        "non-root-user": 9506,
        "non-admin-windows-user": 9507,
        "awsvpc-compatible": 9508,
        "unreadable": 9551,
        "not-checked": 9552,
        "stale-exemption": 9553,
        "invalid-exemption": 9554,
        "not-covered": 9555,
        "unknown-file": 9556,
    }


def test_every_check_has_a_number_and_every_number_three_rules() -> None:
    assert {check.id for check in ALL} | {*NOTICES} <= set(cfn_lint.NUMBERS)
    numbers = [*cfn_lint.NUMBERS.values(), cfn_lint.OTHER]
    assert set(rules()) == {"E9500", *(f"{letter}{number}" for number in numbers for letter in "EWI")}


@pytest.mark.parametrize("rule", rules().values(), ids=str)
def test_a_rule_says_what_it_is(rule: CloudFormationLintRule) -> None:
    assert rule.shortdesc
    assert rule.description
    assert rule.source_url.startswith("https://")
    assert "ecs" in rule.tags


@pytest.mark.parametrize(
    "content", [TASKS, OPEN, SAM, WINDOWS, JSON, '{"Resources": {}}'], ids=["tasks", "open", "sam", "crlf", "json", "-"]
)
@pytest.mark.parametrize("profile", ["default", "strict", "security-hub"])
def test_it_says_what_the_command_says(
    folder: Folder, capsys: pytest.CaptureFixture[str], content: str, profile: str
) -> None:
    name = folder.put("t.yaml", content)
    said = folder.lint(name, configure_rules={"E9500": {"profile": profile}})
    main(["check", name, "--profile", profile, "--format", "json"])
    findings = json.loads(capsys.readouterr().out)["findings"]
    letters = {"deny": "E", "warn": "W", "audit": "I"}
    expected = [
        (f"{letters[finding['enforcement']]}{cfn_lint.NUMBERS[finding['check']]}", finding["line"] or 1)
        for finding in findings
    ]
    assert sorted((one.rule, one.line) for one in said) == sorted(expected)
    for finding in findings:
        assert any(finding["what"] in one.message and finding["why"] in one.message for one in said)


RULES: list[tuple[str, str, list[tuple[str, int]]]] = [
    (TASKS, "", [("E9501", 6), ("E9502", 11), ("I9503", 15), ("E9501", 18), ("W9501", 23)]),
    (TASKS, EXEMPT, [("I9501", 6), ("E9502", 11), ("I9503", 15), ("E9501", 18), ("W9501", 23)]),
    (TASKS, "enforcement: {awsvpc-network-mode: audit}", [("I9501", 6), ("E9502", 11), ("I9503", 15)]),
    (TASKS, "enforcement: {awsvpc-network-mode: 'off', host-mode-root-user: warn}", [("W9502", 11), ("I9503", 15)]),
    (OPEN, "", [("E9501", 7)]),
    (OPEN, "unresolved: warn", [("W9501", 7)]),
    (OPEN, "nonsense: 1", [("E9500", 3)]),
    (OPEN, "[", [("E9500", 3)]),
    ("Description: none", "", [("E9551", 1)]),
    (IGNORED, "", []),
    (IGNORED, "nonsense: 1", [("E9500", 3)]),
]


@pytest.mark.parametrize(("content", "policy", "expected"), RULES)
def test_a_rule_and_its_line(folder: Folder, content: str, policy: str, expected: list[tuple[str, int]]) -> None:
    name = folder.put("infra/tasks.yaml", content)
    if policy:
        folder.put("ecs-guard.yaml", policy)
    said = [(one.rule, one.line) for one in folder.lint(name)]
    shown = [one for one in said if "audit" not in policy or one[1] < 18]
    assert sorted(shown) == sorted(expected)


def test_a_message_is_one_line_with_the_whole_finding(folder: Folder) -> None:
    name = folder.put("infra/tasks.yaml", TASKS)
    folder.put("ecs-guard.yaml", EXEMPT)
    messages = [one.message for one in folder.lint(name)]
    assert not any("\n" in message for message in messages)
    assert "container app: User is 'root'" in messages[1]
    assert "Exempt until 9999-12-31" in messages[0]
    assert messages[0].endswith("(awsvpc-network-mode)")


def test_nested_templates_are_judged_as_the_command_does(folder: Folder) -> None:
    folder.put("tasks.yaml", TASKS)
    said = folder.lint(folder.put("nested.yaml", NESTED))
    assert [(one.rule, one.line) for one in said if one.rule == "W9552"] == [("W9552", 5)]
    assert any(one.rule == "E9501" and one.message.startswith("tasks.yaml:6: NetworkMode is 'host'.") for one in said)


def test_a_policy_from_elsewhere(folder: Folder) -> None:
    name = folder.put("t.yaml", OPEN)
    folder.put("ecs-guard.yaml", "enforcement: {awsvpc-network-mode: 'off'}")
    folder.put("platform/policy.yaml", "unresolved: warn")
    assert folder.lint(name) == []
    (said,) = folder.lint(name, configure_rules={"E9500": {"policy": "platform/policy.yaml"}})
    assert said.rule == "W9501"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"profile": "stric"}, "E9500: profile 'stric' is unknown. Did you mean 'strict'?"),
        ({"policy": "nowhere.yaml"}, "nowhere.yaml cannot be read: No such file or directory"),
    ],
)
def test_a_wrong_option_is_an_error(folder: Folder, options: dict[str, str], expected: str) -> None:
    name = folder.put("t.yaml", '{"Resources": {}}')
    (said,) = folder.lint(name, configure_rules={"E9500": options})
    assert said.rule == "E9500"
    assert expected in said.message


def test_a_template_without_a_file(folder: Folder) -> None:
    template = json.loads(JSON)
    matches = list(run_template_by_data(template, ConfigMixIn(), Rules.create_from_module(MODULE)))
    assert [match.rule.id for match in matches] == ["E9501"]


def test_what_has_no_number_is_said_all_the_same(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cfn_lint, "NUMBERS", {})
    assert {one.rule for one in folder.lint(folder.put("t.yaml", OPEN))} == {"E9550"}


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def raises(*_: object) -> None:
        raise ZeroDivisionError("a mistake of ours")

    monkeypatch.setattr(cfn_lint, "judge", raises)
    return


@pytest.mark.usefixtures("broken")
def test_a_rule_that_raises_is_an_error(folder: Folder) -> None:
    name = folder.put("t.yaml", OPEN)
    all_rules = Rules.create_from_module(MODULE)
    all_rules.register(RuleError())
    (match,) = run_template_by_file_path(name, ConfigMixIn(), all_rules, False)
    assert (match.rule.id, "a mistake of ours" in match.message) == ("E0002", True)


def test_the_real_command(folder: Folder) -> None:
    name = folder.put("infra/tasks.yaml", TASKS)
    start = [sys.executable, "-c", "from cfnlint.runner import main; main()"]
    options = ["--append-rules", MODULE, "--format", "parseable", "--template", name]
    env = {"PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run([*start, *options], capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 2 | 4, done.stderr
    ours = [line.split(":")[:6] for line in done.stdout.splitlines() if ":E95" in line or ":W95" in line]
    assert ours == [
        [name, "6", "7", "6", "18", "E9501"],
        [name, "11", "11", "11", "15", "E9502"],
        [name, "18", "5", "18", "15", "E9501"],
        [name, "23", "5", "23", "15", "W9501"],
    ]
