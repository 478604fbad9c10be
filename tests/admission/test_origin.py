"""Where in the Python code a task definition was made."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from ecs_guard_aspects.admission.origin import made_at


@dataclass
class Made:
    """Stands for a construct: only its creation stack is read."""

    creation_stack: list[str]


SITE = os.path.dirname(os.path.dirname(pytest.__file__))
HERE = os.path.abspath(__file__)


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        ([], None),
        (["node internals"], None),
        ([f"visit ({HERE}:7)"], f"{os.path.relpath(HERE)}:7"),
        ([f"inner ({SITE}/aws_cdk/aws_ecs/__init__.py:9)", f"  __init__ ({HERE}:8)  "], f"{os.path.relpath(HERE)}:8"),
        ([f"a ({os.path.dirname(os.__file__)}/json/decoder.py:3)", "b (/elsewhere/app.py:4)"], "/elsewhere/app.py:4"),
        (["new Thing (/x/lib.js:3:4)", "...aws-cdk-lib...", "b (app.py)"], None),
        (["<module> (/a b/my app.py:12)"], "/a b/my app.py:12"),
    ],
)
def test_the_innermost_frame_of_ones_own_code(frames: list[str], expected: str | None) -> None:
    assert made_at(Made(frames)) == expected  # type: ignore[arg-type]


APP = """
import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from ecs_guard_aspects import EcsGuard
app = cdk.App(context={"@aws-cdk/core:failSynthOnValidationErrors": False})
stack = cdk.Stack(app, "Stack")
ecs.Ec2TaskDefinition(stack, "Td")  # line 7
guard = EcsGuard().protect(app)
app.synth()
print([finding.source for finding in guard.findings])
"""


@pytest.mark.reads_reports
@pytest.mark.parametrize(("traces", "expected"), [("1", "['app.py:7']"), ("", "[None]")])
def test_through_the_cdk(tmp_path: Path, traces: str, expected: str) -> None:
    (tmp_path / "app.py").write_text(APP)
    root = Path(__file__).parents[2]
    env = {**os.environ, "PYTHONPATH": str(root), "CDK_VALIDATION": "false", "JSII_HOST_STACK_TRACES": traces}
    line = [sys.executable, "app.py"]
    done = subprocess.run(line, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == expected
