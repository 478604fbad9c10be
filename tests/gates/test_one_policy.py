"""Every gate finds the same policy in the same folder, and names it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import pytest
from cfnlint.config import ConfigMixIn, ManualArgs
from cfnlint.rules import Rules
from cfnlint.runner.template.runner import run_template_by_file_path

from ecs_guard_aspects import EcsGuard, Policy
from ecs_guard_aspects.policy import PolicyError
from ecs_guard_aspects.testing import assert_admitted

from .command_line.conftest import Repository, template
from .synth.support import annotations_of, generic, make_app, report_of

STRICT = "profile: strict\n"
IN_CONTEXT = json.dumps({"context": {"ecs-guard": {"profile": "strict"}}})
IN_PYPROJECT = '[tool.ecs-guard]\nprofile = "strict"\n'
MODE = "bridge"


def app_in(root: Path) -> tuple[cdk.App, cdk.Stack]:
    app = make_app(root / "made")
    stack = cdk.Stack(app, "Stack")
    generic(stack, mode=MODE)
    return app, stack


def synth(repository: Repository) -> str:
    app, _ = app_in(repository.root)
    EcsGuard().protect(app)
    app.synth()
    return (repository.root / "made/validation-report.json").read_text()


def aspect(repository: Repository) -> str:
    app, _ = app_in(repository.root)
    guard = EcsGuard()
    cdk.Aspects.of(app).add(guard)
    app.synth()
    assert annotations_of(app)
    return f"(policy: {guard.policy.origin}, profile {guard.policy.profile.value})"


def pytest_of_a_team(repository: Repository) -> str:
    _, stack = app_in(repository.root)
    with pytest.raises(AssertionError) as failure:
        assert_admitted(stack)
    return str(failure.value).splitlines()[-1]


def check(repository: Repository) -> str:
    return repository.check("x.json", cwd="infra").out.splitlines()[-1]


def exemptions(repository: Repository) -> str:
    return repository.run("exemptions", "x.json", cwd="infra").out.splitlines()[-1]


def fix(repository: Repository) -> str:
    return repository.run("fix", "x.json", cwd="infra").err.splitlines()[-1]


def generate(repository: Repository) -> str:
    return repository.run("generate", "guard-rules", cwd="infra").out


def cfn_lint_rules(repository: Repository) -> str:
    config = ConfigMixIn(**ManualArgs(include_checks=["I"]))
    rules = Rules.create_from_module("ecs_guard_aspects.cfn_lint")
    return "\n".join(found.message for found in run_template_by_file_path("x.json", config, rules, False))


# By gate: what it says of its policy.
GATES: dict[str, tuple[Callable[[Repository], str], str]] = {
    "synth": (synth, "(policy: {origin}, profile strict)"),
    "Aspect": (aspect, "(policy: {origin}, profile strict)"),
    "pytest": (pytest_of_a_team, "Policy: {origin}, profile strict."),
    "check": (check, "(policy: {origin}, profile strict)"),
    "exemptions": (exemptions, "(policy: {origin}, profile strict)"),
    "fix": (fix, "(policy: {origin}, profile strict)"),
    "generate": (generate, "profile strict, from {origin}"),
    "cfn-lint": (cfn_lint_rules, "Policy: {origin}, profile strict. (awsvpc-network-mode)"),
}
POLICIES = {
    "ecs-guard.yaml": STRICT,
    "infra/ecs-guard.yml": STRICT,
    "infra/ecs-guard.json": '{"profile": "strict"}',
    "pyproject.toml": IN_PYPROJECT,
    "cdk.json": IN_CONTEXT,
    "infra/cdk.json": IN_CONTEXT,
    "infra/pyproject.toml": IN_PYPROJECT,
}


@pytest.fixture(autouse=True)
def folder(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in a folder below the root of a repository, as ``python app.py`` does."""
    for name in ("CDK_CONTEXT_JSON", "CONTEXT_OVERFLOW_LOCATION_ENV"):
        monkeypatch.delenv(name, raising=False)
    repository.put("infra/x.json", template(MODE))
    monkeypatch.chdir(repository.root / "infra")
    return repository.root / "infra"


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("origin", POLICIES)
def test_each_gate_finds_the_policy_and_names_it(repository: Repository, origin: str, gate: str) -> None:
    repository.put(origin, POLICIES[origin])
    ask, expected = GATES[gate]
    assert expected.format(origin=origin) in ask(repository)


TWO = {"ecs-guard.yaml": STRICT, "cdk.json": IN_CONTEXT}


@pytest.mark.parametrize("gate", GATES)
def test_two_policies_in_one_folder_are_an_error_of_each_gate(repository: Repository, gate: str) -> None:
    for name, content in TWO.items():
        repository.put(f"infra/{name}", content)
    expected = "has two policies, ecs-guard.yaml and cdk.json: keep one"
    commands = {"check": ["check"], "exemptions": ["exemptions"], "fix": ["fix", "."]}
    if gate in commands or gate == "generate":
        run = repository.run(*commands.get(gate, ["generate", "guard-rules"]), cwd="infra")
        assert (run.code, run.out) == (2, "")
        assert expected in run.err
    elif gate == "cfn-lint":
        assert expected in GATES[gate][0](repository)
    elif gate == "Aspect":  # an Aspect denies with one sentence, as an exception of it would be a traceback
        app, _ = app_in(repository.root)
        cdk.Aspects.of(app).add(EcsGuard())
        app.synth()
        assert expected in (repository.root / "made/validation-report.json").read_text()
    else:
        # jsii makes a RuntimeError of what an Aspect raises.
        with pytest.raises((PolicyError, RuntimeError), match=expected):
            GATES[gate][0](repository)


NEAR = ".ecs-guard.yaml is not read: the name of a policy file is ecs-guard.yaml"


@pytest.mark.parametrize("words", [["check"], ["exemptions"], ["fix", "."], ["generate", "guard-rules"]])
def test_a_near_name_is_one_warning_of_each_command(repository: Repository, words: list[str]) -> None:
    repository.put("infra/.ecs-guard.yaml", STRICT)
    run = repository.run(*words, cwd="infra")
    assert run.err.count("is not read") == 1
    assert f"ecs-guard: warning: infra/{NEAR}" in run.err


@pytest.mark.parametrize("is_aspect", [False, True])
def test_a_near_name_is_one_warning_of_synth(repository: Repository, is_aspect: bool) -> None:
    repository.put("infra/.ecs-guard.yaml", STRICT)
    app, _ = app_in(repository.root)
    if is_aspect:
        cdk.Aspects.of(app).add(EcsGuard())
    else:
        EcsGuard().protect(app)
    app.synth()
    (text,) = [v["description"] for v in report_of(app)["violations"] if v["ruleName"] == "policy"]
    assert NEAR in text


def test_a_near_name_is_one_warning_of_a_test(repository: Repository) -> None:
    repository.put("infra/.ecs-guard.yaml", "unresolved: warn")
    _, stack = app_in(repository.root)
    warning = "is not read: the name of a policy file is ecs-guard.yaml"
    with pytest.warns(UserWarning, match=warning) as shown, pytest.raises(AssertionError):
        assert_admitted(stack)
    assert len(shown) == 1


def test_a_near_name_is_a_warning_of_cfn_lint(repository: Repository) -> None:
    repository.put("infra/.ecs-guard.yaml", STRICT)
    assert NEAR in cfn_lint_rules(repository)


def test_a_guard_with_another_policy_warns_about_the_one_of_the_repository(repository: Repository) -> None:
    repository.put("ecs-guard.yaml", STRICT)
    app, _ = app_in(repository.root)
    EcsGuard(Policy()).protect(app)
    app.synth()
    (text,) = [v["description"] for v in report_of(app)["violations"] if v["ruleName"] == "policy"]
    assert "The repository has a policy in ecs-guard.yaml, which this guard does not read" in text


# What the context adds to which file, and the policy that results.
ON_TOP = [
    ({"ecs-guard.yaml": STRICT}, {"ecs-guard:profile": "datadog"}, "datadog", "ecs-guard.yaml and the CDK context"),
    ({"ecs-guard.yaml": STRICT}, {"ecs-guard:fix": "true"}, "strict", "ecs-guard.yaml"),
    ({"infra/cdk.json": IN_CONTEXT}, {"ecs-guard:profile": "datadog"}, "datadog", "infra/cdk.json and the CDK context"),
    ({"cdk.json": IN_CONTEXT}, {"ecs-guard:unresolved": "warn"}, "strict", "cdk.json and the CDK context"),
    ({}, {"ecs-guard:profile": "datadog"}, "datadog", "the CDK context"),
    ({}, {}, "default", None),
]


@pytest.mark.parametrize(("files", "context", "profile", "origin"), ON_TOP)
def test_the_context_changes_the_policy_that_is_found(
    repository: Repository,
    files: dict[str, str],
    context: dict[str, str],
    profile: str,
    origin: str | None,
) -> None:
    for name, content in files.items():
        repository.put(name, content)
    app = make_app(repository.root / "made", **context)
    policy = EcsGuard().protect(app).policy
    assert (policy.profile.value, policy.origin) == (profile, origin)


def test_the_context_does_not_loosen_the_bounds_of_the_policy_that_is_found(repository: Repository) -> None:
    repository.put("ecs-guard.yaml", "max_exemption_days: 30\n")
    app = make_app(repository.root / "made", **{"ecs-guard:max_exemption_days": "90"})
    with pytest.raises(PolicyError, match="max_exemption_days is 90: the policy it starts from allows 30"):
        EcsGuard().protect(app)


EXEMPTION = """
exemptions:
  - {check: awsvpc-network-mode, path: other.yaml/Task, owner: me, reason: why, expires: 2999-01-01}
"""


def test_synth_does_not_call_an_exemption_of_another_template_stale(repository: Repository) -> None:
    repository.put("ecs-guard.yaml", EXEMPTION)
    app, _ = app_in(repository.root)
    guard = EcsGuard().protect(app)
    app.synth()
    assert [finding.check for finding in guard.findings] == ["awsvpc-network-mode"]


BY_GATE = "enforcement: {awsvpc-network-mode: {default: deny, synth: audit, check: warn}}"


def test_one_policy_may_enforce_a_check_otherwise_at_each_gate(repository: Repository) -> None:
    repository.put("ecs-guard.yaml", BY_GATE)
    run = repository.check("x.json", cwd="infra")
    assert (run.code, "warning[awsvpc-network-mode]" in run.out) == (0, True)
    assert repository.run("fix", "x.json", cwd="infra").code == 0
    assert "NetworkMode is 'bridge'" in cfn_lint_rules(repository)
    assert_admitted(app_in(repository.root)[1])
    app, _ = app_in(repository.root)
    guard = EcsGuard().protect(app)
    app.synth()
    assert [finding.enforcement.value for finding in guard.findings] == ["audit"]
    rules = repository.run("generate", "guard-rules", cwd="infra").out
    assert "rule awsvpc_network_mode" in rules
