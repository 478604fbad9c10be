"""The organization conformance pack in a CDK app."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template

from ecs_guard_aspects import EcsGuardOrganizationPack, Policy, Profile
from ecs_guard_aspects.exports.conformance_pack import conformance_pack
from ecs_guard_aspects.policy import PolicyError

from ..policy.support import HasFamily

PACK = "AWS::Config::OrganizationConformancePack"
STRICT = Policy(profile=Profile.STRICT)


def stack_of(**context: Any) -> cdk.Stack:
    return cdk.Stack(cdk.App(context=context), "Stack")


def pack_in(stack: cdk.Stack) -> dict[str, Any]:
    (pack,) = Template.from_stack(stack).find_resources(PACK).values()
    return pack


def test_what_is_given_is_in_the_template() -> None:
    stack = stack_of()
    EcsGuardOrganizationPack(
        stack,
        "Pack",
        policy=STRICT,
        name="platform-ecs",
        excluded_accounts=["111122223333", stack.account],
        delivery_bucket="awsconfigconforms-platform",
        managed_rules=True,
    )
    assert pack_in(stack)["Properties"] == {
        "OrganizationConformancePackName": "platform-ecs",
        "ExcludedAccounts": ["111122223333", {"Ref": "AWS::AccountId"}],
        "DeliveryS3Bucket": "awsconfigconforms-platform",
        "TemplateBody": conformance_pack(STRICT, managed_rules=True),
    }


def test_the_policy_is_that_of_the_context_if_none_is_given() -> None:
    stack = stack_of(**{"ecs-guard": {"profile": "cyscale"}})
    EcsGuardOrganizationPack(stack, "Pack")
    properties = pack_in(stack)["Properties"]
    assert set(properties) == {"OrganizationConformancePackName", "TemplateBody"}
    assert "rule host_mode_privileged" in properties["TemplateBody"]
    assert "rule awsvpc_network_mode" not in properties["TemplateBody"]


def test_the_pack_waits_for_the_bucket_and_for_its_policy() -> None:
    from cfnlint.api import lint

    stack = stack_of()
    bucket = s3.Bucket(stack, "Bucket", bucket_name="awsconfigconforms-platform", enforce_ssl=True)
    bucket.grant_read_write(iam.ServicePrincipal("config.amazonaws.com"))
    EcsGuardOrganizationPack(stack, "Pack", policy=STRICT, delivery_bucket=bucket, excluded_accounts=["111122223333"])
    template = Template.from_stack(stack)
    (policy,) = template.find_resources("AWS::S3::BucketPolicy")
    assert policy in pack_in(stack)["DependsOn"]
    # W3005: that it depends on the bucket is said twice, by the name as well
    assert {match.rule.id for match in lint(json.dumps(template.to_json()))} <= {"W3005"}


@pytest.mark.parametrize("imported", [True, False], ids=["imported", "named by a parameter"])
def test_a_bucket_of_another_stack(imported: bool) -> None:
    stack = stack_of()
    name = "awsconfigconforms-platform" if imported else cdk.CfnParameter(stack, "Name").value_as_string
    EcsGuardOrganizationPack(stack, "Pack", policy=STRICT, delivery_bucket=s3.Bucket.from_bucket_name(stack, "B", name))
    assert pack_in(stack)["Properties"]["DeliveryS3Bucket"] == (name if imported else {"Ref": "Name"})


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"policy": Policy(checks=[HasFamily()])}, "custom checks are Python"),
    ({"name": "1pack"}, "the name of the pack is '1pack'"),
    ({"excluded_accounts": ["1234"]}, "an account id has 12 digits"),
    ({"delivery_bucket": "logs"}, "the delivery bucket is 'logs'"),
]


@pytest.mark.parametrize(("options", "message"), REFUSED)
def test_what_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        EcsGuardOrganizationPack(stack_of(), "Pack", **options)


@pytest.mark.parametrize(
    ("name", "message"),
    [(None, "the delivery bucket Stack/Bucket has no bucket_name"), ("logs", "the delivery bucket is 'logs'")],
)
def test_a_bucket_that_aws_config_does_not_deliver_to_fails_the_synth(name: str | None, message: str) -> None:
    stack = stack_of()
    EcsGuardOrganizationPack(stack, "Pack", delivery_bucket=s3.Bucket(stack, "Bucket", bucket_name=name))
    with pytest.raises(RuntimeError, match=message):
        Template.from_stack(stack)
