"""Untyped resources are found before a template is parsed; templates without them are not parsed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecs_guard_aspects.sources.cloudformation.untyped import may_have_untyped_resource
from ecs_guard_aspects.sources.files import Files

BUCKET = "Type: AWS::S3::Bucket"
UNTYPED = [
    "Resources:\n  Task: !Rain::Include task.yaml\n",
    f"Resources:\n  A:\n    {BUCKET}\n  Task:\n    Type: !Rain::Module x\n",
    "Resources:\n  Task:\n    Properties:\n      Type: AWS::X::Y\n",
    "Resources:\n  Task: {Properties: {}}\n",
    f"Resources:\n  Task:\n    <<: *task\n    {BUCKET}\n",
    "Description: x\nResources: !Include x\n",
    '"Resources":\n  "Task":\n    "Properties": {}\n',
    "'Resources' :\n  Task:\n    Properties: {}\n",
    "Resources: {Task: {Properties: {}}}\n",
    '{"Resources": {"Task": {"Properties": {}}}}',
    '{"a": 1, "Resources": {"Task": {"Type": {"Fn::Sub": "x"}}}}',
    '{"Resources": {"Task": 5}}',
]
TYPED = [
    f"Resources:\n  A:\n    {BUCKET}\n    X:\n      Y: 1\n\n  # B:\n  B: # b\n    Type: 'A::B::C'\nOutputs: {{}}\n",
    f"Resources:\n    A:\n        Properties: {{}}\n        {BUCKET}\n",
    f"Resources:\n  A: {{{BUCKET}}}\n",
    f"Resources:\r\n  A:\r\n    {BUCKET}\r\n",
    "Resources:\n",
    '{"Resources": {"A": {"Type": "AWS::S3::Bucket"}}}',
    '{"a": {"Resources": {"A": 5}}}',
    "apiVersion: v1\nspec:\n  Resources:\n    a: b\n",
    '{"Resources": {',
    "x: 1\n",
]


@pytest.mark.parametrize("text", UNTYPED)
def test_a_template_with_an_untyped_resource(text: str) -> None:
    assert may_have_untyped_resource(text.encode())


@pytest.mark.parametrize("text", TYPED)
def test_other_files(text: str) -> None:
    assert not may_have_untyped_resource(text.encode())


SAM = "AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::Serverless-2016-10-31\n"
# A file, and what is said of it.
ALIKE = [
    ("Resources:\n  Task: !Rain::Include task.yaml\n", ["Resource Task has no Type."]),
    ("Resources:\n  Task:\n    Type: !Rain::Module x\n", ["Resource Task has a Type that is not a text."]),
    ("Resources:\n  Task:\n    Properties: {NetworkMode: host}\n", ["Resource Task has no Type."]),
    ('{"Resources": {"Task": {"Properties": {}}}}', ["Resource Task has no Type."]),
    (f"{SAM}Resources:\n", []),
    (SAM, []),
    ("AWSTemplateFormatVersion: '2010-09-09'\n", []),
    (
        "AWSTemplateFormatVersion: '2010-09-09'\nTransform: Mine\n",
        ["The macro Mine changes this template at deployment."],
    ),
]


@pytest.mark.parametrize(("text", "said"), ALIKE)
def test_a_file_is_judged_alike_whether_it_is_named_or_found(tmp_path: Path, text: str, said: list[str]) -> None:
    name = "x.json" if text.startswith("{") else "x.yaml"
    (tmp_path / name).write_text(text)
    for path in (tmp_path, tmp_path / name):
        found = [item for document in Files([str(path)], tmp_path) for item in document.items]
        assert [getattr(item, "what", "a resource") for item in found] == said


def test_texts_of_other_programs_are_not_templates(tmp_path: Path) -> None:
    (tmp_path / "de.json").write_text('{"Resources": {"title": "Titel", "menu": {"file": "Datei"}}}')
    assert list(Files([str(tmp_path)], tmp_path)) == []
