"""CloudFormation expressions: what each can become, wherever it stands.

Rows read: the task definition, and what the gate says of it. ``SECTIONS`` is the template around it.
"""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.policy import Enforcement, Policy, Profile, Verdict
from ecs_guard_aspects.policy.judging import SCENARIO_LIMIT

from .support import (
    ABSENT,
    LITERAL,
    NO_VALUE,
    container,
    equals,
    host,
    if_,
    judge,
    parameter,
    ref,
    sub,
    task_definition,
    verdicts,
)

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


# --- the network mode: every expression ----------------------------------------------------------------------------

# fmt: off
MODES = rows(
    # parameters
    (ref("Mode"),                                                    VIOLATION),
    (ref("Bridge"),                                                  VIOLATION),
    (ref("Awsvpc"),                                                  None),
    (ref("Free"),                                                    UNRESOLVED),
    (ref("HostByDefault"),                                           VIOLATION),
    (ref("AwsvpcByDefault"),                                         UNRESOLVED),  # its default and anything else
    (ref("Uid"),                                                     VIOLATION),   # never a mode
    (ref("List"),                                                    VIOLATION),   # by default, and never a string
    (ref("Ssm"),                                                     UNRESOLVED),
    (ref("SsmAllowed"),                                              UNRESOLVED),  # limits the name, not the value
    (ref("Undeclared"),                                              UNRESOLVED),
    # pseudo parameters
    (NO_VALUE,                                                       VIOLATION),
    (ref("AWS::Region"),                                             UNRESOLVED),
    (ref("AWS::Invented"),                                           UNRESOLVED),
    # Fn::If
    (if_("IsProd", "awsvpc", "host"),                                VIOLATION),
    (if_("IsProd", "awsvpc", NO_VALUE),                              VIOLATION),
    (if_("IsProd", "awsvpc", "awsvpc"),                              None),
    (if_("Always", "awsvpc", "host"),                                None),
    (if_("Never", "awsvpc", "host"),                                 VIOLATION),
    (if_("IsProd", if_("IsDev", "host", "awsvpc"), "awsvpc"),        None),        # IsDev inside IsProd: unreachable
    (if_("IsProd", if_("IsProd", "awsvpc", "host"), "awsvpc"),       None),
    (if_("IsProd", ref("Awsvpc"), ref("Mode")),                      VIOLATION),
    (if_("IsProd", "awsvpc", ref("Free")),                           UNRESOLVED),
    (if_("IsProd", "bridge", ref("Free")),                           VIOLATION),   # one reachable violation is enough
    (if_("Undefined", "awsvpc", "host"),                             UNRESOLVED),
    (if_("Undefined", "awsvpc", "awsvpc"),                           None),
    (if_("Undefined", "host", "bridge"),                             VIOLATION),   # whichever it is
    (if_("Undefined", if_("Undefined", "awsvpc", "host"), "awsvpc"), None),        # undefined, but one and the same
    (if_("Undefined", "awsvpc", if_("Another", "host", "awsvpc")),   UNRESOLVED),  # two, each by itself
    (if_(equals(ref("Stage"), "prod"), "awsvpc", "host"),            VIOLATION),
    (if_(equals(ref("HostByDefault"), "a"), "awsvpc", ref("HostByDefault")), VIOLATION),  # not a, so host or any other
    (if_(equals(ref("HostByDefault"), "host"), "awsvpc", ref("HostByDefault")), UNRESOLVED),
    # what one condition says of a parameter, the next one knows
    (if_("FreeIsNeither", if_("FreeIsB", "host", "awsvpc"), "awsvpc"),                 None),
    (if_("ByIf", if_("FreeIsA", "awsvpc", "host"), "awsvpc"),                          None),
    (if_(equals(sub("${Free}"), "a"), if_("FreeIsA", "awsvpc", "host"), "awsvpc"),     None),
    (if_(equals({"Fn::Join": ["", ["a", ref("HostByDefault")]]}, "ahost"), "awsvpc",   # not ahost, so not the default
         if_(equals(ref("HostByDefault"), "host"), "host", "awsvpc")),                 None),
    # Fn::FindInMap
    ({"Fn::FindInMap": ["ByStage", ref("Stage"), "Mode"]},           VIOLATION),
    ({"Fn::FindInMap": ["ByStage", "prod", "Mode"]},                 None),
    ({"Fn::FindInMap": ["ByStage", "dev", "Mode"]},                  VIOLATION),
    ({"Fn::FindInMap": ["ByRegion", ref("AWS::Region"), "Mode"]},    VIOLATION),
    ({"Fn::FindInMap": ["AllAwsvpc", ref("Free"), "Mode"]},          None),        # no other key can be deployed
    ({"Fn::FindInMap": ["AllAwsvpc", ref("AWS::Region"), "Mode"]},   None),
    ({"Fn::FindInMap": ["AllAwsvpc", ref("Ssm"), "Mode"]},           None),
    ({"Fn::FindInMap": ["ByStage", ref("Ssm"), "Mode"]},             UNRESOLVED),
    ({"Fn::FindInMap": ["ByStage", {"Fn::GetAtt": ["A", "b"]}, "Mode"]}, UNRESOLVED),
    ({"Fn::FindInMap": ["OnlyProd", ref("Stage"), "Mode"]},          UNRESOLVED),  # dev finds no entry
    ({"Fn::FindInMap": ["NoMap", "a", "b"]},                         UNRESOLVED),
    ({"Fn::FindInMap": ["ByStage", "test", "Mode"]},                 UNRESOLVED),
    ({"Fn::FindInMap": ["ByStage", "prod", "None"]},                 UNRESOLVED),
    ({"Fn::FindInMap": [sub("By${Free}"), "prod", "Mode"]},          UNRESOLVED),
    ({"Fn::FindInMap": ["ByStage", if_("IsProd", "prod", "prod"), "Mode"]}, None),
    # ... with AWS::LanguageExtensions
    ({"Fn::FindInMap": ["ByStage", "test", "Mode", {"DefaultValue": "awsvpc"}]},           None),
    ({"Fn::FindInMap": ["ByStage", "test", "Mode", {"DefaultValue": "host"}]},             VIOLATION),
    ({"Fn::FindInMap": ["AllAwsvpc", ref("Free"), "Mode", {"DefaultValue": "host"}]},      VIOLATION),
    ({"Fn::FindInMap": ["AllAwsvpc", ref("Free"), "Mode", {"DefaultValue": "awsvpc"}]},    None),
    ({"Fn::FindInMap": ["AllAwsvpc", ref("Ssm"), "Mode", {"DefaultValue": "host"}]},       UNRESOLVED),
    ({"Fn::FindInMap": ["AllAwsvpc", ref("Stage"), "Mode", {"DefaultValue": "host"}]},     VIOLATION),
    ({"Fn::FindInMap": ["OnlyProd", ref("Stage"), "Mode", {"DefaultValue": "awsvpc"}]},    None),
    # what is known of the key leaves some entries
    (if_("FreeIsA", "awsvpc", {"Fn::FindInMap": ["AIsHost", ref("Free"), "Mode"]}),        None),
    (if_("FreeIsA", {"Fn::FindInMap": ["AIsHost", ref("Free"), "Mode"]}, "awsvpc"),        VIOLATION),
    (if_("FreeIsA", "awsvpc", {"Fn::FindInMap": ["OnlyA", ref("Free"), "Mode"]}),          UNRESOLVED),
    (if_("FreeIsA", "awsvpc", {"Fn::FindInMap": ["OnlyA", ref("Free"), "Mode", {"DefaultValue": "awsvpc"}]}), None),
    # Fn::Sub
    (sub("awsvpc"),                                                  None),
    (sub("${Mode}"),                                                 VIOLATION),
    (sub("${Awsvpc}"),                                               None),
    (sub("aws${X}", {"X": "vpc"}),                                   None),
    (sub("${X}", {"X": ref("Mode")}),                                VIOLATION),
    (sub("${Free}"),                                                 UNRESOLVED),
    (sub("aws${Free}"),                                              UNRESOLVED),
    (sub("host${Free}"),                                             VIOLATION),   # whatever Free is
    (sub("${X}!", {"X": sub("host${Free}")}),                        VIOLATION),
    (sub("awsvpcs${Free}"),                                          VIOLATION),
    (sub("${!Mode}"),                                                VIOLATION),   # the text ${Mode}
    (sub("${Bucket.Arn}"),                                           UNRESOLVED),
    (sub("${NoSuchThing}"),                                          UNRESOLVED),
    # Fn::Join
    ({"Fn::Join": ["", ["aws", "vpc"]]},                             None),
    ({"Fn::Join": ["", ["aws", NO_VALUE, "vpc"]]},                   None),
    ({"Fn::Join": ["-", ["aws", "vpc"]]},                            VIOLATION),
    ({"Fn::Join": ["", [ref("Mode")]]},                              VIOLATION),
    ({"Fn::Join": ["", ["host", ref("Free")]]},                      VIOLATION),
    ({"Fn::Join": ["", ["a", ref("Free")]]},                         UNRESOLVED),
    ({"Fn::Join": ["", ref("FreeList")]},                            UNRESOLVED),
    ({"Fn::Join": ["", if_("IsProd", ["awsvpc"], ["host"])]},        VIOLATION),
    # Fn::Select
    ({"Fn::Select": [0, ["awsvpc", "host"]]},                        None),
    ({"Fn::Select": ["1", ["awsvpc", "host"]]},                      VIOLATION),
    ({"Fn::Select": [0, [NO_VALUE, "awsvpc"]]},                      None),
    ({"Fn::Select": [2, ["awsvpc", "host"]]},                        UNRESOLVED),
    ({"Fn::Select": [0, ref("List")]},                               UNRESOLVED),  # awsvpc by default, or anything
    ({"Fn::Select": [0, ref("EmptyList")]},                          UNRESOLVED),  # an empty list has no item
    ({"Fn::Select": [1, ref("List")]},                               VIOLATION),   # host by default, blanks trimmed
    ({"Fn::Select": [0, {"Fn::Split": [",", "awsvpc,host"]}]},       UNRESOLVED),
    ({"Fn::Select": [if_("IsProd", 0, 1), ["awsvpc", "host"]]},      VIOLATION),
    # what only the deployment knows
    (DYNAMIC,                                                        UNRESOLVED),
    (f"host{DYNAMIC}",                                               VIOLATION),
    (sub("{{resolve:ssm:/${Stage}}}"),                               UNRESOLVED),
    ({"Fn::ImportValue": "x"},                                       UNRESOLVED),
    ({"Fn::GetAtt": ["A", "b"]},                                     UNRESOLVED),
    ({"Fn::Transform": {"Name": "M"}},                               UNRESOLVED),
    ({"Fn::Base64": "x"},                                            UNRESOLVED),
)
# fmt: on


@MODES
def test_the_network_mode(node: Any, expected: str | None) -> None:
    properties = task_definition(NetworkMode=node, ContainerDefinitions=[])
    assert found(properties) == ({"awsvpc-network-mode": expected} if expected else PASSES)


@pytest.mark.parametrize(
    ("node", "quoted", "reason"),
    [
        ({"Fn::FindInMap": "x"}, '{"Fn::FindInMap": "x"}', "which needs a map, a top-level key and a second-level key"),
        ({"Fn::FindInMap": ["ByStage", "test", "Mode"]}, '{"Fn::FindInMap": ["ByStage"', "which finds no entry"),
        (
            if_("FreeIsA", "awsvpc", {"Fn::FindInMap": ["OnlyA", ref("Free"), "Mode"]}),
            '{"Fn::FindInMap": ["OnlyA"',
            "which finds no entry",
        ),
        (
            {"Fn::FindInMap": ["NoMap", {"Fn::GetAtt": ["A", "b"]}, "Mode"]},
            '{"Fn::FindInMap": ["NoMap"',
            "which finds no entry",
        ),
        (sub(5), '{"Fn::Sub": 5}', "which needs a string and, at most, a map of variables"),  # type: ignore[arg-type]
        (sub("aws${X}", {"X": ["vpc"]}), "aws${X}", "which puts something that is no string into a string"),
        ({"Fn::Join": [","]}, '{"Fn::Join": [","]}', "which needs a delimiter and a list"),
        ({"Fn::Select": [0]}, '{"Fn::Select": [0]}', "which needs an index and a list"),
        ({"Fn::Select": [2, ["awsvpc"]]}, '{"Fn::Select": [2', "which selects an item that the list does not have"),
        ({"Fn::If": ["IsProd"]}, '{"Fn::If": ["IsProd"]}', "which needs a condition and two values"),
        ({"Fn::Base64": "x"}, '{"Fn::Base64": "x"}', "which only the deployment evaluates"),
        ({"Ref": 5}, '{"Ref": 5}', "which refers to nothing"),
        (ref("Undeclared"), "${Undeclared}", "the identity of a resource that only the deployment knows"),
    ],
    ids=str,
)
def test_what_cannot_be_decided_is_quoted_with_the_reason(node: Any, quoted: str, reason: str) -> None:
    (finding,) = judge(task_definition(NetworkMode=node, ContainerDefinitions=[]), LITERAL, **SECTIONS)
    what = finding.message.splitlines()[0]
    assert what.startswith("It cannot be decided whether NetworkMode is awsvpc: Properties/NetworkMode")
    assert what.endswith(f", {reason}.")
    assert f" {quoted}" in what


# --- conditions ----------------------------------------------------------------------------------------------------

TRUE, FALSE, BOTH, OPEN = "always true", "always false", "either", "cannot be decided"
# fmt: off
CONDITIONS = rows(
    ("IsProd",            BOTH),
    ("IsDev",             BOTH),
    ("Always",            TRUE),
    ("Never",             FALSE),
    ("Both",              BOTH),
    ("Either",            BOTH),
    ("Contradiction",     FALSE),
    ("Tautology",         TRUE),
    ("NotContradiction",  TRUE),   # Free is not a and b at once
    ("Nested",            TRUE),
    ("FreeIsA",           BOTH),
    ("FreeIsB",           BOTH),
    ("SameFree",          TRUE),
    ("InUsEast1",         BOTH),
    ("StageIsOther",      BOTH),
    ("StageIsAttribute",  OPEN),
    ("SameAttribute",     TRUE),
    ("ByIf",              BOTH),
    ("FreeIsNeither",     BOTH),
    ("NumberIsText",      BOTH),
    ("TextIsNumber",      TRUE),
    ("TrueIsText",        TRUE),
    ("InMap",             BOTH),
    ("ByJoin",            BOTH),
    ("BySub",             BOTH),
    ("BySubOfFree",       FALSE),  # x... is never y
    ("BySubOfFreePossible", OPEN),
    ("BySelect",          BOTH),
    ("ByAttribute",       OPEN),
    ("BySsm",             OPEN),
    ("Cycle",             OPEN),
    ("CycleA",            OPEN),
    ("Undefined",         OPEN),
    ("UsesUndefined",     OPEN),
    ("UndefinedButTrue",  TRUE),
)
# fmt: on


@CONDITIONS
def test_conditions(node: str, expected: str) -> None:
    where_true = found(task_definition(NetworkMode=if_(node, "host", "awsvpc"))).get("awsvpc-network-mode")
    where_false = found(task_definition(NetworkMode=if_(node, "awsvpc", "host"))).get("awsvpc-network-mode")
    assert (where_true, where_false) == {
        TRUE: (VIOLATION, None),
        FALSE: (None, VIOLATION),
        BOTH: (VIOLATION, VIOLATION),
        OPEN: (UNRESOLVED, UNRESOLVED),
    }[expected]


@CONDITIONS
def test_the_condition_of_the_resource(node: str, expected: str) -> None:
    result = found(task_definition(NetworkMode="host"), condition=node).get("awsvpc-network-mode")
    # Whether it is created at all does not make what it is then any less certain.
    assert result == {TRUE: VIOLATION, BOTH: VIOLATION, FALSE: None, OPEN: VIOLATION}[expected]


@rows(
    ("IsProd", None),
    ("IsDev", VIOLATION),
    ("Contradiction", None),
    ("Never", None),
    ("ByAttribute", VIOLATION),
    (5, VIOLATION),
    (["IsProd"], VIOLATION),
    (None, VIOLATION),
)
def test_the_condition_of_the_resource_and_its_mode_move_together(node: Any, expected: str | None) -> None:
    result = found(task_definition(NetworkMode=if_("IsProd", "awsvpc", "host")), condition=node)
    assert result.get("awsvpc-network-mode") == expected


def test_conditions_written_alike_are_one_condition() -> None:
    node = if_("ByAttribute", if_("ByAttributeToo", "awsvpc", "host"), "awsvpc")
    assert found(task_definition(NetworkMode=node)) == PASSES


def test_the_reason_names_the_expression_and_what_to_do() -> None:
    (finding,) = judge(task_definition(NetworkMode=ref("Free")), **SECTIONS)
    assert finding.message.splitlines()[0] == (
        "It cannot be decided whether NetworkMode is awsvpc: Properties/NetworkMode is ${Free}, "
        "a parameter that can be anything: it has no AllowedValues."
    )
    assert "AllowedValues" in finding.remedy


# --- parameters behind conditions ----------------------------------------------------------------------------------

# fmt: off
TOGETHER = rows(
    # the mode is host, or the user root, but never both
    (host(container(User=if_("IsProd", "1000", "root")), NetworkMode=if_("IsProd", "host", "awsvpc")),  None),
    (host(container(User=if_("IsDev", "root", "1000")), NetworkMode=if_("IsProd", "host", "awsvpc")),   None),
    (host(container(User=if_("IsProd", "root", "1000")), NetworkMode=if_("IsProd", "host", "awsvpc")),  VIOLATION),
    (host(container(User=if_("Both", "1000", "root")), NetworkMode=if_("Both", "host", "awsvpc")),      None),
    (host(container(User=if_("Either", "1000", "root")), NetworkMode=if_("Both", "host", "awsvpc")),    None),
    (host(container(User=if_("Both", "1000", "root")), NetworkMode=if_("Either", "host", "awsvpc")),    VIOLATION),
    (host(container(User={"Fn::FindInMap": ["ByStage", ref("Stage"), "User"]}),
          NetworkMode=if_("IsProd", "host", "awsvpc")),                                                 None),
    (host(container(User={"Fn::FindInMap": ["ByStage", ref("Stage"), "User"]}),
          NetworkMode=if_("IsDev", "host", "awsvpc")),                                                  VIOLATION),
    (host(container(User={"Fn::FindInMap": ["Moves", ref("AWS::Region"), "User"]}),
          NetworkMode={"Fn::FindInMap": ["Moves", ref("AWS::Region"), "Mode"]}),                        None),
    (host(container(User=if_("InUsEast1", "root", "1000")),
          NetworkMode={"Fn::FindInMap": ["Moves", ref("AWS::Region"), "Mode"]}),                        None),
    (host(container(User=if_("InUsEast1", "root", "1000")),  # the default is for other regions
          NetworkMode={"Fn::FindInMap": ["Moves", ref("AWS::Region"), "Mode", {"DefaultValue": "host"}]}), None),
    (host(container(User=if_(equals(ref("Mode"), "host"), "1000", "root")), NetworkMode=ref("Mode")),   None),
    (host(container(User=if_(equals(ref("Free"), "host"), "1000", "root")), NetworkMode=ref("Free")),   None),
    (host(container(User=if_(equals(ref("Free"), "host"), "root", "1000")), NetworkMode=ref("Free")),   UNRESOLVED),
    (host(container(User=if_("FreeIsA", if_("FreeIsB", "root", "1000"), "1000"))),                      None),
    (host(container(User="root", Privileged=if_("IsProd", True, False)),
          NetworkMode=if_("IsProd", "host", "awsvpc")),                                                 None),
    (host(container(User="root", Privileged=if_("IsDev", True, False)),
          NetworkMode=if_("IsProd", "host", "awsvpc")),                                                 VIOLATION),
    (host(if_("IsProd", container(User="root"), NO_VALUE), NetworkMode=if_("IsProd", "awsvpc", "host")), None),
    (host(if_("IsProd", container(User="root"), NO_VALUE), NetworkMode=if_("IsDev", "awsvpc", "host")), VIOLATION),
    (host(container(User=if_("ByAttribute", "1000", "root")), NetworkMode=if_("ByAttribute", "host", "awsvpc")), None),
    (host(container(User=if_("ByAttribute", "root", "1000")), NetworkMode=if_("ByAttribute", "host", "awsvpc")),
     UNRESOLVED),
)
# fmt: on


@TOGETHER
def test_what_moves_together_is_judged_together(node: Any, expected: str | None) -> None:
    assert found(node).get("host-mode-root-user app") == expected


# --- the other places an expression may stand at -------------------------------------------------------------------

ROOT = container(User="root")
# fmt: off
PLACES = rows(
    # the whole Properties
    (if_("IsProd", host(ROOT), task_definition()),       {"awsvpc-network-mode": VIOLATION,
                                                          "host-mode-root-user app": VIOLATION}),
    (if_("Never", host(ROOT), task_definition()),        PASSES),
    (if_("IsProd", NO_VALUE, task_definition()),         {"awsvpc-network-mode": VIOLATION}),
    (ref("Free"),                                        {"awsvpc-network-mode": UNRESOLVED,
                                                          "host-mode-root-user": UNRESOLVED}),
    ({"Fn::Transform": {"Name": "AWS::Include"}},        {"awsvpc-network-mode": UNRESOLVED,
                                                          "host-mode-root-user": UNRESOLVED}),
    # the list of containers
    (task_definition(ContainerDefinitions=ref("FreeList")),                  PASSES),
    (host() | {"ContainerDefinitions": {"Fn::GetAtt": ["A", "b"]}},          {"awsvpc-network-mode": VIOLATION,
                                                                              "host-mode-root-user": UNRESOLVED}),
    (host() | {"ContainerDefinitions": if_("IsProd", [container()], [ROOT])}, {"awsvpc-network-mode": VIOLATION,
                                                                               "host-mode-root-user app": VIOLATION}),
    (host() | {"ContainerDefinitions": if_("IsProd", [ROOT], NO_VALUE)},     {"awsvpc-network-mode": VIOLATION,
                                                                              "host-mode-root-user app": VIOLATION}),
    (host() | {"ContainerDefinitions": if_("Never", [ROOT], NO_VALUE)},      {"awsvpc-network-mode": VIOLATION}),
    (host() | {"ContainerDefinitions": if_("IsProd", [ROOT, container("b")], [container("b", User="0"), ROOT])},
                                                                             {"awsvpc-network-mode": VIOLATION,
                                                                              "host-mode-root-user app": VIOLATION,
                                                                              "host-mode-root-user b": VIOLATION}),
    # one container
    (host(if_("IsProd", ROOT, NO_VALUE)),                {"awsvpc-network-mode": VIOLATION,
                                                          "host-mode-root-user app": VIOLATION}),
    (host(if_("Never", ROOT, NO_VALUE)),                 {"awsvpc-network-mode": VIOLATION}),
    (host(NO_VALUE),                                     {"awsvpc-network-mode": VIOLATION}),
    (host(if_("IsProd", ROOT, container())),             {"awsvpc-network-mode": VIOLATION,
                                                          "host-mode-root-user app": VIOLATION}),
    (host(if_("IsProd", container("a", User="0"), container("b", User="0"))),
                                                         {"awsvpc-network-mode": VIOLATION,
                                                          "host-mode-root-user a": VIOLATION,
                                                          "host-mode-root-user b": VIOLATION}),
    (host({"Fn::GetAtt": ["A", "b"]}),                   {"awsvpc-network-mode": VIOLATION,
                                                          "host-mode-root-user": UNRESOLVED}),
    (host({"Fn::Transform": {"Name": "M"}, "Name": "app"}), {"awsvpc-network-mode": VIOLATION,
                                                             "host-mode-root-user": UNRESOLVED}),
    # the name of a container is only shown, as far as the scenario has settled it
    (host(container(sub("${Stage}-app"), User="0")),     {"awsvpc-network-mode": VIOLATION,
                                                          "host-mode-root-user ${Stage}-app": VIOLATION}),
    (host(container(sub("${Stage}-app"), User=if_("IsDev", "0", "1"))), {"awsvpc-network-mode": VIOLATION,
                                                          "host-mode-root-user dev-app": VIOLATION}),
    (host(container(ref("Free"), User="0")),             {"awsvpc-network-mode": VIOLATION,
                                                          "host-mode-root-user ${Free}": VIOLATION}),
)
# fmt: on


@PLACES
def test_the_other_places(node: Any, expected: dict[str, str]) -> None:
    assert found(node) == expected


# fmt: off
USERS = rows(
    (ref("User"),                                     VIOLATION),
    (ref("NotRoot"),                                  None),
    (ref("Uid"),                                      VIOLATION),
    (ref("PositiveUid"),                              None),
    (ref("ZeroUid"),                                  VIOLATION),
    (ref("FreeUid"),                                  UNRESOLVED),
    (ref("Free"),                                     UNRESOLVED),
    (NO_VALUE,                                        VIOLATION),
    (if_("IsProd", "1000", NO_VALUE),                 VIOLATION),
    (if_("IsProd", "1000", "1001"),                   None),
    (if_("FreeIsA", "1000", ref("Free")),             UNRESOLVED),
    (if_("ByAttribute", "root", "0"),                 VIOLATION),    # root either way
    (sub("${User}:${Free}"),                          VIOLATION),
    (sub("1000:${Free}"),                             None),         # the group does not matter
    (sub("root:${Free}"),                             VIOLATION),
    (sub("0:${Free}"),                                VIOLATION),
    (sub(":${Free}"),                                 VIOLATION),
    (sub("${Free}:0"),                                UNRESOLVED),
    (sub("1${Free}"),                                 None),
    (sub("0${Free}"),                                 UNRESOLVED),   # 0, or 01
    (sub("root${Free}"),                              UNRESOLVED),   # root, or rootless
    (sub("app-${Free}"),                              None),
    (sub("${Uid}:${Uid}"),                            VIOLATION),
    (sub("${PositiveUid}:0"),                         None),
    (sub("${A}:${B}", {"A": "1000", "B": ref("Free")}), None),
    ({"Fn::Join": [":", ["1000", ref("Free")]]},      None),
    ({"Fn::Join": [":", ["0", ref("Free")]]},         VIOLATION),
    ({"Fn::Join": [":", [ref("Free"), "1000"]]},      UNRESOLVED),
    ({"Fn::Join": ["", ["10", {"Fn::GetAtt": ["A", "b"]}]]}, None),
    ("{{resolve:ssm:/uid}}",                          UNRESOLVED),
    ("1000:{{resolve:ssm:/gid}}",                     None),
    ("0:{{resolve:ssm:/gid}}",                        VIOLATION),
    # a beginning that belongs to the key says nothing of the value found under it
    ({"Fn::FindInMap": [sub("app${AWS::Region}"), "a", "b"]}, UNRESOLVED),
    ({"Fn::FindInMap": ["ByStage", ref("Stage"), "User"]}, VIOLATION),
)
PRIVILEGES = rows(
    # of a root container in host mode: host-mode-root-user, host-mode-privileged
    (ref("Flag"),                                     (VIOLATION, VIOLATION)),
    (ref("BooleanFlag"),                              (VIOLATION, VIOLATION)),
    (ref("Free"),                                     (UNRESOLVED, VIOLATION)),   # root is enough for the second
    (if_("Always", True, False),                      (None, VIOLATION)),
    (if_("Always", "true", "false"),                  (None, VIOLATION)),
    (if_("IsProd", True, NO_VALUE),                   (VIOLATION, VIOLATION)),
    (sub("tru${Free}"),                               (UNRESOLVED, VIOLATION)),
    (sub("no${Free}"),                                (VIOLATION, VIOLATION)),
    ("{{resolve:ssm:/privileged}}",                   (UNRESOLVED, VIOLATION)),
)
FAMILIES = rows(
    # of a container without a user: non-root-user, non-admin-windows-user
    (ref("Family"),                                   (VIOLATION, VIOLATION)),
    (ref("Linux"),                                    (VIOLATION, None)),
    (ref("Free"),                                     (UNRESOLVED, UNRESOLVED)),
    (NO_VALUE,                                        (VIOLATION, None)),
    (if_("Never", "LINUX", "WINDOWS_SERVER_2019_FULL"), (None, VIOLATION)),
    (sub("WINDOWS_SERVER_${Version}_CORE"),           (None, VIOLATION)),   # Windows, whichever version
    (sub("LIN${Free}"),                               (VIOLATION, None)),
    (sub("W${Free}"),                                 (UNRESOLVED, UNRESOLVED)),
)
# fmt: on


@USERS
def test_the_user(node: Any, expected: str | None) -> None:
    assert found(host(container(User=node))).get("host-mode-root-user app") == expected


def both(properties: Any, first: str, second: str) -> tuple[str | None, str | None]:
    result = found(properties, Policy(profile=Profile.STRICT))
    return result.get(f"{first} app"), result.get(f"{second} app")


@PRIVILEGES
def test_privileged(node: Any, expected: tuple[str | None, str | None]) -> None:
    properties = host(container(User="root", Privileged=node))
    assert both(properties, "host-mode-root-user", "host-mode-privileged") == expected


@FAMILIES
def test_the_operating_system_family(node: Any, expected: tuple[str | None, str | None]) -> None:
    platform = {"OperatingSystemFamily": node}
    for written in (platform, if_("Always", platform, NO_VALUE)):
        properties = task_definition(RuntimePlatform=written, ContainerDefinitions=[container(User=ABSENT)])
        assert both(properties, "non-root-user", "non-admin-windows-user") == expected


def test_a_runtime_platform_that_cannot_be_known() -> None:
    properties = task_definition(RuntimePlatform={"Fn::GetAtt": ["A", "b"]}, ContainerDefinitions=[container(User="")])
    assert both(properties, "non-root-user", "non-admin-windows-user") == (UNRESOLVED, UNRESOLVED)


@rows(
    (ref("Free"), VIOLATION),
    ({"Fn::GetAtt": ["A", "b"]}, VIOLATION),
    (if_("ByAttribute", "LINUX", "WINDOWS_SERVER_2019_FULL"), VIOLATION),
    (if_("Undefined", NO_VALUE, NO_VALUE), VIOLATION),
)
def test_what_only_the_message_needs_does_not_unsettle_the_verdict(node: Any, expected: str) -> None:
    for change in ({"RuntimePlatform": {"OperatingSystemFamily": node}}, {"RequiresCompatibilities": node}):
        properties = host(container(User="0"), NetworkMode=if_("IsProd", "host", "awsvpc"), **change)
        assert found(properties) == {"awsvpc-network-mode": expected, "host-mode-root-user app": expected}


@pytest.mark.parametrize("property", ["RuntimePlatform", "RequiresCompatibilities"])
def test_what_only_the_message_needs_does_not_make_a_guess_certain(property: str) -> None:
    container_of = container(User="1000", Privileged=if_("ByAttribute", True, False))
    properties = host(container_of, **{property: if_("ByAttribute", NO_VALUE, NO_VALUE)})
    assert found(properties, Policy(profile=Profile.CYSCALE)) == {"host-mode-privileged app": UNRESOLVED}


# fmt: off
LAUNCH_TYPES = rows(
    # RequiresCompatibilities of a task definition in bridge mode, and what DEFAULT does
    (if_("IsProd", ["EXTERNAL"], ["EXTERNAL"]),                  "warn"),
    (if_("IsProd", ["EXTERNAL"], ["EC2"]),                       "deny"),
    (if_("Always", ["EXTERNAL"], ["EC2"]),                       "warn"),
    ([if_("IsProd", "EXTERNAL", NO_VALUE), "EXTERNAL"],          "warn"),
    ([if_("IsProd", "EXTERNAL", NO_VALUE)],                      "deny"),  # none at all in dev
    ([if_("IsProd", "EC2", NO_VALUE), "EXTERNAL"],               "deny"),
    (ref("LaunchTypes"),                                         "deny"),  # EXTERNAL by default, or anything
    ({"Fn::FindInMap": ["Lists", "x", "LaunchTypes"]},           "warn"),
    (NO_VALUE,                                                   "deny"),
    ({"Fn::Split": [",", "EXTERNAL"]},                           "deny"),
    ([sub("EXTERNAL")],                                          "warn"),
)
# fmt: on


@LAUNCH_TYPES
def test_requires_compatibilities(node: Any, expected: str) -> None:
    (finding,) = judge(task_definition(RequiresCompatibilities=node, NetworkMode="bridge"), Policy(), **SECTIONS)
    assert (finding.verdict, finding.enforcement) == (Verdict.VIOLATION, Enforcement(expected))


# --- locations -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("properties", "locations"),
    [
        (task_definition(NetworkMode=if_("IsProd", "awsvpc", "host")), ["Properties/NetworkMode/Fn::If/2"]),
        (if_("IsProd", {}, {"NetworkMode": "awsvpc"}), ["Properties/Fn::If/1/NetworkMode"]),
        (
            task_definition(NetworkMode=if_("IsProd", if_("Both", "none", "awsvpc"), "awsvpc")),
            ["Properties/NetworkMode/Fn::If/1/Fn::If/1"],
        ),
        (
            host(container(), if_("IsProd", ROOT, NO_VALUE)),
            ["Properties/NetworkMode", "Properties/ContainerDefinitions/1/Fn::If/1/User"],
        ),
        (
            host() | {"ContainerDefinitions": if_("IsProd", [], [container("a"), ROOT])},
            ["Properties/NetworkMode", "Properties/ContainerDefinitions/Fn::If/2/1/User"],
        ),
        (
            host(container(User=if_("IsProd", "1", NO_VALUE))),
            ["Properties/NetworkMode", "Properties/ContainerDefinitions/0/User/Fn::If/2"],
        ),
        (
            host(container(User=ref("Free"))),
            ["Properties/NetworkMode", "Properties/ContainerDefinitions/0/User"],
        ),
    ],
)
def test_a_location_follows_the_branches(properties: Any, locations: list[str]) -> None:
    assert [finding.location for finding in judge(properties, **SECTIONS)] == locations


# --- bounds --------------------------------------------------------------------------------------------------------

SWITCHES = [f"Switch{number}" for number in range(10)]
MANY: dict[str, Any] = {
    "Parameters": {name: parameter("0", "1") for name in SWITCHES},
    "Conditions": {
        **{f"{name}On": equals(ref(name), "1") for name in SWITCHES},
        "AllOn": equals({"Fn::Join": ["", [ref(name) for name in SWITCHES]]}, "1" * len(SWITCHES)),
    },
}
JOINED = {"Fn::Join": ["", [ref(name) for name in SWITCHES]]}
CYSCALE = Policy(profile=Profile.CYSCALE)


def test_the_table_of_bounds_is_above_the_limit() -> None:
    assert 2 ** len(SWITCHES) > SCENARIO_LIMIT


@pytest.mark.parametrize(
    ("properties", "condition"),
    [
        (host(container(User=JOINED)), ABSENT),  # never decided within the limit: 0 comes first, 00 last
        (host(container(User=if_("AllOn", "root", "1000"))), ABSENT),
        (host(container(User="root")), "AllOn"),
        (host() | {"ContainerDefinitions": if_("AllOn", [ROOT], [])}, ABSENT),
        (host() | {"ContainerDefinitions": if_("AllOn", [ROOT, container("b", User="0")], [container("b")])}, ABSENT),
        (host(if_("AllOn", ROOT, NO_VALUE)), ABSENT),
        (if_("AllOn", host(ROOT), task_definition()), ABSENT),
    ],
)
def test_beyond_the_limit_a_violation_is_never_missed(properties: Any, condition: Any) -> None:
    for policy in (LITERAL, CYSCALE):
        findings = judge(properties, policy, condition=condition, **MANY)
        by_container = [f for f in findings if f.check.startswith("host-mode")]
        assert by_container
        assert all(f.enforcement is Enforcement.DENY for f in findings)


def test_beyond_the_limit_it_says_so() -> None:
    properties = host(container("a", User=if_("AllOn", "root", "1000")), container("b", User=if_("AllOn", "0", "1")))
    findings = judge(properties, CYSCALE, **MANY)
    assert [(f.container, f.verdict.value) for f in findings] == [("a", UNRESOLVED), ("b", UNRESOLVED)]
    assert all(f"more than {SCENARIO_LIMIT} combinations" in f.message for f in findings)


def test_a_certain_violation_within_the_limit_stays_one() -> None:
    properties = task_definition(NetworkMode={"Fn::Join": ["", ["host", JOINED]]}, ContainerDefinitions=[])
    assert verdicts(judge(properties, **MANY)) == {("awsvpc-network-mode", None): VIOLATION}


def test_eleven_containers_each_behind_its_own_condition_are_decided() -> None:
    containers = [if_(f"{name}On", container(name, User="root"), NO_VALUE) for name in SWITCHES]
    findings = judge(host(*containers), **MANY)
    assert verdicts(findings) == {
        ("awsvpc-network-mode", None): VIOLATION,
        **{("host-mode-root-user", name): VIOLATION for name in SWITCHES},
    }


def test_one_parameter_with_many_values_is_decided_by_its_conditions() -> None:
    many = [f"v{number}" for number in range(2000)]
    one_of_many = {"Fn::Or": [equals(ref("Big"), value) for value in many[:1000]]}
    sections = {"Parameters": {"Big": parameter(*many)}, "Conditions": {"Low": one_of_many}}
    properties = host(container(User=if_("Low", "1000", "root")), NetworkMode=if_("Low", "host", "awsvpc"))
    assert verdicts(judge(properties, **sections)) == {("awsvpc-network-mode", None): VIOLATION}


def test_deep_nesting_is_no_crash() -> None:
    depth = 3000  # JSON this flat can be read, and a walk along it is deeper than Python's stack
    chain: dict[str, Any] = {f"C{n}": {"Fn::Not": [{"Condition": f"C{n + 1}"}]} for n in range(depth)}
    chain[f"C{depth}"] = equals(ref("Free"), {"Fn::GetAtt": ["A", "b"]})
    sections = {"Parameters": {"Free": parameter()}, "Conditions": chain}
    nested: Any = "host"
    for _ in range(300):
        nested = if_(f"C{depth}", "awsvpc", nested)
    for properties, condition in [
        (host(ROOT), "C0"),
        (task_definition(NetworkMode=if_("C0", "awsvpc", "host")), ABSENT),
        (task_definition(NetworkMode=nested), ABSENT),
        (host() | {"ContainerDefinitions": if_("C0", [ROOT], [])}, ABSENT),
    ]:
        findings = judge(properties, LITERAL, condition=condition, **sections)
        assert findings
        assert all(f.enforcement is Enforcement.DENY for f in findings)
