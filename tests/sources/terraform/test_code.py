"""Code of Terraform: what is judged as written, what only the plan can say, and where it stands."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecs_guard_aspects.policy import Policy, judge
from ecs_guard_aspects.sources.files import Files

from .support import SECRET, judged, modes, places, said

DEFAULT = Policy()


def block(attributes: str, containers: str = "[]") -> str:
    return f'resource "aws_ecs_task_definition" "web" {{\n{attributes}\n  container_definitions = {containers}\n}}\n'


def found(report: Any) -> list[str]:
    """Return what is found: the verdict, the check's first word, the container."""
    return [" ".join(filter(None, (f.verdict.value, f.check.split("-")[0], f.container))) for f in report.findings]


MODES = [
    ('network_mode = "awsvpc"', []),
    ('network_mode="awsvpc" # awsvpc', []),
    ('network_mode = ("awsvpc")', []),
    ('network_mode = "a\\u0077svpc"', []),
    ('network_mode = "${"awsvpc"}"', []),
    ('network_mode = "bridge"', ["violation awsvpc"]),
    ("network_mode = null", ["violation awsvpc"]),
    ('# network_mode = "awsvpc"', ["violation awsvpc"]),
    ("", ["violation awsvpc"]),
    ("count = 0", []),
    ("count = 1", ["violation awsvpc"]),
    ("count = var.create ? 1 : 0", ["violation awsvpc"]),
    ("network_mode = var.mode", ["unresolved awsvpc"]),
    ('network_mode = "${var.mode}"', ["unresolved awsvpc"]),
    ('network_mode = var.x ? "host" : "awsvpc"', ["unresolved awsvpc"]),
    ('network_mode = coalesce(var.x, "awsvpc")', ["unresolved awsvpc"]),
    ("network_mode = local.modes[0]", ["unresolved awsvpc"]),
    ('network_mode = "aws${var.x}"', ["unresolved awsvpc"]),
    ('network_mode = "x${var.x}"', ["violation awsvpc"]),
    ('network_mode = "%{ if var.x }awsvpc%{ endif }"', ["unresolved awsvpc"]),
]  # fmt: skip


@pytest.mark.parametrize(("attributes", "expected"), MODES)
def test_a_network_mode(tmp_path: Path, attributes: str, expected: list[str]) -> None:
    report = judged(tmp_path, block(attributes), "main.tf", DEFAULT)
    assert found(report) == expected
    assert not report.not_read


HOST = '  network_mode = "host"'
ROOT, FINE, OPEN = ["violation host app"], [], ["unresolved host app"]
CONTAINERS = [
    ('jsonencode([{ name = "app" }])', ROOT),
    ('"${jsonencode([{ name = "app" }])}"', ROOT),
    ('jsonencode([{ "name" : "app", user = "1000" }])', FINE),
    ('jsonencode([{ name = "app", user = 0 }])', ROOT),
    ('jsonencode([{ name = "app", User = "1000" }])', FINE),
    ('jsonencode([{ name = "app", User = "0", USER = "1000" }])', ROOT),  # it sorts: User comes last
    ('jsonencode([{ name = "app", privileged = true }])', ["violation host app"]),  # reported, not denied
    ('jsonencode([{ name = "app", user = var.user }])', OPEN),
    ('jsonencode([{ name = "app", user = "1000:${var.group}" }])', FINE),
    ('jsonencode([{ name = "app", user = "${var.user}:0" }])', OPEN),
    ('jsonencode([{ name = "app", user = "${var.x}${var.y}" }])', OPEN),
    ('jsonencode([{ name = "app", user = "1000", image = "${var.image}:1", environment = local.env }])', FINE),
    ("jsonencode([local.app])", ["unresolved host"]),
    ("jsonencode([for one in var.all : one])", ["unresolved host"]),
    ("jsonencode(concat([], []))", ["unresolved host"]),
    ('jsonencode([{ (var.key) = "x" }])', ["unresolved host"]),
    ('file("app.json")', ["unresolved host"]),
    ('templatefile("app.json", {})', ["unresolved host"]),
    ("data.template_file.app.rendered", ["unresolved host"]),
    ("local.containers", ["unresolved host"]),
    ("<<EOF\n[{\"name\": \"app\"}]\nEOF", ROOT),
    ("<<-EOF\n  [{\"name\": \"app\", \"user\": \"1000\"}]\n  EOF", FINE),
    ('<<EOF\n[{"name": "app", "user": "${var.user}"}]\nEOF', OPEN),
    ('<<EOF\n[{"name": "app", "cpu": ${var.cpu}, "image": "${var.image}:1", "user": "1000"}]\nEOF', FINE),
    ('<<EOF\n[{"name": "app", "user": ${jsonencode(var.user)}}]\nEOF', OPEN),
    ('<<EOF\n[{"name": "app", "user": "1000", "command": ["$${HOME}"]}]\nEOF', FINE),
    ('<<EOF\n[{"name": "app", "user": "1000"}, ${var.more}]\nEOF', ["unresolved host"]),
    ('<<EOF\n[{"name": "app", ${var.more}}]\nEOF', ["unresolved host"]),
    ('<<EOF\n[%{ for x in var.all }{"name": "app"}%{ endfor }]\nEOF', ["unresolved host"]),
    ('"[{\\"name\\": \\"app\\"}]"', ROOT),
    ('"[{\\"name\\": \\"app\\", \\"user\\": \\"${var.user}\\"}]"', OPEN),
    ('"no JSON"', ["unresolved host"]),
    ('<<EOF\n[{"name": "app", "user": "\ue000${var.user}"}]\nEOF', ["unresolved host"]),
]  # fmt: skip


@pytest.mark.parametrize(("containers", "expected"), CONTAINERS)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_containers(tmp_path: Path, containers: str, expected: list[str], line_end: str) -> None:
    text = block(HOST, containers).replace("\n", line_end)
    report = judged(tmp_path, text, "main.tf", DEFAULT)
    assert found(report) == ["violation awsvpc", *expected]
    assert not report.not_read


def test_what_only_the_plan_has_is_said_without_what_is_written_in_it(tmp_path: Path) -> None:
    containers = f'jsonencode(concat([{{ name = "app", environment = [{{ value = "{SECRET}" }}] }}], var.x))'
    report = judged(tmp_path, block("  network_mode = var.mode", containers), "main.tf", DEFAULT)
    mode, user = said(report)
    assert mode.endswith("network_mode is awsvpc: network_mode is ${var.mode}, which only the plan has.")
    assert "${concat(...)}" in user
    assert SECRET not in json.dumps(report.to_json())


PLACED = """\
\ufeff# ä
resource "aws_ecs_task_definition" "web" {
  network_mode = /* ä */ "host"
  container_definitions = jsonencode([{
    name = "ä", user = "0"
  }, {
    name = "b"
  }])
}

resource "aws_ecs_task_definition" "text" {
  network_mode          = "host"
  container_definitions = <<-EOF
    [
      {"name": "ä", "x": "${var.ä}", "y": "$${x}", "user": "0"},
      {"name": "b"}
    ]
  EOF
}

resource "aws_ecs_task_definition" "none" {
}
"""


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_where_it_stands(tmp_path: Path, line_end: str) -> None:
    report = judged(tmp_path, PLACED.replace("\n", line_end), "infra/main.tf", DEFAULT)
    assert places(report.findings) == [
        *("infra/main.tf:3:26", "infra/main.tf:5:24", "infra/main.tf:6:6"),
        *("infra/main.tf:12:27", "infra/main.tf:15:60", "infra/main.tf:16:7"),
        *("infra/main.tf:21:1",),
    ]
    assert {finding.address for finding in report.findings} == {
        f"infra/aws_ecs_task_definition.{name}" for name in ("web", "text", "none")
    }


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


UNREADABLE = [
    ('  network_mode = = "host"', "main.tf cannot be read: it is not valid HCL.", "main.tf:2:18"),
    ('  network_mode = "host', "main.tf cannot be read: it is not valid HCL.", None),
    ('  cpu = 1\n  cpu = 2', "main.tf cannot be read: cpu is repeated.", "main.tf:3:3"),
    (f"  x = {'[' * 3000}{']' * 3000}", "main.tf cannot be read: it is nested too deeply.", None),
]  # fmt: skip


@pytest.mark.parametrize(("attributes", "what", "place"), UNREADABLE)
def test_code_that_cannot_be_read(tmp_path: Path, attributes: str, what: str, place: str | None) -> None:
    report = judged(tmp_path, block(attributes), "main.tf")
    assert [entry.reason for entry in report.not_read] == [what]
    assert place is None or places(report.findings) == [place]


@pytest.mark.parametrize("name", ["main.tf", "main.tofu"])
def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setitem(sys.modules, "tree_sitter_hcl", None)
    (tmp_path / name).write_text(block(""))
    (tmp_path / "service.tf").write_text("x = aws_ecs_task_definition.web.arn\n")
    report = judge(Files([str(tmp_path)], tmp_path, ignore_unknown=True))
    (finding,) = report.findings
    assert (
        finding.what
        == f"{name} cannot be read: the extra for Terraform code, ecs-guard-aspects[terraform], is not installed."
    )
    assert finding.remedy.startswith("pip install 'ecs-guard-aspects[terraform]'")
    assert len(report.not_read) == 1


def test_code_without_task_definitions_is_not_parsed(tmp_path: Path) -> None:
    report = judged(tmp_path, 'resource "aws_sqs_queue" {{{', "main.tf")
    assert not report.findings
    assert not report.not_read


@pytest.mark.parametrize(
    "labels",
    ['"aws_ecs_task_def\\u0069nition" "web"', "aws_ecs_task_definition web", '"aws_ecs_task_definition" "web"'],
)
def test_labels_however_they_are_written(tmp_path: Path, labels: str) -> None:
    (tmp_path / "main.tf").write_text(f"resource {labels} {{\n}}\n")
    assert [f.check for f in judge(Files([str(tmp_path)], tmp_path)).findings] == ["awsvpc-network-mode"]


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


@given(st.text(st.sampled_from('"{}[]=${}%\\<-EOFabc \n#/*,:.()'), max_size=40))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_code_crashes_it(tmp_path: Path, text: str) -> None:
    for code in (block(text), block(HOST, text), block(HOST, f"<<EOF\n[{text}]\nEOF")):
        judged(tmp_path, code, "main.tf")
    for template in (f"${{{text}}}", f"${{jsonencode({text})}}"):
        values = {"container_definitions": template}
        judged(tmp_path, {"resource": {"aws_ecs_task_definition": {"web": values}}}, "main.tf.json")


# --- exemptions in comments ------------------------------------------------------------------------------------------

IGNORE = "ecs-guard: ignore[awsvpc-network-mode] owner=team-a until=2999-01-01 moves in Q2"
STALE = "stale-exemption"
CHECK = "awsvpc-network-mode"


def with_comment(where: str, comment: str) -> str:
    parts = {"above": "", "first": "", "inside": "", "last": "", "below": ""} | {where: comment}
    return (
        'resource "aws_ecs_cluster" "c" {\n  name = "c"\n}\n\n'
        f"{parts['above']}\n"
        f'resource "aws_ecs_task_definition" "web" {{ {parts["first"]}\n'
        f"  {parts['inside']}\n"
        '  family = "web"\n'
        "  container_definitions = jsonencode([])\n"
        f"}} {parts['last']}\n"
        f"{parts['below']}\n"
    )


# Where a comment stands, what it says, and the findings that are left, with whether they are denied.
COMMENTS = [
    ("above", f"# {IGNORE}", {CHECK: False}),
    ("above", f"// {IGNORE}", {CHECK: False}),
    ("above", f"/* {IGNORE} */", {CHECK: False}),
    ("above", f"/*\n {IGNORE}\n*/", {CHECK: False}),
    ("above", f"# {IGNORE}\n# and more", {CHECK: False}),
    ("above", f"# {IGNORE}\n", {CHECK: True, STALE: False}),
    ("first", f"# {IGNORE}", {CHECK: False}),
    ("inside", f"# {IGNORE}", {CHECK: False}),
    ("inside", f'tags = {{ a = "b" }} # {IGNORE}', {CHECK: False}),
    ("last", f"# {IGNORE}", {CHECK: False}),
    ("below", f"# {IGNORE}", {CHECK: True, STALE: False}),
    ("inside", f'tags = {{ a = "# {IGNORE}" }}', {CHECK: True}),
    ("inside", f"tags = {{ a = <<E\n# {IGNORE}\nE\n}}", {CHECK: True}),
    ("inside", "# ecs-guard: ignore[awsvpc-network-mode] owner=team-a", {CHECK: True, "invalid-exemption": True}),
    ("inside", "# ecs-guard: ignor[awsvpc-network-mode]", {CHECK: True, "invalid-exemption": True}),
    ("inside", f"# {IGNORE.replace('awsvpc-network-mode', 'host-mode-root-user')}", {CHECK: True, STALE: False}),
    ("inside", "# see the ecs-guard documentation", {CHECK: True}),
]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(("where", "comment", "expected"), COMMENTS)
def test_an_exemption_in_a_comment(
    tmp_path: Path, where: str, comment: str, expected: dict[str, bool], end: str
) -> None:
    (tmp_path / "main.tf").write_bytes(with_comment(where, comment).replace("\n", end).encode())
    report = judge(Files([str(tmp_path)], tmp_path), DEFAULT)
    assert {finding.check: finding.is_denied for finding in report.findings} == expected


def test_an_exemption_in_a_comment_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(with_comment("inside", f"# {IGNORE}"))
    (finding,) = judge(Files([str(tmp_path)], tmp_path), DEFAULT).findings
    assert finding.exemption is not None
    assert (finding.exemption.origin, finding.exemption.owner) == ("main.tf:7", "team-a")


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


def test_constants_in_texts_of_hcl(tmp_path: Path) -> None:
    text = """\
resource "aws_ecs_task_definition" "web" {
  network_mode          = "ho${"st"}"
  container_definitions = "[{\\"name\\": \\"a\\", \\"user\\": \\"${"root"}\\"}]"
}
"""
    found = judged(tmp_path, text, "main.tf", Policy()).findings
    assert [(finding.check, finding.verdict.value) for finding in found] == [
        ("awsvpc-network-mode", "violation"),
        ("host-mode-root-user", "violation"),
    ]
