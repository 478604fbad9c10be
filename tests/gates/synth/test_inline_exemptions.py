"""Exemptions in the metadata of a resource, as an app writes them."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecs as ecs

from ecs_guard_aspects import EcsGuard, Policy

from .support import AWSVPC, annotations_of, level2, only, permissive_fix, report_of, reported

ENTRY = {"check": AWSVPC, "owner": "team-web", "expires": "2099-01-01", "reason": "old agent", "ticket": "WEB-1"}


def with_metadata(stack: cdk.Stack, entries: Any) -> cdk.CfnResource:
    task = level2(stack)
    resource = task.node.default_child
    assert isinstance(resource, cdk.CfnResource)
    resource.add_metadata("ecs-guard", entries)
    return resource


def test_it_is_admitted_and_listed(app: cdk.App, stack: cdk.Stack) -> None:
    with_metadata(stack, [ENTRY])
    guard = EcsGuard().protect(app)
    app.synth()
    finding = only(guard.findings)
    assert not finding.is_denied
    assert finding.exemption is not None
    assert (finding.exemption.owner, finding.exemption.ticket) == ("team-web", "WEB-1")
    assert report_of(app)["success"]


@pytest.mark.parametrize(("policy", "changes"), [(Policy(), 0), (Policy(local_exemptions=False), 1)])
def test_the_fix_leaves_alone_what_it_admits(app: cdk.App, stack: cdk.Stack, policy: Policy, changes: int) -> None:
    with_metadata(stack, [ENTRY])
    fix = permissive_fix()
    EcsGuard(policy).protect(app, fix=fix)
    app.synth()
    assert len(fix.changes) == changes


def test_each_that_says_too_little_is_denied(app: cdk.App, stack: cdk.Stack) -> None:
    resource = with_metadata(
        stack, [ENTRY, {**ENTRY, "owner": " "}, {**ENTRY, "expires": "soon"}, {**ENTRY, "check": "x"}]
    )
    EcsGuard().protect(app)
    app.synth()
    path = resource.node.path
    denied = [(check, where) for check, where, severity in reported(app) if severity != "info"]
    assert denied == [("invalid-exemption", path)] * 3
    assert not report_of(app)["success"]


def test_the_bare_aspect_says_it_too(app: cdk.App, stack: cdk.Stack) -> None:
    with_metadata(stack, [ENTRY, {**ENTRY, "owner": " "}])
    cdk.Aspects.of(app).add(EcsGuard())
    app.synth()
    (said,) = annotations_of(app)
    assert "This exemption does not count: exemption owner is ' '" in str(said)


def test_a_platform_team_that_takes_none(app: cdk.App, stack: cdk.Stack) -> None:
    with_metadata(stack, [ENTRY])
    guard = EcsGuard(Policy(local_exemptions=False)).protect(app)
    app.synth()
    finding = only(guard.findings)
    assert finding.is_denied
    assert "but the policy accepts none." in finding.notes[0]


def test_one_that_covers_nothing(app: cdk.App, stack: cdk.Stack) -> None:
    task = ecs.CfnTaskDefinition(stack, "Task", network_mode="awsvpc")
    task.add_metadata("ecs-guard", [{**ENTRY, "check": "host-mode-root-user"}])
    guard = EcsGuard().protect(app)
    app.synth()
    finding = only(guard.findings)
    assert (finding.check, finding.enforcement.value, finding.address) == ("stale-exemption", "warn", task.node.path)
