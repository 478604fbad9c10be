"""Who runs a task definition, in an app that is rendered: every kind of reference, with the place it stands at."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecs as ecs

from ecs_guard_aspects.cloudformation.resource import TASK_DEFINITION
from ecs_guard_aspects.gates.synth.tree.after_aspects import after_aspects
from ecs_guard_aspects.gates.synth.tree.constructs import stacks_in
from ecs_guard_aspects.gates.synth.tree.rendering import render
from ecs_guard_aspects.remediation.consumers import Consumer
from ecs_guard_aspects.remediation.references import References, UnclearConsumerError

from .support import generic, level1

SERVICE = "AWS::ECS::Service"


def found(app: cdk.App, path: str) -> list[Consumer]:
    """Return what names the task definition at a path, when all Aspects of its Stage have run."""
    answers: list[Any] = []

    def ask() -> None:
        references = References(render(stacks_in(app)))
        (definition,) = [each for each in references.resources(TASK_DEFINITION) if each.address == path]
        try:
            answers.append(references.consumers_of(definition))
        except UnclearConsumerError as error:
            answers.append(error)

    after_aspects(app, ask)
    app.synth(force=True)
    if isinstance(answers[-1], Exception):
        raise answers[-1]
    return answers[-1]  # type: ignore[no-any-return]


def consumers(app: cdk.App, node: cdk.CfnResource) -> dict[str, list[str]]:
    """Return the references to a task definition, by the path of what names it."""
    by_path: dict[str, list[str]] = {}
    for consumer in found(app, node.node.path):
        by_path.setdefault(consumer.resource.address, []).append(consumer.reference)
    return by_path


REF = {"Ref": "Td"}
# properties of something that names Td, and where
NAMED: dict[str, tuple[Any, list[str]]] = {
    "Ref": ({"TaskDefinition": REF}, ["TaskDefinition"]),
    "GetAtt": ({"TaskDefinition": {"Fn::GetAtt": ["Td", "TaskDefinitionArn"]}}, ["TaskDefinition"]),
    "GetAtt with a dot": ({"TaskDefinition": {"Fn::GetAtt": "Td.TaskDefinitionArn"}}, ["TaskDefinition"]),
    "Sub": ({"TaskDefinition": {"Fn::Sub": "${Td}"}}, ["TaskDefinition"]),
    "Sub of an attribute": ({"TaskDefinition": {"Fn::Sub": "${Td.TaskDefinitionArn}"}}, ["TaskDefinition"]),
    "the family in a Sub": (
        {"TaskDefinition": {"Fn::Sub": "arn:aws:ecs:${AWS::Region}:1:task-definition/fam"}},
        ["TaskDefinition"],
    ),
    "another family in a Sub": (
        {"TaskDefinition": {"Fn::Sub": "arn:aws:ecs:${AWS::Region}:1:task-definition/other:3"}},
        [],
    ),
    "Sub with a map": ({"TaskDefinition": {"Fn::Sub": ["${A}", {"A": REF}]}}, ["TaskDefinition"]),
    "Join": ({"TaskDefinition": {"Fn::Join": ["", ["a", REF]]}}, ["TaskDefinition"]),
    "Select of Split": (
        {"TaskDefinition": {"Fn::Select": [1, {"Fn::Split": ["/", {"Fn::Join": ["", ["a/", REF]]}]}]}},
        ["TaskDefinition"],
    ),
    "If": ({"TaskDefinition": {"Fn::If": ["C", REF, {"Ref": "Other"}]}}, ["TaskDefinition.Fn::If.1"]),
    "twice": ({"A": REF, "B": [{"C": 1}, {"C": REF}]}, ["A", "B.1.C"]),
    "not at all": ({"TaskDefinition": {"Ref": "Other"}, "A": "Td", "B": {"Fn::Sub": "Td ${Tdy} ${!Td}"}}, []),
    "the family": ({"TaskDefinition": "fam"}, ["TaskDefinition"]),
    "the family and a revision": ({"TaskDefinition": "fam:3"}, ["TaskDefinition"]),
    "the family in an ARN": (
        {"TaskDefinition": "arn:aws:ecs:eu-west-1:111122223333:task-definition/fam:3"},
        ["TaskDefinition"],
    ),
    "half a family": ({"TaskDefinition": "family", "A": "my-fam"}, []),
}


@pytest.mark.parametrize("name", NAMED)
def test_references(app: cdk.App, stack: cdk.Stack, name: str) -> None:
    properties, expected = NAMED[name]
    definition = generic(stack, Family="fam")
    generic(stack, "Other")
    cdk.CfnResource(stack, "User", type=SERVICE, properties=properties)
    assert consumers(app, definition) == ({"Stack/User": expected} if expected else {})


@pytest.mark.parametrize(
    "expression",
    [{"Ref": "Parameter"}, {"Fn::Sub": "${AWS::StackName}-web"}, {"Fn::ImportValue": {"Fn::Sub": "${AWS::Region}-td"}}],
    ids=["parameter", "pseudo parameter", "computed import"],
)
def test_what_only_the_deployment_can_tell_may_be_any(app: cdk.App, stack: cdk.Stack, expression: Any) -> None:
    definition = generic(stack, Family="fam")
    cdk.CfnParameter(stack, "Parameter")
    cdk.CfnResource(stack, "User", type=SERVICE, properties={"TaskDefinition": expression})
    with pytest.raises(UnclearConsumerError, match="Stack/User"):
        consumers(app, definition)


def test_a_string_state_machine_names_it_anywhere(app: cdk.App, stack: cdk.Stack) -> None:
    definition = generic(stack, Family="fam")
    text = '{"States": {"Run": {"Parameters": {"TaskDefinition": "fam"}}}}'
    kind = "AWS::StepFunctions::StateMachine"
    cdk.CfnResource(stack, "User", type=kind, properties={"DefinitionString": text})
    assert consumers(app, definition) == {"Stack/User": ["DefinitionString"]}


def test_overrides_count(app: cdk.App, stack: cdk.Stack) -> None:
    definition = level1(stack)
    service = ecs.CfnService(stack, "User", task_definition=definition.ref)
    other = ecs.CfnService(stack, "Other", task_definition="x")
    service.add_property_override("TaskDefinition", "x")
    other.add_property_override("TaskDefinition", {"Ref": "Td"})
    assert consumers(app, definition) == {"Stack/Other": ["TaskDefinition"]}


def test_logical_ids_are_of_their_stack(app: cdk.App) -> None:
    stacks = [cdk.Stack(app, name) for name in ("One", "Two", "Three")]
    first, second = generic(stacks[0]), generic(stacks[1])
    for stack in stacks:
        cdk.CfnResource(stack, "User", type=SERVICE, properties={"TaskDefinition": {"Ref": "Td"}})
    # Three has no Td of its own: it may mean either.
    assert set(consumers(app, first)) == {"One/User", "Three/User"}
    assert set(consumers(app, second)) == {"Two/User", "Three/User"}


def test_those_of_another_stage_are_none(app: cdk.App, stack: cdk.Stack) -> None:
    definition = generic(stack)
    inner = cdk.Stack(cdk.Stage(app, "Prod"), "Stack")
    for scope in (stack, inner):
        cdk.CfnResource(scope, "User", type=SERVICE, properties={"TaskDefinition": {"Ref": "Td"}})
        cdk.CfnOutput(scope, "Out", value="x", export_name=f"of-{scope.node.addr}")
    assert consumers(app, definition) == {"Stack/User": ["TaskDefinition"]}


def test_what_is_behind_a_service(app: cdk.App, stack: cdk.Stack) -> None:
    definition = generic(stack)
    group = {"TargetType": "ip"}
    cdk.CfnResource(stack, "Group", type="AWS::ElasticLoadBalancingV2::TargetGroup", properties=group)
    cdk.CfnResource(stack, "Names", type="AWS::ServiceDiscovery::Service", properties={"Name": "n"})
    properties = {
        "TaskDefinition": REF,
        "LoadBalancers": [{"TargetGroupArn": {"Ref": "Group"}}],
        "ServiceRegistries": [{"RegistryArn": {"Fn::GetAtt": ["Names", "Arn"]}}],
    }
    cdk.CfnResource(stack, "User", type=SERVICE, properties=properties)
    (consumer,) = found(app, definition.node.path)
    behind = {reference: resource.address for reference, resource in consumer.behind.items()}
    assert behind == {
        "LoadBalancers.0.TargetGroupArn": "Stack/Group",
        "ServiceRegistries.0.RegistryArn": "Stack/Names",
    }
    assert consumer.behind["LoadBalancers.0.TargetGroupArn"].properties == group
