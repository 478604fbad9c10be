"""The hooks for pre-commit, by pre-commit's own schema, and run as it would run them."""

from __future__ import annotations

import importlib.metadata
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from pre_commit.clientlib import load_manifest

from ecs_guard_aspects.gates.command_line.main import main

HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook for hook in load_manifest(Path(__file__).parents[1] / ".pre-commit-hooks.yaml")
}

NONE: tuple[str, ...] = ()
FILES: dict[str, tuple[str, ...]] = {
    "infra/billing.yaml": ("ecs-guard",),
    "template.yml": ("ecs-guard",),
    "a b/task.json": ("ecs-guard",),
    "stack.template": ("ecs-guard",),
    "stack.cfn": ("ecs-guard",),
    "main.tf": ("ecs-guard-terraform",),
    "main.tofu": ("ecs-guard-terraform",),
    "terraform.tfvars": NONE,
    "plan.tfplan": NONE,
    "app.py": NONE,
    "yaml": NONE,
    "x.yaml.j2": NONE,
}


@pytest.mark.parametrize(("name", "hooks"), FILES.items())
def test_which_hook_a_file_is_for(name: str, hooks: tuple[str, ...]) -> None:
    given = [hook for hook in HOOKS.values() if hook["pass_filenames"]]
    assert tuple(hook["id"] for hook in given if re.search(hook["files"], name)) == hooks


def test_no_hook_asks_for_types_that_identify_does_not_know() -> None:
    assert {hook["id"]: (hook["types"], hook["types_or"]) for hook in HOOKS.values()} == dict.fromkeys(
        HOOKS, (["file"], [])
    )


TASK = "Resources: {Task: {Type: AWS::ECS::TaskDefinition, Properties: {NetworkMode: %s}}}"

RUNS: list[tuple[str, dict[str, str], int]] = [
    ("ecs-guard", {"bad.yaml": TASK % "host"}, 1),
    ("ecs-guard", {"good.yaml": TASK % "awsvpc"}, 0),
    ("ecs-guard", {"other.yaml": "a: 1", "package.json": "{}"}, 0),
    ("ecs-guard", {"other.yaml": "a: 1", "bad.template": TASK % "host"}, 1),
    ("ecs-guard", {"broken.yaml": "AWS::ECS::TaskDefinition: ["}, 2),
    ("ecs-guard", {"--exclude=*.yaml": "a: 1", "bad.yaml": TASK % "host"}, 1),
    ("ecs-guard", {"--exit-zero.yaml": "a: 1", "bad.yaml": TASK % "host"}, 1),
    ("ecs-guard-assembly", {}, 2),
]


@pytest.mark.parametrize(("hook", "files", "code"), RUNS)
def test_a_hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hook: str, files: dict[str, str], code: int) -> None:
    monkeypatch.chdir(tmp_path)
    for name, content in files.items():
        Path(name).write_text(content)
    about = HOOKS[hook]
    command, *words = [*shlex.split(about["entry"]), *about["args"], *(files if about["pass_filenames"] else ())]
    assert command == "ecs-guard"
    assert main(words) == code


@pytest.mark.newest
def test_what_reads_terraform_is_what_is_tested() -> None:
    for requirement in HOOKS["ecs-guard-terraform"]["additional_dependencies"]:
        name, _, version = requirement.partition("==")
        assert importlib.metadata.version(name) == version
