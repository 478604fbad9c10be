"""Construct tree of a cloud assembly (``tree.json``): the construct paths of resources."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Set
from functools import cached_property
from pathlib import Path
from typing import Any

from ...model.debug import show_traceback
from .template_files import MALFORMED

# Level 1 constructs have the attribute, if the CDK could render it; a generic CfnResource has only its class.
_TYPE = "aws:cdk:cloudformation:type"
_CLASSES = re.compile(r"aws-cdk-lib\.(?:CfnResource|aws_\w+\.Cfn\w+)")


class ConstructTree:
    """The construct tree of an app. It is read at its first use: in a large app it is a large file.

    Args:
        file: the file that the manifest names.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def resources_among(self, paths: Set[str]) -> set[str]:
        """Return those of the construct paths that are of resources, not of Outputs, Conditions or Includes."""
        return {path for path in paths if path in self._resources}

    @cached_property
    def _resources(self) -> frozenset[str]:
        try:
            return frozenset(_resources_in(self._file))
        except MALFORMED as error:  # then no address is certain
            show_traceback(error, f"reading {self._file.name}")
            return frozenset()


def tree_in(folder: Path, artifacts: Mapping[str, Any]) -> ConstructTree | None:
    """Return the construct tree that a manifest names, None if it names none.

    Args:
        folder: the folder of the manifest.
        artifacts: the artifacts of the manifest.
    """
    for artifact in artifacts.values():
        file = (artifact.get("properties") or {}).get("file")
        if artifact["type"] == "cdk:tree" and isinstance(file, str):
            return ConstructTree(folder / file)
    return None


def _resources_in(file: Path) -> Iterator[str]:
    nodes = [json.loads(file.read_text(encoding="utf-8"))["tree"]]
    forests: dict[str, Any] = {}
    while nodes:
        node = nodes.pop()
        # A very large tree is divided: a node then only names its file.
        if "treeId" in node:
            name = node["fileName"]
            if name not in forests:
                forests[name] = json.loads((file.parent / name).read_text(encoding="utf-8"))["forest"]
            node = forests[name][node["treeId"]]
        if _is_resource(node):
            yield node["path"]
        nodes += (node.get("children") or {}).values()


def _is_resource(node: Mapping[str, Any]) -> bool:
    if _TYPE in (node.get("attributes") or {}):
        return True
    return _CLASSES.fullmatch((node.get("constructInfo") or {}).get("fqn") or "") is not None
