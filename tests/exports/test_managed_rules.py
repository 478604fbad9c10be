"""Managed rules of AWS Config: those of the checks that are denied, with their parameters."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.exports.conformance_pack import conformance_pack
from ecs_guard_aspects.exports.managed_rules import MANAGED_RULES
from ecs_guard_aspects.policy import Enforcement, Policy, Profile
from ecs_guard_aspects.policy.checks import ALL

from .test_conformance_pack import resources


def managed(policy: Policy) -> list[str]:
    rules = resources(conformance_pack(policy, managed_rules=True))
    return [rule["Source"]["SourceIdentifier"] for name, rule in rules.items() if name != "EcsGuard"]


AWSVPC, HOST_MODE_USER = "ECS_AWSVPC_NETWORKING_ENABLED", "ECS_TASK_DEFINITION_USER_FOR_HOST_MODE_CHECK"


MANAGED: list[tuple[Policy, list[str]]] = [
    (Policy(), [AWSVPC, HOST_MODE_USER]),
    (Policy(enforcement={"awsvpc-network-mode": Enforcement.WARN}), [HOST_MODE_USER]),
    (Policy(profile=Profile.CYSCALE), []),
    (
        Policy(profile=Profile.SECURITY_HUB),
        [
            "ECS_TASK_DEFINITION_NETWORK_MODE_NOT_HOST",
            "ECS_CONTAINERS_NONPRIVILEGED",
            "ECS_TASK_DEFINITION_LINUX_USER_NON_ROOT",
            "ECS_TASK_DEFINITION_WINDOWS_USER_NON_ADMIN",
        ],
    ),
]


@pytest.mark.parametrize(("policy", "identifiers"), MANAGED)
def test_the_managed_rules_of_the_checks_that_are_denied(policy: Policy, identifiers: list[str]) -> None:
    assert managed(policy) == identifiers


def test_a_managed_rule_is_the_control_that_its_check_stands_for() -> None:
    for check in ALL:
        stands_for = {c.name.removeprefix("AWS Config ") for c in check.controls if c.name.startswith("AWS Config")}
        assert not stands_for or {MANAGED_RULES[check.id].name} == stands_for


def test_a_managed_rule_with_its_parameters() -> None:
    rules = resources(conformance_pack(Policy(), managed_rules=True))
    assert rules["EcsTaskDefinitionUserForHostModeCheck"] == {
        "ConfigRuleName": "ecs-task-definition-user-for-host-mode-check",
        "Scope": {"ComplianceResourceTypes": ["AWS::ECS::TaskDefinition"]},
        "InputParameters": {"SkipInactiveTaskDefinitions": "true"},
        "Source": {"Owner": "AWS", "SourceIdentifier": "ECS_TASK_DEFINITION_USER_FOR_HOST_MODE_CHECK"},
    }
