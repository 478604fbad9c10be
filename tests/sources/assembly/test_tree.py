"""The construct tree of a cloud assembly: which constructs are resources."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects.sources.assembly.tree import tree_in

TYPE = {"attributes": {"aws:cdk:cloudformation:type": "AWS::ECS::TaskDefinition"}}


def of_class(name: str) -> dict[str, Any]:
    return {"constructInfo": {"fqn": name}}


def node(path: str, **more: Any) -> dict[str, Any]:
    return {"path": path, **more}


def tree(**artifacts: Any) -> dict[str, Any]:
    return {"Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}}, **artifacts}


def resources(folder: Path, root: Any, *paths: str) -> set[str]:
    (folder / "tree.json").write_text(json.dumps(root) if not isinstance(root, str) else root)
    found = tree_in(folder, tree())
    assert found is not None
    return found.resources_among(set(paths))


# A construct, and whether it is a resource.
CONSTRUCTS: list[tuple[dict[str, Any], bool]] = [
    (TYPE, True),
    (of_class("aws-cdk-lib.CfnResource"), True),
    (of_class("aws-cdk-lib.aws_ecs.CfnTaskDefinition"), True),
    (of_class("aws-cdk-lib.aws_ecs.Ec2TaskDefinition"), False),
    (of_class("aws-cdk-lib.CfnOutput"), False),
    (of_class("aws-cdk-lib.CfnCondition"), False),
    (of_class("aws-cdk-lib.cloudformation_include.CfnInclude"), False),
    (of_class("constructs.Construct"), False),
    ({"attributes": {}}, False),
    ({"attributes": None, "constructInfo": None}, False),
    ({}, False),
]


@pytest.mark.parametrize(("construct", "expected"), CONSTRUCTS)
def test_which_constructs_are_resources(tmp_path: Path, construct: dict[str, Any], expected: bool) -> None:
    root = {"tree": node("", children={"Stack": node("Stack", children={"Td": node("Stack/Td", **construct)})})}
    assert resources(tmp_path, root, "Stack/Td", "Stack/Other") == ({"Stack/Td"} if expected else set())


def test_only_the_paths_that_are_asked_for(tmp_path: Path) -> None:
    root = {"tree": node("", children={"A": node("A", **TYPE), "B": node("B", **TYPE)})}
    assert resources(tmp_path, root, "A") == {"A"}


def test_a_tree_that_is_divided_over_files(tmp_path: Path) -> None:
    """The CDK divides a very large tree: a node then names its file."""
    forest = {"forest": {"t1": node("Stack", children={"Td": node("Stack/Td", **TYPE)}), "t2": node("Other", **TYPE)}}
    (tmp_path / "tree-1.json").write_text(json.dumps(forest))
    children = {name: {"treeId": name, "fileName": "tree-1.json"} for name in ("t1", "t2")}
    assert resources(tmp_path, {"tree": node("", children=children)}, "Stack/Td", "Other") == {"Stack/Td", "Other"}


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "{}", '{"tree": 5}', '{"tree": {"treeId": "t", "fileName": "gone.json"}}', "[" * 100_000],
    ids=lambda content: content[:40],
)
def test_of_a_tree_that_cannot_be_read_no_address_is_certain(tmp_path: Path, content: str) -> None:
    assert resources(tmp_path, content, "Stack/Td") == set()


@pytest.mark.parametrize(
    ("artifacts", "is_named"),
    [
        (tree(), True),
        ({"Tree": {"type": "cdk:tree", "properties": {"file": 5}}}, False),
        ({"Tree": {"type": "cdk:tree"}}, False),
        ({"Stack": {"type": "aws:cloudformation:stack", "properties": {"file": "tree.json"}}}, False),
        ({}, False),
    ],
)
def test_a_manifest_without_a_tree(tmp_path: Path, artifacts: dict[str, Any], is_named: bool) -> None:
    assert (tree_in(tmp_path, artifacts) is not None) is is_named
