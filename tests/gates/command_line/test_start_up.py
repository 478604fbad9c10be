"""Start-up: what a process of ``ecs-guard`` imports. Modules are counted, not seconds, which differ by machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TEMPLATE = """
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: awsvpc
"""

# The names go to standard error at the end, after all that the command has printed.
PROGRAM = """
import sys
from ecs_guard_aspects.gates.command_line.main import main
try:
    code = main(sys.argv[1:])
except SystemExit as error:
    code = error.code
print(*sys.modules, file=sys.stderr)
sys.exit(code)
"""

PACKAGE = "ecs_guard_aspects"
COMMANDS = {"check", "exemptions", "fix", "audit", "explain", "generate", "completion"}
ARGUMENTS = f"{PACKAGE}.gates.command_line.arguments"


def imported_by(*words: str, folder: Path) -> set[str]:
    """Return the modules that a process has imported at its end."""
    line = [sys.executable, "-c", PROGRAM, *words]
    done = subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


def own(modules: set[str]) -> set[str]:
    return {name.removeprefix(f"{PACKAGE}.") for name in modules if name.startswith(f"{PACKAGE}.")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "task.yaml").write_text(TEMPLATE)
    return tmp_path


def test_the_version_needs_no_argparse_and_no_policy(folder: Path) -> None:
    modules = imported_by("--version", folder=folder)
    assert modules.isdisjoint(
        {"argparse", "dataclasses", "inspect", "json", "pathlib", "yaml", f"{PACKAGE}.policy.policy"}
    )
    assert len(own(modules)) <= 12


@pytest.mark.parametrize(
    "module",
    [
        *("aws_cdk", "boto3", "jinja2", "jsii", "shtab", "tree_sitter"),
        *("difflib", "importlib.metadata", "random", "secrets", "shutil", "string", "tempfile", "textwrap"),
        "urllib.request",
        *(f"{PACKAGE}.{room}" for room in ("exports", "remediation", "gates.account", "gates.synth")),
        *(f"{PACKAGE}.sources.{kind}" for kind in ("account", "assembly", "terraform.code", "terraform.plan")),
        *(f"{PACKAGE}.policy.tracking.{name}" for name in ("baseline", "comparison")),
        f"{PACKAGE}.sources.text.yaml_comments",
        *(f"{ARGUMENTS}.{name}" for name in sorted(COMMANDS - {"check"})),
    ],
)
def test_the_check_of_a_template_does_not_import(module: str, check_of_a_template: set[str]) -> None:
    assert module not in check_of_a_template


@pytest.fixture(scope="module")
def check_of_a_template(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("folder")
    (folder / "task.yaml").write_text(TEMPLATE)
    return imported_by("check", "--no-config", "task.yaml", folder=folder)


def test_how_much_of_the_package_the_check_of_a_template_imports(check_of_a_template: set[str]) -> None:
    assert f"{PACKAGE}.sources.text.yaml_text" in check_of_a_template
    assert len(own(check_of_a_template)) <= 118


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_a_command_has_the_arguments_of_that_command_only(command: str, folder: Path) -> None:
    modules = imported_by(command, "--help", folder=folder)
    assert {name for name in COMMANDS if f"{ARGUMENTS}.{name}" in modules} == {command}


def test_the_help_lists_all_commands(folder: Path) -> None:
    modules = imported_by("--help", folder=folder)
    assert {name for name in COMMANDS if f"{ARGUMENTS}.{name}" in modules} == COMMANDS
