"""The examples in docs/ci.md are valid, and the page lists all inputs, hooks and numbers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner
from pre_commit.clientlib import load_config

from ecs_guard_aspects.gates.cfn_lint import NUMBERS, OTHER

from .test_docs import ROOT

PAGE = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def kind_of(block: str) -> str:
    content = yaml.safe_load(block)
    for key, kind in (("jobs", "github"), ("repos", "pre-commit"), ("append_rules", "cfn-lint")):
        if key in content:
            return kind
    return "gitlab"


def blocks(kind: str) -> list[str]:
    return [block for block in BLOCKS if kind_of(block) == kind]


def test_all_are_there() -> None:
    assert {kind: len(blocks(kind)) for kind in map(kind_of, BLOCKS)} == {
        "github": 4,
        "gitlab": 3,
        "pre-commit": 1,
        "cfn-lint": 1,
    }


@pytest.mark.parametrize(
    ("schema", "files", "kind"),
    [
        ("vendor.github-actions", ["action.yml"], ""),
        ("vendor.github-workflows", sorted(map(str, (ROOT / ".github/workflows").iterdir())), "github"),
        ("vendor.gitlab-ci", [".gitlab-ci.yml"], "gitlab"),
    ],
)
def test_it_follows_the_schema(tmp_path: Path, schema: str, files: list[str], kind: str) -> None:
    shown = []
    for number, block in enumerate(blocks(kind)):
        shown.append(tmp_path / f"{number}.yml")
        shown[-1].write_text(block, encoding="utf-8")
    names = [*(str(ROOT / file) for file in files), *map(str, shown)]
    done = CliRunner().invoke(check_jsonschema, ["--builtin-schema", schema, *names])
    assert done.exit_code == 0, done.output


def test_pre_commit_takes_its_configuration(tmp_path: Path) -> None:
    (block,) = blocks("pre-commit")
    file = tmp_path / ".pre-commit-config.yaml"
    file.write_text(block, encoding="utf-8")
    (repository,) = load_config(file)["repos"]
    hooks = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    assert {hook["id"] for hook in repository["hooks"]} <= hooks
    assert first_column("| hook |") == hooks


def test_the_inputs_of_the_action() -> None:
    action: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    assert first_column("| input |") == set(action["inputs"])
    used = [
        step for block in blocks("github") for job in yaml.safe_load(block)["jobs"].values() for step in job["steps"]
    ]
    inputs = [set(step["with"]) for step in used if "/ecs-guard-aspects@" in step.get("uses", "")]
    assert len(inputs) == 2
    assert set.union(*inputs) <= set(action["inputs"])


def test_the_numbers_of_the_rules() -> None:
    rows = {row[0]: row[1] for row in rows_below("| check | number |")}
    assert rows == {f"`{check}`": str(number) for check, number in NUMBERS.items()} | {
        "all others, such as custom checks": str(OTHER)
    }


def rows_below(header: str) -> list[list[str]]:
    table = PAGE.partition(f"\n{header}")[2].partition("\n\n")[0].splitlines()[2:]
    assert table
    return [[cell.strip() for cell in row.strip("| ").split(" | ")] for row in table]


def first_column(header: str) -> set[str]:
    return {name for row in rows_below(header) for name in re.findall(r"`([\w-]+)`", row[0])}
