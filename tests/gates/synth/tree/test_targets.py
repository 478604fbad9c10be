"""The constructs that a value refers to, through any kind of token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest

from ecs_guard_aspects.gates.synth.tree.targets import Targets, targets_of

from ..support import crossings, generic, level1

VALUES: dict[str, Callable[[cdk.CfnResource], Any]] = {
    "a reference": lambda node: node.ref,
    "an attribute in a list": lambda node: ["x", {"Arn": node.get_att("Arn")}],
    "inside a text": lambda node: f"family/{node.ref}",
    "a function": lambda node: cdk.Fn.select(0, cdk.Fn.split("/", node.ref)),
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_what_a_value_refers_to(stack: cdk.Stack, value: Callable[[cdk.CfnResource], Any]) -> None:
    node = generic(stack)
    assert {target.node.path for target in targets_of(value(node), stack)} == {"Stack/Td"}


@pytest.mark.parametrize(
    "value", [None, "text", ["a", {"b": 1}], cdk.Aws.REGION], ids=["none", "text", "list", "token"]
)
def test_what_refers_to_no_construct(stack: cdk.Stack, value: Any) -> None:
    assert [target for target in targets_of(value, stack) if isinstance(target, cdk.CfnResource)] == []


PROPERTIES: dict[str, tuple[dict[str, Any], str, set[str]]] = {
    "a text": ({"Family": "web"}, "Family", set()),
    "a number": ({"Cpu": 256}, "Cpu", set()),
    "that property alone": ({"Family": "$", "TaskRoleArn": "?"}, "TaskRoleArn", {"Stack/Other"}),
    "a name that is not a property": (
        {"Family": "$", "TaskRoleArn": "?"},
        "Metadata",
        {"Stack/Td", "Stack/Other"},
    ),
    "inside maps and lists": ({"Tags": [{"Key": "$", "Value": "x"}]}, "Tags", {"Stack/Td"}),
    "the key of a map": ({"Labels": {"$": 1}}, "Labels", {"Stack/Td"}),
    "a list that is a token": ({"Subnets": ["#"]}, "Subnets", {"Stack/Td"}),
}


@pytest.mark.parametrize("name", PROPERTIES)
def test_what_some_properties_of_a_resource_refer_to(stack: cdk.Stack, name: str) -> None:
    given, wanted, found = PROPERTIES[name]
    node, other = generic(stack), generic(stack, "Other")

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {filled(key): filled(item) for key, item in value.items()}
        if value == ["#"]:
            return cdk.Token.as_list(node.get_att("Subnets"))
        if isinstance(value, list):
            return [filled(item) for item in value]
        return {"$": node.ref, "?": other.ref}.get(value, value) if isinstance(value, str) else value

    using = cdk.CfnResource(stack, "Using", type="AWS::X::Y", properties=filled(given))
    assert Targets().of(using, "Stack", [wanted]) == found


def test_a_text_is_resolved_once_in_each_stack(app: cdk.App, stack: cdk.Stack) -> None:
    node, targets = generic(stack), Targets()
    using = [level1(stack, f"Td{number}", family=node.ref) for number in range(3)]
    with crossings() as first:
        assert targets.of(using[0], "Stack", ["Family"]) == {"Stack/Td"}
    with crossings() as then:
        assert [targets.of(each, "Stack", ["Family"]) for each in using] == [{"Stack/Td"}] * 3
    assert len(first) > 3
    assert then == ["GetRequest cfnProperties"] * 2
