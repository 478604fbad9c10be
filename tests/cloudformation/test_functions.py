"""Intrinsic functions: what each can become, and the reason if that is not known.

Rows read: the NetworkMode, and what the gate reports about it. ``SECTIONS`` is the template around it.
"""

from __future__ import annotations

from typing import Any

import pytest

from ..policy.support import LITERAL, NO_VALUE, if_, judge, ref, sub, task_definition
from .support import DYNAMIC, PASSES, SECTIONS, UNRESOLVED, VIOLATION, found, rows

# fmt: off
FUNCTIONS = rows(
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
    (sub("${!Mode}"),                                                UNRESOLVED),  # the text ${Mode}, a placeholder
    (sub("${Bucket.Arn}"),                                           UNRESOLVED),
    (sub("${NoSuchThing}"),                                          UNRESOLVED),
    (sub("${" * 200_000),                                            UNRESOLVED),  # in linear time
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


@FUNCTIONS
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
        (sub("aws${X}", {"X": ["vpc"]}), "aws${X}", "which puts something that is not a string into a string"),
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
