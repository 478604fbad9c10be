"""The table of files in docs/command-line.md: each row is true, in a folder and for a file that is named."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects.policy import Enforcement, Policy, Profile, Report, judge
from ecs_guard_aspects.sources.files import Files
from ecs_guard_aspects.sources.folders import LISTED_SUFFIXES

PAGE = Path(__file__).parents[2] / "docs" / "command-line.md"
STRICT = Policy(profile=Profile.STRICT)

API: dict[str, Any] = {"family": "x", "networkMode": "host", "containerDefinitions": [{"name": "a", "image": "x"}]}
DAEMON = {"family": "x", "pidMode": "shared", "containerDefinitions": API["containerDefinitions"]}
CONFIG = {
    "resourceType": "AWS::ECS::TaskDefinition",
    "configuration": {"NetworkMode": "host", "ContainerDefinitions": []},
}
CONFIG_TEXT = {**CONFIG, "configuration": json.dumps(CONFIG["configuration"])}
TEMPLATE = "Resources:\n  Task:\n    Type: AWS::ECS::TaskDefinition\n    Properties: {NetworkMode: host}\n"
BATCH = '{"Resources": {"Job": {"Type": "AWS::Batch::JobDefinition"}}}'
TASK = {"network_mode": "host", "container_definitions": "[]"}
HCL = 'resource "aws_ecs_task_definition" "x" {\n  network_mode = "host"\n  container_definitions = "[]"\n}\n'
HCL_BATCH = 'resource "aws_batch_job_definition" "x" {\n  name = "x"\n}\n'
IN_JSON = json.dumps({"resource": {"aws_ecs_task_definition": {"x": TASK}}})
STATE = {"address": "aws_ecs_task_definition.x", "mode": "managed", "type": "aws_ecs_task_definition", "values": TASK}
PLAN = json.dumps({"format_version": "1.0", "values": {"root_module": {"resources": [STATE]}}})
SPEC = "spec: {containerDefinitions: [{name: a}]}\n"

# The first words of a row, and files of its kind.
ROWS: dict[str, dict[str, str]] = {
    "CloudFormation and SAM": {
        "a.yaml": TEMPLATE,
        "a.template": TEMPLATE,
        "sam.yml": f"Transform: AWS::Serverless-2016-10-31\n{TEMPLATE}",
    },
    "Terraform plans": {
        "plan.json": PLAN,
        "main.tf": HCL,
        "main.tofu": HCL,
        "main.tf.json": IN_JSON,
        "main.tofu.json": IN_JSON,
    },
    "JSON or YAML of the ECS API": {
        "one.json": json.dumps(API),
        "one.yaml": "networkMode: host\ncontainerDefinitions: [{name: a}]\n",
        "list.json": json.dumps([API]),
        "map.json": json.dumps({"web": API}),
        "collection.json": json.dumps({"taskDefinitions": [API]}),
        "answer.json": json.dumps({"taskDefinition": API}),
        "daemon.json": json.dumps({"daemonTaskDefinition": DAEMON}),
        "recorded.json": json.dumps({"status_code": 200, "data": {"taskDefinition": API}}),
        "item.json": json.dumps(CONFIG),
        "text.json": json.dumps(CONFIG_TEXT),
        "items.json": json.dumps({"configurationItems": [CONFIG_TEXT]}),
        "base.json": json.dumps({"baseConfigurationItems": [CONFIG_TEXT]}),
    },
    "`Dockerrun.aws.json`": {
        "Dockerrun.aws.json": json.dumps({"AWSEBDockerrunVersion": 2, "containerDefinitions": []})
    },
    "workloads": {"a.json": BATCH, "main.tf": HCL_BATCH},
    "container groups of GameLift": {"a.json": json.dumps({"TotalCpuLimit": 1, "ContainerDefinitions": []})},
    "other JSON or YAML": {
        "ack.yaml": f"kind: TaskDefinition\n{SPEC}",
        "crossplane.yaml": f"kind: TaskDefinition\nspec: {{forProvider: {{{SPEC.strip()}}}}}\n",
        "machine.json": '{"States": {"A": {"Resource": "arn:aws:states:::aws-sdk:ecs:registerTaskDefinition"}}}',
        "document.yaml": "mainSteps: [{inputs: {Service: ecs, Api: RegisterTaskDefinition}}]\n",
        "playbook.yml": "- tasks:\n  - community.aws.ecs_taskdefinition: {family: x}\n",
        "manifest.yml": "taskdef_overrides: [{path: NetworkMode, value: host}]\n",
        "serverless.yml": "plugins:\n  - serverless-fargate\n",
        "ecs-params.yml": "version: 1\ntask_definition:\n  ecs_network_mode: host\n",
        "container.json": '{"name": "a", "image": "x", "essential": true}',
        "containers.json": '[{"name": "a", "image": "x", "portMappings": []}]',
    },
    "files that mention task definitions and end in": {f"a{suffix}": json.dumps(API) for suffix in LISTED_SUFFIXES},
    "`.hcl` files": {
        "terragrunt.hcl": 'terraform {\n  source = "tfr:///terraform-aws-modules/ecs/aws//modules/service"\n}\n',
        "main.tfcomponent.hcl": 'component "web" {\n  source = "acme/fargate-service/aws"\n}\n',
    },
    "files that mention no task definition": {"a.yaml": "a: 1\n", "a.json": "{}", "a.txt": "text"},
}


def rows() -> dict[str, tuple[str, str, str]]:
    """Return the rows of the table by the first words that the test has for them."""
    _, _, after = PAGE.read_text(encoding="utf-8").partition("| file | in a folder | if it is named |")
    lines = after.partition("\n\n")[0].strip().splitlines()[1:]
    cells = [tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in lines]
    found = {next((start for start in ROWS if row[0].startswith(start)), row[0]): row for row in cells}
    return {start: (row[0], row[1], row[2]) for start, row in found.items()}


TABLE = rows()


def is_judged(report: Report) -> bool:
    return bool(report.resources) and not report.not_read


def is_skipped(report: Report) -> bool:
    return not (report.resources or report.findings or report.not_read)


def is_unreadable(report: Report) -> bool:
    return bool(report.not_read)


def has_only(check: str, enforcement: Enforcement) -> Callable[[Report], bool]:
    return lambda report: [(f.check, f.enforcement) for f in report.findings] == [(check, enforcement)]


MEANINGS: dict[str, Callable[[Report], bool]] = {
    "judged": is_judged,
    "skipped": is_skipped,
    "cannot be read": is_unreadable,
    "listed as `not-covered`": has_only("not-covered", Enforcement.AUDIT),
    "listed as `unknown-file`": has_only("unknown-file", Enforcement.AUDIT),
    "a warning, `not-checked`": has_only("not-checked", Enforcement.WARN),
}


def meaning(cell: str) -> Callable[[Report], bool]:
    return next(test for words, test in MEANINGS.items() if cell.startswith(words))


def test_each_row_has_a_test() -> None:
    assert set(TABLE) == set(ROWS)


@pytest.mark.parametrize(("row", "name"), [(row, name) for row, files in ROWS.items() for name in files])
def test_a_row_is_true(tmp_path: Path, row: str, name: str) -> None:
    _, in_a_folder, named = TABLE[row]
    (tmp_path / name).write_text(ROWS[row][name])
    assert meaning(in_a_folder)(judge(Files([str(tmp_path)], tmp_path), STRICT))
    expected = in_a_folder if named == "the same" else named
    assert meaning(expected)(judge(Files([str(tmp_path / name)], tmp_path), STRICT))


def test_the_table_has_all_suffixes_of_files_that_are_listed() -> None:
    row = TABLE["files that mention task definitions and end in"][0]
    assert set(re.findall(r"`(\.\w+)`", row)) == set(LISTED_SUFFIXES)
