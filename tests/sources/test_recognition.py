"""File recognition: the format of a file by its content."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from ecs_guard_aspects.model.notice import Notice
from ecs_guard_aspects.sources.recognition import read_file

TASK = {"Type": "AWS::ECS::TaskDefinition", "Properties": {}}
API = {"family": "web", "containerDefinitions": []}

# name, value, what it is: an address, the start of a notice, or None for a skipped file
RECOGNIZED: list[tuple[str, Any, str | None]] = [
    ("x.json", {"Resources": {"Task": TASK}}, "x.json/Task"),
    ("x.json", {"AWSTemplateFormatVersion": "2010-09-09"}, None),
    ("x.json", {"AWSTemplateFormatVersion": "2010-09-09", "Resources": []}, "x.json cannot be read: it is not a valid"),
    ("x.json", API, "x.json"),
    ("x.json", {"taskDefinition": API}, "x.json"),
    ("x.json", [API], "x.json/0"),
    ("x.json", {"format_version": "3.0", "resource_changes": []}, "x.json cannot be read: its format_version is '3.0'"),
    (
        "x.json",
        {"lineage": "a", "serial": 1, "terraform_version": "1"},
        "x.json cannot be read: it is a Terraform",
    ),
    ("x.tf.json", {"resource": {"aws_ecs_task_definition": {"web": {}}}}, "aws_ecs_task_definition.web"),
    (
        "x.json",
        {"nested": {"Task": TASK}},
        "nested/Task is a task definition, but x.json is not a",
    ),
    ("x.json", {"a": 1}, None),
]


@pytest.mark.parametrize(("name", "value", "expected"), RECOGNIZED, ids=range(len(RECOGNIZED)))
def test_a_file_in_a_folder(name: str, value: Any, expected: str | None) -> None:
    found = read_file(name, json.dumps(value).encode(), ignore_unknown=True)
    items = list(found.document.items) if found else [None]
    item = items[0]
    said = item.what if isinstance(item, Notice) else item.address if item else None
    assert (said or "").startswith(expected or "")
    assert (said is None) == (expected is None)


# Why a file is not read, and the beginning of what to do.
NOT_READ = [
    ("x.yaml", b" \n", "it is empty", "Correct it"),
    ("stdin", b"", "it is empty", "Correct the output of the command"),
    ("serverless.yml", b"service: x\nprovider: {name: aws}\n", "it is a file of the Serverless Framework", "Check the"),
]


@pytest.mark.parametrize(("name", "content", "problem", "remedy"), NOT_READ)
def test_why_a_named_file_is_not_read(name: str, content: bytes, problem: str, remedy: str) -> None:
    found = read_file(name, content)
    assert found is not None
    (notice,) = found.document.items
    assert isinstance(notice, Notice)
    assert notice.what.startswith(f"{name} cannot be read: {problem}")
    assert notice.remedy.startswith(remedy)


@pytest.mark.parametrize("content", [b'{"a": 1}', b'{"Resources": {"de": {"title": "Titel"}}}', b"- 1"])
def test_an_unknown_file_that_is_named_is_unreadable(content: bytes) -> None:
    found = read_file("x.json", content)
    assert found is not None
    (notice,) = found.document.items
    assert isinstance(notice, Notice)
    assert (found.is_recognized, notice.kind) == (False, "unreadable")
    assert notice.what == (
        "x.json cannot be read: it is not recognized as a CloudFormation template, an ECS task definition, a cloud"
        " assembly or a Terraform plan."
    )


@pytest.mark.parametrize(("content", "is_quoted"), [(b'{"resource_changes": [', False), (b'{"Resources": [', True)])
def test_lines_of_a_broken_plan_are_not_quoted(content: bytes, is_quoted: bool) -> None:
    found = read_file("x.json", content)
    assert found is not None
    assert found.document.may_be_quoted is is_quoted


@pytest.mark.parametrize(
    "keys",
    [
        {"Resources": {}},
        {"AWSTemplateFormatVersion": "2010-09-09"},
        {"format_version": "1.2", "planned_values": {}},
        {"format_version": "1.2", "values": {"root_module": {}}},
    ],
    ids=str,
)
@pytest.mark.parametrize("is_named", [False, True])
def test_a_task_definition_with_keys_of_another_format_is_not_hidden(keys: dict[str, Any], is_named: bool) -> None:
    content = json.dumps({"family": "x", "containerDefinitions": [], **keys}).encode()
    read = read_file("a.json", content, ignore_unknown=not is_named)
    assert read is not None
    (notice,) = read.document.items
    assert isinstance(notice, Notice)
    assert notice.what == ("a.json cannot be read: it has the keys of a task definition and those of another format.")


def test_the_digest_is_that_of_the_bytes() -> None:
    content = b'{"Resources": {}}'
    found = read_file("x.json", content)
    assert found is not None
    assert found.document.sha256 == hashlib.sha256(content).hexdigest()
