"""Origins of resources: the construct path of a logical id, and the path of an unknown construct."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects.sources.assembly.metadata import ConstructMetadata
from ecs_guard_aspects.sources.assembly.origins import Origins

METADATA = {"/Stack/Web/Resource": [{"type": "aws:cdk:logicalId", "data": "Web"}]}

PATHS: list[tuple[str, dict[str, Any], str]] = [
    ("Web", {}, "Stack/Web/Resource"),
    ("Api", {"Metadata": {"aws:cdk:path": "Stack/Api/Resource"}}, "Stack/Api/Resource"),
    ("Api", {"Metadata": {"aws:cdk:path": "Other/Api/Resource"}}, "Stack/<Api>"),
    ("Api", {"Metadata": {"aws:cdk:path": "Stacked/Api"}}, "Stack/<Api>"),
    ("Api", {"Metadata": []}, "Stack/<Api>"),
    ("Api", {}, "Stack/<Api>"),
]


@pytest.mark.parametrize(("logical_id", "resource", "path"), PATHS)
def test_the_construct_path(tmp_path: Path, logical_id: str, resource: dict[str, Any], path: str) -> None:
    metadata = ConstructMetadata("Stack", {"metadata": METADATA}, tmp_path, {}, tmp_path)
    origins = Origins(metadata, "Stack", "Stack.template.json", {logical_id: resource})
    assert origins.path_of(logical_id) == path
    origin = origins.of(logical_id)
    assert (origin.address, origin.place_of("").file) == (path, "Stack.template.json")
