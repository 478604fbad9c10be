"""CloudFormation stacks in Terraform: which of them may define task definitions."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.sources.stacks import stack_notice

KINDS = [
    *("aws_cloudformation_stack", "aws_cloudformation_stack_set"),
    *("awscc_cloudformation_stack", "awscc_cloudformation_stack_set"),
]
HARMLESS = "Resources: {B: {Type: AWS::S3::Bucket}}"

# The attributes of a stack, and whether it is listed.
ATTRIBUTES: list[tuple[dict[str, Any], bool]] = [
    ({"template_body": "Resources: {T: {Type: AWS::ECS::TaskDefinition}}"}, True),
    ({"template_body": "Resources: {S: {Type: AWS::CloudFormation::Stack}}"}, True),
    ({"template_body": HARMLESS}, False),
    ({"template_body": object()}, True),
    ({"template_body": None}, False),
    ({}, False),
    ({"template_url": "https://x/t.yaml"}, True),
    ({"template_body": HARMLESS, "template_url": "https://x/t.yaml"}, True),
    ({"template_url": ""}, False),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("attributes", "is_listed"), ATTRIBUTES)
def test_a_stack_is_listed_if_it_may_define_tasks(kind: str, attributes: dict[str, Any], is_listed: bool) -> None:
    notice = stack_notice(kind, attributes)
    assert (notice is not None) == is_listed
    assert notice is None or notice.what == f"This {kind} deploys a CloudFormation template."


def test_other_types_are_not_stacks() -> None:
    assert stack_notice("aws_s3_bucket", {"template_url": "https://x/t.yaml"}) is None
