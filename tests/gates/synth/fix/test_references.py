"""Who runs a task definition, in an app that is rendered: every kind of reference, with the place it stands at."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecs as ecs

from ecs_guard_aspects.gates.synth.tree.after_aspects import after_aspects
from ecs_guard_aspects.gates.synth.tree.constructs import stacks_in
from ecs_guard_aspects.gates.synth.tree.rendering import render
from ecs_guard_aspects.model.resource import TASK_DEFINITION
from ecs_guard_aspects.remediation.obstacles.consumers import Consumer
from ecs_guard_aspects.remediation.who_runs_it.references import References, UnclearConsumerError

from ..support import generic, level1

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
    [
        {"Ref": "Parameter"},
        {"Fn::Sub": "${AWS::StackName}-fam"},
        {"Fn::Sub": "f${AWS::StackName}:3"},
        {"Fn::ImportValue": {"Fn::Sub": "${AWS::Region}-td"}},
        {"Fn::ImportValue": "task-of-another-app"},
        "{{resolve:ssm:/task}}",
        "arn:aws:ecs:eu-west-1:1:task-definition/{{resolve:ssm:/task}}",
        {"Fn::Join": ["", ["arn:aws:ecs:eu-west-1:1:task-definition/", {"Ref": "Parameter"}]]},
        {"Fn::GetAtt": ["Registered", "Arn"]},
        {"Fn::If": ["C", {"Ref": "Td"}, {"Ref": "Parameter"}]},
        {"Fn::FindInMap": ["Tasks", {"Ref": "AWS::Region"}, "Arn"]},
    ],
    ids=[
        *("parameter", "pseudo parameter", "pseudo parameter and revision", "computed import", "import by name"),
        *("dynamic reference", "dynamic reference in an ARN", "ARN in pieces", "registered by a custom resource"),
        *("a branch", "mapping"),
    ],
)
def test_what_only_the_deployment_can_tell_may_be_any(app: cdk.App, stack: cdk.Stack, expression: Any) -> None:
    definition = generic(stack, Family="f-fam")
    cdk.CfnParameter(stack, "Parameter")
    cdk.CfnResource(stack, "Registered", type="Custom::Task", properties={"ServiceToken": "arn:f"})
    cdk.CfnResource(stack, "User", type=SERVICE, properties={"TaskDefinition": expression})
    with pytest.raises(UnclearConsumerError, match="Stack/User"):
        consumers(app, definition)


@pytest.mark.parametrize(
    "expression",
    [
        {"Fn::Sub": "${AWS::StackName}-web"},
        {"Fn::Sub": "w${AWS::StackName}"},
        {
            "Fn::Join": [
                "",
                ["arn:aws:ecs:", {"Ref": "AWS::Region"}, ":1:task-definition/other-", {"Ref": "AWS::Region"}],
            ]
        },
    ],
)
def test_what_cannot_become_its_family_is_none(app: cdk.App, stack: cdk.Stack, expression: Any) -> None:
    definition = generic(stack, Family="fam")
    cdk.CfnResource(stack, "User", type=SERVICE, properties={"TaskDefinition": expression})
    assert consumers(app, definition) == {}


RUN = "aws ecs run-task --task-definition fam"
# type and properties of what is told to run Td by its family, and where
TOLD: dict[str, tuple[str, Any, str]] = {
    "custom resource": ("Custom::Run", {"ServiceToken": "arn:f", "Create": f'{{"do": "{RUN}"}}'}, "Create"),
    "custom resource, in a list": ("AWS::CloudFormation::CustomResource", {"Name": ["fam"]}, "Name.0"),
    "schedule of any call": (
        "AWS::Scheduler::Schedule",
        {"Target": {"Arn": "arn:aws:scheduler:::aws-sdk:ecs:runTask", "Input": '{"TaskDefinition":"fam:3"}'}},
        "Target.Input",
    ),
    "input of a rule": (
        "AWS::Events::Rule",
        {"Targets": [{"Id": "fam", "Input": '{"task":"fam"}'}]},
        "Targets.0.Input",
    ),
    "inline code": ("AWS::Lambda::Function", {"Code": {"ZipFile": f"run('{RUN}')"}}, "Code.ZipFile"),
    "environment": ("AWS::Lambda::Function", {"Environment": {"Variables": {"T": "fam"}}}, "Environment.Variables.T"),
    "user data": (
        "AWS::EC2::LaunchTemplate",
        {"LaunchTemplateData": {"UserData": {"Fn::Base64": {"Fn::Join": ["\n", ["#!/bin/sh", RUN]]}}}},
        "LaunchTemplateData.UserData",
    ),
    "a container": (
        "AWS::ECS::TaskDefinition",
        {"ContainerDefinitions": [{"Name": "fam", "Image": "fam", "Command": ["sh", "-c", RUN]}]},
        "ContainerDefinitions.0.Command.2",
    ),
    "pieces without colons": ("Custom::Run", {"T": {"Fn::Join": ["/", ["arn:x:task-definition", "fam"]]}}, "T"),
    "pieces of the family": ("Custom::Run", {"T": {"Fn::Join": ["a", ["run f", "m"]]}}, "T"),
    "a parameter": ("Custom::Run", {"T": {"Ref": "Parameter"}}, "T"),
    "parameter of a nested stack": ("AWS::CloudFormation::Stack", {"Parameters": {"T": "fam"}}, "Parameters.T"),
}


@pytest.mark.parametrize("name", TOLD)
def test_what_is_told_its_family_may_run_it(app: cdk.App, stack: cdk.Stack, name: str) -> None:
    kind, properties, place = TOLD[name]
    definition = generic(stack, Family="fam")
    cdk.CfnParameter(stack, "Parameter", default="fam")
    cdk.CfnResource(stack, "User", type=kind, properties=properties)
    assert consumers(app, definition) == {"Stack/User": [place]}


# type and properties of what only bears the name
CALLED: dict[str, tuple[str, Any]] = {
    "log group": ("AWS::Logs::LogGroup", {"LogGroupName": "fam"}),
    "stream prefix": (
        "AWS::ECS::TaskDefinition",
        {"ContainerDefinitions": [{"LogConfiguration": {"Options": {"awslogs-stream-prefix": "fam"}}}]},
    ),
    "service": (
        SERVICE,
        {"TaskDefinition": "other", "ServiceName": "fam", "LoadBalancers": [{"ContainerName": "fam"}]},
    ),
    "tag": ("Some::Any::Type", {"Tags": [{"Key": "app", "Value": "fam"}]}),
    "name and description": ("Some::Any::Type", {"ThingName": "fam", "Description": "all about fam"}),
    "half a word": ("Custom::Run", {"T": "fam-ily fam_ xfam"}),
    "scaling": ("AWS::ApplicationAutoScaling::ScalableTarget", {"ResourceId": "service/cluster/fam"}),
    "policy": ("AWS::IAM::Policy", {"PolicyDocument": {"Resource": "arn:aws:ecs:*:*:task-definition/fam:*"}}),
    "function": ("AWS::Lambda::Function", {"FunctionName": "fam"}),
    "rule": ("AWS::Events::Rule", {"Name": "fam", "Targets": [{"Id": "fam", "Arn": "arn:fam", "RoleArn": "fam"}]}),
}


@pytest.mark.parametrize("name", CALLED)
def test_what_is_only_called_so_does_not(app: cdk.App, stack: cdk.Stack, name: str) -> None:
    kind, properties = CALLED[name]
    definition = generic(stack, Family="fam")
    cdk.CfnResource(stack, "User", type=kind, properties=properties)
    assert consumers(app, definition) == {}


COMPUTED = {"Fn::Sub": "${AWS::StackName}-worker"}


@pytest.mark.parametrize(
    ("properties", "place"),
    [
        ({"T": COMPUTED}, "T"),
        ({"T": {"Fn::Sub": "run task-definition/${AWS::StackName}-worker now"}}, "T"),
        ({"T": "run prod-worker"}, "T"),
        ({"T": "run prod-web"}, None),
    ],
)
def test_a_family_that_is_an_expression(app: cdk.App, stack: cdk.Stack, properties: Any, place: str | None) -> None:
    definition = generic(stack, Family=COMPUTED)
    cdk.CfnResource(stack, "User", type="Custom::Run", properties=properties)
    assert consumers(app, definition) == ({"Stack/User": [place]} if place else {})


def test_whatever_a_service_names_may_be_a_family_that_is_an_expression(app: cdk.App, stack: cdk.Stack) -> None:
    definition = generic(stack, Family=COMPUTED)
    cdk.CfnResource(stack, "User", type=SERVICE, properties={"TaskDefinition": "prod-worker:3"})
    with pytest.raises(UnclearConsumerError, match="Stack/User runs"):
        consumers(app, definition)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ([], {}),
        ([{"Name": "NAME", "Value": "fam"}], {}),
        (
            [{"Name": "TASK_DEFINITION", "Value": "fam"}],
            {"Stack/Td": ["ContainerDefinitions.0.Environment.0.Value"]},
        ),
    ],
)
def test_a_task_that_is_told_its_own_family(
    app: cdk.App, stack: cdk.Stack, environment: Any, expected: dict[str, Any]
) -> None:
    own = [{"Name": "fam", "Image": "fam", "Environment": environment}]
    definition = generic(stack, Family="fam", ContainerDefinitions=own)
    assert consumers(app, definition) == expected


@pytest.mark.parametrize("chosen", [{"TaskDefinition.$": "$.t"}, {"TaskDefinition": "{% $t %}"}])
def test_a_state_machine_that_chooses_at_run_time(app: cdk.App, stack: cdk.Stack, chosen: Any) -> None:
    definition = generic(stack, Family="fam")
    body = {"States": {"Run": {"Parameters": chosen}}}
    cdk.CfnResource(stack, "User", type="AWS::StepFunctions::StateMachine", properties={"Definition": body})
    with pytest.raises(UnclearConsumerError, match="chooses at run time"):
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
    dependencies = {reference: resource.address for reference, resource in consumer.service_dependencies.items()}
    assert dependencies == {
        "LoadBalancers.0.TargetGroupArn": "Stack/Group",
        "ServiceRegistries.0.RegistryArn": "Stack/Names",
    }
    assert consumer.service_dependencies["LoadBalancers.0.TargetGroupArn"].properties == group
