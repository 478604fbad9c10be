"""Template files: places, repeated keys, and links to nested templates."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.model.notice import Notice
from ecs_guard_aspects.sources.cloudformation.template_file import (
    is_template,
    links_in,
    origins_in,
    template_in_file,
    without_links,
)
from ecs_guard_aspects.sources.text.read import read_text

STACK = "AWS::CloudFormation::Stack"

TEMPLATES: list[tuple[Any, bool]] = [
    ({"Resources": {}}, True),
    ({"AWSTemplateFormatVersion": "2010-09-09"}, True),
    ({"Resources": []}, False),
    ({"Outputs": {}}, False),
    ([], False),
    (None, False),
]


@pytest.mark.parametrize(("value", "expected"), TEMPLATES)
def test_a_template(value: Any, expected: bool) -> None:
    assert is_template(value) is expected


LINKS: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"Type": STACK, "Properties": {"TemplateURL": "./a.yaml"}}, {"N": "./a.yaml"}),
    ({"Type": "AWS::Serverless::Application", "Properties": {"Location": "a.yaml"}}, {"N": "a.yaml"}),
    ({"Type": STACK, "Properties": {"TemplateURL": "https://s3/a.yaml"}}, {}),
    ({"Type": STACK, "Properties": {"TemplateURL": {"Fn::Sub": "a.yaml"}}}, {}),
    ({"Type": STACK, "Properties": {"TemplateURL": ""}}, {}),
    ({"Type": STACK, "Properties": []}, {}),
    ({"Type": {"a": 1}, "Properties": {"TemplateURL": "a.yaml"}}, {}),
    ({"Type": "AWS::S3::Bucket", "Properties": {"TemplateURL": "a.yaml"}}, {}),
]


@pytest.mark.parametrize(("resource", "expected"), LINKS)
def test_a_link(resource: dict[str, Any], expected: dict[str, str]) -> None:
    assert links_in({"Resources": {"N": resource}}) == expected


@pytest.mark.parametrize("value", [None, [], {}, {"Resources": []}])
def test_a_file_without_links(value: Any) -> None:
    assert links_in(value) == {}


NESTED = f"Resources:\n  N: {{Type: {STACK}, Properties: {{TemplateURL: a.yaml}}}}\n"


def test_a_nested_stack_that_is_read_has_no_notice() -> None:
    document = template_in_file("x.yaml", read_text(NESTED), None)
    assert [item.name for item in document.items if isinstance(item, Notice)] == ["N"]
    assert without_links(document, ["N"]).items == ()


def test_the_place_of_a_property() -> None:
    origin = origins_in("x.yaml", read_text(NESTED))("N")
    assert origin.address == "x.yaml/N"
    assert (origin.place_of("Properties/TemplateURL").line, origin.place_of("").line) == (2, 2)


REPEATED = [
    ("Resources:\n  T: {Type: AWS::ECS::TaskDefinition, Type: AWS::ECS::TaskDefinition}", ["x.yaml/T"]),
    ("Resources:\n  A: {Type: AWS::S3::Bucket}\n  A: {Type: AWS::S3::Bucket}", ["x.yaml/A"]),
    ("Resources:\n  A: {Type: AWS::S3::Bucket, Type: AWS::S3::Bucket}", []),
    ("Resources: {}\nParameters: {A: 1, A: 2}", ["x.yaml"]),
    ("Resources: {}\nMappings: {A: 1, A: 2}", ["x.yaml"]),
    ("Resources: {}\nOutputs: {A: 1, A: 2}", []),
]


@pytest.mark.parametrize(("text", "addresses"), REPEATED)
def test_a_repeated_key_is_reported_where_it_can_change_a_verdict(text: str, addresses: list[str]) -> None:
    document = template_in_file("x.yaml", read_text(text), None)
    assert [item.address for item in document.items if isinstance(item, Notice)] == addresses
