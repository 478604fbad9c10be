"""The kit for a platform team, end to end: what an app team, a pipeline and an account get from examples/platform."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
KIT = ROOT / "examples/platform"
POLICY = "acme_ecs_policy/ecs-guard.json"
ADMITTED = """
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: awsvpc
      ContainerDefinitions: [{Name: web, Image: 222222222222.dkr.ecr.eu-west-1.amazonaws.com/web:1, User: "1000"}]
"""
DENIED = ADMITTED.replace("222222222222.dkr.ecr.eu-west-1.amazonaws.com/web:1", "nginx:1.29")


def run(*line: str, outdir: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    bins = [str(Path(sys.executable).parent), str(ROOT / "node_modules/.bin"), os.environ["PATH"]]
    variables = {**os.environ, "PATH": os.pathsep.join(bins), "CDK_OUTDIR": str(outdir), **environment}
    return subprocess.run(
        line, cwd=KIT, env=variables, text=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


@pytest.mark.e2e
def test_an_app_cannot_relax_the_policy(tmp_path: Path) -> None:
    relax = ["-c", "ecs-guard:profile=default", "-c", "ecs-guard:enforcement:own-registry=off"]
    app = [f"{sys.executable} app_of_a_team.py", "--output", str(tmp_path)]
    done = run("cdk", "synth", "--quiet", "--app", *app, *relax, outdir=tmp_path, CDK_VALIDATION="false")
    assert done.returncode == 1
    assert "Image is not in the company's registry" in done.stdout
    assert "container api: User is not set" in done.stdout


@pytest.mark.parametrize(("template", "exit_code"), [(ADMITTED, 0), (DENIED, 1)])
def test_a_pipeline_checks_with_the_same_policy(tmp_path: Path, template: str, exit_code: int) -> None:
    (tmp_path / "task.yaml").write_text(template)
    check = ("ecs-guard", "check", str(tmp_path / "task.yaml"), "--policy", POLICY)
    done = run(*check, "--allow-checks", outdir=tmp_path)
    assert done.returncode == exit_code, done.stdout
    assert ("own-registry" in done.stdout) == bool(exit_code)
    assert run(*check, outdir=tmp_path).returncode == 2  # never without the company's own check


def test_the_hook_is_made_of_the_policy_and_passes_its_own_gate(tmp_path: Path) -> None:
    done = run(sys.executable, "hook_app.py", outdir=tmp_path)
    assert done.returncode == 0, done.stdout
    resources = json.loads((tmp_path / "ecs-guard-hook.template.json").read_text())["Resources"].values()
    hooks = [resource for resource in resources if resource["Type"] == "AWS::CloudFormation::LambdaHook"]
    assert {hook["Properties"]["FailureMode"] for hook in hooks} == {"WARN"}


def test_the_workflow_names_what_is_there() -> None:
    workflow: dict[str, Any] = yaml.safe_load((KIT / "ci.yml").read_text())
    inputs = workflow["jobs"]["check"]["steps"][-1]["with"]
    assert inputs["policy"] == f".platform/{POLICY}"
    known = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]
    assert set(inputs) <= set(known)


def test_the_readme_names_all_files() -> None:
    readme = (KIT / "README.md").read_text()
    named = set(re.findall(r"^\| `([\w./-]+)` \|", readme, re.MULTILINE))
    files = {path.relative_to(KIT).as_posix() for path in KIT.rglob("*") if path.suffix in {".py", ".json", ".yml"}}
    assert named == {file for file in files if "cdk.out" not in file}
