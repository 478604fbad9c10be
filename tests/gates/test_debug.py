"""``ECS_GUARD_DEBUG=1`` shows the tracebacks of errors at every gate, without values; synth: synth/test_guards.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from cfnlint.config import ConfigMixIn
from cfnlint.rules import Rules
from cfnlint.runner.template.runner import run_template_by_file_path

from ecs_guard_aspects.gates.hook.handler import handler
from tests.cloud import IRELAND, OWN, AwsError, Cloud, patched

from .command_line.conftest import Repository, template

Act = Callable[["Repository"], str]
"""Lets a gate fail, and returns what it has written to stderr if that is not captured any more."""

SECRET = "hunter2"
BROKEN_YAML = f"Resources:\n  Task: {{Type: AWS::ECS::TaskDefinition, Password: {SECRET}\n"
BROKEN_JSON = f'{{"Resources": {{"Task": {{"Type": "AWS::ECS::TaskDefinition", "Password": "{SECRET}}}'
BROKEN_POLICY = f"profile: {{{SECRET}\n"


def a_command(*words: str) -> Act:
    def run(repository: Repository) -> str:
        run = repository.run(*words, stdin=BROKEN_YAML.encode())
        assert run.code == 2
        return run.err

    return run


def cfn_lint(repository: Repository) -> str:
    rules = Rules.create_from_module("ecs_guard_aspects.cfn_lint")
    list(run_template_by_file_path(str(repository.root / "good.json"), ConfigMixIn(), rules, False))
    return ""


def hook(repository: Repository) -> str:
    handler({"clientRequestToken": SECRET})
    return ""


# The gate, its files, what it does, and what the traceback says.
GATES: list[tuple[dict[str, str], Act, tuple[str, str]]] = [
    ({"bad.yaml": BROKEN_YAML}, a_command("check", "bad.yaml"), ("reading bad.yaml", "ParserError")),
    ({"bad.json": BROKEN_JSON}, a_command("check", "bad.json"), ("reading bad.json", "JSONDecodeError")),
    ({"bad.yaml": BROKEN_YAML}, a_command("fix", "bad.yaml"), ("reading bad.yaml", "ParserError")),
    ({}, a_command("check", "-"), ("reading stdin", "ParserError")),
    ({}, a_command("check", "absent.yaml"), ("reading absent.yaml", "FileNotFoundError")),
    ({"ecs-guard.yaml": BROKEN_POLICY}, a_command("check", "."), ("the command", "PolicyError")),
    ({"last.json": "{"}, a_command("exemptions", "--report", "last.json"), ("reading last.json", "ReportError")),
    ({}, a_command("check", ".", "--baseline", "absent.json"), ("the command", "FileNotFoundError")),
    ({"ecs-guard.yaml": BROKEN_POLICY}, cfn_lint, ("E9500", "PolicyError")),
    ({}, hook, ("judging an event", "EventError")),
]


@pytest.mark.parametrize(("files", "act", "shown"), GATES)
@pytest.mark.parametrize("value", ["1", "0"])
def test_an_error_of_each_gate(
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    files: dict[str, str],
    act: Act,
    shown: tuple[str, str],
    value: str,
) -> None:
    monkeypatch.setenv("ECS_GUARD_DEBUG", value)
    monkeypatch.chdir(repository.root)
    for name, text in {"good.json": template("awsvpc"), **files}.items():
        repository.put(name, text)
    check(act(repository) + capsys.readouterr().err, shown, is_on=value == "1")


# What raises what in an audit of one Region, and what the traceback says.
AUDITS: list[tuple[str, Exception, tuple[str, ...], tuple[str, str]]] = [
    ("ecs:ListTasks", KeyError(SECRET), (), (f"reading {OWN}/{IRELAND}", "KeyError")),
    ("ec2:DescribeRegions", AwsError("AccessDenied"), ("--regions", "all"), (f"reading {OWN}", "ClientError")),
    ("organizations:ListAccounts", AwsError("AccessDenied"), ("--accounts", "org"), ("the command", "CallError")),
]


@pytest.mark.parametrize(("action", "error", "words", "shown"), AUDITS, ids=[row[0] for row in AUDITS])
@pytest.mark.parametrize("value", ["1", "0"])
def test_an_error_of_the_audit(
    repository: Repository,
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    action: str,
    error: Exception,
    words: tuple[str, ...],
    shown: tuple[str, str],
    value: str,
) -> None:
    monkeypatch.setenv("ECS_GUARD_DEBUG", value)
    cloud.region().run("prod", cloud.region().register("web:1"))
    cloud.errors = {action: error}
    run = repository.run("audit", "--role", "reader", *words)
    assert run.code == 2
    assert SECRET not in run.out
    check(run.err, shown, is_on=value == "1")


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    yield from patched(Cloud(), monkeypatch)


def check(said: str, shown: tuple[str, str], *, is_on: bool) -> None:
    doing, kind = shown
    assert (f"ecs-guard: {doing} failed\nTraceback (most recent call last):\n" in said) == is_on
    assert (f"\n{kind}\n" in said) == is_on
    assert SECRET not in said
