"""Conformance packs, for an account and for an organization."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from ecs_guard_aspects.exports.conformance_pack import conformance_pack
from ecs_guard_aspects.exports.guard_rules import guard_rules
from ecs_guard_aspects.exports.organization_conformance_pack import organization_conformance_pack
from ecs_guard_aspects.policy import Policy, PolicyError, Profile

from ..policy.support import STRICT, HasFamily

HOSTILE = Policy(profile=Profile.STRICT, origin="a: |\n\n'\"#{}.yaml")


def parsed(text: str) -> Any:
    return yaml.safe_load(text)


def resources(text: str) -> dict[str, Any]:
    return {name: resource["Properties"] for name, resource in parsed(text)["Resources"].items()}


@pytest.mark.parametrize("policy", [Policy(), STRICT, HOSTILE], ids=["default", "strict", "hostile origin"])
def test_the_pack_has_the_policy_as_one_rule(policy: Policy) -> None:
    assert resources(conformance_pack(policy)) == {
        "EcsGuard": {
            "ConfigRuleName": "ecs-guard",
            "Description": "The task definition complies with the policy of ecs-guard.",
            "Scope": {"ComplianceResourceTypes": ["AWS::ECS::TaskDefinition"]},
            "Source": {
                "Owner": "CUSTOM_POLICY",
                "SourceDetails": [
                    {"EventSource": "aws.config", "MessageType": "ConfigurationItemChangeNotification"},
                    {"EventSource": "aws.config", "MessageType": "OversizedConfigurationItemChangeNotification"},
                ],
                "CustomPolicyDetails": {
                    "EnableDebugLogDelivery": False,
                    "PolicyRuntime": "guard-2.x.x",
                    "PolicyText": guard_rules(policy),
                },
            },
        }
    }


def test_the_organization_gets_the_pack_as_it_is() -> None:
    text = organization_conformance_pack(HOSTILE, managed_rules=True)
    assert resources(text) == {
        "EcsGuardPack": {
            "OrganizationConformancePackName": "ecs-guard",
            "TemplateBody": conformance_pack(HOSTILE, managed_rules=True),
        }
    }


def test_who_gets_it_and_where_it_is_kept() -> None:
    text = organization_conformance_pack(
        Policy(),
        name="platform-ecs",
        excluded_accounts=["000000000012", "111122223333", "000000000012"],
        delivery_bucket="awsconfigconforms-platform",
    )
    properties = resources(text)["EcsGuardPack"]
    assert properties.pop("TemplateBody") == conformance_pack(Policy())
    assert properties == {
        "OrganizationConformancePackName": "platform-ecs",
        "ExcludedAccounts": ["000000000012", "111122223333"],
        "DeliveryS3Bucket": "awsconfigconforms-platform",
    }


def test_cfn_lint_finds_nothing() -> None:
    from cfnlint.api import lint

    organization = organization_conformance_pack(
        STRICT, excluded_accounts=["111122223333"], delivery_bucket="awsconfigconforms-platform", managed_rules=True
    )
    body = resources(organization)["EcsGuardPack"]["TemplateBody"]
    assert [str(match) for text in (organization, body) for match in lint(text)] == []
    assert {match.rule.id for match in lint(body.replace("Source:", "Sauce:", 1))} == {"E3002", "E3003"}


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"name": "1pack"}, "the name of the pack is '1pack': it must be a letter, then"),
    ({"name": ""}, "the name of the pack is ''"),
    ({"name": "a" * 129}, "128 at most"),
    ({"name": "pack\n"}, "the name of the pack is"),
    ({"excluded_accounts": ["1234"]}, "excluded account '1234': an account id has 12 digits"),
    ({"excluded_accounts": ["\u0661" * 12]}, "excluded account"),
    (
        {"excluded_accounts": [f"{n:012}" for n in range(1001)]},
        "1001 excluded accounts: the limit of AWS Config is 1,000",
    ),
    (
        {"delivery_bucket": "logs"},
        "the delivery bucket is 'logs': AWS Config delivers only to a bucket whose name begins",
    ),
    ({"delivery_bucket": "awsconfigconforms-x: y"}, "the delivery bucket is"),
]


@pytest.mark.parametrize(("options", "message"), REFUSED)
def test_what_an_organization_cannot_be_given(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        organization_conformance_pack(Policy(), **options)


@pytest.mark.parametrize("kind", [conformance_pack, organization_conformance_pack])
def test_a_policy_that_guard_cannot_say_makes_no_pack(kind: Callable[..., str]) -> None:
    with pytest.raises(PolicyError, match="has-family"):
        kind(Policy(checks=[HasFamily()]))


def test_the_largest_pack_is_far_from_the_limit() -> None:
    assert len(conformance_pack(STRICT, managed_rules=True)) < 10_000
