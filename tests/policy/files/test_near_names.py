"""Names that are nearly that of a policy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ecs_guard_aspects.policy.files.near_names import near_names

FILES = {
    ".ecs-guard.yaml": "ecs-guard.yaml",
    ".ecs-guard.yml": "ecs-guard.yml",
    ".ecs-guard": "ecs-guard.yaml",
    ".ecsguardrc": "ecs-guard.yaml",
    "ecs_guard.yaml": "ecs-guard.yaml",
    "ecs_guard.yml": "ecs-guard.yml",
    "ecsguard.json": "ecs-guard.json",
    "EcsGuard.yaml": "ecs-guard.yaml",
    "ECS-GUARD.YAML": "ecs-guard.yaml",
    "ecs-guard.toml": "ecs-guard.yaml",
    "ecs.guard.yaml": "ecs-guard.yaml",
    "ecs-guards.yaml": "ecs-guard.yaml",
    "ecs-gaurd.yaml": "ecs-guard.yaml",
    "ecs-gard.yml": "ecs-guard.yml",
    "esc-guard.yaml": "ecs-guard.yaml",
    "ecs-guardian.yaml": None,
    "ecs-guard-baseline.json": None,
    "ecs-guard.schema.json": None,
    "ecs-guard": None,
    "ecs-guard.py": None,
    "ecs_guard.py": None,
    "ecs-guard.md": None,
    "guard.yaml": None,
    "ecs.yaml": None,
    "settings.yaml": None,
}


@pytest.mark.parametrize(("name", "right"), FILES.items())
def test_a_file_with_nearly_the_name(tmp_path: Path, name: str, right: str | None) -> None:
    (tmp_path / name).write_text("profile: strict", encoding="utf-8")
    expected = [f"{name} is not read: the name of a policy file is {right}"] if right else []
    assert list(near_names(tmp_path, tmp_path, tmp_path)) == expected


def test_a_folder_with_nearly_the_name_is_not_a_policy(tmp_path: Path) -> None:
    (tmp_path / ".ecs-guard").mkdir()
    assert list(near_names(tmp_path, tmp_path, tmp_path)) == []


@pytest.mark.parametrize(
    ("table", "is_near"),
    [
        ("[tool.ecs_guard]", "ecs_guard"),
        ("[tool.ecs-guards]", "ecs-guards"),
        ('[tool."ecsguard"]', "ecsguard"),
        ("[[tool.ecs_guard.exemptions]]", "ecs_guard"),
        ("[tool.ecs-guard]", None),
        ("[tool.ruff]", None),
        ("# [tool.ecs_guard]", None),
    ],
)
def test_a_table_with_nearly_the_name(tmp_path: Path, table: str, is_near: str | None) -> None:
    (tmp_path / "pyproject.toml").write_text(f"{table}\n{table}\n", encoding="utf-8")
    warning = f"[tool.{is_near}] of pyproject.toml is not read: the name of the table is [tool.ecs-guard]"
    assert list(near_names(tmp_path, tmp_path, tmp_path)) == ([warning] if is_near else [])


@pytest.mark.parametrize(
    ("key", "is_near"),
    [
        ("ecs_guard", True),
        ("ecsGuard:profile", True),
        ("ecs-guards", True),
        ("ecs-guard", False),
        ("@aws-cdk/x", False),
    ],
)
def test_a_key_of_the_context_with_nearly_the_name(tmp_path: Path, key: str, is_near: bool) -> None:
    (tmp_path / "cdk.json").write_text(json.dumps({"context": {key: {}}}), encoding="utf-8")
    warning = f"context.{key} of cdk.json is not read: the name of the key is ecs-guard"
    assert list(near_names(tmp_path, tmp_path, tmp_path)) == ([warning] if is_near else [])


@pytest.mark.parametrize("key", ["ecs-guard", "ecs_guard", "ecs-guard:profile"])
def test_a_policy_that_is_not_in_the_context(tmp_path: Path, key: str) -> None:
    (tmp_path / "cdk.json").write_text(
        json.dumps({key: {}, "app": "x", "context": {"ecs-guard": {}}}), encoding="utf-8"
    )
    warning = f"{key} of cdk.json is not read: the name of the key is ecs-guard, in context"
    assert list(near_names(tmp_path, tmp_path, tmp_path)) == [warning]


@pytest.mark.parametrize("table", ["[ecs-guard]", "[[ecs-guard.exemptions]]"])
def test_a_table_that_is_not_in_tool(tmp_path: Path, table: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[project]\n{table}\n[tool.ecs-guard]\n", encoding="utf-8")
    warning = "[ecs-guard] of pyproject.toml is not read: the name of the table is [tool.ecs-guard]"
    assert list(near_names(tmp_path, tmp_path, tmp_path)) == [warning]


def test_the_folders_up_to_the_policy_are_looked_at(tmp_path: Path) -> None:
    folder = tmp_path / "infra/prod"
    folder.mkdir(parents=True)
    for path in (folder, tmp_path / "infra", tmp_path):
        (path / "ecs_guard.yml").write_text("", encoding="utf-8")
    found = [text.partition(" ")[0] for text in near_names(folder, tmp_path / "infra", tmp_path)]
    assert found == ["infra/prod/ecs_guard.yml", "infra/ecs_guard.yml"]
