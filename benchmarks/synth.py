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
        largest: the largest app it is measured on.
        rounds: how often at most.
        validated: whether the CDK's built-in template validation is on, as it is by default.
    """

    key: str
    title: str
    largest: int = 50_000
    rounds: int = 99
    validated: bool = False

    @property
    def base(self) -> str:
        """The title of the gate it is compared with."""
        return VALIDATED_BARE if self.validated else "no gate"


VALIDATED_BARE = "no gate, built-in template validation on"
GATES = (
    Gate(BARE, "no gate"),
    Gate("empty-plugin", "a validation plugin that does nothing"),
    Gate("protect", "**`EcsGuard().protect(app)`**"),
    Gate("protect-denied", "`protect(app)`, 10 of the 100 denied", largest=10_000),
    Gate("cdk-nag", "cdk-nag 3, AwsSolutionsChecks"),
    Gate("empty-aspect", "a Python Aspect that does nothing"),
    Gate("aspect", "`Aspects.of(app).add(EcsGuard())`"),
    Gate(CFN_GUARD, "cfn-guard validator plugin", largest=10_000, rounds=1),
    Gate(BARE, VALIDATED_BARE, largest=10_000, rounds=3, validated=True),
    Gate("protect", "`protect(app)`, built-in template validation on", largest=10_000, rounds=3, validated=True),
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
                if number < gate.rounds and constructs <= gate.largest and (gate.key != CFN_GUARD or self.cfn_guard):
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
        command = [sys.executable, "-m", sample.__name__, gate.key, str(constructs)]
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
