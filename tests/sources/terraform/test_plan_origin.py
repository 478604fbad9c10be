"""Blocks of Terraform code behind a plan: which of them findings point to."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecs_guard_aspects.policy import Policy

from .support import (
    judged,
    located,
    places,
)

ROOT_CODE = """\
# resource "aws_ecs_task_definition" "web" {
/*
resource "aws_ecs_task_definition" "web" {
*/
locals {
  text = <<-EOF
resource "aws_ecs_task_definition" "web" {
  EOF
  glob = "arn:aws:s3:::x/*"
}

resource "aws_ecs_task_definition" "web" {
  family       = "web"
  network_mode = "host"
  runtime_platform {
    cpu_architecture = "ARM64"
  }
}

module "m" {
  source = "SOURCE"
}
"""


MODULE_CODE = 'resource "aws_ecs_task_definition" "web" {\r\n  container_definitions = "[]"\r\n}\r\n'


# Where the plan and the code are, the source of the module; where findings on mode, user and again in the module point.
PLACES: dict[str, tuple[str, dict[str, str], list[str]]] = {
    "beside it": (
        "./sub",
        {"main.tf": ROOT_CODE, "sub/x.tf": MODULE_CODE},
        ["main.tf:14:18", "main.tf:12:1", "sub/x.tf:1:1", "sub/x.tf:2:27"],
    ),
    "a module from elsewhere": (
        "terraform-aws-modules/ecs/aws",
        {"main.tf": ROOT_CODE},
        ["main.tf:14:18", "main.tf:12:1", "main.tf:20:1", "main.tf:20:1"],
    ),
    "a module that is not there": (
        "./none", {"main.tf": ROOT_CODE}, ["main.tf:14:18", "main.tf:12:1", "plan.json:1:", "plan.json:1:"]
    ),
    "a module outside": (
        "../../..", {"main.tf": ROOT_CODE}, ["main.tf:14:18", "main.tf:12:1", "plan.json:1:", "plan.json:1:"]
    ),
    "twice": ("./sub", {"main.tf": ROOT_CODE, "b.tf": MODULE_CODE}, ["plan.json:1:"] * 4),
    "other code": ("./sub", {"main.tf": 'resource "aws_sqs_queue" "x" {\n}\n'}, ["plan.json:1:"] * 4),
    "none": ("./sub", {}, ["plan.json:1:"] * 4),
}  # fmt: skip


@pytest.mark.parametrize(("source", "files", "expected"), PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("name", ["plan.json", "out/plan.json"])
def test_findings_name_the_block(
    tmp_path: Path, source: str, files: dict[str, str], expected: list[str], name: str
) -> None:
    root = tmp_path.resolve() / "root"
    for file, text in files.items():
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.replace("SOURCE", source).encode())
    report = judged(root, located(source), name, Policy())
    found = places(report.findings)
    matches = [place.startswith((one, f"out/{one}")) for place, one in zip(found, expected, strict=True)]
    assert matches == [True] * 4, found
