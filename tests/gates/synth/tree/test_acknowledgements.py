"""Which acknowledgement counts for which construct: those in stacks by their metadata, those above by the tree."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from constructs import Construct, IConstruct

from ecs_guard_aspects import EcsGuard
from ecs_guard_aspects.gates.synth.tree.acknowledgements import acknowledged_above
from ecs_guard_aspects.sources.assembly.metadata import rule_id

from ..support import AWSVPC, ROOT, crossings, generic, level2, only, report_of


def acknowledge(scope: IConstruct, check: str = AWSVPC, reason: str = "known") -> None:
    cdk.Validations.of(scope).acknowledge(cdk.Acknowledgment(id=rule_id(check), reason=reason))


def accepted(app: cdk.App) -> dict[str, str | None]:
    """Return what was acknowledged of each finding, as the Aspect and ``protect`` both report it."""
    aspect, guard = EcsGuard(), EcsGuard().protect(app)
    for stage in (app, *(node for node in app.node.find_all() if isinstance(node, cdk.Stage))):
        cdk.Aspects.of(stage).add(aspect)
    app.synth()
    assert set(aspect.findings) == set(guard.findings)
    return {finding.address: finding.acknowledged for finding in guard.findings}


def test_the_key_of_the_metadata_is_that_of_the_cdk(stack: cdk.Stack) -> None:
    acknowledge(stack)
    entries = [entry for entry in stack.node.metadata if entry.type == "aws:cdk:acknowledged-rules"]
    assert [dict(entry.data) for entry in entries] == [{rule_id(AWSVPC): "known"}]


PATHS = ("", "Stack", "Stack/Part", "Stack/Part/Td", "Stack/Part/Td/Resource", "Stack/Nested", "Prod", "Prod/Stack")


@pytest.mark.parametrize("path", PATHS)
def test_it_counts_for_what_is_below(app: cdk.App, stack: cdk.Stack, path: str) -> None:
    nested = cdk.NestedStack(stack, "Nested")
    inner = cdk.Stack(cdk.Stage(app, "Prod"), "Stack")
    for scope in (Construct(stack, "Part"), Construct(stack, "Partner"), nested, inner):
        level2(scope)
    nodes = {node.node.path: node for node in app.node.find_all()}
    acknowledge(nodes[path], reason="moves in May")
    found = accepted(app)
    assert len(found) == 4
    for address, reason in found.items():
        is_below = not path or address == path or address.startswith(f"{path}/")
        assert reason == ("moves in May" if is_below else None), address


def test_the_nearest_counts(app: cdk.App) -> None:
    prod = cdk.Stage(app, "Prod")
    stack = cdk.Stack(prod, "Stack")
    scopes = {"app": app, "Prod": prod, "stack": stack, "part": Construct(stack, "Part")}
    for name, scope in scopes.items():
        acknowledge(scope, reason=name)
        acknowledge(scope, ROOT, reason="another check")
    generic(scopes["part"])  # type: ignore[arg-type]
    generic(stack)
    generic(cdk.Stack(prod, "Other"))
    generic(cdk.Stack(app, "Stack"))
    assert accepted(app) == {
        "Prod/Stack/Part/Td": "part",
        "Prod/Stack/Td": "stack",
        "Prod/Other/Td": "Prod",
        "Stack/Td": "app",
    }


@pytest.mark.parametrize("scope", ["app", "stack"])
def test_of_several_on_one_construct_the_last_counts(app: cdk.App, stack: cdk.Stack, scope: str) -> None:
    on = app if scope == "app" else stack
    generic(stack)
    acknowledge(on, reason="first")
    acknowledge(on, ROOT, "other")
    acknowledge(on, reason="second")
    assert accepted(app) == {"Stack/Td": "second"}


@pytest.mark.parametrize("reason", ["", " \t\n", "\u200b"])
@pytest.mark.parametrize("scope", ["app", "stack"])
def test_a_blank_reason_does_not_count(app: cdk.App, stack: cdk.Stack, reason: str, scope: str) -> None:
    generic(stack)
    acknowledge(app if scope == "app" else stack, reason=reason)
    guard = EcsGuard().protect(app)
    app.synth()
    finding = only(guard.findings)
    assert (finding.acknowledged, finding.is_denied) == ("", True)
    where = "the app" if scope == "app" else "Stack"
    assert finding.notes == (f"It is acknowledged at {where}, but without a reason; that does not count.",)
    report = report_of(app)
    assert (report["success"], report["suppressed"]) == (False, [])


def test_a_blank_one_nearby_hides_a_good_one_above(app: cdk.App, stack: cdk.Stack) -> None:
    """The last acknowledgement, closest to the task definition, has no reason."""
    generic(stack)
    acknowledge(app)
    acknowledge(stack, reason=" ")
    assert accepted(app) == {"Stack/Td": ""}


def test_what_cannot_be_read_cannot_be_acknowledged(app: cdk.App, stack: cdk.Stack) -> None:
    cdk.CfnResource(stack, "Odd", type="AWS::SNS::Topic").add_override("Type", 7)
    for scope in (app, stack, stack.node.find_child("Odd")):
        acknowledge(scope, "unreadable")
    guard = EcsGuard().protect(app)
    app.synth()
    finding = only(guard.findings)
    assert (finding.check, finding.acknowledged, finding.is_denied) == ("unreadable", None, True)


@pytest.mark.parametrize("data", ["text", 7, [rule_id(AWSVPC)], {"other": "x"}, {AWSVPC: "x"}])
@pytest.mark.parametrize("scope", ["app", "stack"])
def test_odd_metadata_is_skipped(app: cdk.App, stack: cdk.Stack, data: Any, scope: str) -> None:
    generic(stack)
    (app if scope == "app" else stack).node.add_metadata("aws:cdk:acknowledged-rules", data)
    assert accepted(app) == {"Stack/Td": None}


class TestAbove:
    def test_only_what_is_above_stacks_is_asked(self, app: cdk.App) -> None:
        stage = cdk.Stage(app, "Prod")
        stack = cdk.Stack(Construct(stage, "Part"), "Stack")
        for scope in (app, stage, stage.node.find_child("Part"), stack, level2(stack)):
            acknowledge(scope, reason=scope.node.path or "app")
        found = acknowledged_above(app, ["Prod/Part/Stack", "Gone/Stack"])
        assert found == {path: {AWSVPC: path or "app"} for path in ("", "Prod", "Prod/Part")}

    def test_it_costs_by_scopes_and_not_by_stacks(self, app: cdk.App) -> None:
        counts = []
        for number in (1, 30):
            with crossings() as sent:
                acknowledged_above(app, [f"Stack{index}" for index in range(number)])
            counts.append(len(sent))
        assert counts[0] == counts[1]
