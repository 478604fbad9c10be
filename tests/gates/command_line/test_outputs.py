"""Formats of reports: each is loaded when it is written."""

from __future__ import annotations

import datetime
import json
import stat
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from ecs_guard_aspects import reports
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
        "csv",
        "markdown",
        "html",
        "security_findings",
    }


@pytest.mark.parametrize("words", [["--format", "asff"], ["--output", "asff=report.json"]])
def test_a_report_on_files_is_not_for_security_hub(repository: Repository, words: list[str]) -> None:
    repository.put("task.yaml", template("awsvpc"))
    run = repository.run("check", "task.yaml", *words)
    assert (run.code, run.out) == (2, "")
    assert "the format asff needs an account and a Region, so only ecs-guard audit can write it. Use ocsf" in run.err


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


def test_reports_say_when_and_of_what_they_were_made(repository: Repository) -> None:
    repository.put("infra/task.json", template("awsvpc"))
    before = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    run = repository.check("--format", "json", "--exclude", "old", "infra")
    after = datetime.datetime.now(datetime.UTC)
    assert before <= datetime.datetime.fromisoformat(run.json["created"]) <= after
    assert run.json["scope"] == {"paths": ["infra"], "exclude": ["old"]}
    schema = json.loads((Path(reports.__file__).parent / "report.schema.json").read_text())
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(run.json)


# The format, and where it says what was asked for.
SCOPES = [
    ("json", '"paths": [\n      "infra"\n    ]'),
    ("sarif", '"paths": [\n            "infra"\n          ]'),
    ("junit", '<property name="paths" value="infra" />'),
    ("markdown", "; paths: infra"),
    ("html", "<dt>Paths</dt><dd>infra</dd>"),
]


@pytest.mark.parametrize(("name", "text"), SCOPES)
def test_a_format_says_which_paths_were_asked_and_on_which_day(repository: Repository, name: str, text: str) -> None:
    repository.put("infra/task.json", template("awsvpc"))
    out = repository.check("--format", name, "infra").out
    assert text in out.replace("&#59;", ";").replace("&#58;", ":")
    assert f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}" in out
