"""Starts: a launch type that is required excuses nothing where a resource starts the task definition elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.model.resource import TASK_DEFINITION
from ecs_guard_aspects.policy import evaluate_template, judge

from ..support import Assembly, logical_id, stack_of

REF = {"Ref": "Td"}
SERVICE, RULE = "AWS::ECS::Service", "AWS::Events::Rule"


def task(required: Any, mode: str | None = "bridge", **properties: Any) -> dict[str, Any]:
    given = {"RequiresCompatibilities": required, "Family": "agent", **properties}
    return {"Type": TASK_DEFINITION, "Properties": {**given, **({"NetworkMode": mode} if mode else {})}}


ANYWHERE = task(["EXTERNAL"])
MANAGED = task(["MANAGED_INSTANCES"], None)


def service(kind: str = SERVICE, /, task_definition: Any = REF, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": {"TaskDefinition": task_definition, **properties}}


def target(kind: str, /, **parameters: Any) -> dict[str, Any]:
    given = {"TaskDefinitionArn": REF, **parameters}
    properties: dict[str, Any] = {
        RULE: {"Targets": [{"Id": "other"}, {"EcsParameters": given}]},
        "AWS::Scheduler::Schedule": {"Target": {"EcsParameters": given}},
        "AWS::Pipes::Pipe": {"TargetParameters": {"EcsTaskParameters": given}},
    }[kind]
    return {"Type": kind, "Properties": properties}


def either(one: Any, other: Any) -> dict[str, Any]:
    return {"Fn::If": ["C", one, other]}


STRATEGY = [{"CapacityProvider": "large", "Weight": 1}]
PROVIDER = {"Type": "AWS::ECS::CapacityProvider", "Properties": {"ManagedInstancesProvider": {}}}
GROUP = {"Type": "AWS::ECS::CapacityProvider", "Properties": {"AutoScalingGroupProvider": {}}}
OF_PROVIDER = service(CapacityProviderStrategy=[{"CapacityProvider": {"Ref": "Provider"}}])
EC2, NOTHING = "launch type EC2", {"Ref": "AWS::NoValue"}
# fmt: off
ROWS: list[tuple[dict[str, Any], dict[str, Any], str | None]] = [
    # the task definition, what starts it, and what the message says; None for a warning at most
    (ANYWHERE, {}, None),
    (ANYWHERE, {"Web": service(LaunchType="EXTERNAL")}, None),
    (ANYWHERE, {"Web": service(LaunchType="EC2")}, f"service Web starts it with {EC2}"),
    (ANYWHERE, {"Web": service(LaunchType="FARGATE")}, "launch type FARGATE"),
    (ANYWHERE, {"Web": service(task_definition={"Fn::GetAtt": 5}, LaunchType="EC2")}, None),
    (ANYWHERE, {"Web": service(CapacityProviderStrategy=STRATEGY)}, "a capacity provider strategy"),
    (ANYWHERE, {"Web": service(CapacityProviderStrategy=either(STRATEGY, NOTHING), LaunchType=either(NOTHING, "EC2"))},
     "a capacity provider strategy"),
    (ANYWHERE, {"Web": service()}, "the default of the cluster"),
    (ANYWHERE, {"Web": service(LaunchType=either("EXTERNAL", "EC2"))}, EC2),
    (ANYWHERE, {"Web": service(LaunchType={"Ref": "Any"})}, "only the deployment decides"),
    (ANYWHERE, {"Web": service("AWS::ECS::TaskSet", LaunchType="EC2")}, f"task set Web starts it with {EC2}"),
    (ANYWHERE, {"Web": target(RULE, LaunchType="EC2")}, f"rule Web starts it with {EC2}"),
    (ANYWHERE, {"Web": target("AWS::Scheduler::Schedule", LaunchType="EC2")}, f"schedule Web starts it with {EC2}"),
    (ANYWHERE, {"Web": target("AWS::Pipes::Pipe", LaunchType="EC2")}, f"pipe Web starts it with {EC2}"),
    (ANYWHERE, {"Web": target("AWS::Pipes::Pipe", LaunchType="EXTERNAL")}, None),
    # the expression that names it
    (ANYWHERE, {"Web": service(SERVICE, either(REF, "other"), LaunchType="EC2")}, EC2),
    (ANYWHERE, {"Web": service(SERVICE, {"Fn::GetAtt": ["Td", "TaskDefinitionArn"]}, LaunchType="EC2")}, EC2),
    (ANYWHERE, {"Web": service(SERVICE, {"Fn::GetAtt": "Td.TaskDefinitionArn"}, LaunchType="EC2")}, EC2),
    (ANYWHERE, {"Web": service(SERVICE, {"Fn::Sub": "${Td}"}, LaunchType="EC2")}, EC2),
    (ANYWHERE, {"Web": service(SERVICE, {"Fn::Sub": ["${T}", {"T": REF}]}, LaunchType="EC2")}, EC2),
    (ANYWHERE, {"Web": service(SERVICE, "agent", LaunchType="EC2")}, EC2),
    (ANYWHERE, {"Web": service(SERVICE, "agent:7", LaunchType="EC2")}, EC2),
    (ANYWHERE, {"Web": service(SERVICE, "arn:aws:ecs:eu-west-1:1:task-definition/agent:7", LaunchType="EC2")}, EC2),
    (ANYWHERE, {"Web": service(SERVICE, "agent-two", LaunchType="EC2")}, None),
    (ANYWHERE, {"Web": service(SERVICE, {"Ref": "Other"}, LaunchType="EC2")}, None),
    (ANYWHERE, {"Web": service("AWS::SNS::Topic", LaunchType="EC2")}, None),
    # managed instances are started by capacity providers, too
    (MANAGED,  {"Web": service(LaunchType="EC2")}, EC2),
    (MANAGED,  {"Web": service(CapacityProviderStrategy=STRATEGY)}, "a capacity provider strategy"),
    (MANAGED,  {"Web": OF_PROVIDER, "Provider": GROUP}, "a capacity provider strategy"),
    (MANAGED,  {"Web": OF_PROVIDER, "Provider": PROVIDER}, None),
    (MANAGED,  {"Web": service(LaunchType="MANAGED_INSTANCES")}, None),
    (MANAGED,  {"Web": service()}, None),
    # several starts
    (ANYWHERE, {"One": service(LaunchType="EXTERNAL"), "Web": service(LaunchType="EC2")}, "service Web"),
]
# fmt: on


@pytest.mark.parametrize(("definition", "others", "said"), ROWS, ids=range(len(ROWS)))
def test_what_starts_it(definition: dict[str, Any], others: dict[str, Any], said: str | None) -> None:
    template = {
        "Parameters": {"Any": {"Type": "String"}, "Place": {"Type": "String", "AllowedValues": ["a", "b"]}},
        "Conditions": {"C": {"Fn::Equals": [{"Ref": "Place"}, "a"]}},
        "Resources": {"Td": definition, **others},
    }
    (finding,) = evaluate_template(template)
    assert finding.enforcement.value == ("deny" if said else "warn")
    assert ("RequiresCompatibilities is not decisive here" in finding.why) is bool(said)
    assert said is None or said in finding.why
    assert "No change helps" not in finding.remedy or said is None


def other_template(assembly: Assembly, outputs: dict[str, Any], **resources: Any) -> None:
    """Write a second stack."""
    other = {**assembly.artifact, "displayName": "Other", "properties": {"templateFile": "Other.template.json"}}
    assembly.manifest(Stack=assembly.artifact, Other=other)
    assembly.template("Other", {"Outputs": outputs}, **resources)


def test_a_service_of_another_stack(assembly: Assembly) -> None:
    imported = service(SERVICE, {"Fn::ImportValue": "Other:Td"}, LaunchType="EC2")
    for name in ("Other:Td", "Other:Cluster"):
        assembly.template(Web=imported)
        other_template(assembly, {"Td": {"Value": REF, "Export": {"Name": name}}}, Td=ANYWHERE)
        (finding,) = judge(assembly.read()).findings
        assert finding.is_denied is (name == "Other:Td")


def test_a_service_of_a_nested_stack_and_of_its_parent(assembly: Assembly) -> None:
    inner = "A.nested.template.json"
    assembly.assets(aaa=inner)
    assembly.template(Td=ANYWHERE, N=stack_of("aaa", Given=REF))
    assembly.template("A.nested", {"Parameters": {"Given": {"Type": "String"}}}, Web=service(SERVICE, {"Ref": "Given"}))
    assembly.metadata(Td=[logical_id("Td")])
    (finding,) = judge(assembly.read()).findings
    assert finding.is_denied
    assembly.template(N=stack_of("aaa"), Web=service(SERVICE, {"Fn::GetAtt": ["N", "Outputs.Out"]}, LaunchType="EC2"))
    assembly.template("A.nested", {"Outputs": {"Out": {"Value": REF}}}, Td=ANYWHERE)
    (finding,) = judge(assembly.read()).findings
    assert finding.is_denied
