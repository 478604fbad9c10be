"""Inline templates: the TemplateBody of nested stacks and StackSets is read, wherever the template around it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ecs_guard_aspects.model.notice import NOT_CHECKED, Notice
from ecs_guard_aspects.model.resource import NESTED_STACK, TASK_DEFINITION
from ecs_guard_aspects.policy import judge
from ecs_guard_aspects.sources.cloudformation.deployers import STACK_SET
from ecs_guard_aspects.sources.cloudformation.template import template_document

from ..support import Assembly, logical_id

BAD = {"Type": TASK_DEFINITION, "Properties": {"NetworkMode": "bridge"}}
TEMPLATE = {"Resources": {"Td": BAD}}
YAML = "Resources:\n  Td:\n    Type: AWS::ECS::TaskDefinition\n    Properties: {NetworkMode: !Sub bridge}\n"
MODE = "awsvpc-network-mode"


def deployer(body: Any, kind: str = NESTED_STACK, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": {"TemplateBody": body, **properties}}


def either(one: Any, other: Any) -> dict[str, Any]:
    return {"Fn::If": ["C", one, other]}


WHERE, READ, UNKNOWN = ("Set", "Set/Td"), (MODE, "Set/Td"), (NOT_CHECKED, "Set")
# fmt: off
BODIES: list[tuple[Any, list[tuple[str, str]]]] = [
    (deployer(TEMPLATE),                                             [READ]),
    (deployer(json.dumps(TEMPLATE)),                                 [READ]),
    (deployer(f"\n  {json.dumps(TEMPLATE)}"),                        [READ]),
    (deployer(YAML),                                                 [READ]),
    (deployer(YAML, STACK_SET),                                      [READ]),
    (deployer(json.dumps(TEMPLATE), STACK_SET),                      [READ]),
    (deployer(either(YAML, TEMPLATE)),                               [READ, READ]),
    (deployer(either(YAML, {"Ref": "AWS::NoValue"})),                [READ]),
    (deployer(either(YAML, {"Ref": "Body"})),                        [READ, UNKNOWN]),
    (deployer({"Resources": {"Inner": deployer(YAML)}}),             [(MODE, "Set/Inner/Td")]),
    (deployer({"Resources": {}}),                                    []),
    (deployer(YAML, TemplateURL="https://s3/x.json"),                [READ, UNKNOWN]),
    # what cannot be read
    (deployer({"Ref": "Body"}),                                      [UNKNOWN]),
    (deployer({"Fn::Sub": YAML}),                                    [UNKNOWN]),
    (deployer("{{resolve:ssm:body}}"),                               [UNKNOWN]),
    (deployer("["),                                                  [UNKNOWN]),
    (deployer("{"),                                                  [UNKNOWN]),
    (deployer([1]),                                                  [UNKNOWN]),
    (deployer({"Resources": []}),                                    [UNKNOWN]),
    ({"Type": "Custom::Stack", "Properties": {"TemplateBody": YAML}}, []),
]
# fmt: on


@pytest.mark.parametrize(("resource", "expected"), BODIES, ids=[str(row[0])[:90] for row in BODIES])
def test_what_is_found_in_it(resource: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    report = judge([template_document({"Resources": {"Set": resource}})])
    assert [(finding.check, finding.address) for finding in report.findings] == expected
    assert {finding.resource for finding in report.findings} == {address for _, address in expected}


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ({"Ref": "Body"}, "TemplateBody of this resource is an expression, or it cannot be read"),
        (either(YAML, {"Ref": "Body"}), "may also deploy another template. TemplateBody"),
    ],
)
def test_what_is_not_read_is_said_truly(body: Any, part: str) -> None:
    items = template_document({"Resources": {"Set": deployer(body)}}).items
    (notice,) = [item for item in items if isinstance(item, Notice)]
    assert part in notice.what
    assert "URL" not in notice.what


def test_its_parameters_are_those_that_the_parent_gives() -> None:
    mode = {"Type": TASK_DEFINITION, "Properties": {"NetworkMode": {"Ref": "Mode"}}}
    template = {"Parameters": {"Mode": {"Type": "String"}}, "Resources": {"Td": mode}}
    for kind, is_admitted in ((NESTED_STACK, True), (STACK_SET, False)):
        resource = deployer(template, kind, Parameters={"Mode": "awsvpc"})
        assert judge([template_document({"Resources": {"Set": resource}})]).is_admitted is is_admitted


@pytest.mark.parametrize("kind", [NESTED_STACK, STACK_SET])
def test_in_a_cdk_app_it_takes_no_address_of_its_parent(assembly: Assembly, kind: str) -> None:
    assembly.artifact["environment"] = "aws://012345678901/eu-west-1"
    assembly.template(Td={"Type": TASK_DEFINITION, "Properties": {"NetworkMode": "awsvpc"}}, Set=deployer(YAML, kind))
    assembly.assets()
    assembly.metadata(Td=[logical_id("Td")], Set=[logical_id("Set")])
    (finding,) = judge(assembly.read()).findings
    assert (finding.check, finding.address, finding.source) == (MODE, "Stack/Set/<Td>", "Stack.template.json")
    assert finding.account == ("012345678901" if kind == NESTED_STACK else None)
