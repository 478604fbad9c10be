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


UNIT = 'unit "{0}" {{\n  source = "git::git@x.com:acme/catalog.git//{1}?ref=v1"\n  values = {{\n    {2} = 1\n  }}\n}}\n'
INPUTS = "inputs = {\n  container_definitions = []\n}\n"
OTHER_FILES: list[tuple[str, str, list[str]]] = [
    ("terragrunt.stack.hcl", UNIT.format("db", "rds", "size") + UNIT.format("web", "ecs-service", "x"), ["module.web"]),
    ("terragrunt.stack.hcl", UNIT.format("web", "units/web", "container_definitions"), ["module.web"]),
    (
        "_envcommon/web.hcl",
        f'locals {{\n  url = "git::x"\n}}\nterraform {{\n  source = "${{local.url}}?ref=v1"\n}}\n{INPUTS}',
        ["_envcommon/module.terragrunt"],
    ),
    ("main.tfcomponent.hcl", 'component "web" {\n  source = "acme/fargate-service/aws"\n}\n', ["module.web"]),
    ("terragrunt.hcl", 'terraform {\n  source = "${get_repo_root()}//modules/ecs-service"\n}\n', []),
    ("image.pkr.hcl", 'provisioner "file" {\n  source = "ecs-task.json"\n}\n', []),
]


@pytest.mark.parametrize(("name", "text", "addresses"), OTHER_FILES)
def test_modules_in_other_files_of_terragrunt(tmp_path: Path, name: str, text: str, addresses: list[str]) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text)
    report = judge(Files([str(tmp_path)], tmp_path))
    assert [(f.check, f.address) for f in report.findings] == [("not-checked", address) for address in addresses]


def test_the_copies_of_terragrunt_are_skipped(tmp_path: Path) -> None:
    cache = tmp_path / ".terragrunt-cache" / "a"
    cache.mkdir(parents=True)
    (cache / "main.tf").write_text('module "m" {\n  source = "acme/ecs-service/aws"\n}\n')
    assert judge(Files([str(tmp_path)], tmp_path)).findings == ()
