"""Workloads other than task definitions, at synth: daemons are judged, those that no check is about are listed."""

from __future__ import annotations

import aws_cdk as cdk
import pytest

from ecs_guard_aspects import EcsGuard, Enforcement, Policy, Profile

from .support import DENIED, facts, reported

DAEMON = "AWS::ECS::DaemonTaskDefinition"
WORKLOADS = {
    "Batch": "AWS::Batch::JobDefinition",
    "Express": "AWS::ECS::ExpressGatewayService",
}


def add(app: cdk.App, guard: EcsGuard, form: str) -> EcsGuard:
    if form == "aspect":
        cdk.Aspects.of(app).add(guard)
    else:
        guard.protect(app)
    return guard


@pytest.mark.parametrize("form", ["aspect", "protect"])
def test_daemons_and_workloads_in_stacks_without_task_definitions(app: cdk.App, form: str) -> None:
    stack = cdk.Stack(app, "Stack")
    agent = {"Name": "a", "Image": "x", "Privileged": True, "User": "root"}
    cdk.CfnResource(stack, "Daemon", type=DAEMON, properties={"ContainerDefinitions": [agent]})
    others = cdk.Stack(app, "Others")
    for name, kind in WORKLOADS.items():
        cdk.CfnResource(others, name, type=kind)
    guard = add(app, EcsGuard(Policy(profile=Profile.STRICT)), form)
    app.synth()
    assert facts(guard) == {
        ("no-privileged-containers", "Stack/Daemon", "deny"),
        ("non-root-user", "Stack/Daemon", "deny"),
        *(("not-covered", f"Others/{name}", "audit") for name in WORKLOADS),
    }


@pytest.mark.parametrize("form", ["aspect", "protect"])
def test_the_policy_may_deny_a_workload(app: cdk.App, form: str) -> None:
    stack = cdk.Stack(cdk.Stage(app, "Prod"), "Stack")
    for name, kind in WORKLOADS.items():
        cdk.CfnResource(stack, name, type=kind)
    add(app, EcsGuard(Policy(enforcement={"not-covered": Enforcement.DENY})), form)
    app.synth()
    assert reported(app) == [("not-covered", f"Prod/Stack/{name}", DENIED) for name in WORKLOADS]
