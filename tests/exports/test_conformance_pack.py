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


@pytest.mark.parametrize("kind", [conformance_pack, organization_conformance_pack])
def test_a_policy_that_guard_cannot_say_makes_no_pack(kind: Callable[..., str]) -> None:
    with pytest.raises(PolicyError, match="has-family"):
        kind(Policy(checks=[HasFamily()]))


def test_the_largest_pack_is_far_from_the_limit() -> None:
    assert len(conformance_pack(STRICT, managed_rules=True)) < 10_000
