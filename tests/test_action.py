"""The GitHub Action: all its inputs become words of the command, and the exit code is the verdict."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

ROOT = Path(__file__).parents[1]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
CHECK = next(step for step in STEPS if step.get("id") == "check")

# Writes its words to a file, instead of running anything.
STUB = """#!/bin/sh
printf '%s\\0' "$@" >"$WORDS"
exit "$CODE"
"""


class Done(NamedTuple):
    """What a run of the step `check` ended with."""

    code: int
    said: str
    words: list[str]
    outputs: dict[str, str]


class Runner:
    """Runs the step as GitHub does: expressions are filled into ``env``, ``run`` is a script."""

    def __init__(self, folder: Path) -> None:
        self.workspace = folder / "workspace"
        self.temp = folder / "temp"
        self.workspace.mkdir()
        self.temp.mkdir()
        self.summary = str(folder / "summary")
        self._stub = folder / "python"
        self._stub.write_text(STUB)
        self._stub.chmod(0o755)

    def run(self, *, code: int = 0, python: str = "", summary: bool = True, **inputs: str) -> Done:
        given = {name: about["default"] for name, about in ACTION["inputs"].items()}
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        context = {f"inputs.{name}": value for name, value in given.items()}
        context["steps.install.outputs.python"] = python or str(self._stub)
        env = {name: _filled(value, context) for name, value in CHECK["env"].items()}
        words, output = self.temp / "words", self.temp / "output"
        env |= {
            "PATH": "/usr/bin:/bin",
            "CODE": str(code),
            "WORDS": str(words),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(output),
            "RUNNER_TEMP": str(self.temp),
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", CHECK["run"]],
            cwd=self.workspace,
            env=env | ({"GITHUB_STEP_SUMMARY": self.summary} if summary else {}),
            capture_output=True,
            text=True,
            check=False,
        )
        received = words.read_text().split("\0")[:-1] if words.exists() else []
        outputs = output.read_text().splitlines() if output.exists() else []
        return Done(done.returncode, done.stdout + done.stderr, received, dict(line.split("=", 1) for line in outputs))


def _filled(text: str, context: dict[str, str]) -> str:
    return re.sub(r"\$\{\{ (.+?) \}\}", lambda match: context[match[1]], text)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


WORDS: list[tuple[dict[str, str], list[str]]] = [
    ({}, ["--", "."]),
    ({"paths": ""}, ["--"]),
    ({"paths": "infra\nservices"}, ["--", "infra", "services"]),
    ({"paths": "infra\r\n\r\n\nservices\n"}, ["--", "infra", "services"]),
    ({"paths": "with space/a b.yaml"}, ["--", "with space/a b.yaml"]),
    ({"paths": "--exit-zero\n--policy=evil.yaml\n-"}, ["--", "--exit-zero", "--policy=evil.yaml", "-"]),
    ({"paths": "$(touch pwned)\n`touch pwned`"}, ["--", "$(touch pwned)", "`touch pwned`"]),
    ({"paths": "'; touch pwned; '\n\"; touch pwned; \""}, ["--", "'; touch pwned; '", '"; touch pwned; "']),
    ({"paths": "*\n~\n$HOME\n\\n"}, ["--", "*", "~", "$HOME", "\\n"]),
    ({"paths": "ünï/\u2028/文.yaml"}, ["--", "ünï/\u2028/文.yaml"]),
    ({"exclude": "vendor\n**/*.json"}, ["--exclude=vendor", "--exclude=**/*.json", "--", "."]),
    ({"policy": "$(touch pwned)"}, ["--policy=$(touch pwned)", "--", "."]),
    ({"policy": "a b\nc"}, ["--policy=a b\nc", "--", "."]),
    ({"profile": "strict --exit-zero"}, ["--profile=strict --exit-zero", "--", "."]),
    ({"baseline": "--x"}, ["--baseline=--x", "--", "."]),
    ({"allow_checks": "true"}, ["--allow-checks", "--", "."]),
    ({"require": "1"}, ["--require=1", "--", "."]),
]


@pytest.mark.parametrize(("inputs", "expected"), WORDS)
def test_inputs_become_words(runner: Runner, inputs: dict[str, str], expected: list[str]) -> None:
    done = runner.run(summary=False, **inputs)
    assert done.words[:3] == ["-I", str(ROOT / "action/ecs_guard.py"), "check"]
    report = f"--output=json={runner.temp}/ecs-guard.json"
    assert [word for word in done.words[3:] if word != report] == ["--format=github", *expected]
    assert done.words.index(report) < done.words.index("--")
    assert (done.code, done.said) == (0, "")
    assert list(runner.workspace.iterdir()) == []


def test_the_summary_of_the_job_is_markdown(runner: Runner) -> None:
    assert f"--output=markdown={runner.summary}" in runner.run().words


@pytest.mark.parametrize(("code", "admitted"), [(0, "true"), (1, "false"), (2, "false"), (127, "false")])
def test_the_exit_code_is_that_of_the_command(runner: Runner, code: int, admitted: str) -> None:
    done = runner.run(code=code)
    assert (done.code, done.outputs["exit-code"], done.outputs["admitted"]) == (code, str(code), admitted)


NOTHING = "Resources: {Topic: {Type: AWS::SNS::Topic}}"
TASK = "Resources: {Task: {Type: AWS::ECS::TaskDefinition, Properties: {NetworkMode: awsvpc}}}"
# The template, the inputs, the exit code, the output `admitted`, the heading of the summary.
JUDGED = [
    (TASK, {}, 0, "true", "## ecs-guard: admitted\n"),
    (TASK, {"require": "1"}, 0, "true", "## ecs-guard: admitted\n"),
    (TASK, {"require": "2"}, 2, "false", "## ecs-guard: too little was judged\n"),
    (NOTHING, {}, 0, "", "## ecs-guard: nothing was judged\n"),
    (NOTHING, {"require": "1"}, 2, "false", "## ecs-guard: too little was judged\n"),
    (TASK.replace("awsvpc", "host"), {}, 1, "false", "## ecs-guard: denied\n"),
]


@pytest.mark.parametrize(("template", "inputs", "code", "admitted", "heading"), JUDGED)
def test_admitted_is_empty_if_nothing_was_judged(
    runner: Runner, template: str, inputs: dict[str, str], code: int, admitted: str, heading: str
) -> None:
    (runner.workspace / "task.yaml").write_text(template)
    done = runner.run(python=sys.executable, **inputs)
    assert (done.code, done.outputs["admitted"]) == (code, admitted), done.said
    assert Path(runner.summary).read_text().startswith(heading)


def test_a_report_of_an_earlier_step_does_not_count(runner: Runner) -> None:
    (runner.temp / "ecs-guard.json").write_text('    "task_definitions": 0\n')
    assert runner.run().outputs["admitted"] == "true"


@pytest.mark.parametrize("value", ["yes", "TRUE", "", "$(touch pwned)"])
def test_what_is_neither_true_nor_false_is_an_error(runner: Runner, value: str) -> None:
    done = runner.run(advanced_security=value)
    assert (done.code, done.words) == (2, [])
    assert "advanced-security must be true or false" in done.said


def test_there_is_nothing_to_upload_if_nothing_was_written(runner: Runner) -> None:
    (runner.temp / "ecs-guard.sarif").write_text("of an earlier step")
    done = runner.run(advanced_security="true", code=2)
    assert f"--output=sarif={runner.temp}/ecs-guard.sarif" in done.words
    assert done.outputs["sarif-file"] == ""


def test_the_real_command_imports_nothing_from_the_workspace(runner: Runner) -> None:
    for name in ("yaml", "json", "argparse", "ecs_guard_aspects", "sitecustomize"):
        (runner.workspace / f"{name}.py").write_text("raise SystemExit(99)")
    (runner.workspace / "task.yaml").write_text("Resources: {Task: {Type: AWS::ECS::TaskDefinition}}")
    done = runner.run(python=sys.executable, format="text", advanced_security="true", summary=False)
    assert done.code == 1, done.said
    assert "error[awsvpc-network-mode]: NetworkMode is not set." in done.said
    assert done.outputs["admitted"] == "false"
    assert '"ruleId": "awsvpc-network-mode"' in Path(done.outputs["sarif-file"]).read_text()


def test_an_old_python_is_refused(tmp_path: Path) -> None:
    for name in ("python3", "python"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    bash = str(shutil.which("bash"))
    done = subprocess.run(
        [bash, str(ROOT / "action/install.sh")],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Python 3.11 or newer is needed: add a step with actions/setup-python" in done.stdout


# --- what is written in action.yml ---------------------------------------------------------------------------------


def test_nothing_is_interpolated_into_a_script() -> None:
    assert [step["run"] for step in STEPS if "${{" in step.get("run", "")] == []


def test_every_input_reaches_the_script_that_reads_it() -> None:
    script = (ROOT / "action/check.sh").read_text(encoding="utf-8")
    passed = {name for name in CHECK["env"] if name.startswith("INPUT_")}
    assert passed == set(re.findall(r"\$\{?(INPUT_\w+)", script))
    assert passed == {f"INPUT_{name.upper().replace('-', '_')}" for name in ACTION["inputs"]}
    assert {value for name, value in CHECK["env"].items() if name in passed} == {
        f"${{{{ inputs.{name} }}}}" for name in ACTION["inputs"]
    }


def test_outputs_are_those_that_the_script_writes() -> None:
    script = (ROOT / "action/check.sh").read_text(encoding="utf-8")
    written = set(re.findall(r'echo "([\w-]+)=', script))
    assert written == {*ACTION["outputs"], "sarif-file"}


@pytest.mark.parametrize(
    "file", ["action.yml", *sorted(f".github/workflows/{p.name}" for p in (ROOT / ".github/workflows").iterdir())]
)
def test_actions_are_pinned_by_their_commit(file: str) -> None:
    used = re.findall(r"uses: (?!\./)(.+)", (ROOT / file).read_text(encoding="utf-8"))
    assert used
    assert [line for line in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []


def test_what_is_installed_is_what_the_package_needs() -> None:
    # With the extra [terraform]: a user of the action could not install it.
    needed = {re.split(r"[^\w.-]", one)[0].lower() for one in _requirements()}
    pinned = re.findall(r"^([\w-]+)==", (ROOT / "action/requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(pinned) == needed | {"markupsafe"}  # which Jinja2 needs
    assert {"pyyaml", "tree-sitter"} <= needed


def _requirements() -> list[str]:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    blocks = [
        re.search(pattern, text, re.MULTILINE | re.DOTALL)
        for pattern in (r"^dependencies = \[(.*?)^\]", r"^terraform = \[(.*?)\]")
    ]
    return [one for block in blocks if block for one in re.findall(r'"(.+?)"', block[1])]
