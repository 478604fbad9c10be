"""Code of Terraform: what is judged as written, what only the plan has, and its place."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects.policy import Policy, judge
from ecs_guard_aspects.sources.files import Files

from .support import DEFAULT, block, found, judged, modes, said
from .test_hcl import FINE, OPEN, ROOT


# Code; what is said beside verdicts.
def module(source: str, arguments: str = "") -> str:
    return f'module "m" {{\n  source = "{source}"\n  {arguments}\n}}\n'


MODULES = [
    (module("terraform-aws-modules/ecs/aws//modules/service"), True),
    (module("terraform-aws-modules/ecs/aws", "services = {}"), True),
    (module("git::https://x/terraform-aws-ecs.git", "container_definitions = []"), True),
    (module("cloudposse/ecs-alb-service-task/aws"), True),
    (module("cn-terraform/ecs-fargate/aws"), True),
    (module("terraform-aws-modules/ecs/aws//modules/service", "count = 0"), False),
    (module("terraform-aws-modules/ecs/aws//modules/cluster"), False),
    (module("terraform-aws-modules/ecs/aws"), False),
    (module("cloudposse/ecs-container-definition/aws", 'container_name = "x"'), False),
    (module("./modules/ecs-service"), False),
    (module("terraform-aws-modules/vpc/aws"), False),
]


@pytest.mark.parametrize(("code", "is_said"), MODULES)
def test_a_module_from_elsewhere(tmp_path: Path, code: str, is_said: bool) -> None:
    (tmp_path / "main.tf").write_text(code)
    findings = judge(Files([str(tmp_path)], tmp_path)).findings
    assert [finding.check for finding in findings] == ["not-checked"] * is_said
    assert [finding.address for finding in findings] == ["module.m"] * is_said


def test_an_override_is_not_put_together(tmp_path: Path) -> None:
    report = judged(tmp_path, block("cpu = 1"), "main_override.tf", DEFAULT)
    assert said(report) == ["not-checked: This block overrides parts of aws_ecs_task_definition.web."]


def test_code_without_task_definitions_is_not_parsed(tmp_path: Path) -> None:
    report = judged(tmp_path, 'resource "aws_sqs_queue" {{{', "main.tf")
    assert not report.findings
    assert not report.not_read


def test_a_type_in_json_with_escapes(tmp_path: Path) -> None:
    text = '{"resource": {"aws_ecs_task_definiti\\u006fn": {"web": {"container_definitions": "[]"}}}}'
    (tmp_path / "main.tf.json").write_text(text)
    assert [f.check for f in judge(Files([str(tmp_path)], tmp_path)).findings] == ["awsvpc-network-mode"]


# Code in JSON; what is found.
IN_JSON: list[tuple[Any, list[str]]] = [
    ({"network_mode": "host"}, ["violation awsvpc"]),
    ([{"network_mode": "awsvpc"}], []),
    ({"network_mode": "${var.mode}"}, ["unresolved awsvpc"]),
    ({"network_mode": '${lookup(var.x, "a")}'}, ["unresolved awsvpc"]),
    ({"count": 0}, []),
    ({"network_mode": "host", "container_definitions": '[{"name": "app"}]'}, ["violation awsvpc", *ROOT]),
    ({"network_mode": "host", "container_definitions": '[{"name": "app", "user": "${var.user}"}]'},
     ["violation awsvpc", *OPEN]),
    ({"network_mode": "host", "container_definitions": '${jsonencode([{"name" = "app"}])}'},
     ["violation awsvpc", *ROOT]),
    ({"network_mode": "awsvpc", "dynamic": {"runtime_platform": {}}}, []),
]  # fmt: skip


@pytest.mark.parametrize(("values", "expected"), IN_JSON)
@pytest.mark.parametrize("as_list", [False, True])
def test_code_in_json(tmp_path: Path, values: Any, expected: list[str], as_list: bool) -> None:
    blocks: Any = {"aws_ecs_task_definition": {"web": values}}
    report = judged(tmp_path, {"//": "x", "resource": [blocks] if as_list else blocks}, "infra/main.tf.json", DEFAULT)
    assert found(report) == expected
    assert {finding.address for finding in report.findings} <= {"infra/aws_ecs_task_definition.web"}


# The template of a stack, in HCL and in JSON, and whether the stack is listed.
TEMPLATES = [
    ('template_body = "Type: AWS::ECS::TaskDefinition"', {"template_body": "Type: AWS::ECS::TaskDefinition"}, True),
    ('template_body = <<T\n{T: {Type: AWS::ECS::TaskDefinition}}\nT', {"template_body": "${file(\"t.yaml\")}"}, True),
    ('template_body = jsonencode({ T = { Type = "AWS::ECS::TaskDefinition" } })', {"template_body": "${var.t}"}, True),
    ('template_url = "https://x/t.yaml"', {"template_url": "https://x/t.yaml"}, True),
    ("template_body = var.t\ncount = 0", {"template_body": "${var.t}", "count": 0}, False),
    ('template_body = "T: {Type: AWS::S3::Bucket}"', {"template_body": "T: {Type: AWS::S3::Bucket}"}, False),
]  # fmt: skip


@pytest.mark.parametrize("kind", ["aws_cloudformation_stack", "awscc_cloudformation_stack_set"])
@pytest.mark.parametrize(("hcl", "in_json", "is_listed"), TEMPLATES)
def test_a_stack_is_listed_if_its_template_may_define_tasks(
    tmp_path: Path, kind: str, hcl: str, in_json: dict[str, Any], is_listed: bool
) -> None:
    (tmp_path / "main.tf").write_text(f'resource "{kind}" "a" {{\n{hcl}\n}}\n')
    (tmp_path / "main.tf.json").write_text(json.dumps({"resource": {kind: {"b": in_json}}}))
    report = judge(Files([str(tmp_path)], tmp_path, ignore_unknown=True))
    assert {f.address: f.check for f in report.findings} == (
        {f"{kind}.a": "not-checked", f"{kind}.b": "not-checked"} if is_listed else {}
    )


BAD, GOOD = '{"bad": {"network_mode": "host"}}', '{"good": {"network_mode": "awsvpc"}}'
# Code in JSON with a repeated key; the key that is named, None if it hides nothing.
REPEATED = [
    (f'{{"resource": {{"aws_ecs_task_definition": {BAD},\n"aws_ecs_task_definition": {GOOD}}}}}',
     "resource/aws_ecs_task_definition"),
    (f'{{"resource": [{{"aws_ecs_task_definition": {BAD},\n"aws_ecs_task_definition": {GOOD}}}]}}',
     "resource/aws_ecs_task_definition"),
    (f'{{"resource": {{"aws_ecs_task_definition": {BAD}}},\n"resource": {{"aws_ecs_task_definition": {GOOD}}}}}',
     "resource"),
    ('{"resource": {"aws_ecs_task_definition": {"a": {"network_mode": "host",\n"network_mode": "awsvpc"}}}}',
     "resource/aws_ecs_task_definition/a/network_mode"),
    ('{"module": {"a": {"source": "x/ecs-fargate/aws"}},\n"module": {}}', "module"),
    (f'{{"//": 1,\n"//": 2, "resource": {{"aws_ecs_task_definition": {GOOD}}}}}', None),
    (f'{{"resource": {{"aws_sqs_queue": {{"a": 1,\n"a": 1}}, "aws_ecs_task_definition": {GOOD}}}}}', None),
    (f'{{"0": 1,\n"0": 2, "resource": {{"aws_ecs_task_definition": {GOOD}}}}}', None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "key"), REPEATED, ids=range(len(REPEATED)))
def test_a_repeated_key_in_json_hides_no_block(tmp_path: Path, text: str, key: str | None) -> None:
    report = judged(tmp_path, text, "main.tf.json", DEFAULT)
    problem = (
        f"main.tf.json cannot be read: the key {key} is repeated, in line 1 and in line 2, and Terraform reads both."
    )
    assert [entry.reason for entry in report.not_read] == [problem] * (key is not None)
    assert [finding.is_denied for finding in report.findings] == [True] * (key is not None)


# Templates as they are after the escapes of JSON; what is found in host mode.
TEMPLATES_IN_JSON = [
    ('${jsonencode([{"name" = "app", "image" = "nginx", "user" = "0"}])}', ROOT),
    ('${jsonencode([{"name" = "app", "image" = aws_ecr_repository.r.repository_url, "user" = "1000"}])}', FINE),
    ('${jsonencode([{"name" = "app", "image" = "${aws_ecr_repository.r.repository_url}:1"}])}', ROOT),
    ('${jsonencode([{"name" = "app", "user" = var.user}])}', OPEN),
    ('${jsonencode([{"name" = "app", "user" = "${var.user}"}])}', OPEN),
    ('${jsonencode([{"name" = "app", "user" = lookup(var.users, "app")}])}', OPEN),
    ('${jsonencode([{"name" = "app", "privileged" = true, "user" = "1000"}])}', ROOT),
    ('${ jsonencode(\n  [{ name : "app", user : 1000 }] # numbers\n) }', FINE),
    (r'${jsonencode([{"name" = "app", "user" = "1000", "command" = ["-c", "echo \"a\\b\" }]\n\"user\" = 0"]}])}', FINE),
    (r'${jsonencode([{"name" = "app", "command" = ["\", \"user\" = \"1000"]}])}', ROOT),
    ('${jsonencode([{"name" = "app", "user" = "1000", "command" = ["$${HOME}", "%%{x}"]}])}', FINE),
    ('${jsonencode([{"name" = "app", "dockerLabels" = {"é\ud800" = "日本"}}])}', ROOT),
    ("${jsonencode([local.app])}", ["unresolved host"]),
    ("${jsonencode(concat([], var.more))}", ["unresolved host"]),
    ('${file("app.json")}', ["unresolved host"]),
    ('${jsonencode([{"name" = "app", "user" = "1000"}]}', ["unresolved host"]),
    ('${jsonencode([{"name" = "app", "user" = "1000"}])', ["unresolved host"]),
    ('${jsonencode([{"name" = "app", "user" = "1000"}])}${var.more}', ["unresolved host"]),
    (' ${jsonencode([{"name" = "app", "user" = "1000"}])}', ["unresolved host"]),
    ('${jsonencode([{"name" = "app", "user" = "1000"}])}" # "}', ["unresolved host"]),
    ('${jsonencode([{"name" = "app", "user" = "1000"}])}"\nother = "${var.x}', ["unresolved host"]),
    ('%{ if var.x }${jsonencode([{"name" = "app", "user" = "1000"}])}%{ endif }', ["unresolved host"]),
    (f"${{jsonencode({'[' * 3000}{']' * 3000})}}", ["unresolved host"]),
]  # fmt: skip


@pytest.mark.parametrize(("template", "expected"), TEMPLATES_IN_JSON, ids=range(len(TEMPLATES_IN_JSON)))
def test_a_template_in_json_is_judged_as_in_hcl(tmp_path: Path, template: str, expected: list[str]) -> None:
    values = {"network_mode": "host", "container_definitions": template}
    report = judged(tmp_path, {"resource": {"aws_ecs_task_definition": {"web": values}}}, "cdk.tf.json", DEFAULT)
    assert found(report) == ["violation awsvpc", *expected]
    assert not report.not_read


def test_a_template_in_json_is_admitted_with_awsvpc(tmp_path: Path) -> None:
    values = {"network_mode": "awsvpc", "container_definitions": '${jsonencode([{"name" = "app"}])}'}
    report = judged(tmp_path, {"resource": {"aws_ecs_task_definition": {"web": values}}}, "cdk.tf.json", DEFAULT)
    assert found(report) == []


def test_a_template_in_json_is_unresolved_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tree_sitter_hcl", None)
    values = {"network_mode": "host", "container_definitions": '${jsonencode([{"name" = "app"}])}'}
    report = judged(tmp_path, {"resource": {"aws_ecs_task_definition": {"web": values}}}, "cdk.tf.json", DEFAULT)
    assert found(report) == ["violation awsvpc", "unresolved host"]
    assert not report.not_read


# Constant templates: what is written in JSON, and the mode that it is; None if it has to be evaluated.
CONSTANTS: list[tuple[str, str | None]] = [
    ('${"awsvpc"}', "awsvpc"),
    ('aws${"vpc"}', "awsvpc"),
    ('${"aws"}${"vpc"}', "awsvpc"),
    ('${"host"}', "host"),
    ('${true ? "awsvpc" : "host"}', None),
    ("%{if true}awsvpc%{endif}", None),
    ('aws${"vpc"}${var.x}', None),
    ('aws${"vpc"}\\', None),
    ('awsvpc" ${"', None),
]


@pytest.mark.parametrize(("template", "mode"), CONSTANTS)
def test_a_constant_template_is_its_text(tmp_path: Path, template: str, mode: str | None) -> None:
    definition = {"network_mode": template, "container_definitions": "[]"}
    code = {"resource": {"aws_ecs_task_definition": {"web": definition}}}
    report = judged(tmp_path, code, "main.tf.json", Policy())
    expected = {"awsvpc": [], None: ["unresolved aws_ecs_task_definition.web"]}
    assert modes(report) == expected.get(mode, ["violation aws_ecs_task_definition.web"])
