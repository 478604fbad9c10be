"""Deployers: the URLs of the templates that a resource deploys."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.model.resource import NESTED_STACK
from ecs_guard_aspects.sources.cloudformation.deployers import (
    APPLICATION,
    PRODUCT,
    STACK_SET,
    deployers_in,
    template_urls,
)

A, B, NOTHING = "https://s3/a.json", {"Fn::Sub": "https://s3/b.json"}, {"Ref": "AWS::NoValue"}
MACRO = {"Fn::Transform": {"Name": "Mine"}}


def either(one: Any, other: Any) -> dict[str, Any]:
    return {"Fn::If": ["C", one, other]}


def nested(url: Any, **properties: Any) -> dict[str, Any]:
    return {"Type": NESTED_STACK, "Properties": {"TemplateURL": url, **properties}}


def version(url: Any) -> dict[str, Any]:
    return {"DisableTemplateValidation": False, "Info": {"LoadTemplateFromURL": url}}


def product(versions: Any, **properties: Any) -> dict[str, Any]:
    return {"Type": PRODUCT, "Properties": {"Name": "p", "ProvisioningArtifactParameters": versions, **properties}}


# fmt: off
URLS: list[tuple[Any, list[Any]]] = [
    (nested(A),                                                       [A]),
    (nested(either(A, B)),                                            [A, B]),
    (nested(either(A, either(NOTHING, B))),                           [A, B]),
    (nested({"Fn::Join": ["", [either("a", "b")]]}),                  [{"Fn::Join": ["", [either("a", "b")]]}]),
    (nested(None),                                                    []),
    (nested(A, **MACRO),                                              [A, None]),
    ({**nested(A), **MACRO},                                          [A, None]),
    ({"Type": STACK_SET, "Properties": {"TemplateURL": A}},           [A]),
    ({"Type": APPLICATION, "Properties": {"Location": A}},            [A]),
    (product([version(A), version(B)]),                               [A, B]),
    (product([version(either(A, B))]),                                [A, B]),
    (product([{"Info": {"ImportFromPhysicalId": "arn:aws:..."}}]),    [None]),
    (product([version(A), {"Info": {}}]),                             [A, None]),
    (product([version(A), {"Info": "a"}, "a"]),                       [A, None, None]),
    (product([version(A), either(version(B), NOTHING)]),              [A, None]),
    (product([version(A)], SourceConnection={"Type": "CODESTAR"}),    [None, A]),
    (product([version(A)], **MACRO),                                  [A, None]),
    (product([]),                                                     []),
    (product(either([version(A)], [])),                               [None]),
    ({"Type": PRODUCT, "Properties": "a"},                            [None]),
    ({"Type": NESTED_STACK},                                          [None]),
    ({"Type": "AWS::SNS::Topic", "Properties": {"TemplateURL": A}},   []),
    ({"Type": {"Ref": "Kind"}},                                       []),
    ("a",                                                             []),
]
# fmt: on


@pytest.mark.parametrize(("resource", "urls"), URLS, ids=[str(row[0])[:90] for row in URLS])
def test_the_urls_of_its_templates(resource: Any, urls: list[Any]) -> None:
    assert template_urls(resource) == urls


def test_deployers_in_a_loop() -> None:
    loop = ["X", ["a", "b"], {"S${X}": nested(A), "Fn::ForEach::Y": ["Y", ["c"], {"P${Y}": product([version(B)])}]}]
    assert sorted(map(str, map(template_urls, deployers_in(loop)))) == sorted(map(str, [[A], [B]]))
