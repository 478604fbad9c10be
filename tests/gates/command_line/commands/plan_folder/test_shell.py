"""The scripts of a plan, run with an AWS CLI that does nothing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects.remediation.plan import FixOptions
from tests.gates.account.plans.support import Given, described, planned, rule_target, task

from .support import FOLDER, plan_of, written


def test_the_input_with_the_new_revision_is_in_a_file_and_not_in_an_argument(tmp_path: Path) -> None:
    written(tmp_path / "plans", plan_of(rule_targets=[rule_target()]))
    script = (tmp_path / "plans" / FOLDER / "commands.sh").read_text()
    assert "umask 077" in script
    assert (
        "with_revision target-1.json\nfailures=$(aws events put-targets --cli-input-json file://target-1.json.now"
        in script
    )
    assert "rm -f target-1.json.now" in script


# An AWS CLI whose calls all succeed; the tasks and targets in the file have failed.
AWS = """\
#!/bin/sh
echo "$1 $2" >> "$CALLS"
case "$2" in
  get-caller-identity) echo 123456789012 ;;
  register-task-definition) echo arn:new ;;
  run-task | put-targets) echo "$FAILURES" ;;
esac
"""


FAILED = [
    ("[]", ["ecs run-task", "ecs run-task", *["ecs stop-task"] * 12], 0),
    ('[{"reason": "RESOURCE:ENI"}]', ["ecs run-task"], 1),
    ("null", ["ecs run-task"], 1),
]


@pytest.mark.parametrize(("failures", "calls", "status"), FAILED)
def test_old_tasks_are_stopped_only_when_all_new_ones_have_started(
    tmp_path: Path, failures: str, calls: list[str], status: int
) -> None:
    run, made = _run(tmp_path, failures, tasks=[task() for _ in range(12)])
    assert (run.returncode, made[2:]) == (status, calls)
    if status:
        assert failures in run.stderr
        assert "ECS has not started all of these tasks, so the old ones are not stopped." in run.stderr


def test_a_target_that_is_not_written_ends_the_script(tmp_path: Path) -> None:
    run, made = _run(tmp_path, '[{"ErrorCode": "x"}]', rule_targets=[rule_target()], tasks=[task()])
    assert (run.returncode, made[-1]) == (1, "events put-targets")
    assert "EventBridge has not written this target." in run.stderr


def _run(tmp_path: Path, failures: str, **given: Any) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run the commands of a plan with an AWS CLI that does nothing, and return its calls too."""
    written(tmp_path / "plans", planned(Given(described(), **given), FixOptions(run_elsewhere=True)))
    (tmp_path / "aws").write_text(AWS)
    (tmp_path / "aws").chmod(0o700)
    calls = tmp_path / "calls"
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "CALLS": str(calls), "FAILURES": failures}
    command = ["sh", str(tmp_path / "plans" / FOLDER / "commands.sh")]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return run, calls.read_text().splitlines()
