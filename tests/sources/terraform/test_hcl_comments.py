"""Exemptions in comments of Terraform code: the place of a comment, and the block it belongs to."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecs_guard_aspects.policy import judge
from ecs_guard_aspects.sources.files import Files

from .support import DEFAULT

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
