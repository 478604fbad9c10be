"""What a nested stack's parameters can be, by what its parents give them."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.policy import Policy, evaluate
from ecs_guard_aspects.policy.nested_stack import Call, as_called
from ecs_guard_aspects.policy.template import Among, Template

PARENT = Template.of(
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
def test_what_one_parent_gives(declared: Any, arguments: Any, expected: list[str] | None) -> None:
    template = Template({"Mode": declared})
    parameter = as_called(template, [Call(arguments, PARENT)]).parameters["Mode"]
    assert parameter.domain == (template.parameters["Mode"].domain if expected is None else Among(tuple(expected)))


def test_what_several_parents_give_adds_up() -> None:
    calls = [Call({"Mode": mode}, PARENT) for mode in ("awsvpc", "host", "awsvpc")]
    assert as_called(Template({"Mode": ANY}), calls).parameters["Mode"].domain == Among(("awsvpc", "host"))
    calls.append(Call({"Mode": {"Ref": "Free"}}, PARENT))
    assert as_called(Template({"Mode": FEW}), calls).parameters["Mode"].domain == Among(("awsvpc", "host"))
    assert as_called(Template({"Mode": ANY}), calls).parameters == Template({"Mode": ANY}).parameters


def test_without_a_parent_a_template_stays_as_it_is() -> None:
    template = Template({"Mode": ANY})
    assert as_called(template, []) is template


def test_the_items_of_a_list_are_told_apart() -> None:
    template = as_called(
        Template({"Types": {"Type": "CommaDelimitedList"}}), [Call({"Types": "EC2, EXTERNAL"}, PARENT)]
    )
    (finding,) = evaluate({"RequiresCompatibilities": {"Ref": "Types"}}, Policy(), resource="Td", template=template)
    assert "ECS Anywhere, which has no awsvpc" in finding.remedy


def test_conditions_and_mappings_stay() -> None:
    sections = {"Conditions": PARENT.conditions, "Mappings": PARENT.mappings, "Parameters": {"Stage": ANY}}
    template = as_called(Template.of(sections), [Call({"Stage": "dev"}, PARENT)])
    mode = {"Fn::If": ["IsProd", "host", {"Fn::FindInMap": ["Modes", {"Ref": "Stage"}, "Mode"]}]}
    assert evaluate({"NetworkMode": mode}, Policy(), resource="Td", template=template) == []
