"""Terraform files: plans, states and code are distinguished, and unsupported formats have a remedy."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.model.notice import Notice
from ecs_guard_aspects.sources.recognition import no_block
from ecs_guard_aspects.sources.terraform.terraform_file import (
    hcl_file,
    is_raw_state,
    is_terraform,
    is_terraform_file,
    terraform_json_file,
    unsupported_format,
)
from ecs_guard_aspects.sources.text.read import read_text

# value, a plan or a state, a state file
VALUES: list[tuple[Any, bool, bool]] = [
    ({"resource_changes": []}, True, False),
    ({"planned_values": {}}, True, False),
    ({"format_version": "1.0", "values": {"root_module": {}}}, True, False),
    ({"format_version": "1.0"}, True, False),
    ({"format_version": "1.0", "terraform_version": "1.9"}, True, False),
    ({"format_version": "1.0", "other": 1}, False, False),
    ({"values": {"root_module": {}}}, False, False),
    ({"lineage": "a", "serial": 1, "terraform_version": "1.9"}, False, True),
    ({"serial": 1}, False, False),
    ([], False, False),
    (None, False, False),
]


@pytest.mark.parametrize(("value", "is_plan", "is_state"), VALUES)
def test_a_value(value: Any, is_plan: bool, is_state: bool) -> None:
    assert (is_terraform(value), is_raw_state(value)) == (is_plan, is_state)
    assert is_terraform_file("x.json", value) is (is_plan or is_state)
    assert is_terraform_file("x.TF.json", value)


UNSUPPORTED: list[tuple[bytes, str | None]] = [
    (b"PK\x03\x04...tfplan", "it is a binary Terraform plan"),
    (b'{"@level":"info"}', "it is the log of terraform plan -json, not the plan"),
    (b"PK\x03\x04...docx", None),
    (b"{}", None),
]


@pytest.mark.parametrize(("content", "problem"), UNSUPPORTED)
def test_an_unsupported_format(content: bytes, problem: str | None) -> None:
    error = unsupported_format(content)
    assert (str(error) if error else None) == problem
    if error:
        assert error.remedy == "Check the output of terraform show -json instead."


def test_a_state_file_has_a_remedy() -> None:
    text = read_text('{"lineage": "a", "serial": 1, "terraform_version": "1.9"}')
    (notice,) = terraform_json_file("x.json", text, None, no_block).items
    assert isinstance(notice, Notice)
    assert (notice.what, notice.remedy) == (
        "x.json cannot be read: it is a Terraform state file.",
        "Check the output of terraform show -json instead.",
    )


def test_code_that_cannot_define_tasks_is_not_parsed() -> None:
    broken = 'resource "aws_s3_bucket" {{{'
    assert hcl_file("x.tf", broken, broken.encode(), "").items == ()
