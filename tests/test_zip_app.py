"""``make zipapp``: one file that runs the command line, with nothing installed."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ecs_guard_aspects.gates.hook.bundle import bundle
from ecs_guard_aspects.policy import Policy
from tools.zip_app import main, zip_app

DENIED = '{"family": "web", "networkMode": "bridge", "containerDefinitions": []}'


@pytest.fixture(scope="module")
def zipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("zip") / "build" / "ecs-guard.pyz"
    main(str(file))
    return file


# The command, its exit code, and a part of what it says.
COMMANDS = [
    ("--version", 0, "ecs-guard "),
    ("check --no-config task.json", 1, "error[awsvpc-network-mode]"),
    ("check --no-config task.json --format html", 1, "<!doctype html>"),
    ("check --no-config task.tf", 2, "ecs-guard-aspects[terraform]"),
    ("audit", 2, "ecs-guard-aspects[account]"),
    ("completion bash", 0, "complete"),
    ("generate hook --no-config --code hook.zip", 0, "AWS::CloudFormation::LambdaHook"),
]


@pytest.mark.parametrize(("words", "code", "part"), COMMANDS)
def test_it_runs_where_nothing_is_installed(zipped: Path, tmp_path: Path, words: str, code: int, part: str) -> None:
    (tmp_path / "task.json").write_text(DENIED)
    (tmp_path / "task.tf").write_text('resource "aws_ecs_task_definition" "web" { network_mode = "host" }')
    command = [sys.executable, "-I", "-S", str(zipped), *words.split()]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, part in done.stdout + done.stderr) == (code, True), done.stderr
    if "hook.zip" in words:
        assert (tmp_path / "hook.zip").read_bytes() == bundle(Policy()).content


@pytest.mark.newest
def test_a_shell_can_run_it_and_it_has_licenses_and_no_extension_modules(zipped: Path) -> None:
    assert zipped.stat().st_mode & 0o111
    assert zipped.read_bytes().startswith(b"#!/usr/bin/env python3\n")
    names = zipfile.ZipFile(zipped).namelist()
    assert len([name for name in names if "/licenses/" in name]) >= 4
    assert not [name for name in names if name.endswith((".so", ".pyd", ".pyc"))]


def test_it_is_the_same_each_time(zipped: Path) -> None:
    assert zip_app() == zipped.read_bytes()
