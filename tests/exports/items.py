"""Task definitions as AWS Config records them, and the verdicts of the core."""

from __future__ import annotations

from typing import Any

from ecs_guard_aspects.policy import Enforcement, Policy, evaluate_template

from ..policy.support import STRICT, template


def config_item(properties: dict[str, Any], status: str = "ACTIVE") -> dict[str, Any]:
    """Return a task definition as a configuration item: the properties of CloudFormation, and some more."""
    revision = "arn:aws:ecs:eu-central-1:111122223333:task-definition/web:7"
    configuration = {"TaskDefinitionArn": revision, "Status": status, "Tags": [], **properties}
    return {
        "resourceType": "AWS::ECS::TaskDefinition",
        "resourceId": "web:7",
        "awsAccountId": "111122223333",
        "awsRegion": "eu-central-1",
        "configurationItemStatus": "OK",
        "tags": {},
        "configuration": configuration,
    }


def has_placeholder(properties: dict[str, Any]) -> bool:
    """Return whether the core reads a text as a placeholder."""
    return any("placeholder" in finding.what for finding in evaluate_template(template(properties), STRICT))


def denied(properties: dict[str, Any], policy: Policy) -> set[str]:
    """Return the checks that the core denies, as rules are named."""
    findings = evaluate_template(template(properties), policy)
    return {f.check.replace("-", "_") for f in findings if f.enforcement is Enforcement.DENY}
