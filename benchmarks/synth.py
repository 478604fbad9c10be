"""Synthesizes apps behind several gates, each sample in a process of its own, interleaved."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from . import sample

BARE = "bare"


class Row(NamedTuple):
    """One row of a table.

    Attributes:
        title: what the table calls it.
        gate: which of the gates of ``sample`` is attached.
        denied: how many task definitions of the app are denied.
        validated: whether the CDK's built-in template validation is on, as it is by default.
        rounds: how often it is measured at most.
    """

    title: str
    gate: str = BARE
    denied: int = 0
    validated: bool = False
    rounds: int = 99


@dataclass(frozen=True)
class Table:
    """Rows that are measured with one app. Each is compared with the last row before it that has no gate.

    Attributes:
        app: which of the apps of ``sample``.
        size: how large it is.
        rows: the rows.
    """

    app: str
    size: int
    rows: tuple[Row, ...]

    def base(self, row: Row) -> Row:
        """Return the row that a row is compared with."""
        before = self.rows[: self.rows.index(row) + 1]
        return next(other for other in reversed(before) if other.gate == BARE)


PROTECT = "**`EcsGuard().protect(app)`**"
LARGE = Table(
    "services",
    10_000,
    (
        Row("no gate"),
        Row("a validation plugin that does nothing", "empty-plugin"),
        Row(PROTECT, "protect"),
        Row("`protect(app)`, 10 of the 100 denied", "protect", denied=10),
        Row("cdk-nag 3, AwsSolutionsChecks", "cdk-nag"),
        Row("no gate, built-in template validation on", validated=True),
        Row(f"{PROTECT}, built-in template validation on", "protect", validated=True),
    ),
)
ASPECTS = Table(
    "services",
    2_000,
    (
        Row("no gate"),
        Row(PROTECT, "protect"),
        Row("a Python Aspect that does nothing", "empty-aspect"),
        Row("`cdk.Aspects.of(app).add(EcsGuard())`", "aspect"),
        Row("cdk-validator-cfnguard with the Control Tower rules, measured once", "cfn-guard", rounds=1),
    ),
)


def _first_roll_out(count: int, audited_and_few: bool) -> Table:
    denied = (0, count // 10, count) if audited_and_few else (count,)
    fixed = (0, count) if audited_and_few else (count,)
    return Table(
        "first-roll-out",
        count,
        (
            Row("no gate", denied=count),
            Row("cdk-nag 3, NIST80053R5Checks", "cdk-nag-nist", count),
            *(Row(f"**`protect`**, {number:,} of {count:,} denied", "protect", number) for number in denied),
            *([Row(f"`protect`, all {count:,} audited", "audit", count)] if audited_and_few else []),
            *(Row(f"`protect` with the fix, {number:,} of {count:,} fixed", "fix", number) for number in fixed),
        ),
    )


FEW, MANY = _first_roll_out(100, audited_and_few=True), _first_roll_out(1_000, audited_and_few=False)


class Cost(NamedTuple):
    """What a synth costs in seconds, and how that compares: medians over all rounds, of ratios within a round."""

    wall: float
    cpu: float
    ratio: float
    ratio_cpu: float


def measure(table: Table, rounds: int) -> Mapping[Row, Cost]:
    """Measure each row so many times, in an order that turns with every round."""
    samples: dict[Row, list[tuple[float, float]]] = defaultdict(list)
    for number in range(rounds):
        shift = number % len(table.rows)
        for row in (*table.rows[shift:], *table.rows[:shift]):
            if number < row.rounds:
                samples[row].append(_sample(table, row))
        print(f"{table.app}, {table.size:,}: round {number + 1} of {rounds} done", file=sys.stderr)
    return {row: _cost(samples[row], samples[table.base(row)]) for row in table.rows}


def _cost(own: Sequence[tuple[float, float]], base: Sequence[tuple[float, float]]) -> Cost:
    pairs = list(zip(own, base, strict=False))
    return Cost(
        wall=median(wall for wall, _ in own),
        cpu=median(cpu for _, cpu in own),
        ratio=median(wall / base_wall for (wall, _), (base_wall, _) in pairs),
        ratio_cpu=median(cpu / base_cpu for (_, cpu), (_, base_cpu) in pairs),
    )


def _sample(table: Table, row: Row) -> tuple[float, float]:
    environment = {**os.environ, "CDK_VALIDATION": "true" if row.validated else "false"}
    command = [sys.executable, "-m", sample.__name__, row.gate, table.app, str(table.size), str(row.denied)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
    answer = json.loads(done.stdout.splitlines()[-1])
    return answer["wall"], answer["cpu"]
