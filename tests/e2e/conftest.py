"""Runs real apps through the real CDK CLI, and by themselves."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

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
        """How often a text was printed."""
        return self.output.count(text)


def _environment(outdir: Path, extra: dict[str, str]) -> dict[str, str]:
    tools = [str(Path(sys.executable).parent), str(REPOSITORY / "node_modules/.bin")]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CDK_", "PYTEST_"))}
    return {
        **kept,
        # The built-in template validation is the CDK's own business and takes seconds.
        "CDK_VALIDATION": "false",
        "CDK_OUTDIR": str(outdir),
        "CI": "true",
        "PYTHONPATH": str(REPOSITORY),
        "PATH": os.pathsep.join([*tools, kept["PATH"]]),
        **extra,
    }


@pytest.fixture
def run_cdk(tmp_path: Path) -> Any:
    """Run an app of ``apps/``, or the ``sample`` app, with the CDK CLI: ``run_cdk("gate", "-c", "case=stage")``."""

    def run(app: str, *arguments: str, outdir: Path | None = None) -> Run:
        outdir = outdir or tmp_path / "by-cli"
        cdk = shutil.which("cdk", path=_environment(outdir, {})["PATH"])
        assert cdk, "the CDK CLI is not installed: run make setup"
        file = APPS / f"{app}.py" if app != "sample" else REPOSITORY / "app.py"
        line = [cdk, "synth", "--quiet", "--app", f"{sys.executable} {file}", "--output", str(outdir)]
        return _run([*line, *arguments], tmp_path, outdir, {})

    return run


@pytest.fixture
def run_python(tmp_path: Path) -> Any:
    """Run an app of ``apps/`` by itself: ``run_python("gate", {"case": "stage"})``."""

    def run(app: str, context: dict[str, Any]) -> Run:
        extra = {"CDK_CONTEXT_JSON": json.dumps(context)}
        return _run([sys.executable, str(APPS / f"{app}.py")], tmp_path, tmp_path / "by-itself", extra)

    return run


def _run(line: list[str], cwd: Path, outdir: Path, env: dict[str, str]) -> Run:
    done = subprocess.run(
        line, cwd=cwd, env=_environment(outdir, env), capture_output=True, text=True, timeout=120, check=False
    )
    return Run(done.returncode, _ANSI.sub("", done.stdout + done.stderr), outdir)
