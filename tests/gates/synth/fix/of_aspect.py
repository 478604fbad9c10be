"""The fix of an app in tests: what it changed, what it refused, and what it reports."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs

from ecs_guard_aspects import EcsGuard, EcsGuardFix, Network, Policy
from tests.code_lines import without_lines

from ..support import only, permissive_fix, report_of, resource_of

FAILED = "the fix failed with {} (set ECS_GUARD_DEBUG=1 to see the traceback)"
NETWORK = Network(("subnet-1", "subnet-2"), ("sg-1",))
GIVEN = {"Subnets": ["subnet-1", "subnet-2"], "SecurityGroups": ["sg-1"], "AssignPublicIp": "DISABLED"}
DYNAMIC = {"ContainerPort": 80, "HostPort": 0}
MADE_AWSVPC = (
    'ecs-guard has changed NetworkMode from "bridge" to "awsvpc".'
    " A deployment replaces the task definition, and each task gets a network interface and an address of its own."
)


def fixed(app: cdk.App, fix: EcsGuardFix | None = None, policy: Policy | None = None) -> tuple[EcsGuard, EcsGuardFix]:
    """Synthesize an app with a fix, and return the guard and the fix."""
    fix = fix or permissive_fix(network=NETWORK)
    guard = EcsGuard(policy).protect(app, fix=fix)
    app.synth()
    return guard, fix


def properties_of(node: Any) -> dict[str, Any]:
    return resource_of(node)["Properties"]


def mode_of(node: Any) -> str | None:
    return properties_of(node).get("NetworkMode")


def refusal(reason: str, name: str) -> str:
    return f"ecs-guard has not fixed this:\n   - {reason}"


def blockers(fix: EcsGuardFix) -> list[str]:
    return [without_lines(blocker.text) for refusal in fix.refusals for blocker in refusal.blockers]


def noted(app: cdk.App) -> list[tuple[str, str]]:
    """Return path and text of the notes of the fix in the report, except those in Stages."""
    return [
        (only(violation["violatingConstructs"])["constructPath"].strip("/"), violation["description"])
        for violation in report_of(app)["violations"]
        if violation["ruleName"] == "fix"
    ]


def service(stack: cdk.Stack, arn: str, **more: Any) -> ecs.CfnService:
    return ecs.CfnService(stack, "User", task_definition=arn, cluster="c", **more)


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def add_as_aspect(app: cdk.App, fix: EcsGuardFix) -> None:
    cdk.Aspects.of(app).add(fix, priority=cdk.AspectPriority.MUTATING)
