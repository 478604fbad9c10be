"""Custom checks that a policy names: every gate makes them where the caller allows it, and none judges without them."""

from __future__ import annotations

import json
from pathlib import Path

import aws_cdk as cdk
import pytest
from cfnlint.config import ConfigMixIn, ManualArgs
from cfnlint.rules import Rules
from cfnlint.runner.template.runner import run_template_by_file_path

from ecs_guard_aspects import EcsGuard, EcsGuardHook, EcsGuardOrganizationPack, Policy
from ecs_guard_aspects.policy import PolicyError
from ecs_guard_aspects.policy.files.schema import json_schema
from ecs_guard_aspects.testing import assert_admitted

from ...gates.command_line.conftest import Repository
from ...gates.synth.support import generic, make_app

MODULE = """
from pathlib import Path
from ecs_guard_aspects.policy import ContainerCheck, Severity, Violation

Path("imported").touch()


class NoLatestImage(ContainerCheck):
    id = "no-latest-tag"
    severity = Severity.MEDIUM
    title = "An image has a tag."
    question = "the image has a tag"

    def violation(self, task_definition, container):
        image = str(container.properties.get("Image", ""))
        return None if ":" in image else Violation("The image has no tag.", "It may change.", "Add a tag.", "Image")
"""
POLICY = "checks: [{module}:NoLatestImage]\nenforcement: {{no-latest-tag: warn}}\n"
TASK = {"Type": "AWS::ECS::TaskDefinition", "Properties": {"NetworkMode": "awsvpc"}}
TASK["Properties"]["ContainerDefinitions"] = [{"Name": "a", "Image": "nginx"}]  # type: ignore[index]
TEMPLATE = json.dumps({"Resources": {"Task": TASK}})


@pytest.fixture
def module(repository: Repository, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of a module that is imported by this test only."""
    for name in ("CDK_CONTEXT_JSON", "CONTEXT_OVERFLOW_LOCATION_ENV"):
        monkeypatch.delenv(name, raising=False)
    name = f"acme_{abs(hash(request.node.nodeid))}"
    repository.put(f"{name}.py", MODULE)
    repository.put("ecs-guard.yaml", POLICY.format(module=name))
    repository.put("infra/x.json", TEMPLATE)
    monkeypatch.chdir(repository.root / "infra")
    return name


def app_in(root: Path) -> tuple[cdk.App, cdk.Stack]:
    app = make_app(root / "made")
    stack = cdk.Stack(app, "Stack")
    generic(stack, mode="awsvpc")
    return app, stack


COMMANDS = [["check", "x.json"], ["exemptions", "x.json"], ["fix", "x.json"], ["generate", "guard-rules"]]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_no_command_imports_them_by_itself(repository: Repository, module: str, words: list[str]) -> None:
    run = repository.run(*words, cwd="infra")
    assert (run.code, run.out) == (2, "")
    assert f"checks: {module}:NoLatestImage is Python code, which is imported only if the caller allows it" in run.err
    assert "add --allow-checks" in run.err
    assert not list(repository.root.rglob("imported"))


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_commands_that_may_import_them(repository: Repository, module: str, words: list[str]) -> None:
    run = repository.run(*words, "--allow-checks", cwd="infra")
    assert run.code == 0, run.err
    if words[0] == "check":
        assert "[no-latest-tag]: container a: The image has no tag." in run.out
    if words[0] == "generate":
        assert "left out: no-latest-tag: it is a custom check" in run.err


@pytest.mark.parametrize("construct", [EcsGuardHook, EcsGuardOrganizationPack])
@pytest.mark.parametrize("place", ["file", "context"])
def test_constructs_that_cannot_run_them_say_what_works(
    repository: Repository, module: str, construct: type[EcsGuardHook | EcsGuardOrganizationPack], place: str
) -> None:
    configuration = {"checks": [f"{module}:NoLatestImage"], "enforcement": {"no-latest-tag": "warn"}}
    app = cdk.App(context={"ecs-guard": configuration} if place == "context" else {})
    stack = cdk.Stack(app, "Stack")
    if place == "context":
        (repository.root / "ecs-guard.yaml").unlink()
    with pytest.raises(PolicyError) as refused:
        construct(stack, "Refused")
    message = str(refused.value)
    assert f"{module}:NoLatestImage is Python code, which {construct.__name__} cannot run" in message
    assert "policy=Policy.from_json(..., allow_checks=True).without_custom_checks()" in message
    assert "Policy.from_context(app, allow_checks=True)" in message
    assert "--allow-checks" not in message
    assert not list(repository.root.rglob("imported"))

    (repository.root / "infra" / f"{module}.py").write_text(MODULE)
    given = (
        Policy.from_context(app, allow_checks=True)
        if place == "context"
        else Policy.from_json(configuration, allow_checks=True)
    )
    construct(stack, "Made", policy=given.without_custom_checks())


def test_the_same_check_may_be_named_twice(repository: Repository, module: str) -> None:
    words = ["--checks", f"{module}:NoLatestImage", "--allow-checks"]
    repository.put(f"infra/{module}.py", MODULE)
    assert repository.run("check", "x.json", *words, cwd="infra").code == 0


def test_explain(repository: Repository, module: str) -> None:
    denied = repository.run("explain", "no-latest-tag", cwd="infra")
    assert denied.code == 2
    assert "Custom checks of the policy need --allow-checks." in denied.err
    assert "An image has a tag." in repository.run("explain", "no-latest-tag", "--allow-checks", cwd="infra").out


def test_synth(repository: Repository, module: str) -> None:
    app, _ = app_in(repository.root)
    with pytest.raises(PolicyError, match="allow_checks=True"):
        EcsGuard().protect(app)
    guard = EcsGuard(allow_checks=True).protect(app)
    app.synth()
    assert [check.id for check in guard.policy.checks] == ["no-latest-tag"]
    assert [finding.check for finding in guard.findings] == ["no-latest-tag"]


def test_tests_of_a_team(repository: Repository, module: str) -> None:
    repository.put("ecs-guard.yaml", f"checks: ['{module}:NoLatestImage']")
    _, stack = app_in(repository.root)
    with pytest.raises(PolicyError, match="allow_checks=True"):
        assert_admitted(stack)
    with pytest.raises(AssertionError, match="The image has no tag"):
        assert_admitted(stack, allow_checks=True)


@pytest.mark.parametrize("allowed", [False, True])
def test_cfn_lint(repository: Repository, module: str, allowed: bool) -> None:
    rules = Rules.create_from_module("ecs_guard_aspects.cfn_lint")
    config = ConfigMixIn(**ManualArgs(include_checks=["I"], configure_rules={"E9500": {"allow_checks": allowed}}))
    (message,) = [found.message for found in run_template_by_file_path("x.json", config, rules, False)]
    expected = "container a: The image has no tag." if allowed else "-x E9500:allow_checks=true"
    assert expected in message


MISTAKES = {
    '"acme"': "ecs-guard.yaml: checks is 'acme': it must be a list of MODULE:NAME",
    "[acme]": "ecs-guard.yaml: checks[0] is 'acme': it must be MODULE:NAME, such as acme_checks:CHECKS",
    '["acme:"]': "checks[0] is 'acme:': it must be MODULE:NAME",
    "[1]": "checks[0] is 1: it must be MODULE:NAME",
    '["../acme:Check"]': "it must be MODULE:NAME",
    '["there_is_no_such_module:Check"]': "checks: there_is_no_such_module:Check: ModuleNotFoundError",
    '["json:NoCheck"]': "checks: json:NoCheck: ImportError: cannot import name",
    '["json:dumps"]': "is not a check: derive from TaskDefinitionCheck or ContainerCheck",
    '["json:JSONDecodeError"]': "checks: json:JSONDecodeError: TypeError",
}


@pytest.mark.parametrize(("value", "message"), MISTAKES.items())
def test_a_mistake_is_one_sentence(repository: Repository, value: str, message: str) -> None:
    repository.put("x.json", TEMPLATE)
    repository.put("ecs-guard.yaml", f"checks: {value}")
    run = repository.check("x.json", "--allow-checks")
    assert (run.code, run.out) == (2, "")
    assert message in run.err
    assert run.err.count("\n") == 1


def test_the_policy_in_python(repository: Repository, module: str) -> None:
    configuration = {"checks": [f"{module}:NoLatestImage"], "enforcement": {"no-latest-tag": "warn"}}
    repository.put(f"infra/{module}.py", MODULE)
    with pytest.raises(PolicyError, match="is Python code"):
        Policy.from_json(configuration)
    policy = Policy.from_json(configuration, allow_checks=True)
    assert [check.id for check in policy.checks] == ["no-latest-tag"]
    assert policy.without_custom_checks() == Policy()


def test_the_schema_knows_them() -> None:
    assert json_schema()["properties"]["checks"]["items"]["type"] == "string"
