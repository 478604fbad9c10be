"""The measurements as Markdown."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version

from .hook import HookCost
from .synth import BARE, CFN_GUARD, GATES, Gate, Synths

NOT_AVAILABLE = "not available"


def synth_table(synths: Synths, constructs: int) -> str:
    """Return what every gate adds to the synth of one size of app."""
    rows = []
    for gate in GATES:
        cost = synths.cost(constructs, gate)
        if cost is None:
            missing = gate.key == CFN_GUARD and not synths.cfn_guard
            if missing or gate.is_for(constructs):
                rows.append([gate.title, NOT_AVAILABLE, "", "", "", ""])
        elif gate.key == BARE:
            rows.append([gate.title, _ms(cost.total), "", "", "", ""])
        else:
            added = [_signed(cost.added), f"{cost.ratio:.2f}", _signed(cost.added_cpu), f"{cost.ratio_cpu:.2f}"]
            rows.append([gate.title, _ms(cost.total), *added])
    return _table(["", "synth, ms", "added, ms", "ratio", "added CPU, ms", "ratio of CPU"], rows)


def growth_table(synths: Synths, gates: Sequence[Gate], sizes: Sequence[int]) -> str:
    """Return the CPU time that gates add, by the size of the app."""
    rows = []
    for gate in gates:
        costs = [synths.cost(size, gate) for size in sizes]
        rows.append([gate.title, *(_signed(cost.added_cpu) if cost else "" for cost in costs)])
    return _table(["added CPU, ms", *(f"{size:,} constructs" for size in sizes)], rows)


def findings_table(seconds: Mapping[str, float]) -> str:
    """Return what a synth takes, by what is denied."""
    return _table(["", "synth, ms"], [[title, _ms(value)] for title, value in seconds.items()])


def core_table(rates: dict[str, float]) -> str:
    """Return how fast the core judges."""
    return _table(
        ["one task definition", "evaluations/s", "ms each"],
        [[name, f"{_rounded(rate):,}", f"{1000 / rate:.3f}"] for name, rate in rates.items()],
    )


def memory_table(held: list[float], evaluations: int) -> str:
    """Return what Python holds more than at the start."""
    step = evaluations // len(held)
    counts = [f"{step * (index + 1):,}" for index in range(len(held))]
    return _table(["after evaluations", *counts], [["held, KiB", *(f"{kib:+.1f}" for kib in held)]])


def imports_table(times: dict[str, tuple[float, float]]) -> str:
    """Return how long the imports take."""
    return _table(["", "ms", "CPU, ms"], [[name, f"{wall:.0f}", f"{cpu:.0f}"] for name, (wall, cpu) in times.items()])


def hook_table(cost: HookCost) -> str:
    """Return what the gate at deployment costs."""
    rows = [
        ["the bundle, compressed", f"{_rounded(cost.size / 1000)} KB"],
        ["import in a new process, CPU", f"{cost.cold_import:.0f} ms"],
        ["one judgement with three findings, CPU", f"{cost.judgement:.2f} ms"],
    ]
    return _table(["", ""], rows)


def machine() -> str:
    """Return, as a sentence, what it was measured on."""
    packages = ("aws-cdk-lib", "constructs", "jsii", "cdk-nag")
    versions = ", ".join(f"{package} {_version(package)}" for package in packages)
    computer = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    return f"{computer}, Python {platform.python_version()}, {versions}."


def command() -> str:
    """Return the command that runs this again."""
    arguments = " ".join(sys.argv[1:])
    return f'make bench ARGS="{arguments}"' if arguments else "make bench"


def _signed(seconds: float) -> str:
    return f"{'-' if seconds < 0 else '+'}{_ms(abs(seconds))}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] + ["---:"] * (len(header) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _ms(seconds: float) -> str:
    return f"{_rounded(1000 * seconds):,}"


def _rounded(number: float) -> int:
    """Return a number with the two or three digits that the noise leaves."""
    digits = max(0, len(str(abs(round(number)))) - 3)
    return round(round(number / 10**digits) * 10**digits)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return NOT_AVAILABLE
