"""Which templates a tool has written."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.sources.cloudformation.generated_files import generated

DIGEST = "0123456789abcdef0123456789abcdef"


def with_metadata(**metadata: Any) -> dict[str, Any]:
    return {"Resources": {"A": {"Type": "x", "Metadata": metadata}}}


def with_property(value: object) -> dict[str, Any]:
    return {"Resources": {"A": {"Type": "x", "Properties": {"P": value}}}}


@pytest.mark.parametrize(
    ("template", "tool"),
    [
        (with_metadata(**{"aws:cdk:path": "A/B"}), "cdk synth"),
        ({"Resources": {"CDKMetadata": {"Type": "AWS::CDK::Metadata"}}}, "cdk synth"),
        ({"Resources": {}, "Parameters": {"BootstrapVersion": {"Default": "/cdk-bootstrap/x/version"}}}, "cdk synth"),
        (with_metadata(SamResourceId="A"), "sam build"),
        ({"Resources": {}, "Outputs": {"ServerlessDeploymentBucketName": {}}}, "Serverless Framework"),
        (with_property(f"s3://bucket/{DIGEST}"), "package"),
        (with_property(f"https://s3.eu-west-1.amazonaws.com/bucket/prefix/{DIGEST}.template"), "package"),
        (with_property({"S3Bucket": "bucket", "S3Key": DIGEST}), "package"),
    ],
)
def test_a_tool_has_written_it(template: dict[str, Any], tool: str) -> None:
    said = generated(template)
    assert said is not None
    assert "is written by" in said
    assert tool in said


@pytest.mark.parametrize(
    "template",
    [
        {},
        {"Resources": []},
        {"Resources": {"A": [], "B": None}},
        {"Resources": {}, "Parameters": {"BootstrapVersion": {"Default": "1"}}, "Outputs": []},
        with_metadata(Comment="by hand"),
        with_property(DIGEST),
        with_property("s3://bucket/code.zip"),
        with_property({"S3Bucket": "bucket", "S3Key": "code.zip"}),
        with_property({"S3Key": {"Ref": "Key"}}),
    ],
)
def test_people_have_written_it(template: dict[str, Any]) -> None:
    assert generated(template) is None
