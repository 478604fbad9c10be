"""What ``python -m benchmarks.command_line`` measures is what it says. No time is tested."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks import command_line
from benchmarks.command_line import Cost, Tool
from ecs_guard_aspects.policy import judge
from ecs_guard_aspects.sources.files import Files


def test_the_templates_that_are_made_up_are_templates(tmp_path: Path) -> None:
    command_line.put_templates(tmp_path, None)
    report = judge(Files([str(tmp_path)], tmp_path))
    assert (len(report.sources), len(report.resources)) == (command_line.MADE_UP, 40 * command_line.MADE_UP)


def test_templates_of_others_are_copied(tmp_path: Path) -> None:
    source, folder = tmp_path / "source", tmp_path / "folder"
    (source / "x").mkdir(parents=True)
    folder.mkdir()
    (source / "x" / "a.yml").write_text("Type: AWS::ECS::TaskDefinition")
    (source / "x" / "b.yml").write_text("Type: AWS::S3::Bucket")
    (source / "c.json").write_text("AWS::ECS::TaskDefinition")
    command_line.put_templates(folder, source)
    assert [path.name for path in folder.iterdir()] == ["a.yml"]


def test_files_that_are_none_of_ours_are_none(tmp_path: Path) -> None:
    command_line.put_unrelated(tmp_path)
    files = Files([str(tmp_path)], tmp_path)
    assert judge(files).sources == ()
    assert files.empty_folders == [str(tmp_path)]
    assert len(list(tmp_path.rglob("*.yaml"))) == command_line.UNRELATED


def test_a_run_is_measured(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("")
    tool = Tool("python", (sys.executable, "-c", "sum(range(10**6))"))
    costs = command_line.compare([tool], tmp_path, 1)
    assert isinstance(costs["python"], Cost)
    assert costs["python"].wall > 0
    assert tool.line(tmp_path)[-1] == str(tmp_path / "x.yaml")
    assert tool._replace(takes="folder").line(tmp_path)[-1] == str(tmp_path)


def test_peers_that_are_not_installed_are_left_out() -> None:
    names = [tool.name for tool in command_line.tools(None)]
    assert names[0] == "ecs-guard check"
    assert not any(name.startswith("checkov") for name in names)
    assert [tool.name for tool in command_line.tools("/x/checkov")][-2:] == ["checkov", "checkov, one check"]
