"""Consumers of a task definition in a CDK app: what templates alone do not show. The kinds of references are tested by
templates, in tests/remediation/who_runs_it/test_references.py."""

from __future__ import annotations

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ecs as ecs

from ecs_guard_aspects.gates.synth.tree.after_aspects import after_aspects
from ecs_guard_aspects.gates.synth.tree.constructs import stacks_in
from ecs_guard_aspects.gates.synth.tree.rendering import render
from ecs_guard_aspects.model.resource import TASK_DEFINITION
from ecs_guard_aspects.remediation.obstacles.consumers import Consumer
from ecs_guard_aspects.remediation.who_runs_it.references import References

from ..support import generic, level1


@jsii.implements(cdk.IStableStringProducer)
class Producer:
    """Resolves a token to the family."""

    def produce(self) -> str:
        return "fam"


SERVICE = "AWS::ECS::Service"


def found(app: cdk.App, path: str) -> list[Consumer]:
    """Return the consumers of the task definition at a path, when all Aspects of its Stage have run."""
    answers: list[list[Consumer]] = []

    def ask() -> None:
        references = References(render(stacks_in(app)))
        (definition,) = [each for each in references.resources(TASK_DEFINITION) if each.address == path]
        answers.append(references.consumers_of(definition))

    after_aspects(app, ask)
    app.synth(force=True)
    return answers[-1]


def consumers(app: cdk.App, node: cdk.CfnResource) -> dict[str, list[str]]:
    """Return the locations of the references to a task definition, by the path of the consumer."""
    by_path: dict[str, list[str]] = {}
    for consumer in found(app, node.node.path):
        by_path.setdefault(consumer.resource.address, []).append(consumer.reference)
    return by_path


def test_the_family_in_an_environment_variable(app: cdk.App, stack: cdk.Stack) -> None:
    definition = generic(stack, Family="fam")
    variables = {"Environment": {"Variables": {"T": cdk.Lazy.string(Producer())}}}
    cdk.CfnResource(stack, "User", type="AWS::Lambda::Function", properties=variables)
    assert consumers(app, definition) == {"Stack/User": ["Environment.Variables.T"]}


def test_overrides_count(app: cdk.App, stack: cdk.Stack) -> None:
    definition = level1(stack)
    service = ecs.CfnService(stack, "User", task_definition=definition.ref)
    other = ecs.CfnService(stack, "Other", task_definition="x")
    service.add_property_override("TaskDefinition", "x")
    other.add_property_override("TaskDefinition", {"Ref": "Td"})
    assert consumers(app, definition) == {"Stack/Other": ["TaskDefinition"]}


def test_a_logical_id_in_another_stage_is_not_a_reference(app: cdk.App, stack: cdk.Stack) -> None:
    definition = generic(stack)
    inner = cdk.Stack(cdk.Stage(app, "Prod"), "Stack")
    for scope in (stack, inner):
        cdk.CfnResource(scope, "User", type=SERVICE, properties={"TaskDefinition": {"Ref": "Td"}})
        cdk.CfnOutput(scope, "Out", value="x", export_name=f"of-{scope.node.addr}")
    assert consumers(app, definition) == {"Stack/User": ["TaskDefinition"]}
