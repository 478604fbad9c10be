"""The one moment after all Aspects of a Stage and before the references between its stacks: pinned for new CDKs."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_ec2 as ec2
from constructs import IConstruct, IValidation

from ecs_guard_aspects import EcsGuard, Network
from ecs_guard_aspects.gates.synth.tree.after_aspects import after_aspects

from ..support import generic, level1, make_app, permissive_fix, resource_of, template_of


@jsii.implements(cdk.IAspect)
class Notes:
    """An Aspect that writes down when it runs."""

    def __init__(self, events: list[str], name: str) -> None:
        self._events = events
        self._name = name

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, cdk.CfnResource):
            self._events.append(self._name)


@jsii.implements(cdk.IStringProducer)
class Asked:
    """A token that writes down when it is resolved."""

    def __init__(self, events: list[str]) -> None:
        self._events = events

    def produce(self, context: cdk.IResolveContext) -> str:
        self._events.append("token")
        return "text"


@jsii.implements(IValidation)
class Validated:
    def __init__(self, events: list[str]) -> None:
        self._events = events

    def validate(self) -> list[str]:
        self._events.append("validation")
        return []


@pytest.mark.parametrize("stabilization", [False, True])
@pytest.mark.parametrize("in_stage", [False, True])
def test_it_comes_after_aspects_of_all_priorities_and_before_tokens_are_resolved(
    tmp_path: Any, stabilization: bool, in_stage: bool
) -> None:
    app = make_app(tmp_path, **{"@aws-cdk/core:aspectStabilization": stabilization})
    events: list[str] = []
    stage = cdk.Stage(app, "Prod") if in_stage else app
    after_aspects(stage, lambda: events.append("hook"))
    stack = cdk.Stack(stage, "Stack")
    generic(stack, Family=cdk.Lazy.uncached_string(Asked(events)))
    for scope in (stage, stack):
        for priority in (1, 500, 1000, 1_000_000):
            cdk.Aspects.of(scope).add(Notes(events, f"aspect {priority}"), priority=priority)
    stage.node.add_validation(Validated(events))
    app.synth()
    first = list(dict.fromkeys(events))
    assert first == ["aspect 1", "aspect 500", "aspect 1000", "aspect 1000000", "hook", "token", "validation"]
    # All of one kind come before all of the next, but for the hook, which an enclosing Stage asks again.
    aspects = [event for event in events if event.startswith("aspect")]
    assert events[: len(aspects)] == aspects
    assert events.count("hook") == (2 if in_stage else 1)


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_it_is_called_once_for_each_stage_around(app: cdk.App, depth: int) -> None:
    calls: list[str] = []
    stage: cdk.Stage = app
    for number in range(depth):
        stage = cdk.Stage(stage, f"Stage{number}")
    after_aspects(stage, lambda: calls.append("hook"))
    cdk.Stack(stage, "Stack")
    app.synth()
    assert len(calls) == depth + 1
    app.synth()
    assert len(calls) == depth + 1


def test_several_come_in_their_order_and_leave_no_trace(app: cdk.App, tmp_path: Any) -> None:
    calls: list[int] = []
    plain = make_app(tmp_path / "plain")
    for each in (app, plain):
        generic(cdk.Stack(each, "Stack"))
    for number in range(3):
        after_aspects(app, lambda number=number: calls.append(number))  # type: ignore[misc]
    templates = []
    for each in (app, plain):
        each.synth()
        templates.append(template_of(each.node.find_child("Stack")))  # type: ignore[arg-type]
    assert calls == [0, 1, 2]
    assert templates[0] == templates[1]


def test_an_exception_fails_the_synth(app: cdk.App) -> None:
    def fail() -> None:
        raise LookupError("no such thing")

    after_aspects(app, fail)
    with pytest.raises(RuntimeError, match="no such thing"):
        app.synth()


def test_a_reference_made_then_is_exported(app: cdk.App) -> None:
    subnet = ec2.CfnSubnet(cdk.Stack(app, "Net"), "Subnet", vpc_id="vpc-1", cidr_block="10.0.0.0/24")
    outer = cdk.Stack(app, "Stack")
    nodes = [generic(outer), generic(cdk.NestedStack(outer, "Nested"))]
    after_aspects(app, lambda: [node.add_property_override("Subnet", subnet.ref) for node in nodes])  # type: ignore[func-returns-value]
    app.synth()
    assert all("Fn::ImportValue" in resource_of(node)["Properties"]["Subnet"] for node in nodes)
    assert "Outputs" in template_of(cdk.Stack.of(subnet))


@jsii.implements(cdk.IAspect)
class ToBridge:
    """An Aspect of the app."""

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, cdk.CfnResource) and node.node.id == "Td":
            node.add_property_override("NetworkMode", "bridge")


@pytest.mark.parametrize("way", ["protect", "Aspect"])
@pytest.mark.parametrize("priority", [1, 200, 500, 1000, 1_000_000])
def test_the_fix_comes_after_aspects_of_all_priorities(app: cdk.App, way: str, priority: int) -> None:
    subnet = ec2.CfnSubnet(cdk.Stack(app, "Net"), "Subnet", vpc_id="vpc-1", cidr_block="10.0.0.0/24")
    stack = cdk.Stack(app, "Stack")
    definition = level1(stack, mode="awsvpc")
    properties = {"TaskDefinition": definition.ref}
    service = cdk.CfnResource(stack, "Svc", type="AWS::ECS::Service", properties=properties)
    fix = permissive_fix(network=Network((subnet.ref,)))
    if way == "protect":
        EcsGuard().protect(app, fix=fix)
    else:
        cdk.Aspects.of(app).add(fix)
    cdk.Aspects.of(app).add(ToBridge(), priority=priority)
    app.synth()
    assert resource_of(definition)["Properties"]["NetworkMode"] == "awsvpc"
    given = resource_of(service)["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert "Fn::ImportValue" in given["Subnets"][0]
    assert [change.old for change in fix.changes] == ["bridge", None]
