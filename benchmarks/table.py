"""The measurements as Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version

from .hook import HookCost
from .synth import BARE, Cost, Row


def synth_table(costs: Mapping[Row, Cost]) -> str:
    """Return what a synth costs with each gate."""
    rows = []
    for row, cost in costs.items():
        ratios = ("", "") if row.gate == BARE else (f"{cost.ratio:.2f}", f"{cost.ratio_cpu:.2f}")
        rows.append([row.title, _ms(cost.wall), ratios[0], _ms(cost.cpu), ratios[1]])
    return table(["", "synth, ms", "ratio", "CPU, ms", "ratio of CPU"], rows)


def core_table(rates: Mapping[str, float]) -> str:
    """Return how fast the core judges."""
    return table(
        ["one task definition", "judged in a second", "ms each"],
        [[name, f"{_rounded(rate):,}", f"{1000 / rate:.3f}"] for name, rate in rates.items()],
    )


def imports_table(times: Mapping[str, tuple[float, float]]) -> str:
    """Return how long the imports take."""
    return table(["", "ms", "CPU, ms"], [[name, f"{wall:.0f}", f"{cpu:.0f}"] for name, (wall, cpu) in times.items()])


def hook_table(cost: HookCost) -> str:
    """Return what the gate at deployment costs."""
    rows = [
        ["the bundle, compressed", f"{_rounded(cost.size / 1000)} KB"],
        ["import in a new process without compiled modules, CPU", f"{cost.cold_import:.0f} ms"],
        ["one judgement with three findings, CPU", f"{cost.judgement:.2f} ms"],
    ]
    return table(["", ""], rows)


def machine(rounds: int) -> str:
    """Return, as a sentence, what it was measured on."""
    packages = ("aws-cdk-lib", "jsii", "cdk-nag", "cfn-lint")
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    computer = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    times = f"medians of {rounds} rounds" if rounds > 1 else "one round"
    return f"Measured on {computer}, with Python {platform.python_version()}, {versions}; {times}."


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose first column is text and whose others are numbers."""
    lines = [header, ["---"] + ["---:"] * (len(header) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _ms(seconds: float) -> str:
    return f"{_rounded(1000 * seconds):,}"


def _rounded(number: float) -> int:
    """Return a number with the two or three digits that the noise leaves."""
    unit: int = 10 ** max(0, len(str(abs(round(number)))) - 3)
    return round(number / unit) * unit
