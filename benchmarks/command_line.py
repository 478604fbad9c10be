"""What ``ecs-guard`` costs: its start, and ``check`` next to cfn-guard, cfn-lint and checkov on the same templates.

The templates are made up. checkov is measured if it is on the PATH, or where the variable CHECKOV says:
python -m venv /tmp/checkov && /tmp/checkov/bin/pip install checkov && CHECKOV=/tmp/checkov/bin/checkov make bench
"""

from __future__ import annotations

import json
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
from typing import Any, NamedTuple

from . import cfn_guard
from .table import table

UNRELATED = 10_000
TEMPLATES = 110
PLANNED_TASK_DEFINITIONS = 1_300
START_ROUNDS = 15

SMALL = "Resources:\n  Task:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      NetworkMode: bridge\n"
_UNRELATED = "kind: ConfigMap\ndata:\n" + "".join(f"  key{number}: value {number}\n" for number in range(60))
_SHARED = (Path(__file__).parent / "shared.yaml").read_text(encoding="utf-8")
_SERVICE = (Path(__file__).parent / "service.yaml").read_text(encoding="utf-8")


class Tool(NamedTuple):
    """A command, and what it is called with before the files or the folder.

    Attributes:
        name: what the table calls it.
        command: the command.
        takes: what it is given: ``files`` or a ``folder``.
        is_slow: whether it takes a minute for all templates, so that it is measured once.
    """

    name: str
    command: tuple[str, ...]
    takes: str = "folder"
    is_slow: bool = False

    def line(self, folder: Path) -> list[str]:
        """Return the command line that judges the templates of a folder."""
        if self.takes == "folder":
            return [*self.command, str(folder)]
        return [*self.command, *sorted(str(path) for path in folder.iterdir())]


class Cost(NamedTuple):
    """Seconds of one run."""

    wall: float
    cpu: float


def tools(checkov: str | None, guard: tuple[str, ...] | None) -> list[Tool]:
    """Return what is compared, as far as it is installed."""
    beside = Path(sys.executable).parent
    found = [Tool("**`ecs-guard check`**", (str(beside / "ecs-guard"), "check", "--no-config"))]
    if guard:
        found.append(Tool("cfn-guard 3, two rules", guard))
    found.append(Tool("cfn-lint, all its rules", (str(beside / "cfn-lint"),), "files", is_slow=True))
    if checkov:
        line = (checkov, "--framework", "cloudformation", "--compact", "--quiet", "-d")
        found.append(Tool("checkov, all its checks", line, is_slow=True))
    return found


def start_table(rounds: int) -> str:
    """Return the CPU time that whole processes take, most of which is their start."""
    own = str(Path(sys.executable).with_name("ecs-guard"))
    with tempfile.TemporaryDirectory() as name:
        guard = cfn_guard.command(Path(name))
        small = Path(name, "template.yaml")
        small.write_text(SMALL)
        lines: dict[str, list[str]] = {
            "Python alone": [sys.executable, "-c", "pass"],
            "Python and PyYAML": [sys.executable, "-c", "import yaml"],
            "`ecs-guard --version`": [own, "--version"],
            "**`ecs-guard check`** of one small template": [own, "check", "--no-config", str(small)],
        }
        if guard:
            lines["cfn-guard 3, two rules, of the same template"] = [*guard, str(small)]
        costs = {
            title: median(measure(line, small.parent).cpu for _ in range(START_ROUNDS * rounds))
            for title, line in lines.items()
        }
    return table(["", "CPU of the process, ms"], [[title, f"{1000 * cost:.0f}"] for title, cost in costs.items()])


def files_table(rounds: int) -> str:
    """Return what each tool takes for many templates, and ``ecs-guard check`` for files that are no templates."""
    with tempfile.TemporaryDirectory() as name:
        templates, unrelated = Path(name, "templates"), Path(name, "unrelated")
        put_templates(templates)
        put_unrelated(unrelated)
        which = tools(os.environ.get("CHECKOV") or shutil.which("checkov"), cfn_guard.command(Path(name)))
        own = which[0].name
        costs = compare(which, templates, rounds)
        other = compare(which[:1], unrelated, rounds)[own]
    rows = [
        [title, f"{cost.cpu:.2f}", _ratio(cost.cpu, costs[own].cpu), f"{cost.wall:.2f}"]
        for title, cost in costs.items()
    ]
    title = f"{own}, {UNRELATED:,} YAML files without task definitions"
    rows.append([title, f"{other.cpu:.2f}", "", f"{other.wall:.2f}"])
    return table([f"{TEMPLATES} templates", "CPU, s", "ratio", "s"], rows)


def plan_table(rounds: int) -> str:
    """Return what ``ecs-guard check`` takes for a large plan of Terraform, and what reading its JSON takes."""
    own = str(Path(sys.executable).with_name("ecs-guard"))
    with tempfile.TemporaryDirectory() as name:
        plan = Path(name, "plan.json")
        put_plan(plan)
        lines = {
            "`json.loads` of Python alone": [sys.executable, "-c", f"import json; json.load(open({str(plan)!r}))"],
            "**`ecs-guard check`**": [own, "check", "--no-config", str(plan)],
        }
        costs = {title: median(measure(line, plan.parent).cpu for _ in range(rounds)) for title, line in lines.items()}
        size = plan.stat().st_size / 1_000_000
    title = f"a plan of {size:.0f} MB, {PLANNED_TASK_DEFINITIONS:,} task definitions"
    return table([title, "CPU, s"], [[title, f"{cost:.2f}"] for title, cost in costs.items()])


def compare(which: Sequence[Tool], folder: Path, rounds: int) -> dict[str, Cost]:
    """Return what each tool costs on a folder: the medians of interleaved rounds, after one that fills the caches."""
    costs: dict[str, list[Cost]] = {tool.name: [] for tool in which}
    for number in range(rounds + 1):
        for tool in which:
            if tool.is_slow and number != 1:
                continue
            cost = measure(tool.line(folder), folder)
            if number:
                costs[tool.name].append(cost)
    return {name: Cost(median(c.wall for c in all_), median(c.cpu for c in all_)) for name, all_ in costs.items()}


def measure(line: Sequence[str], cwd: Path) -> Cost:
    """Run a command once, whatever its exit code."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(line, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def put_templates(folder: Path) -> None:
    """Make templates with one to three services each."""
    folder.mkdir()
    for number in range(TEMPLATES):
        services = "".join(_SERVICE.replace("Service0", f"Service{index}") for index in range(number % 3 + 1))
        (folder / f"{number}.yaml").write_text(_SHARED + services, encoding="utf-8")


def put_plan(path: Path) -> None:
    """Make a plan: task definitions, and twenty times as many other resources."""
    containers = [
        {
            "name": name,
            "image": "nginx:1.29",
            "user": "1000",
            "environment": [{"name": f"SETTING_{number}", "value": "x" * 40} for number in range(30)],
        }
        for name in ("web", "proxy")
    ]
    task = {"family": "web", "network_mode": "awsvpc", "container_definitions": json.dumps(containers)}
    parameter = {"name": "/web/setting", "type": "String", "value": "x" * 2_000, "tags": {"team": "web"}}
    changes = [_change("aws_ecs_task_definition", number, task) for number in range(PLANNED_TASK_DEFINITIONS)]
    changes += [_change("aws_ssm_parameter", number, parameter) for number in range(20 * PLANNED_TASK_DEFINITIONS)]
    path.write_text(json.dumps({"format_version": "1.2", "resource_changes": changes}), encoding="utf-8")


def _change(kind: str, number: int, after: dict[str, Any]) -> dict[str, Any]:
    change = {"actions": ["create"], "before": None, "after": after, "after_unknown": {}, "after_sensitive": {}}
    name = f"name{number}"
    return {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name, "change": change}


def put_unrelated(folder: Path) -> None:
    """Make files without task definitions, a hundred to a folder."""
    for number in range(UNRELATED):
        inner = folder / str(number // 100)
        inner.mkdir(exist_ok=True, parents=True)
        (inner / f"{number}.yaml").write_text(_UNRELATED)


def _ratio(value: float, base: float) -> str:
    return "" if value == base else f"{value / base:.1f}"
