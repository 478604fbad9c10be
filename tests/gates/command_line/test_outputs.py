"""Formats of reports: each is loaded when it is written."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ecs_guard_aspects.gates.command_line.outputs import FORMATS

from .conftest import Repository, template

PROGRAM = """
import json, sys
from ecs_guard_aspects.gates.command_line.main import main
code = main(sys.argv[1:])
names = [name for name in sys.modules if name.startswith(("jinja2", "ecs_guard_aspects.reports."))]
print(json.dumps([code, names]))
"""


def loaded_by(folder: Path, name: str) -> set[str]:
    """Return Jinja2 and the modules of reports that a run of ``ecs-guard check`` loads."""
    (folder / "task.yaml").write_text("Resources: {Task: {Type: 'AWS::ECS::TaskDefinition'}}")
    words = ["check", "task.yaml", "--no-config", "--format", name]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words], cwd=folder, capture_output=True, text=True, check=True
    )
    code, modules = json.loads(done.stdout.splitlines()[-1])
    assert code == 1
    return {module.removeprefix("ecs_guard_aspects.reports.").partition(".")[0] for module in modules}


@pytest.mark.parametrize("name", FORMATS)
def test_only_html_loads_jinja2(name: str, tmp_path: Path) -> None:
    assert ("jinja2" in loaded_by(tmp_path, name)) is (name == "html")


def test_no_format_loads_another(tmp_path: Path) -> None:
    loaded = loaded_by(tmp_path, "json")
    assert "json_report" in loaded
    assert not loaded & {
        "sarif_report",
        "junit_report",
        "gitlab_report",
        "github_report",
        "csv_report",
        "markdown",
        "html",
    }


def test_a_report_replaces_a_file_as_a_whole(repository: Repository) -> None:
    repository.put("task.yaml", template("awsvpc"))
    report = repository.put("report.json", "old " * 10_000)
    report.chmod(0o640)
    link = repository.root / "link.json"
    link.symlink_to(report)
    assert repository.run("check", "task.yaml", "--output", "json=link.json").code == 0
    assert json.loads(report.read_text())["tool"]["name"] == "ecs-guard"
    assert stat.S_IMODE(report.stat().st_mode) == 0o640
    assert link.is_symlink()


def test_a_report_that_cannot_be_written_is_an_error(repository: Repository) -> None:
    repository.put("task.yaml", template("awsvpc"))
    run = repository.run("check", "task.yaml", "--output", "json=missing/report.json")
    assert run.code == 2
    assert "--output json=missing/report.json: No such file or directory" in run.err
