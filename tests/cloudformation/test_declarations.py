"""Declarations: what a parameter can be, and which conditions ask about one parameter alone."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.cloudformation.declarations import Among, AnythingBut, Declarations, Domain

from ..policy.support import equals, ref

# fmt: off
PARAMETERS: list[tuple[Any, Domain, bool, bool]] = [
    # declaration                                              domain                     list   undecidable
    ({"Type": "String"},                                       AnythingBut(),             False, False),
    ({},                                                       AnythingBut(),             False, False),
    ({"Type": "String", "Default": "a"},                       AnythingBut("a"),          False, False),
    ({"Type": "Number", "Default": 5},                         AnythingBut("5"),          False, False),
    ({"Type": "String", "AllowedValues": ["a", "b", "a"]},     Among(("a", "b")),         False, False),
    ({"Type": "String", "AllowedValues": [True, 1]},           Among(("true", "1")),      False, False),
    ({"Type": "String", "AllowedValues": []},                  AnythingBut(),             False, False),
    ({"Type": "String", "AllowedValues": "a"},                 AnythingBut(),             False, False),
    ({"Type": "CommaDelimitedList", "AllowedValues": ["a"]},   AnythingBut(),             True,  False),
    ({"Type": "List<Number>", "Default": "1,2"},               AnythingBut("1,2"),        True,  False),
    ({"Type": "AWS::SSM::Parameter::Value<String>"},           AnythingBut(),             False, True),
    ("String",                                                 AnythingBut(),             False, True),
]
MEMBERSHIPS: list[tuple[Any, tuple[set[str], bool] | None]] = [
    # condition on the parameter P                                      values       inside
    (equals(ref("P"), "a"),                                             ({"a"},      True)),
    (equals("a", ref("P")),                                             ({"a"},      True)),
    (equals(ref("P"), 5),                                               ({"5"},      True)),
    ("IsA",                                                             ({"a"},      True)),
    ({"Condition": "IsA"},                                              ({"a"},      True)),
    ({"Fn::Not": [{"Condition": "IsA"}]},                               ({"a"},      False)),
    ({"Fn::Or": [{"Condition": "IsA"}, equals(ref("P"), "b")]},         ({"a", "b"}, True)),
    ({"Fn::And": [{"Condition": "IsA"}, equals(ref("P"), "b")]},        (set(),      True)),
    ({"Fn::And": [{"Fn::Not": ["IsA"]}, equals(ref("P"), "b")]},        ({"b"},      True)),
    ({"Fn::And": [{"Condition": "IsA"}, equals(ref("Other"), "b")]},    None),
    (equals(ref("P"), ref("Other")),                                    None),
    (equals(ref("P"), "{{resolve:ssm:x}}"),                             None),
    (equals(ref("Ssm"), "a"),                                           None),
    (equals(ref("AWS::NoValue"), "a"),                                  None),
    ("Cycle",                                                           None),
    ("Undefined",                                                       None),
    ({"Fn::Not": ["IsA", "IsA"]},                                       None),
    ([],                                                                None),
]
# fmt: on
TEMPLATE = {
    "Parameters": {
        "P": {"Type": "String"},
        "Other": {"Type": "String"},
        "Ssm": {"Type": "AWS::SSM::Parameter::Value<String>"},
    },
    "Conditions": {"IsA": equals(ref("P"), "a"), "Cycle": {"Fn::Not": [{"Condition": "Cycle"}]}},
}


@pytest.mark.parametrize(("declaration", "domain", "is_list", "undecidable"), PARAMETERS, ids=repr)
def test_what_a_parameter_can_be(declaration: Any, domain: Domain, is_list: bool, undecidable: bool) -> None:
    parameter = Declarations({"P": declaration}).parameters["P"]
    assert (parameter.domain, parameter.is_list, parameter.undecidable is not None) == (domain, is_list, undecidable)


@pytest.mark.parametrize(("condition", "expected"), MEMBERSHIPS, ids=[repr(condition) for condition, _ in MEMBERSHIPS])
def test_which_conditions_ask_about_one_parameter(condition: Any, expected: tuple[set[str], bool] | None) -> None:
    found = Declarations.of(TEMPLATE).membership(condition)
    assert (found and (found.variable, found.values, found.inside)) == (expected and ("P", *expected))


@pytest.mark.parametrize("section", [None, [], "x", 5], ids=repr)
def test_a_section_that_is_not_a_map_declares_nothing(section: Any) -> None:
    declarations = Declarations(section, section, section)
    assert (declarations.parameters, declarations.conditions, declarations.mappings) == ({}, {}, {})


@pytest.mark.parametrize(
    ("domain", "inside", "outside"),
    [
        (Among(("a", "b")), Among(("a",)), Among(("b",))),
        (Among(("a",)), Among(("a",)), None),
        (Among(("b",)), None, Among(("b",))),
        (AnythingBut("a"), Among(("a",)), AnythingBut(None, frozenset("a"))),
        (AnythingBut("b"), Among(("a",)), AnythingBut("b", frozenset("a"))),
        (AnythingBut(None, frozenset("a")), None, AnythingBut(None, frozenset("a"))),
    ],
    ids=repr,
)
def test_a_domain_is_split_by_values(domain: Domain, inside: Domain | None, outside: Domain | None) -> None:
    assert domain.split(frozenset("a")) == (inside, outside)
