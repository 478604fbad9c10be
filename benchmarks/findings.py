"""What a finding costs: an app that meets the gate for the first time, with none to all of its task definitions denied.

400 resources and 100 or 1,000 L2 task definitions, two findings for each that is denied. Each sample runs in a process
of its own: python -m benchmarks.findings GATE TASK_DEFINITIONS DENIED
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_sns as sns

OTHERS = 400
PER_STACK = 50
FEW, MANY = 100, 1_000


class Row(NamedTuple):
    """One row of the table: a gate, and how many of how many task definitions are denied."""

    title: str
    gate: str
    task_definitions: int
    denied: int


ROWS = (
    Row("no gate", "bare", FEW, FEW),
    Row("cdk-nag 3, NIST80053R5Checks", "cdk-nag", FEW, FEW),
    *(Row(f"**`protect`**, {denied} of 100 denied", "protect", FEW, denied) for denied in (0, 10, FEW)),
    Row("`protect`, all 100 audited", "audit", FEW, FEW),
    *(Row(f"`protect` with the fix, {denied} of 100 fixed", "fix", FEW, denied) for denied in (0, FEW)),
    Row("no gate, 1,000 task definitions", "bare", MANY, MANY),
    Row("cdk-nag 3, NIST80053R5Checks, 1,000", "cdk-nag", MANY, MANY),
    Row("**`protect`**, all 1,000 denied", "protect", MANY, MANY),
    Row("`protect`, all 1,000 audited", "audit", MANY, MANY),
    Row("`protect` with the fix, all 1,000 fixed", "fix", MANY, MANY),
)


def first_roll_out(app: cdk.App, task_definitions: int, denied: int) -> None:
    """Fill an app with L2 task definitions, the first of them in host mode and run by root, and other resources."""
    stacks = [cdk.Stack(app, f"Stack{number}") for number in range(task_definitions // PER_STACK)]
    for number in range(task_definitions):
        is_denied = number < denied
        mode = ecs.NetworkMode.HOST if is_denied else ecs.NetworkMode.AWS_VPC
        task = ecs.TaskDefinition(
            stacks[number // PER_STACK], f"Task{number}", compatibility=ecs.Compatibility.EC2, network_mode=mode
        )
        image = ecs.ContainerImage.from_registry("nginx:1.29")
        task.add_container("web", image=image, memory_limit_mib=256, user=None if is_denied else "1000:1000")
    for number in range(OTHERS):
        sns.CfnTopic(stacks[number % len(stacks)], f"Topic{number}")


def measure(rounds: int) -> dict[str, float]:
    """Return the seconds of ``app.synth()`` for each row: medians over interleaved rounds."""
    samples: dict[str, list[float]] = {row.title: [] for row in ROWS}
    for _ in range(rounds):
        for row in ROWS:
            samples[row.title].append(_sample(row))
    return {title: median(seconds) for title, seconds in samples.items()}


def _sample(row: Row) -> float:
    command = [sys.executable, "-m", "benchmarks.findings", row.gate, str(row.task_definitions), str(row.denied)]
    environment = {**os.environ, "CDK_VALIDATION": "false"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return float(json.loads(done.stdout.splitlines()[-1]))


def attach(gate: str) -> Callable[[cdk.App], Any]:
    """Return what adds a gate to an app."""
    if gate == "bare":
        return lambda app: None
    if gate == "cdk-nag":
        from cdk_nag import NIST80053R5Checks

        return lambda app: cdk.Validations.of(app).add_plugins(NIST80053R5Checks(app))
    from ecs_guard_aspects import EcsGuard, EcsGuardFix, Enforcement, Policy

    if gate == "fix":
        fix = EcsGuardFix(run_elsewhere=True, may_change_addresses=True)  # nothing in the app runs them
        return lambda app: EcsGuard().protect(app, fix=fix)
    checks = [check.id for check in Policy().enforced_checks] if gate == "audit" else []
    return EcsGuard(Policy(enforcement=dict.fromkeys(checks, Enforcement.AUDIT))).protect


def main(arguments: Sequence[str]) -> None:
    """Print the seconds of one ``app.synth()``."""
    gate, task_definitions, denied = arguments[0], int(arguments[1]), int(arguments[2])
    add = attach(gate)
    with tempfile.TemporaryDirectory() as outdir:
        # As the CDK CLI runs it: what is denied fails the CLI, not the app.
        context = {"@aws-cdk/core:failSynthOnValidationErrors": False}
        app = cdk.App(outdir=str(Path(outdir)), context=context, analytics_reporting=False)
        first_roll_out(app, task_definitions, denied)
        start = time.perf_counter()
        add(app)
        app.synth()
        print(json.dumps(time.perf_counter() - start))


if __name__ == "__main__":
    main(sys.argv[1:])
