"""Modules from elsewhere, in code and in terragrunt.hcl, by source and by arguments."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecs_guard_aspects.policy.judging.judge import judge
from ecs_guard_aspects.sources.files import Files

MODULES: list[tuple[str, str, bool]] = [
    ("github.com/FitnessKeeper/tf_aws_ecs_service", "", True),
    ("USSBA/easy-fargate-service/aws", "container_definitions = []", True),
    ("aoggz/fargate-service/aws", "", True),
    ("tfr:///terraform-aws-modules/ecs/aws//modules/service?version=5", 'network_mode = "host"', True),
    ("acme/worker/aws", 'network_mode = "host"', True),
    ("acme/worker/aws", 'name = "x"', False),
    ("terraform-aws-modules/ecs/aws//modules/cluster", "", False),
    ("acme/records/aws", "", False),
    ("../modules/ecs_service", "", False),
]


@pytest.mark.parametrize(("source", "argument", "is_reported"), MODULES)
@pytest.mark.parametrize("name", ["main.tf", "terragrunt.hcl"])
def test_a_module_is_reported(tmp_path: Path, name: str, source: str, argument: str, is_reported: bool) -> None:
    block = 'module "m"' if name == "main.tf" else "terraform"
    inputs = argument if name == "main.tf" else f"}}\ninputs = {{\n  {argument}"
    (tmp_path / name).write_text(f'{block} {{\n  source = "{source}"\n  {inputs}\n}}\n')
    report = judge(Files([str(tmp_path)], tmp_path))
    assert [finding.check for finding in report.findings] == (["not-checked"] if is_reported else [])


def test_the_copies_of_terragrunt_are_skipped(tmp_path: Path) -> None:
    cache = tmp_path / ".terragrunt-cache" / "a"
    cache.mkdir(parents=True)
    (cache / "main.tf").write_text('module "m" {\n  source = "acme/ecs-service/aws"\n}\n')
    assert judge(Files([str(tmp_path)], tmp_path)).findings == ()
