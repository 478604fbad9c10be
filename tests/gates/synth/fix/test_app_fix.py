"""The state of a fix in one app: which policies are in force, and which of several fixes serves a task definition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecs as ecs
from constructs import IConstruct

from ecs_guard_aspects import EcsGuard, EcsGuardFix, Enforcement, Exemption, Network, Policy

from ..support import AWSVPC, generic, report_of, resource_of

EXEMPT = Exemption(check=AWSVPC, path="**/Td", reason="agent", owner="me", expires="2099-01-01")
POLICIES = {
    "denied": (Policy(), "awsvpc"),
    "exempt": (Policy(exemptions=(EXEMPT,)), "bridge"),
    "audited": (Policy(enforcement={AWSVPC: Enforcement.AUDIT}), "bridge"),
    "off": (Policy(enforcement={AWSVPC: Enforcement.OFF}), "bridge"),
}
GUARDS: dict[str, Callable[[cdk.App, EcsGuard], object]] = {
    "protect": lambda app, guard: guard.protect(app),
    "aspect": lambda app, guard: cdk.Aspects.of(app).add(guard),
    "aspect of the stack": lambda app, guard: cdk.Aspects.of(app.node.children[0]).add(guard),
}


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("guard", GUARDS)
@pytest.mark.parametrize("in_stage", [False, True])
def test_a_fix_as_an_aspect_asks_the_guards_of_its_app(app: cdk.App, policy: str, guard: str, in_stage: bool) -> None:
    given, mode = POLICIES[policy]
    outer: Any = cdk.Stage(app, "Prod") if in_stage else app
    node = generic(cdk.Stack(outer, "Stack"))
    cdk.Aspects.of(outer).add(EcsGuardFix(run_elsewhere=True))
    GUARDS[guard](app, EcsGuard(given))
    app.synth()
    assert resource_of(node)["Properties"]["NetworkMode"] == mode
    assert not [v for v in report_of(app)["violations"] if v["ruleName"] == "stale-exemption"]


def test_a_guard_of_another_part_does_not_count(app: cdk.App) -> None:
    node = generic(cdk.Stack(app, "Stack"))
    EcsGuard(Policy(exemptions=(EXEMPT,))).protect(cdk.Stack(app, "Other"))
    cdk.Aspects.of(app).add(EcsGuardFix(run_elsewhere=True))
    app.synth()
    assert resource_of(node)["Properties"]["NetworkMode"] == "awsvpc"


def service(stack: cdk.Stack) -> cdk.CfnResource:
    node = generic(stack)
    return ecs.CfnService(stack, "Service", task_definition=node.ref, launch_type="EC2", desired_count=1)


def by_protect(scope: IConstruct, fix: EcsGuardFix) -> None:
    EcsGuard().protect(scope, fix=fix)


def by_aspect(scope: IConstruct, fix: EcsGuardFix) -> None:
    cdk.Aspects.of(scope).add(fix)


@pytest.mark.parametrize("nearest_first", [True, False])
@pytest.mark.parametrize(
    "ways",
    [(by_protect, by_protect), (by_aspect, by_aspect), (by_aspect, by_protect)],
    ids=["protect", "aspect", "both"],
)
@pytest.mark.parametrize("inner", ["Stack", "Prod"])
def test_of_two_fixes_the_nearest_scope_wins(
    app: cdk.App, nearest_first: bool, ways: tuple[Callable[..., None], Callable[..., None]], inner: str
) -> None:
    outer: Any = cdk.Stage(app, "Prod") if inner == "Prod" else app
    consumer = service(cdk.Stack(outer, "Stack"))
    near = app.node.find_child(inner)
    far_fix, near_fix = (
        EcsGuardFix(run_elsewhere=True, network=Network((f"subnet-{name}",), ("sg-1",))) for name in ("far", "near")
    )
    added = [lambda: ways[0](app, far_fix), lambda: ways[1](near, near_fix)]
    for add in reversed(added) if nearest_first else added:
        add()
    app.synth()
    network = resource_of(consumer)["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert network["Subnets"] == ["subnet-near"]
    assert (far_fix.changes, len(near_fix.changes)) == ((), 2)
