"""``ecs-guard generate``: texts on standard output, what is left out on standard error, and refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from ecs_guard_aspects.exports.cdk_rego import cdk_rego
from ecs_guard_aspects.exports.conformance_pack import conformance_pack
from ecs_guard_aspects.exports.guard_rules import guard_rules
from ecs_guard_aspects.exports.organization_conformance_pack import organization_conformance_pack
from ecs_guard_aspects.exports.service_control_policy import service_control_policy
from ecs_guard_aspects.gates.account.permissions import audit_policy
from ecs_guard_aspects.gates.command_line.commands.generate import KINDS
from ecs_guard_aspects.gates.hook.bundle import bundle
from ecs_guard_aspects.gates.hook.protection import hook_protection
from ecs_guard_aspects.gates.hook.template import hook_template, stack_set_template
from ecs_guard_aspects.policy import Policy, Profile

from ..conftest import Repository


def template_text(template: dict[str, Any]) -> str:
    return json.dumps(template, indent=2) + "\n"


STRICT = Policy(profile=Profile.STRICT)
IN_FILE = Policy(profile=Profile.SECURITY_HUB, origin="ecs-guard.yaml")

EXCLUDED = "--exclude-account 111122223333 --exclude-account 444455556666"
OPTIONS = f"{EXCLUDED} --delivery-bucket awsconfigconforms-ours --managed-rules"

TEXTS: list[tuple[str, Callable[[], str]]] = [
    ("guard-rules", lambda: guard_rules(IN_FILE)),
    ("guard-rules --policy ecs-guard.yaml", lambda: guard_rules(IN_FILE)),
    ("guard-rules --no-config", lambda: guard_rules(Policy())),
    ("guard-rules --no-config --profile strict", lambda: guard_rules(STRICT)),
    ("conformance-pack", lambda: conformance_pack(IN_FILE)),
    ("conformance-pack --managed-rules", lambda: conformance_pack(IN_FILE, managed_rules=True)),
    ("organization-conformance-pack", lambda: organization_conformance_pack(IN_FILE)),
    (
        f"organization-conformance-pack --name ours {OPTIONS}",
        lambda: organization_conformance_pack(
            IN_FILE,
            name="ours",
            excluded_accounts=["111122223333", "444455556666"],
            delivery_bucket="awsconfigconforms-ours",
            managed_rules=True,
        ),
    ),
    ("service-control-policy", lambda: service_control_policy(IN_FILE)),
    ("cdk-rego", lambda: cdk_rego(IN_FILE)),
    ("audit-policy", lambda: json.dumps(audit_policy(), indent=2) + "\n"),
    ("audit-policy --role ours", lambda: json.dumps(audit_policy("ours"), indent=2) + "\n"),
    ("hook", lambda: template_text(hook_template(bundle(IN_FILE)))),
    (
        "hook --watch --failure-mode FAIL --alias Ours::Ecs::Gate --exclude-stack legacy-*",
        lambda: template_text(
            hook_template(
                bundle(IN_FILE), watch=True, failure_mode="FAIL", alias="Ours::Ecs::Gate", exclude_stacks=["legacy-*"]
            )
        ),
    ),
    ("hook-stack-set", lambda: template_text(stack_set_template(bundle(IN_FILE)))),
    ("hook-protection --role platform", lambda: hook_protection(["platform"])),
    ("hook-protection --role a --role b --stack gate", lambda: hook_protection(["a", "b"], "gate")),
    ("service-control-policy --fargate-only", lambda: service_control_policy(IN_FILE, fargate_only=True)),
]


@pytest.mark.parametrize(("words", "text"), TEXTS, ids=[words for words, _ in TEXTS])
def test_a_text(repository: Repository, words: str, text: Callable[[], str]) -> None:
    repository.put("ecs-guard.yaml", "profile: security-hub\n")
    run = repository.run("generate", *words.split())
    assert (run.code, run.out) == (0, text())


def test_each_kind_is_tried() -> None:
    assert {words.split()[0] for words, _ in TEXTS} == set(KINDS)


@pytest.mark.parametrize(
    ("role", "resource"),
    [
        ("ours", "arn:*:iam::*:role/ours"),
        ("/path/ours", "arn:*:iam::*:role/path/ours"),
        ("arn:aws-cn:iam::111111111111:role/ours", "arn:aws-cn:iam::111111111111:role/ours"),
    ],
)
def test_an_audit_may_assume_the_role_that_is_named(repository: Repository, role: str, resource: str) -> None:
    policy = json.loads(repository.run("generate", "audit-policy", "--role", role).out)
    assert policy["Statement"][-1]["Resource"] == resource


def test_standard_error_lists_what_is_left_out(repository: Repository) -> None:
    repository.put("ecs-guard.yaml", "profile: security-hub\nenforcement: {non-root-user: warn}\n")
    rules = repository.run("generate", "guard-rules")
    assert rules.err == "ecs-guard: left out: non-root-user is set to warn: Config has no warnings.\n"
    scp = repository.run("generate", "service-control-policy")
    assert json.loads(scp.out)["Version"] == "2012-10-17"
    assert scp.err.splitlines() == [
        "ecs-guard: left out: no-host-network-mode: IAM has no condition key for the network mode.",
        "ecs-guard: left out: non-root-user is set to warn: IAM has no warnings.",
        "ecs-guard: left out: non-admin-windows-user: IAM has no condition key for the user.",
    ]


def test_output_goes_to_a_file(repository: Repository) -> None:
    run = repository.run("generate", "conformance-pack", "--output", "pack.yaml")
    assert run == (0, "", "")
    assert list(yaml.safe_load((repository.root / "pack.yaml").read_text())["Resources"]) == ["EcsGuard"]


OWN_CHECK = """
from ecs_guard_aspects.policy import Severity, TaskDefinitionCheck

class Ours(TaskDefinitionCheck):
    id, severity, title = "ours", Severity.MEDIUM, "Ours."

    def violation(self, task_definition):
        return None
"""

REFUSED: list[tuple[str, str]] = [
    ("", "usage: ecs-guard generate"),
    ("nonsense", "invalid choice: 'nonsense'"),
    ("guard-rules --managed-rules", "unrecognized arguments: --managed-rules"),
    ("guard-rules --policy nowhere.yaml", "nowhere.yaml"),
    ("guard-rules --output nowhere/rules.guard", "error: --output nowhere/rules.guard: No such file or directory"),
    ("guard-rules --output .", "error: --output .: Is a directory"),
    ("conformance-pack --policy warn.yaml", "error: conformance-pack: this policy denies nothing"),
    (
        "organization-conformance-pack --exclude-account 12",
        "error: organization-conformance-pack: excluded account '12'",
    ),
    ("organization-conformance-pack --delivery-bucket logs", "the delivery bucket is 'logs'"),
    ("hook --failure-mode STOP", "error: hook: failure mode is 'STOP': it must be one of WARN, FAIL"),
    ("hook --alias gate", "error: hook: the alias of the hook is 'gate'"),
    ("hook --exclude-stack a_b", "error: hook: excluded stack 'a_b'"),
    ("hook --exclude-stack *", "error: hook: excluded stack '*' is every stack"),
    ("hook --code nowhere/hook.zip", "error: --code nowhere/hook.zip: No such file or directory"),
    ("hook-stack-set --alias AWS::Ecs::Gate", "error: hook-stack-set: the alias of the hook is 'AWS::Ecs::Gate'"),
    ("hook-protection", "error: hook-protection: name the role that deploys the hook"),
    ("hook-protection --role *", "error: hook-protection: role '*'"),
    ("hook-protection --role platform --stack a/b", "error: hook-protection: stack 'a/b'"),
    ("audit-policy --role our*", "error: audit-policy: --role our*: it is not the name or ARN of a role"),
    ("audit-policy --role /", "error: audit-policy: --role /: it is not the name or ARN of a role"),
    (
        "service-control-policy",
        "error: service-control-policy: a service control policy cannot express this policy",
    ),
]


@pytest.mark.parametrize("kind", ["guard-rules", "conformance-pack", "service-control-policy --fargate-only", "hook"])
def test_a_custom_check_is_left_out_and_named(repository: Repository, kind: str) -> None:
    repository.put("our_own_check.py", OWN_CHECK)
    run = repository.run("generate", *kind.split(), "--checks", "our_own_check:Ours")
    assert run.code == 0, run.err
    assert "left out: ours: it is a custom check" in run.err


@pytest.mark.parametrize(("words", "said"), REFUSED, ids=[words or "-" for words, _ in REFUSED])
def test_what_cannot_be_said_is_exit_code_2(repository: Repository, words: str, said: str) -> None:
    repository.put("our_own_check.py", OWN_CHECK)
    repository.put("warn.yaml", "enforcement: {awsvpc-network-mode: warn, host-mode-root-user: audit}\n")
    run = repository.run("generate", *words.split())
    assert (run.code, run.out) == (2, "")
    assert said in run.err
    assert "Traceback" not in run.err


def test_the_code_of_the_hook_is_a_file_of_its_own(repository: Repository) -> None:
    repository.put("ecs-guard.yaml", "profile: security-hub\n")
    run = repository.run("generate", "hook", "--code", "hook.zip")
    assert (run.code, run.err) == (0, "")
    code = bundle(IN_FILE)
    assert (repository.root / "hook.zip").read_bytes() == code.content
    assert json.loads(run.out)["Parameters"]["CodeKey"]["Default"] == code.file_name


def test_what_the_hook_will_not_know_is_reported_on_standard_error(repository: Repository) -> None:
    exemption = {"check": "awsvpc-network-mode", "reason": "r", "owner": "o", "expires": "2999-01-31"}
    exemptions = [{**exemption, "path": "App/Agent/**"}, {**exemption, "family": "agent"}]
    repository.put("ecs-guard.json", json.dumps({"exemptions": exemptions}))
    first, second = repository.run("generate", "hook").err.splitlines()
    assert first == (
        "ecs-guard: left out: exemption from awsvpc-network-mode for App/Agent/**: the hook has no paths. Give the"
        " family instead."
    )
    assert second.startswith("ecs-guard: left out: the code of the function: write it with --code ecs-guard-hook-")
