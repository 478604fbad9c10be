"""Origins of resources: the construct path of a logical id, and the address where that is not certain."""

from __future__ import annotations

from collections.abc import Set
from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects.model.address import AddressKind
from ecs_guard_aspects.model.sentence import NETWORK_MODE
from ecs_guard_aspects.sources.assembly.language import PYTHON
from ecs_guard_aspects.sources.assembly.metadata import ConstructMetadata
from ecs_guard_aspects.sources.assembly.origins import Origins


class Tree:
    """A construct tree with these resources."""

    def __init__(self, *resources: str) -> None:
        self._resources = resources

    def resources_among(self, paths: Set[str]) -> set[str]:
        return {path for path in paths if path in self._resources}


def claims(*paths: str, logical_id: str = "Web") -> dict[str, Any]:
    """Return metadata in which each of these constructs has the logical id."""
    return {f"/{path}": [{"type": "aws:cdk:logicalId", "data": logical_id}] for path in paths}


L1, OUTPUT = "Stack/Web/Resource", "Stack/WebArn"
# fmt: off
PATHS = [
    # what has the logical id Web                the resources in the tree       the address of Web
    (claims(L1),                                 None,                           L1),
    (claims(L1),                                 Tree(L1),                       L1),
    (claims(L1, logical_id="Other"),             Tree(L1),                       "Stack/<Web>"),
    (claims("Other/Web"),                        Tree("Other/Web"),              "Stack/<Web>"),
    (claims("Stacked/Web"),                      Tree("Stacked/Web"),            "Stack/<Web>"),
    ({},                                         Tree(L1),                       "Stack/<Web>"),
    # another element of the template has the same name
    (claims(OUTPUT, L1),                         Tree(L1),                       L1),
    (claims(L1, OUTPUT),                         Tree(L1),                       L1),
    (claims("Stack/Web", "Stack/Web/Web"),       Tree("Stack/Web/Web"),          "Stack/Web/Web"),
    (claims(OUTPUT),                             Tree(L1),                       "Stack/<Web>"),
    (claims(OUTPUT, L1),                         Tree(),                         "Stack/<Web>"),
    (claims(OUTPUT, L1),                         None,                           "Stack/<Web>"),
    # two resources claim one logical id
    (claims("Stack/Agent", L1),                  Tree("Stack/Agent", L1),        "Stack/<Web>"),
]
# fmt: on


@pytest.mark.parametrize(("metadata", "tree", "address"), PATHS, ids=range(len(PATHS)))
def test_the_construct_path(tmp_path: Path, metadata: dict[str, Any], tree: Tree | None, address: str) -> None:
    constructs = ConstructMetadata("Stack", {"metadata": metadata}, tmp_path, {}, tmp_path, tree)
    origin = Origins(constructs, "Stack", "Stack.template.json").of("Web")
    assert (origin.address, origin.place_of("").file) == (address, "Stack.template.json")
    assert origin.address_kind is (AddressKind.UNCERTAIN if "<" in address else AddressKind.PATH)


def test_a_template_that_no_construct_has_written_has_no_constructs(tmp_path: Path) -> None:
    constructs = ConstructMetadata("Stack", {"metadata": claims(L1)}, tmp_path, {}, tmp_path, Tree(L1))
    assert Origins(constructs, "Stack", "Set.template.json", is_own=False).of("Web").address == "Stack/<Web>"


# The template, whether it was written from the constructs of its stack, and how a mode is set in it.
LANGUAGES = [
    ("Stack.template.json", True, "set network_mode=ecs.NetworkMode.AWS_VPC"),
    ("Set.template.json", False, "set network_mode=ecs.NetworkMode.AWS_VPC"),
    ("asset.1f.json", False, 'set "NetworkMode": "awsvpc"'),
    ("asset.1f.yaml", False, "set NetworkMode: awsvpc"),
    ("asset.1f.template", False, "set NetworkMode: awsvpc"),
    ("/home/me/child.json", False, 'set "NetworkMode": "awsvpc"'),
]


@pytest.mark.parametrize(("name", "is_own", "expected"), LANGUAGES, ids=[name for name, *_ in LANGUAGES])
def test_a_template_that_the_cdk_has_not_written_is_not_in_the_words_of_the_cdk(
    tmp_path: Path, name: str, is_own: bool, expected: str
) -> None:
    constructs = ConstructMetadata("Stack", {"metadata": {}}, tmp_path, {}, tmp_path)
    origin = Origins(constructs, "Stack", name, PYTHON, is_own=is_own).of("Web")
    assert origin.language.set(NETWORK_MODE, "awsvpc") == expected
