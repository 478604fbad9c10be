"""The policy works without the CDK: in a Lambda function, a linter, a notebook."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

# -I -S: no site-packages at all, so that whatever is not of the standard library cannot be found. The finder makes
# sure of it, and names who asked.
PROGRAM = """
import sys
sys.path.insert(0, {root!r})

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {{"aws_cdk", "jsii", "constructs", "boto3", "botocore"}}:
            raise ModuleNotFoundError(f"{{name}} is blocked", name=name)

sys.meta_path.insert(0, Blocked())
{program}
import json
tops = {{name.partition(".")[0] for name in sys.modules}} - {{"__main__", "ecs_guard_aspects"}}
print(json.dumps({{"result": result, "foreign": sorted(tops - set(sys.stdlib_module_names))}}))
"""


def run(program: str) -> Any:
    code = PROGRAM.format(root=str(ROOT), program=program)
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


EVALUATE = """
template = {"Resources": {"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"NetworkMode": "bridge"}}}}
result = [(finding.check, finding.enforcement.value) for finding in evaluate_template(template)]
"""


def test_the_policy_judges_templates_without_the_cdk() -> None:
    answer = run(f"from ecs_guard_aspects.policy import evaluate_template\n{EVALUATE}")
    assert answer == {"result": [["awsvpc-network-mode", "deny"]], "foreign": []}


def test_every_module_of_the_policy_is_plain_python() -> None:
    modules = sorted(
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in (ROOT / "ecs_guard_aspects" / "policy").rglob("*.py")
    )
    assert len(modules) > 15
    answer = run(f"import importlib\nresult = [importlib.import_module(name).__name__ for name in {modules!r}]")
    assert answer["foreign"] == []


@pytest.mark.parametrize("name", ["Policy", "Profile", "Enforcement", "Exemption", "Finding", "Verdict", "Severity"])
def test_the_public_names_of_the_policy_are_the_same_objects_at_the_top(name: str) -> None:
    program = f"""
import ecs_guard_aspects, ecs_guard_aspects.policy
result = getattr(ecs_guard_aspects, {name!r}) is getattr(ecs_guard_aspects.policy, {name!r})
"""
    assert run(program)["result"] is True
