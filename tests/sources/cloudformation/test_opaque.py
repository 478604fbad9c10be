"""The notices about what a template deploys that is not in it."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.model.notice import NOT_CHECKED, UNREADABLE
from ecs_guard_aspects.model.resource import NESTED_STACK, TASK_DEFINITION
from ecs_guard_aspects.sources.cloudformation.deployers import PRODUCT
from ecs_guard_aspects.sources.cloudformation.opaque import opaque_resource, opaque_template

MACRO = {"Fn::Transform": {"Name": "Mine"}}


@pytest.mark.parametrize(
    ("template", "macro"),
    [
        ({}, None),
        ({"Transform": []}, None),
        ({"Transform": "AWS::LanguageExtensions"}, None),
        ({"Transform": "AWS::Serverless-2016-10-31"}, None),
        ({"Transform": ["AWS::CodeDeployBlueGreen", "AWS::SecretsManager-2020-07-23", "AWS::ServiceCatalog"]}, None),
        ({"Transform": "Mine"}, "Mine"),
        ({"Transform": ["AWS::LanguageExtensions", "Mine"]}, "Mine"),
        ({"Transform": "AWS::Include"}, "AWS::Include"),
        ({"Transform": None}, ""),
        ({"Transform": 5}, ""),
        ({"Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/secret"}}}, "AWS::Include"),
        ({"Transform": {"Name": ["secret"]}}, ""),
        (MACRO, "Fn::Transform"),
        ({"Transform": "AWS::LanguageExtensions", **MACRO}, "Fn::Transform"),
    ],
    ids=repr,
)
def test_macros(template: dict[str, Any], macro: str | None) -> None:
    notice = opaque_template(template)
    if macro is None:
        assert notice is None
    else:
        assert notice is not None
        assert notice.what == f"{f'The macro {macro}' if macro else 'A macro'} changes this template at deployment."
        assert (notice.kind, notice.decidable_later) == (NOT_CHECKED, False)


def loop(kind: Any) -> list[Any]:
    return ["X", ["a"], {"R${X}": {"Type": kind, "Properties": {}}}]


EACH, LATER = "Fn::ForEach::All", True
# fmt: off
RESOURCES = [
    # logical id       the resource                                  kind, decidable later, what
    ("Task",           {"Type": TASK_DEFINITION},                    None),
    ("Topic",          {"Type": "AWS::SNS::Topic"},                  None),
    ("Nested",         {"Type": NESTED_STACK},                       (NOT_CHECKED, False, "The template of this nest")),
    ("Catalog",        {"Type": PRODUCT},                            (NOT_CHECKED, False, "a product from a template")),
    ("Set",            {"Type": "AWS::CloudFormation::StackSet"},    (NOT_CHECKED, False, "stacks from another")),
    ("App",            {"Type": "AWS::Serverless::Application"},     (NOT_CHECKED, False, "an application as a nes")),
    ("Product",        {"Type": "AWS::ServiceCatalog::CloudFormationProvisionedProduct"},
                                                                     (NOT_CHECKED, False, "a product of Service Cata")),
    ("Module",         {"Type": "Acme::Ecs::Service::MODULE"},       (NOT_CHECKED, False, "deploys a module")),
    # what is no resource
    ("Odd",            None,                                         (UNREADABLE, False, "Resource Odd is null")),
    ("Odd",            [{"Type": TASK_DEFINITION}],                  (UNREADABLE, False, "Resource Odd is a list.")),
    ("Odd",            {},                                           (UNREADABLE, False, "Resource Odd has no Type.")),
    ("Odd",            {"Type": 5},                                  (UNREADABLE, False, "Resource Odd has a Type t")),
    ("Odd",            {"Type": {"Ref": "X"}},                       (UNREADABLE, False, "Resource Odd has a Type t")),
    # macros and loops
    ("Topic",          {"Type": "AWS::SNS::Topic", "Fn::Transform": {"Name": "Mine"}},
                                                                     (NOT_CHECKED, False, "The macro Mine can replac")),
    ("Topic",          {"Type": "AWS::SNS::Topic", "Fn::Transform": {"Name": {"Ref": "A"}}},
                                                                     (NOT_CHECKED, False, "A macro can replace this ")),
    ("Topic",          {"Type": "AWS::SNS::Topic", "Fn::Transform": [{"Name": "Mine"}]},
                                                                     (NOT_CHECKED, False, "A macro can replace this ")),
    ("Topic",          {"Type": "AWS::SNS::Topic", "Fn::Transform": {"Name": "AWS::Include"}}, None),
    ("Topic",          {"Type": "AWS::SNS::Topic", "Properties": {"Fn::Transform": {"Name": "Mine"}}}, None),
    ("Task",           {"Type": TASK_DEFINITION, "Fn::Transform": {"Name": "Mine"}}, None),
    ("Fn::Transform",  {"Name": "AWS::Include"},                     (NOT_CHECKED, False, "A macro or AWS::Include")),
    ("Fn::Transform",  {"Type": NESTED_STACK},                       (NOT_CHECKED, False, "A macro or AWS::Include")),
    (EACH,             loop("AWS::SNS::Topic"),                      None),
    (EACH,             loop(TASK_DEFINITION),                        (UNREADABLE, LATER, "makes task definitions")),
    (EACH,             loop("AWS::ECS::${X}"),                       (UNREADABLE, LATER, "makes task definitions")),
    (EACH,             loop("AWS::ECS::&{X}"),                       (UNREADABLE, LATER, "makes task definitions")),
    (EACH,             loop({"Fn::Sub": "AWS::ECS::${X}"}),          (UNREADABLE, LATER, "makes task definitions")),
    (EACH,             loop(NESTED_STACK),                           (NOT_CHECKED, False, f"makes {NESTED_STACK} at")),
    (EACH,             loop(PRODUCT),                                (NOT_CHECKED, False, f"makes {PRODUCT} at")),
    (EACH,             loop("A::B::C::MODULE"),                      (NOT_CHECKED, False, "makes A::B::C::MODULE at")),
    (EACH,             ["X", ["a"], {"Fn::ForEach::In": loop(TASK_DEFINITION)}],
                                                                     (UNREADABLE, LATER, "makes task definitions")),
    # a loop that makes the key Type
    (EACH,             ["X", ["a"], {"T": {"Fn::ForEach::K": ["K", ["Type"], {"${K}": TASK_DEFINITION}]}}],
                                                                     (UNREADABLE, LATER, "makes task definitions")),
    (EACH,             ["X", [TASK_DEFINITION], {"T": {"Fn::ForEach::K": ["K", ["Type"], {"${K}": {"Ref": "X"}}]}}],
                                                                     (UNREADABLE, LATER, "makes task definitions")),
    # a loop whose resources a macro writes, or that have no type
    (EACH,             ["X", ["a"], MACRO],                          (NOT_CHECKED, False, "A macro or AWS::Include")),
    (EACH,             MACRO,                                        (NOT_CHECKED, False, "A macro or AWS::Include")),
    (EACH,             ["X", ["a"], {"Fn::ForEach::In": ["Y", ["b"], MACRO]}],
                                                                     (NOT_CHECKED, False, "A macro or AWS::Include")),
    (EACH,             ["X", ["a"], {"T${X}": MACRO}],               (UNREADABLE, False, "resource that has no Type")),
    (EACH,             ["X", ["a"], {"Fn::ForEach::In": ["Y", ["b"], {"T${X}": MACRO}]}],
                                                                     (UNREADABLE, False, "resource that has no Type")),
    (EACH,             ["X", ["a"], {"T${X}": {"Properties": {}}}],  (UNREADABLE, False, "resource that has no Type")),
    (EACH,             ["X", ["a"], {"T${X}": None}],                (UNREADABLE, False, "resource that has no Type")),
    (EACH,             ["X", ["a"], {}],                             None),
    (EACH,             None,                                         (UNREADABLE, False, "resource that has no Type")),
    (EACH,             "x",                                          (UNREADABLE, False, "resource that has no Type")),
]
# fmt: on


@pytest.mark.parametrize(("name", "resource", "expected"), RESOURCES, ids=[str(row[1])[:60] for row in RESOURCES])
def test_resources(name: str, resource: Any, expected: tuple[str, bool, str] | None) -> None:
    notice = opaque_resource(name, resource)
    if expected is None:
        assert notice is None
    else:
        kind, later, part = expected
        assert notice is not None
        assert (notice.kind, notice.decidable_later) == (kind, later)
        assert part in notice.what
        assert notice.why
        assert notice.remedy


def test_a_loop_nested_deeper_than_the_stack_does_not_crash() -> None:
    deep: Any = loop(TASK_DEFINITION)
    for _ in range(5000):
        deep = [deep]
    notice = opaque_resource(EACH, deep)
    assert notice is not None
    assert "makes task definitions" in notice.what
