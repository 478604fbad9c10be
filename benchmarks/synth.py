"""Synthesizes apps of several sizes behind several gates, each sample in a process of its own, interleaved."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from . import sample

BARE = "bare"
CFN_GUARD = "cfn-guard"
_CFN_GUARD_PACKAGE = "cdklabs.cdk-validator-cfnguard"


@dataclass(frozen=True)
class Gate:
    """One row of the table.

    Attributes:
        key: what ``sample`` calls it.
        title: what the table calls it.
        smallest: the smallest app it is measured on.
        largest: the largest.
        rounds: how often at most.
        base: the title of the row it is compared with.
        app: which of the apps of ``sample`` it is attached to.
        validated: whether the CDK's built-in template validation is on, as it is by default.
    """

    key: str
    title: str
    smallest: int = 1_000
    largest: int = 50_000
    rounds: int = 99
    base: str = "no gate"
    app: str = "services"
    validated: bool = False

    def is_for(self, constructs: int) -> bool:
        """Return whether it is measured on an app of this size."""
        return self.smallest <= constructs <= self.largest


_VALIDATED = "no gate, built-in template validation on"
_RESOURCES = "no gate, an app of nothing but L1 resources"
_ONE_SIZE: Final = {"smallest": 10_000, "largest": 10_000}
GATES = (
    Gate(BARE, "no gate"),
    Gate("empty-plugin", "a validation plugin that does nothing"),
    Gate("protect", "**`EcsGuard().protect(app)`**"),
    Gate("protect-denied", "`protect(app)`, 10 of the 100 denied", largest=10_000, rounds=5),
    Gate("cdk-nag", "cdk-nag 3, AwsSolutionsChecks", rounds=5),
    Gate("empty-aspect", "a Python Aspect that does nothing", largest=10_000, rounds=3),
    Gate("aspect", "`Aspects.of(app).add(EcsGuard())`", largest=10_000, rounds=3),
    Gate(CFN_GUARD, "cfn-guard validator plugin", **_ONE_SIZE, rounds=1),
    Gate(BARE, _VALIDATED, **_ONE_SIZE, rounds=5, validated=True),
    Gate("protect", "`protect(app)`, validation on", **_ONE_SIZE, rounds=5, base=_VALIDATED, validated=True),
    Gate(BARE, _RESOURCES, **_ONE_SIZE, app="bare-resources"),
    Gate(
        "empty-plugin", "the plugin that does nothing, L1 resources", **_ONE_SIZE, base=_RESOURCES, app="bare-resources"
    ),
    Gate("protect", "`protect(app)`, L1 resources", **_ONE_SIZE, base=_RESOURCES, app="bare-resources"),
)


@dataclass(frozen=True)
class Cost:
    """What a gate adds to a synth: medians over all rounds, of differences and ratios within a round."""

    total: float
    added: float
    ratio: float
    added_cpu: float
    ratio_cpu: float


class Synths:
    """All samples, by size and gate."""

    def __init__(self) -> None:
        self._samples: dict[tuple[int, str], list[tuple[float, float]]] = defaultdict(list)
        self._libraries = tempfile.TemporaryDirectory()
        self.cfn_guard = self._install(_CFN_GUARD_PACKAGE)

    def run(self, constructs: int, rounds: int) -> None:
        """Sample every gate so many times, in an order that turns with every round."""
        for number in range(rounds):
            shift = number % len(GATES)
            for gate in (*GATES[shift:], *GATES[:shift]):
                if number < gate.rounds and gate.is_for(constructs) and (gate.key != CFN_GUARD or self.cfn_guard):
                    self._samples[constructs, gate.title].append(self._sample(gate, constructs))
            print(f"{constructs:,} constructs: round {number + 1} of {rounds} done", file=sys.stderr)

    def cost(self, constructs: int, gate: Gate) -> Cost | None:
        """Return what a gate adds to the synth of an app of this size, None if that was not measured."""
        pairs = list(zip(self._samples[constructs, gate.title], self._samples[constructs, gate.base], strict=False))
        if not pairs:
            return None
        return Cost(
            total=median(wall for (wall, _), _ in pairs),
            added=median(wall - base for (wall, _), (base, _) in pairs),
            ratio=median(wall / base for (wall, _), (base, _) in pairs),
            added_cpu=median(cpu - base for (_, cpu), (_, base) in pairs),
            ratio_cpu=median(cpu / base for (_, cpu), (_, base) in pairs),
        )

    def _sample(self, gate: Gate, constructs: int) -> tuple[float, float]:
        environment = {
            **os.environ,
            "CDK_VALIDATION": "true" if gate.validated else "false",
            "PYTHONPATH": self._libraries.name if gate.key == CFN_GUARD else "",
        }
        command = [sys.executable, "-m", sample.__name__, gate.key, gate.app, str(constructs)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
        answer = json.loads(done.stdout.splitlines()[-1])
        return answer["wall"], answer["cpu"]

    def _install(self, package: str) -> bool:
        """Install a peer for this run alone; return whether it could be."""
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        done = subprocess.run([*pip, "--target", self._libraries.name, package], capture_output=True, check=False)
        return done.returncode == 0 and any(Path(self._libraries.name).iterdir())
