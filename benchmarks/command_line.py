"""What ``ecs-guard`` costs: its start, and ``check`` next to cfn-guard, cfn-lint and checkov on the same templates.

python -m benchmarks.command_line [--checkov PATH] [--rounds N] [FOLDER]

FOLDER has YAML templates; left out, they are made up. checkov is measured
where it is installed: `python -m venv /tmp/checkov && /tmp/checkov/bin/pip install checkov`.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from . import cfn_guard

UNRELATED = 10_000
MADE_UP = 112
START_ROUNDS = 15

_SMALL = "Resources:\n  Task:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      NetworkMode: bridge\n"
_UNRELATED = "kind: ConfigMap\ndata:\n" + "".join(f"  key{number}: value {number}\n" for number in range(60))


class Tool(NamedTuple):
    """A command, and what it is called with before the files or the folder.

    Attributes:
        name: what the table calls it.
        command: the command.
        takes: what it is given: ``files`` or a ``folder``.
    """

    name: str
    command: tuple[str, ...]
    takes: str = "files"

    def line(self, folder: Path) -> list[str]:
        """Return the command line that judges the YAML templates of a folder."""
        if self.takes == "folder":
            return [*self.command, str(folder)]
        return [*self.command, *sorted(str(path) for path in folder.iterdir())]


class Cost(NamedTuple):
    """Seconds of one run."""

    wall: float
    cpu: float


def tools(checkov: str | None, guard: tuple[str, ...] | None = None) -> list[Tool]:
    """Return what is compared, as far as it is installed."""
    beside = Path(sys.executable).parent
    found = [Tool("ecs-guard check", (str(beside / "ecs-guard"), "check", "--no-config"), "folder")]
    if guard:
        found.append(Tool("cfn-guard, two rules", guard, "folder"))
    if (beside / "cfn-lint").exists():
        found.append(Tool("cfn-lint", (str(beside / "cfn-lint"),)))
    if checkov:
        line = (checkov, "--framework", "cloudformation", "--compact", "--quiet")
        found.append(Tool("checkov", (*line, "-d"), "folder"))
        found.append(Tool("checkov, one check", (*line, "--check", "CKV_AWS_97", "-d"), "folder"))
    return found


def measure(line: Sequence[str], cwd: Path) -> Cost:
    """Run a command once; what it exits with is its own business."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(line, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_environment(), check=False)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def compare(which: Sequence[Tool], folder: Path, rounds: int) -> dict[str, Cost]:
    """Return what each tool costs on a folder: the medians of interleaved rounds, after one that fills the caches."""
    costs: dict[str, list[Cost]] = {tool.name: [] for tool in which}
    for number in range(rounds + 1):
        for tool in which:
            cost = measure(tool.line(folder), folder)
            if number:
                costs[tool.name].append(cost)
    return {name: Cost(median(c.wall for c in all_), median(c.cpu for c in all_)) for name, all_ in costs.items()}


def start_up(small: Path, guard: tuple[str, ...] | None) -> str:
    """Return a table of the CPU time that whole processes take, most of which is their start."""
    own = str(Path(sys.executable).with_name("ecs-guard"))
    lines: dict[str, list[str]] = {
        "Python alone": [sys.executable, "-c", "pass"],
        "Python and PyYAML": [sys.executable, "-c", "import yaml"],
        "`ecs-guard --version`": [own, "--version"],
        "`ecs-guard check` of one small template": [own, "check", "--no-config", str(small)],
    }
    if guard:
        lines["`cfn-guard` of the same template"] = [*guard, str(small)]
    costs = {name: median(measure(line, small).cpu for _ in range(START_ROUNDS)) for name, line in lines.items()}
    rows = [f"| {name} | {cost:.3f} |" for name, cost in costs.items()]
    return "\n".join(["| | CPU of the process, s |", "| --- | ---: |", *rows, ""])


def report(which: Sequence[Tool], source: Path | None, rounds: int) -> str:
    """Measure all of it and return the tables."""
    with tempfile.TemporaryDirectory() as name:
        small, templates, unrelated = (Path(name) / part for part in ("small", "templates", "unrelated"))
        for folder in (small, templates, unrelated):
            folder.mkdir()
        (small / "template.yaml").write_text(_SMALL)
        put_templates(templates, source)
        put_unrelated(unrelated)
        one = compare(which, small, rounds)
        many = compare(which, templates, max(1, rounds // 3))
        own = compare(which[:1], unrelated, rounds)[which[0].name]
        whole = compare(which[:1], source, rounds)[which[0].name] if source else None
        count = len(list(templates.iterdir()))
    lines = [
        f"| | one small template, s | ratio | {count} YAML templates, s | ratio | CPU, s | ratio |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        *(_row(tool.name, one, many, which[0].name) for tool in which),
        "",
        f"{UNRELATED:,} files that are none of ours: {own.wall:.2f} s ({own.cpu:.2f} s of CPU).",
    ]
    if whole:
        lines.append(f"All of {source.name if source else ''}: {whole.wall:.2f} s ({whole.cpu:.2f} s of CPU).")
    return "\n".join(lines)


def put_templates(folder: Path, source: Path | None) -> None:
    """Copy the YAML templates of ``source``, or make some up."""
    if source:
        for path in sorted(source.rglob("*.y*ml")):
            if b"AWS::ECS::TaskDefinition" in path.read_bytes():
                shutil.copy(path, folder / path.name)
        return
    for number in range(MADE_UP):
        resources = "".join(_SMALL.removeprefix("Resources:\n").replace("Task:", f"Task{i}:") for i in range(40))
        (folder / f"{number}.yaml").write_text(f"Resources:\n{resources}")


def put_unrelated(folder: Path) -> None:
    """Make files that are none of ours, a hundred to a folder."""
    for number in range(UNRELATED):
        inner = folder / str(number // 100)
        inner.mkdir(exist_ok=True)
        (inner / f"{number}.yaml").write_text(_UNRELATED)


def _row(name: str, one: dict[str, Cost], many: dict[str, Cost], base: str) -> str:
    cells = [f"{one[name].wall:.2f}", _ratio(one[name].wall, one[base].wall)]
    cells += [f"{many[name].wall:.2f}", _ratio(many[name].wall, many[base].wall)]
    cells += [f"{many[name].cpu:.2f}", _ratio(many[name].cpu, many[base].cpu)]
    return f"| {name} | {' | '.join(cells)} |"


def _ratio(value: float, base: float) -> str:
    return f"{value / base:.0f}" if value / base >= 1.5 else ""


def _environment() -> dict[str, str]:
    # As installed: compiled once.
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.command_line", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="default: templates that are made up")
    parser.add_argument("--checkov", default=os.environ.get("CHECKOV") or shutil.which("checkov"))
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        guard = cfn_guard.command(Path(name))
        small = Path(name, "small")
        small.mkdir()
        (small / "template.yaml").write_text(_SMALL)
        print(start_up(small, guard))
        print(report(tools(arguments.checkov, guard), arguments.folder, arguments.rounds))


if __name__ == "__main__":
    main()
