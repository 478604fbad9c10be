"""Runs real apps through the real CDK CLI, and by themselves."""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from ecs_guard_aspects.gates.synth.validation_report import suppresses_by_path

APPS = Path(__file__).parent / "apps"
REPOSITORY = Path(__file__).parents[2]
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Run:
    """What a run of an app ended with: exit code, all it printed, and the folder it wrote to."""

    exit_code: int
    output: str
    outdir: Path

    @property
    def report(self) -> dict[str, Any]:
        """The violations and suppressed violations in validation-report.json, but for the line that sums them up."""
        report = json.loads((self.outdir / "validation-report.json").read_text())
        mine = [plugin for plugin in report["pluginReports"] if plugin["pluginName"] == "ecs-guard"]
        return {
            kind: [v for plugin in mine for v in plugin.get(kind, ()) if v["ruleName"] != "summary"]
            for kind in ("violations", "suppressedViolations")
        }

    def times(self, text: str) -> int:
        """How often a text was printed. Where an older CDK reports a denied finding as fatal, that counts as ERROR."""
        output = self.output if suppresses_by_path() else self.output.replace("FATAL", "ERROR")
        return output.count(text)


def _environment(outdir: Path, extra: dict[str, str]) -> dict[str, str]:
    tools = [str(Path(sys.executable).parent), str(REPOSITORY / "node_modules/.bin")]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CDK_", "PYTEST_"))}
    return {
        **kept,
        # The built-in template validation takes seconds.
        "CDK_VALIDATION": "false",
        "CDK_OUTDIR": str(outdir),
        "CI": "true",
        "PYTHONPATH": str(REPOSITORY),
        "PATH": os.pathsep.join([*tools, kept["PATH"]]),
        **extra,
    }


class WarmCli:
    """A process that runs the CDK CLI many times, see ``warm_cli.cjs``."""

    _MARK = "end of the run:"

    def __init__(self, folder: Path) -> None:
        library = Path(_cdk(folder)).resolve().parents[1]
        self._process = subprocess.Popen(
            ["node", str(Path(__file__).with_name("warm_cli.cjs")), str(library), self._MARK],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_environment(folder, {}),
            text=True,
        )

    def run(self, arguments: Sequence[str], cwd: Path) -> tuple[int, str]:
        """Run the CLI; return its exit code and what it says."""
        given, said = self._process.stdin, self._process.stdout
        assert given is not None
        assert said is not None
        given.write(json.dumps({"args": arguments, "cwd": str(cwd)}) + "\n")
        given.flush()
        timer = threading.Timer(120, self._process.kill)
        timer.start()
        output = ""
        for line in said:
            if line.startswith(self._MARK):
                timer.cancel()
                return int(line.removeprefix(self._MARK)), _ANSI.sub("", output)
            output += line
        raise AssertionError(f"the CDK CLI has ended: {output}")

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


@pytest.fixture(scope="session")
def warm_cli(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmCli]:
    """A process that runs the CDK CLI many times."""
    cli = WarmCli(tmp_path_factory.mktemp("cli"))
    yield cli
    cli.close()


@pytest.fixture
def run_cdk(tmp_path: Path, warm_cli: WarmCli) -> Any:
    """Run an app of ``apps/``, or the ``sample`` app, with the CDK CLI: ``run_cdk("gate", "-c", "case=stage")``."""

    def run(app: str, *arguments: str, outdir: Path | None = None) -> Run:
        outdir = outdir or tmp_path / "by-cli"
        exit_code, output = warm_cli.run([*_synth(_command_of(app), outdir), *arguments], tmp_path)
        return Run(exit_code, output, outdir)

    return run


@pytest.fixture
def run_cold_cdk(tmp_path: Path) -> Any:
    """Run an app with the CDK CLI as a process of its own, and with the built-in template validation, as users do."""

    def run(app: str, *arguments: str) -> Run:
        outdir = tmp_path / "by-cli"
        line = [_cdk(outdir), *_synth(_command_of(app), outdir), *arguments]
        return _run(line, tmp_path, outdir, {"CDK_VALIDATION": "true"})

    return run


@pytest.fixture
def synthesize(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run an app of ``apps/`` in this process, under a context: ``synthesize("gate", {"case": "stack"})``.

    Returns the folder it wrote, for the CLI to read as it does after a run of its own; seconds cheaper than that.
    """

    def run(app: str, context: dict[str, Any]) -> Path:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("CDK_CONTEXT_JSON", json.dumps(context))  # so that no cdk.json is looked for
        outdir = tmp_path / "in-process"
        names = runpy.run_path(str(APPS / f"{app}.py"))
        names["main"](cdk.App(context=context, outdir=str(outdir), analytics_reporting=False))
        return outdir

    return run


@pytest.fixture
def synth_of(tmp_path: Path, warm_cli: WarmCli) -> Any:
    """Have the CDK CLI read what ``synthesize`` has written: ``synth_of(folder, "Web", "--strict")``."""

    def run(folder: Path, *arguments: str) -> Run:
        outdir = tmp_path / "by-cli"
        exit_code, output = warm_cli.run([*_synth(str(folder), outdir), *arguments], tmp_path)
        return Run(exit_code, output, folder)

    return run


@pytest.fixture
def run_python(tmp_path: Path) -> Any:
    """Run an app of ``apps/`` by itself: ``run_python("gate", {"case": "stage"})``."""

    def run(app: str, context: dict[str, Any]) -> Run:
        extra = {"CDK_CONTEXT_JSON": json.dumps(context)}
        return _run([sys.executable, str(APPS / f"{app}.py")], tmp_path, tmp_path / "by-itself", extra)

    return run


def _command_of(app: str) -> str:
    return f"{sys.executable} {APPS / f'{app}.py' if app != 'sample' else REPOSITORY / 'app.py'}"


def _synth(app: str, outdir: Path) -> list[str]:
    return ["synth", "--quiet", "--app", app, "--output", str(outdir)]


def _cdk(outdir: Path) -> str:
    cdk = shutil.which("cdk", path=_environment(outdir, {})["PATH"])
    assert cdk, "the CDK CLI is not installed: run make setup"
    return cdk


def _run(line: list[str], cwd: Path, outdir: Path, env: dict[str, str]) -> Run:
    done = subprocess.run(
        line, cwd=cwd, env=_environment(outdir, env), capture_output=True, text=True, timeout=120, check=False
    )
    return Run(done.returncode, _ANSI.sub("", done.stdout + done.stderr), outdir)
