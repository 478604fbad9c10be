"""Expressions as text in which references keep their names."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation.instances.named_text import named_text

from .support import get_att, ref


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("plain", "plain"),
        (5, "5"),
        (None, ""),
        (ref("Cluster"), "${Cluster}"),
        (get_att("Cluster", "Arn"), "${Cluster.Arn}"),
        ({"Fn::GetAtt": "Cluster.Arn"}, "${Cluster.Arn}"),
        ({"Fn::Sub": "a-${Cluster}-${!literal}"}, "a-${Cluster}-${literal}"),
        ({"Fn::Sub": ["a-${Name}", {"Name": ref("Cluster")}]}, "a-${Cluster}"),
        ({"Fn::Base64": {"Fn::Join": ["", ["ECS_CLUSTER=", ref("Cluster"), "\n"]]}}, "ECS_CLUSTER=${Cluster}\n"),
        ({"Fn::If": ["IsProd", ref("One"), "two"]}, "${One}\ntwo"),
        ({"commands": {"01": {"command": ["a", ref("B")]}}}, "a\n${B}"),
        ({"Fn::ImportValue": "net-Cluster"}, '${{"Fn::ImportValue": "net-Cluster"}}'),
    ],
)
def test_the_text_of_an_expression(expression: Any, text: str) -> None:
    assert named_text(expression) == text
