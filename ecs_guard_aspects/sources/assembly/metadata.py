"""Construct metadata of a cloud assembly: ``<stack>.metadata.json``, or the manifest in older versions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Set
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from ...cloudformation.nodes import map_or_empty
from ...model.inline_exemption import Acknowledgement
from ...model.place import Place
from .stack_frames import made_at

ACKNOWLEDGED = "aws:cdk:acknowledged-rules"
PLUGIN_NAME = "ecs-guard"
"""The name of the policy-validation plugin. Ids of checks in acknowledgements begin with it."""

Acknowledgements = Mapping[str, Mapping[str, str]]
"""The reasons by id of the check, by construct path."""


class Tree(Protocol):
    """The constructs of an app."""

    def resources_among(self, paths: Set[str]) -> set[str]:
        """Return those of the construct paths that are of resources; all have the same logical id."""


class ConstructMetadata:
    """The metadata of the constructs of a stack. It is read at its first use: in a large app it is the largest file.

    Args:
        path: the construct path of the stack.
        artifact: the stack's entry in the manifest.
        folder: the folder of the manifest.
        outer: acknowledgements on constructs above the stack, which an assembly does not contain.
        root: the folder that source files are relative to.
        tree: the constructs of the app, if they are known.

    Raises:
        OSError, ValueError, TypeError, AttributeError, KeyError: on use, if the file cannot be read.
    """

    def __init__(
        self,
        path: str,
        artifact: Mapping[str, Any],
        folder: Path,
        outer: Acknowledgements,
        root: Path,
        tree: Tree | None = None,
    ) -> None:
        self._path = path
        self._artifact = artifact
        self._folder = folder
        self._outer = outer
        self._root = root
        self._tree = tree

    def path_in(self, stack_path: str, logical_id: str) -> str | None:
        """Return the construct path of the resource with a logical id in a stack, or in one nested in it.

        Outputs, Conditions and Includes can have the logical id of a resource too. None if not exactly one resource is
        recorded with the logical id.
        """
        paths = {path for path in self._paths.get(logical_id, ()) if self._stack_path_of(path) == stack_path}
        if self._tree is not None:
            paths = self._tree.resources_among(paths)
        return paths.pop() if len(paths) == 1 else None

    @cached_property
    def template_files(self) -> dict[str, str]:
        """The templates of the stack and of the stacks nested in it, by construct path; since aws-cdk-lib 2.274."""
        return {path: file for path, file in self._values("aws:cdk:templateFile") if isinstance(file, str)}

    def assets(self) -> Iterator[Mapping[str, Any]]:
        """Yield the assets that the legacy synthesizer has recorded."""
        for _, asset in self._values("aws:cdk:asset"):
            yield asset

    def made_at(self, path: str) -> Place:
        """Return the line of code that made a construct, if the CDK has recorded it."""
        frames = next(self._values_at(path, "aws:cdk:creationStack"), ())
        return made_at(frames if isinstance(frames, list) else (), self._root)

    def acknowledged_at(self, path: str) -> dict[str, Acknowledgement]:
        """Return the acknowledgements of a construct by check. The closest one counts."""
        if not self._acknowledged:
            return {}
        found: dict[str, Acknowledgement] = {}
        scope = ""
        for name in ["", *path.split("/")]:
            scope = f"{scope}/{name}" if scope else name
            for check, reason in self._acknowledged.get(scope, {}).items():
                found[check] = Acknowledgement(scope, reason)
        return found

    @cached_property
    def _acknowledged(self) -> dict[str, dict[str, str]]:
        found = {path: dict(reasons) for path, reasons in self._outer.items()}
        for path, rules in self._values(ACKNOWLEDGED):
            found.setdefault(path, {}).update(reasons_in(rules))
        return found

    @cached_property
    def _paths(self) -> dict[str, list[str]]:
        paths: dict[str, list[str]] = {}
        for path, logical_id in self._values("aws:cdk:logicalId"):
            paths.setdefault(str(logical_id), []).append(path)
        return paths

    @cached_property
    def _stack_paths(self) -> set[str]:
        """The construct paths of the stack and of those nested in it."""
        nested = {nested_stack_path(path) for paths in self._paths.values() for path in paths}
        return {self._path, *self.template_files, *filter(None, nested)}

    def _stack_path_of(self, path: str) -> str:
        scope = path.rpartition("/")[0]
        while scope and scope not in self._stack_paths:
            scope = scope.rpartition("/")[0]
        return scope

    @cached_property
    def _entries(self) -> dict[str, list[Any]]:
        entries = dict(self._artifact.get("metadata") or {})
        if "additionalMetadataFile" in self._artifact:
            file = self._folder / self._artifact["additionalMetadataFile"]
            entries = {**entries, **json.loads(file.read_text(encoding="utf-8"))}
        return entries

    def _values(self, kind: str) -> Iterator[tuple[str, Any]]:
        for path, entries in self._entries.items():
            for entry in entries:
                if entry["type"] == kind:
                    yield path.removeprefix("/"), entry.get("data")

    def _values_at(self, path: str, kind: str) -> Iterator[Any]:
        for entry in self._entries.get(f"/{path}", ()):
            if entry["type"] == kind:
                yield entry.get("data")


def nested_stack_path(path: str) -> str | None:
    """Return the path of the NestedStack whose ``AWS::CloudFormation::Stack`` is at ``path``, None if it has none.

    https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/core/lib/nested-stack.ts
    """
    scope, _, name = path.rpartition("/")
    return scope.removesuffix(".NestedStack") if name.endswith(".NestedStackResource") else None


def rule_id(check: str) -> str:
    """Return the id under which users acknowledge a check."""
    return f"{PLUGIN_NAME}::{check}"


def reasons_in(rules: object) -> dict[str, str]:
    """Return the reasons by check in an entry of the type ``ACKNOWLEDGED``, for the checks of ecs-guard."""
    ours = rule_id("")
    own = {rule: reason for rule, reason in map_or_empty(rules).items() if str(rule).startswith(ours)}
    return {str(rule).removeprefix(ours): str(reason or "") for rule, reason in own.items()}
