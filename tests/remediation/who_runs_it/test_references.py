"""Consumers of a task definition, by templates: every kind of reference, with the location it is found at."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.model.template import StackTemplate
from ecs_guard_aspects.remediation.obstacles.consumers import Consumer
from ecs_guard_aspects.remediation.who_runs_it.references import References, UnclearConsumerError

from ..templates import resource, stack

SERVICE = "AWS::ECS::Service"
TASK_DEFINITION = "AWS::ECS::TaskDefinition"
STATE_MACHINE = "AWS::StepFunctions::StateMachine"


def found(*templates: StackTemplate, path: str = "Stack/Td") -> list[Consumer]:
    """Return the consumers of the task definition at a path."""
    references = References(templates)
    (definition,) = [each for each in references.resources(TASK_DEFINITION) if each.address == path]
    return references.consumers_of(definition)


def consumers(*templates: StackTemplate, path: str = "Stack/Td") -> dict[str, list[str]]:
    """Return the locations of the references to a task definition, by the path of the consumer."""
    by_path: dict[str, list[str]] = {}
    for consumer in found(*templates, path=path):
        by_path.setdefault(consumer.resource.address, []).append(consumer.reference)
    return by_path


def one(kind: str, properties: Any, *, family: Any = "fam", **more: Any) -> dict[str, list[str]]:
    """Return the consumers in a template with a task definition and one other resource."""
    other = {"Type": kind, "Properties": properties}
    return consumers(stack(Td=resource(TASK_DEFINITION, Family=family), User=other, **more))


REF = {"Ref": "Td"}
# properties of a service that may name Td, and the locations
REFERENCES: dict[str, tuple[Any, list[str]]] = {
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
    "If without a value": (
        {"TaskDefinition": {"Fn::If": ["C", REF, {"Ref": "AWS::NoValue"}]}},
        ["TaskDefinition.Fn::If.1"],
    ),
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


@pytest.mark.parametrize("name", REFERENCES)
def test_references(name: str) -> None:
    properties, expected = REFERENCES[name]
    other = resource(TASK_DEFINITION, Family="other")
    assert one(SERVICE, properties, Other=other) == ({"Stack/User": expected} if expected else {})


# task definitions of a service that only the deployment knows
UNCLEAR: dict[str, Any] = {
    "parameter": {"Ref": "Parameter"},
    "pseudo parameter": {"Fn::Sub": "${AWS::StackName}-fam"},
    "pseudo parameter and revision": {"Fn::Sub": "f${AWS::StackName}:3"},
    "computed import": {"Fn::ImportValue": {"Fn::Sub": "${AWS::Region}-td"}},
    "import by name": {"Fn::ImportValue": "task-of-another-app"},
    "dynamic reference": "{{resolve:ssm:/task}}",
    "dynamic reference in an ARN": "arn:aws:ecs:eu-west-1:1:task-definition/{{resolve:ssm:/task}}",
    "ARN in pieces": {"Fn::Join": ["", ["arn:aws:ecs:eu-west-1:1:task-definition/", {"Ref": "Parameter"}]]},
    "registered by a custom resource": {"Fn::GetAtt": ["Registered", "Arn"]},
    "a branch": {"Fn::If": ["C", {"Ref": "Td"}, {"Ref": "Parameter"}]},
    "mapping": {"Fn::FindInMap": ["Tasks", {"Ref": "AWS::Region"}, "Arn"]},
}


@pytest.mark.parametrize("name", UNCLEAR)
def test_what_only_the_deployment_knows_may_be_any_task_definition(name: str) -> None:
    registered = resource("Custom::Task", ServiceToken="arn:f")
    with pytest.raises(UnclearConsumerError, match=r"Stack/User runs .*, which may be this task definition"):
        one(SERVICE, {"TaskDefinition": UNCLEAR[name]}, family="f-fam", Registered=registered)


# task definitions with holes that no deployment makes "fam"
OTHER_FAMILIES: dict[str, Any] = {
    "another end": {"Fn::Sub": "${AWS::StackName}-web"},
    "another beginning": {"Fn::Sub": "w${AWS::StackName}"},
    "another family in an ARN": {
        "Fn::Join": [
            "",
            ["arn:aws:ecs:", {"Ref": "AWS::Region"}, ":1:task-definition/other-", {"Ref": "AWS::Region"}],
        ]
    },
}


@pytest.mark.parametrize("name", OTHER_FAMILIES)
def test_a_text_that_cannot_become_the_family_is_not_a_reference(name: str) -> None:
    assert one(SERVICE, {"TaskDefinition": OTHER_FAMILIES[name]}) == {}


RUN = "aws ecs run-task --task-definition fam"
# type and properties of resources that may run the family they name, and the location
TASK_TEXTS: dict[str, tuple[str, Any, str]] = {
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
        TASK_DEFINITION,
        {"ContainerDefinitions": [{"Name": "fam", "Image": "fam", "Command": ["sh", "-c", RUN]}]},
        "ContainerDefinitions.0.Command.2",
    ),
    "pieces without colons": ("Custom::Run", {"T": {"Fn::Join": ["/", ["arn:x:task-definition", "fam"]]}}, "T"),
    "pieces of the family": ("Custom::Run", {"T": {"Fn::Join": ["a", ["run f", "m"]]}}, "T"),
    "the default of a parameter": ("Custom::Run", {"T": {"Ref": "Parameter"}}, "T"),
    "parameter of a nested stack": ("AWS::CloudFormation::Stack", {"Parameters": {"T": "fam"}}, "Parameters.T"),
    "state machine": (
        STATE_MACHINE,
        {"DefinitionString": '{"States": {"Run": {"Parameters": {"TaskDefinition": "fam"}}}}'},
        "DefinitionString",
    ),
}


@pytest.mark.parametrize("name", TASK_TEXTS)
def test_a_resource_with_the_family_in_a_text_may_run_it(name: str) -> None:
    kind, properties, location = TASK_TEXTS[name]
    user = {"Type": kind, "Properties": properties}
    parameters = {"Parameter": {"Type": "String", "Default": "fam"}}
    template = stack(Td=resource(TASK_DEFINITION, Family="fam"), User=user, parameters=parameters)
    assert consumers(template) == {"Stack/User": [location]}


def test_what_an_instance_runs_when_it_starts_may_name_the_family() -> None:
    metadata = {"AWS::CloudFormation::Init": {"config": {"commands": {"1": {"command": RUN}}}}}
    user = {"Type": "AWS::EC2::Instance", "Properties": {}, "Metadata": metadata}
    location = "Metadata.AWS::CloudFormation::Init.config.commands.1.command"
    assert consumers(stack(Td=resource(TASK_DEFINITION, Family="fam"), User=user)) == {"Stack/User": [location]}


# type and properties of resources that only have the same name
NAMES: dict[str, tuple[str, Any]] = {
    "log group": ("AWS::Logs::LogGroup", {"LogGroupName": "fam"}),
    "stream prefix": (
        TASK_DEFINITION,
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


@pytest.mark.parametrize("name", NAMES)
def test_a_resource_that_only_has_the_name_of_the_family_does_not_run_it(name: str) -> None:
    assert one(*NAMES[name]) == {}


COMPUTED = {"Fn::Sub": "${AWS::StackName}-worker"}


@pytest.mark.parametrize(
    ("family", "properties", "location"),
    [
        (COMPUTED, {"T": COMPUTED}, "T"),
        (COMPUTED, {"T": {"Fn::Sub": "run task-definition/${AWS::StackName}-worker now"}}, "T"),
        (COMPUTED, {"T": "run prod-worker"}, "T"),
        (COMPUTED, {"T": "run prod-web"}, None),
        # Three known letters are searched for, fewer are not: almost any text would name such a family.
        ({"Fn::Sub": "${AWS::StackName}-ab"}, {"T": "run prod-ab"}, "T"),
        ({"Fn::Sub": "${AWS::StackName}-a"}, {"T": "run prod-a"}, None),
        ({"Fn::Sub": "${AWS::StackName}a"}, {"T": "run proda"}, None),
        # A family that is written needs no holes filled: it is searched for however short it is.
        ("a", {"T": "run a"}, "T"),
        (None, {"T": "run anything"}, None),
    ],
)
def test_a_family_that_is_an_expression_is_searched_for(family: Any, properties: Any, location: str | None) -> None:
    assert one("Custom::Run", properties, family=family) == ({"Stack/User": [location]} if location else {})


@pytest.mark.parametrize("family", [COMPUTED, None], ids=["an expression", "generated by CloudFormation"])
def test_a_text_of_a_service_may_be_a_family_that_is_not_known(family: Any) -> None:
    named = {"TaskDefinition": "prod-worker:3" if family else {"Ref": "Parameter"}}
    with pytest.raises(UnclearConsumerError, match="Stack/User runs"):
        one(SERVICE, named, family=family)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ([], {}),
        ([{"Name": "NAME", "Value": "fam"}], {}),
        ([{"Name": "TASK_DEFINITION", "Value": "fam"}], {"Stack/Td": ["ContainerDefinitions.0.Environment.0.Value"]}),
    ],
)
def test_a_task_with_its_own_family_in_its_environment(environment: Any, expected: dict[str, Any]) -> None:
    own = [{"Name": "fam", "Image": "fam", "Environment": environment}]
    assert consumers(stack(Td=resource(TASK_DEFINITION, Family="fam", ContainerDefinitions=own))) == expected


@pytest.mark.parametrize("chosen", [{"TaskDefinition.$": "$.t"}, {"TaskDefinition": "{% $t %}"}])
def test_a_state_machine_that_chooses_at_run_time(chosen: Any) -> None:
    with pytest.raises(UnclearConsumerError, match="state machine Stack/User chooses at run time what it runs"):
        one(STATE_MACHINE, {"Definition": {"States": {"Run": {"Parameters": chosen}}}})


def user_of(expression: Any) -> dict[str, Any]:
    return resource(SERVICE, TaskDefinition=expression)


def test_a_logical_id_means_the_resource_of_its_own_stack_first() -> None:
    td = resource(TASK_DEFINITION)
    # Three does not have a Td of its own: it may mean either.
    stacks = [
        stack("One", Td=td, User=user_of(REF)),
        stack("Two", Td=td, User=user_of(REF)),
        stack("Three", User=user_of(REF)),
    ]
    assert set(consumers(*stacks, path="One/Td")) == {"One/User", "Three/User"}
    assert set(consumers(*stacks, path="Two/Td")) == {"Two/User", "Three/User"}


EXPORT = {"Out": {"Value": REF, "Export": {"Name": "td"}}}
COMPUTED_EXPORT = {"Out": {"Value": REF, "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-td"}}}}


@pytest.mark.parametrize(
    ("outputs", "imported", "is_consumer"),
    [
        (EXPORT, "td", True),
        (COMPUTED_EXPORT, {"Fn::Sub": "${Prefix}-td"}, True),
        (EXPORT | {"Other": {"Value": "x", "Export": {"Name": "other"}}}, "other", False),
    ],
)
def test_an_import_means_what_is_exported_by_that_name(outputs: Any, imported: Any, is_consumer: bool) -> None:
    owner = stack("Owner", outputs, Td=resource(TASK_DEFINITION, Family="fam"))
    user = stack("Users", User=user_of({"Fn::ImportValue": imported}))
    assert consumers(owner, user, path="Owner/Td") == ({"Users/User": ["TaskDefinition"]} if is_consumer else {})


def test_the_target_groups_and_registries_of_a_service_come_with_it() -> None:
    group = resource("AWS::ElasticLoadBalancingV2::TargetGroup", TargetType="ip")
    names = resource("AWS::ServiceDiscovery::Service", Name="n")
    service = resource(
        SERVICE,
        TaskDefinition=REF,
        LoadBalancers=[{"TargetGroupArn": {"Ref": "Group"}}],
        ServiceRegistries=[{"RegistryArn": {"Fn::GetAtt": ["Names", "Arn"]}}],
    )
    (consumer,) = found(stack(Td=resource(TASK_DEFINITION), Group=group, Names=names, User=service))
    addresses = {location: each.address for location, each in consumer.service_dependencies.items()}
    assert addresses == {
        "LoadBalancers.0.TargetGroupArn": "Stack/Group",
        "ServiceRegistries.0.RegistryArn": "Stack/Names",
    }
