"""Templates of a cloud assembly, those of Stages included: found through manifests."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.model.resource import TASK_DEFINITION
from ecs_guard_aspects.policy import judge
from ecs_guard_aspects.sources.assembly.templates import read_templates

from ..support import BAD, Assembly


@pytest.mark.parametrize(
    "content", ['{"artifacts": {}}', "{}", '{"artifacts": {"Tree": {"type": "cdk:tree"}}}'], ids=str
)
def test_an_assembly_without_stacks_is_empty(assembly: Assembly, content: str) -> None:
    assembly.put("manifest.json", content)
    assert assembly.read() == []


def stage(directory: str) -> dict[str, Any]:
    return {"type": "cdk:cloud-assembly", "properties": {"directoryName": directory}}


def stack(path: str, template: str) -> dict[str, Any]:
    properties = {"templateFile": f"{template}.template.json"}
    return {"type": "aws:cloudformation:stack", "properties": properties, "displayName": path}


def test_a_stage_in_a_stage(assembly: Assembly) -> None:
    assembly.manifest(Own=stack("Own", "Own"), Prod=stage("assembly-Prod"))
    assembly.manifest("assembly-Prod/", Eu=stage("assembly-Prod-Eu"))
    assembly.manifest("assembly-Prod/assembly-Prod-Eu/", S=stack("Prod/Eu/S", "ProdEuS"))
    assembly.template("Own")
    assembly.template("assembly-Prod/assembly-Prod-Eu/ProdEuS", Td=BAD)
    assert list(assembly.said()) == [
        "Own.template.json",
        "assembly-Prod/assembly-Prod-Eu/ProdEuS.template.json",
    ]
    assert assembly.addresses() == ["Prod/Eu/S/<Td>"]


def test_two_templates_of_one_file_name(assembly: Assembly) -> None:
    assembly.manifest(S=stack("S", "S"), Default=stage("assembly-Default"))
    assembly.manifest("assembly-Default/", S=stack("Default/S", "S"))
    for folder, mode in (("", "awsvpc"), ("assembly-Default/", "host")):
        assembly.template(f"{folder}S", Td={"Type": TASK_DEFINITION, "Properties": {"NetworkMode": mode}})
    found = [(d.name, item.address, item.properties) for d in assembly.read() for item in d.items]  # type: ignore[union-attr]
    assert found == [
        ("S.template.json", "S/<Td>", {"NetworkMode": "awsvpc"}),
        ("assembly-Default/S.template.json", "Default/S/<Td>", {"NetworkMode": "host"}),
    ]


def test_a_stage_that_cannot_be_read_does_not_hide_the_others(assembly: Assembly) -> None:
    assembly.manifest(Gone=stage("assembly-Gone"), S=stack("S", "S"), Prod=stage("assembly-Prod"))
    assembly.manifest("assembly-Prod/", S=stack("Prod/S", "S"))
    for folder in ("", "assembly-Prod/"):
        assembly.template(f"{folder}S", Td=BAD)
    assert assembly.addresses() == ["S/<Td>", "Prod/S/<Td>"]
    assert list(assembly.said())[1] == "assembly-Gone/manifest.json"
    assert not judge(assembly.read()).is_admitted


def test_the_names_of_templates_begin_with_the_prefix(assembly: Assembly) -> None:
    assembly.manifest(S=stack("S", "S"), Prod=stage("assembly-Prod"))
    assembly.manifest("assembly-Prod/", S=stack("Prod/S", "S"))
    for folder in ("", "assembly-Prod/"):
        assembly.template(f"{folder}S", Td=BAD)
    templates = list(read_templates(assembly.folder, prefix="out/"))
    assert [(each.name, each.path) for each in templates] == [
        ("out/S.template.json", "S"),
        ("out/assembly-Prod/S.template.json", "Prod/S"),
    ]


def test_other_artifacts_are_not_templates(assembly: Assembly) -> None:
    assets = {"type": "cdk:asset-manifest", "properties": {"file": "S.assets.json"}}
    assembly.manifest(S=stack("S", "S"), Assets=assets)
    assembly.template("S", Td=BAD)
    assert [each.name for each in read_templates(assembly.folder)] == ["S.template.json"]
