"""Code of Terraform plans: where it is looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecs_guard_aspects.sources.file_names import FileNames
from ecs_guard_aspects.sources.terraform.plan_code import PlanCode
from ecs_guard_aspects.sources.terraform.plan_configuration import Configuration

ADDRESS = "aws_ecs_task_definition.web"
CONFIGURATION = Configuration(
    {"root_module": {"resources": [{"type": "aws_ecs_task_definition", "name": "web", "mode": "managed"}]}}
)
CODE = 'resource "aws_ecs_task_definition" "web" {\n  network_mode = "bridge"\n}\n'

# where the code is, where the plan is, and whether it is found
FOLDERS = [
    ("repository", "repository", True),
    ("repository", "repository/out", True),
    ("repository/infra", "repository/out", False),
    (".", "repository", False),
    ("repository/work", "repository/out", True),
]


@pytest.mark.parametrize(("code", "plan", "expected"), FOLDERS)
def test_the_folder_of_the_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, plan: str, expected: bool
) -> None:
    root = tmp_path / "repository"
    for folder in ("infra", "out", "work"):
        (root / folder).mkdir(parents=True)
    (tmp_path / code / "main.tf").write_text(CODE)
    monkeypatch.chdir(root / "work")
    find = PlanCode(FileNames(root)).finder(tmp_path / plan)
    place = find(CONFIGURATION, CONFIGURATION.block_of(ADDRESS), "network_mode")
    assert (place.line if place else None) == (2 if expected else None)
