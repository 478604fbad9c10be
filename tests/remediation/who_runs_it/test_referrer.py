"""Referrers: the resources and exports of a template, with their references."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation.who_runs_it.expressions import HOLE
from ecs_guard_aspects.remediation.who_runs_it.referrer import outputs_of, referrers_in

from ..templates import resource, stack


@pytest.mark.parametrize(
    ("depends_on", "expected"),
    [("One", {"One", "Ref"}), (["One", "Two"], {"One", "Two", "Ref"}), (None, {"Ref"})],
)
def test_what_it_depends_on_counts_too(depends_on: Any, expected: set[str]) -> None:
    body = {**resource("Custom::X", A={"Ref": "Ref"}), "DependsOn": depends_on}
    (referrer,) = referrers_in(stack(X=body))
    assert referrer.logical_ids == expected


def test_task_texts_leave_out_names_and_task_definition_properties() -> None:
    targets = [{"Id": "a", "Input": "b", "EcsParameters": {"TaskDefinitionArn": "c"}}]
    (referrer,) = referrers_in(stack(X=resource("AWS::Events::Rule", Targets=targets, Name="d")))
    assert [each.text for each in referrer.task_texts] == ["b"]


def test_members_without_a_type_are_left_out() -> None:
    assert list(referrers_in(stack(X={"Properties": {}}, Y="text", Z={"Type": 1}))) == []


def test_the_outputs_of_a_template() -> None:
    outputs = {
        "Named": {"Value": {"Ref": "Td"}, "Export": {"Name": "td"}},
        "Computed": {"Value": "x", "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-td"}}},
        "NotExported": {"Value": {"Ref": "Td"}},
        "Malformed": "text",
    }
    found = [(each.name, each.export, set(each.logical_ids)) for each in outputs_of(stack(outputs=outputs))]
    assert found == [("Named", "td", {"Td"}), ("Computed", f"{HOLE}-td", set()), ("NotExported", None, {"Td"})]
