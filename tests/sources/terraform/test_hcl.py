"""HCL: values of attributes and of the JSON in them, their places, and what cannot be read."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecs_guard_aspects.policy import Policy, judge
from ecs_guard_aspects.sources.files import Files

from .support import DEFAULT, SECRET, block, found, judged, places, said

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


@pytest.mark.parametrize(
    "labels",
    ['"aws_ecs_task_def\\u0069nition" "web"', "aws_ecs_task_definition web", '"aws_ecs_task_definition" "web"'],
)
def test_labels_however_they_are_written(tmp_path: Path, labels: str) -> None:
    (tmp_path / "main.tf").write_text(f"resource {labels} {{\n}}\n")
    assert [f.check for f in judge(Files([str(tmp_path)], tmp_path)).findings] == ["awsvpc-network-mode"]


@given(st.text(st.sampled_from('"{}[]=${}%\\<-EOFabc \n#/*,:.()'), max_size=40))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_code_crashes_it(tmp_path: Path, text: str) -> None:
    for code in (block(text), block(HOST, text), block(HOST, f"<<EOF\n[{text}]\nEOF")):
        judged(tmp_path, code, "main.tf")
    for template in (f"${{{text}}}", f"${{jsonencode({text})}}"):
        values = {"container_definitions": template}
        judged(tmp_path, {"resource": {"aws_ecs_task_definition": {"web": values}}}, "main.tf.json")


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
