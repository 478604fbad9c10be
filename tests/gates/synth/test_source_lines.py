"""The line of code that made a task definition, as the CDK records it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

APP = """
import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from ecs_guard_aspects import EcsGuard
app = cdk.App(context={"@aws-cdk/core:failSynthOnValidationErrors": False})
stack = cdk.Stack(app, "Stack")
ecs.Ec2TaskDefinition(stack, "Td")  # line 7
guard = EcsGuard().protect(app)
app.synth()
print([(finding.file, finding.line) for finding in guard.findings])
"""


@pytest.mark.parametrize(("traces", "expected"), [("1", "[('app.py', 7)]"), ("", "[('Stack.template.json', None)]")])
def test_through_the_cdk(tmp_path: Path, traces: str, expected: str) -> None:
    (tmp_path / "app.py").write_text(APP)
    root = Path(__file__).parents[3]
    env = {**os.environ, "PYTHONPATH": str(root), "CDK_VALIDATION": "false", "JSII_HOST_STACK_TRACES": traces}
    line = [sys.executable, "app.py"]
    done = subprocess.run(line, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == expected


STAGE = """
import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from ecs_guard_aspects import EcsGuard
app = cdk.App(context={"@aws-cdk/core:failSynthOnValidationErrors": False}, outdir="cdk.out")
stack = cdk.Stack(cdk.Stage(app, "Prod"), "Stack")
ecs.Ec2TaskDefinition(stack, "Td")  # line 7
cdk.Aspects.of(app).add(EcsGuard())
app.synth()
"""


def test_in_a_stage_the_report_says_it(tmp_path: Path) -> None:
    """The CDK shows no line for what is reported without a path, as in a Stage."""
    (tmp_path / "app.py").write_text(STAGE)
    root = Path(__file__).parents[3]
    env = {**os.environ, "PYTHONPATH": str(root), "CDK_VALIDATION": "false", "JSII_HOST_STACK_TRACES": "1"}
    subprocess.run([sys.executable, "app.py"], cwd=tmp_path, env=env, capture_output=True, timeout=60, check=True)
    assert "Made at app.py:7." in (tmp_path / "cdk.out/validation-report.json").read_text()
