"""A template with expressions of every kind around a task definition, and the findings of the gate."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.policy import Policy

from ..policy.support import ABSENT, LITERAL, equals, if_, judge, parameter, ref, sub, verdicts

SECTIONS: dict[str, Any] = {
    "Parameters": {
        "Stage": parameter("prod", "dev"),
        "Other": parameter("prod", "dev"),
        "Mode": parameter("awsvpc", "host"),
        "Bridge": parameter("bridge", "none"),
        "Awsvpc": parameter("awsvpc"),
        "Free": parameter(),
        "HostByDefault": parameter(Default="host"),
        "AwsvpcByDefault": parameter(Default="awsvpc"),
        "User": parameter("root", "1000"),
        "NotRoot": parameter("1000", "1001"),
        "Uid": {"Type": "Number", "AllowedValues": [0, 1000]},
        "PositiveUid": {"Type": "Number", "AllowedValues": [1000, 1001], "Default": 1000},
        "ZeroUid": {"Type": "Number", "Default": 0},
        "FreeUid": {"Type": "Number"},
        "Flag": parameter("true", "false"),
        "BooleanFlag": parameter(True, False),
        "List": {"Type": "CommaDelimitedList", "Default": "awsvpc, host"},
        "EmptyList": {"Type": "CommaDelimitedList", "Default": ""},
        "LaunchTypes": {"Type": "CommaDelimitedList", "Default": "EXTERNAL"},
        "FreeList": {"Type": "CommaDelimitedList"},
        "Subnets": {"Type": "List<AWS::EC2::Subnet::Id>", "Default": "subnet-1"},
        "Ssm": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/ecs/mode"},
        "SsmAllowed": {"Type": "AWS::SSM::Parameter::Value<String>", "AllowedValues": ["awsvpc"]},
        "Family": parameter("LINUX", "WINDOWS_SERVER_2022_CORE"),
        "Linux": parameter("LINUX"),
        "Version": parameter(),
    },
    "Conditions": {
        "IsProd": equals(ref("Stage"), "prod"),
        "IsDev": {"Fn::Not": [{"Condition": "IsProd"}]},
        "Always": equals("a", "a"),
        "Never": equals("a", "b"),
        "Both": {"Fn::And": [{"Condition": "IsProd"}, equals(ref("Other"), "prod")]},
        "Either": {"Fn::Or": [{"Condition": "IsProd"}, equals(ref("Other"), "prod")]},
        "Contradiction": {"Fn::And": [{"Condition": "IsProd"}, {"Condition": "IsDev"}]},
        "Tautology": {"Fn::Or": [{"Condition": "IsProd"}, {"Condition": "IsDev"}]},
        "NotContradiction": {"Fn::Not": [{"Fn::And": [equals(ref("Free"), "a"), equals("b", ref("Free"))]}]},
        "Nested": {"Fn::Not": [{"Fn::Or": [{"Fn::Not": [{"Condition": "Always"}]}, {"Condition": "Never"}]}]},
        "FreeIsA": equals(ref("Free"), "a"),
        "FreeIsB": equals("b", ref("Free")),
        "SameFree": equals(ref("Free"), ref("Free")),
        "InUsEast1": equals(ref("AWS::Region"), "us-east-1"),
        "StageIsOther": equals(ref("Stage"), ref("Other")),
        "StageIsAttribute": equals(ref("Stage"), {"Fn::GetAtt": ["Bucket", "Arn"]}),
        "SameAttribute": equals({"Fn::GetAtt": ["Bucket", "Arn"]}, {"Fn::GetAtt": ["Bucket", "Arn"]}),
        "ByIf": equals(if_("IsProd", ref("Free"), "x"), "a"),
        "FreeIsNeither": {"Fn::And": [{"Fn::Not": [{"Condition": name}]} for name in ("FreeIsA", "FreeIsB")]},
        "NumberIsText": equals(ref("PositiveUid"), "1000"),
        "TextIsNumber": equals("1000", 1000),
        "TrueIsText": equals(True, "true"),
        "InMap": equals({"Fn::FindInMap": ["ByStage", ref("Stage"), "Big"]}, "yes"),
        "ByJoin": equals({"Fn::Join": ["-", [ref("Stage"), ref("Other")]]}, "prod-prod"),
        "BySub": equals(sub("${Stage}/x"), "prod/x"),
        "BySubOfFree": equals(sub("x${Free}"), "y"),
        "BySubOfFreePossible": equals(sub("x${Free}"), "xy"),
        "BySelect": equals({"Fn::Select": [0, [ref("Stage"), "x"]]}, "prod"),
        "ByAttribute": equals({"Fn::GetAtt": ["Bucket", "Arn"]}, "x"),
        "ByAttributeToo": equals({"Fn::GetAtt": ["Bucket", "Arn"]}, "x"),
        "BySsm": equals(ref("Ssm"), "awsvpc"),
        "Cycle": {"Fn::Not": [{"Condition": "Cycle"}]},
        "CycleA": {"Fn::Not": [{"Condition": "CycleB"}]},
        "CycleB": {"Fn::Not": [{"Condition": "CycleA"}]},
        "UsesUndefined": {"Fn::Or": [{"Condition": "Undefined"}, {"Condition": "Never"}]},
        "UndefinedButTrue": {"Fn::Or": [{"Condition": "Always"}, {"Condition": "Undefined"}]},
    },
    "Mappings": {
        "ByStage": {
            "prod": {"Mode": "awsvpc", "Big": "yes", "User": "1000"},
            "dev": {"Mode": "host", "Big": "no", "User": "root"},
        },
        "ByRegion": {"us-east-1": {"Mode": "awsvpc"}, "eu-west-1": {"Mode": "bridge"}},
        "AllAwsvpc": {"a": {"Mode": "awsvpc"}, "b": {"Mode": "awsvpc"}},
        "OnlyProd": {"prod": {"Mode": "awsvpc"}},
        "AIsHost": {"a": {"Mode": "host"}, "b": {"Mode": "awsvpc"}},
        "OnlyA": {"a": {"Mode": "host"}},
        "Moves": {"us-east-1": {"Mode": "awsvpc", "User": "root"}, "eu-west-1": {"Mode": "host", "User": "1000"}},
        "Lists": {"x": {"LaunchTypes": ["EXTERNAL"]}},
    },
}

PASSES: dict[str, str] = {}
VIOLATION, UNRESOLVED = "violation", "unresolved"
DYNAMIC = "{{resolve:ssm:/ecs/mode}}"


def found(properties: Any, policy: Policy = LITERAL, condition: Any = ABSENT) -> dict[str, str]:
    """Return verdicts by check, with the container's name where there is one: ``check name``."""
    by_pair = verdicts(judge(properties, policy, condition=condition, **SECTIONS))
    return {f"{check} {name}" if name else check: verdict for (check, name), verdict in by_pair.items()}


def rows(*table: tuple[Any, Any]) -> Any:
    return pytest.mark.parametrize(("node", "expected"), table, ids=[str(row[0])[:90] for row in table])
