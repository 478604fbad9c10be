"""What a nested stack's parameters can be, by what its parent gives them."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.cloudformation.declarations import Among, Declarations
from ecs_guard_aspects.cloudformation.nested_stacks import as_called
from ecs_guard_aspects.model.resource import NESTED_STACK, TASK_DEFINITION, Resource
from ecs_guard_aspects.policy import Policy, evaluate

PARENT = Declarations.of(
    {
        "Parameters": {
            "Stage": {"Type": "String", "AllowedValues": ["dev", "prod"]},
            "Free": {"Type": "String", "Default": "awsvpc"},
            "Stored": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/mode"},
            "Numbers": {"Type": "String", "AllowedValues": [str(number) for number in range(65)]},
        },
        "Conditions": {
            "IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
            "IsStored": {"Fn::Equals": [{"Ref": "Stored"}, "host"]},
        },
        "Mappings": {"Modes": {"dev": {"Mode": "awsvpc"}, "prod": {"Mode": "awsvpc"}}},
    }
)
ANY = {"Type": "String"}
WITH_DEFAULT = {"Type": "String", "Default": "bridge"}
FEW = {"Type": "String", "AllowedValues": ["awsvpc", "host"]}


# fmt: off
GIVEN = [
    # declared      the Parameters of the nested stack                    what it can then be; None: as declared
    (ANY,           {"Mode": "awsvpc"},                                   ["awsvpc"]),
    (WITH_DEFAULT,  {"Mode": "awsvpc"},                                   ["awsvpc"]),
    (FEW,           {"Mode": "awsvpc"},                                   ["awsvpc"]),
    (FEW,           {"Mode": "none"},                                     ["none"]),
    (ANY,           {"Mode": 5},                                          ["5"]),
    (ANY,           {"Mode": True},                                       ["true"]),
    (ANY,           {"Mode": {"Ref": "Stage"}},                           ["dev", "prod"]),
    (ANY,           {"Mode": {"Fn::If": ["IsProd", "awsvpc", "host"]}},   ["awsvpc", "host"]),
    (ANY,           {"Mode": {"Fn::Sub": "aws${Stage}"}},                 ["awsdev", "awsprod"]),
    (ANY,           {"Mode": {"Fn::FindInMap": ["Modes", {"Ref": "Stage"}, "Mode"]}}, ["awsvpc"]),
    (WITH_DEFAULT,  {},                                                   ["bridge"]),
    (WITH_DEFAULT,  {"Other": "awsvpc"},                                  ["bridge"]),
    (WITH_DEFAULT,  None,                                                 ["bridge"]),
    (WITH_DEFAULT,  {"Ref": "AWS::NoValue"},                              ["bridge"]),
    # what cannot be told
    (ANY,           {},                                                   None),
    (FEW,           {},                                                   None),
    (ANY,           {"Mode": None},                                       None),
    (ANY,           {"Mode": {"Ref": "AWS::NoValue"}},                    None),
    (ANY,           {"Mode": ["awsvpc"]},                                 None),
    (ANY,           {"Mode": {"Ref": "Free"}},                            None),
    (ANY,           {"Mode": {"Ref": "Stored"}},                          None),
    (ANY,           {"Mode": {"Ref": "Numbers"}},                         None),
    (ANY,           {"Mode": {"Ref": "Topic"}},                           None),
    (ANY,           {"Mode": {"Fn::GetAtt": ["A", "B"]}},                 None),
    (ANY,           {"Mode": {"Fn::If": ["IsStored", "awsvpc", "host"]}}, None),
    (ANY,           {"Mode": "{{resolve:ssm:/mode}}"},                    None),
    (WITH_DEFAULT,  {"Fn::If": ["IsProd", {"Mode": "awsvpc"}, {}]},       None),
    (WITH_DEFAULT,  {"Fn::Transform": {"Name": "Mine"}},                  None),
    (WITH_DEFAULT,  [],                                                   None),
    (WITH_DEFAULT,  "awsvpc",                                             None),
    ({"Type": "AWS::SSM::Parameter::Value<String>"}, {"Mode": "/mode"},   None),
    (None,          {"Mode": "awsvpc"},                                   None),
]
# fmt: on


@pytest.mark.parametrize(("declared", "arguments", "expected"), GIVEN, ids=repr)
def test_what_a_parent_gives(declared: Any, arguments: Any, expected: list[str] | None) -> None:
    declarations = Declarations({"Mode": declared})
    parameter = as_called(declarations, nested_stack(Parameters=arguments), PARENT).parameters["Mode"]
    assert parameter.domain == (declarations.parameters["Mode"].domain if expected is None else Among(tuple(expected)))


def nested_stack(**properties: Any) -> dict[str, Any]:
    return {"Type": NESTED_STACK, "Properties": properties}


MACRO = {"Fn::Transform": {"Name": "Mine"}}
LOOP = {"Fn::ForEach::P": ["X", ["Parameters"], {"${X}": {"Mode": "host"}}]}


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        # without Parameters it takes its default, bridge
        ({"Type": NESTED_STACK}, ["bridge"]),
        ({"Type": NESTED_STACK, "Properties": None}, ["bridge"]),
        ({"Type": NESTED_STACK, "Properties": []}, ["bridge"]),
        (nested_stack(), ["bridge"]),
        # a macro or a loop may give it anything
        (nested_stack(Parameters={"Mode": "awsvpc"}) | MACRO, None),
        (nested_stack(Parameters={"Mode": "awsvpc"}, **MACRO), None),
        (nested_stack(Parameters={"Mode": "awsvpc", **MACRO}), None),
        (nested_stack(**LOOP), None),
        (nested_stack(Parameters={"Fn::ForEach::M": ["X", ["Mode"], {"${X}": "host"}]}), None),
        ({"Type": NESTED_STACK, "Properties": {"Fn::If": ["IsProd", {}, {"Parameters": {"Mode": "host"}}]}}, None),
    ],
    ids=repr,
)
def test_where_a_nested_stack_gives_it(stack: dict[str, Any], expected: list[str] | None) -> None:
    declarations = Declarations({"Mode": WITH_DEFAULT})
    domain = as_called(declarations, stack, PARENT).parameters["Mode"].domain
    assert domain == (declarations.parameters["Mode"].domain if expected is None else Among(tuple(expected)))


def test_conditions_nested_deeper_than_the_stack_do_not_crash() -> None:
    chain: dict[str, Any] = {f"C{n}": {"Fn::Not": [{"Condition": f"C{n + 1}"}]} for n in range(3000)}
    chain["C3000"] = {"Fn::Equals": [{"Ref": "P"}, {"Fn::GetAtt": ["A", "b"]}]}
    parent = Declarations({"P": ANY}, chain)
    declarations = Declarations({"Mode": ANY})
    called = as_called(declarations, nested_stack(Parameters={"Mode": {"Fn::If": ["C0", "a", "b"]}}), parent)
    assert called.parameters == declarations.parameters


def test_the_items_of_a_list_are_distinguished() -> None:
    declared = Declarations({"Types": {"Type": "CommaDelimitedList"}})
    declarations = as_called(declared, nested_stack(Parameters={"Types": "EC2, EXTERNAL"}), PARENT)
    properties = {"RequiresCompatibilities": {"Ref": "Types"}}
    (finding,) = evaluate(Resource("Td", TASK_DEFINITION, properties, declarations), Policy())
    assert "ECS Anywhere, which does not support awsvpc" in finding.remedy


def test_conditions_and_mappings_stay() -> None:
    sections = {"Conditions": PARENT.conditions, "Mappings": PARENT.mappings, "Parameters": {"Stage": ANY}}
    declarations = as_called(Declarations.of(sections), nested_stack(Parameters={"Stage": "dev"}), PARENT)
    mode = {"Fn::If": ["IsProd", "host", {"Fn::FindInMap": ["Modes", {"Ref": "Stage"}, "Mode"]}]}
    assert evaluate(Resource("Td", TASK_DEFINITION, {"NetworkMode": mode}, declarations), Policy()) == []


def test_what_was_declared_is_not_changed() -> None:
    declared = Declarations({"Mode": ANY})
    as_called(declared, nested_stack(Parameters={"Mode": "awsvpc"}), PARENT)
    assert declared.parameters == Declarations({"Mode": ANY}).parameters
