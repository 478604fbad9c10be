"""Stacks of a cloud assembly: the template of a stack, of its nested stacks, and of its other assets."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from ...cloudformation.declarations import Declarations
from ...cloudformation.nested_stacks import as_called, asset_of
from ...cloudformation.text import canonical
from ...model.notice import Notice
from ...model.resource import NESTED_STACK, type_of
from ...model.template import StackTemplate
from ..cloudformation.products import PRODUCT, is_of_assets
from .metadata import Acknowledgements, ConstructMetadata, nested_stack_path
from .origins import Origins
from .template_files import MALFORMED, TemplateFiles, text_of, unreadable

_TEMPLATE = ".template.json"

NESTED_LIMIT = 2000
"""How many nested stacks of one stack are read. One template may be deployed many times."""
DEEPEST = 100
"""How many levels of nested stacks, or of nested assemblies, are read."""


class AssemblyOptions(NamedTuple):
    """Options for reading an assembly.

    Attributes:
        acknowledged: acknowledgements on constructs above stacks, which an assembly does not contain.
        root: the folder that source files are relative to.
        template_files: templates of nested stacks by construct path, if the caller knows them.
        nested_limit: how many nested stacks of one stack are read.
        code: the language of the app, if the caller knows it; see ``cdk_language``.
    """

    acknowledged: Acknowledgements
    root: Path
    template_files: Mapping[str, str]
    nested_limit: int = NESTED_LIMIT
    code: str | None = None


class _Nested(NamedTuple):
    """A nested stack: its construct path, and the file of its template."""

    path: str
    file: str


class StackReader:
    """Reads a top-level stack and the templates that it deploys.

    Args:
        folder: the folder of the assembly.
        prefix: what the names of its files begin with.
        artifact_id: the id of the stack in the manifest.
        artifact: its entry in the manifest.
        options: see ``AssemblyOptions``.
    """

    def __init__(
        self, folder: Path, prefix: str, artifact_id: str, artifact: Mapping[str, Any], options: AssemblyOptions
    ) -> None:
        self._template = text_of(artifact["properties"]["templateFile"])
        self._path = text_of(artifact.get("displayName") or artifact_id)
        self._account = _account_in(artifact.get("environment"))
        self._folder = folder
        self._prefix = prefix
        self._options = options
        self._metadata = self._metadata_of(artifact)
        self._template_files: dict[str, str] = {}
        self._files = TemplateFiles(folder, prefix)
        self._deployed_files: set[str] = set()
        self._assets: dict[str, str] = {}
        self._count = 0

    def templates(self) -> Iterator[StackTemplate]:
        """Yield the template of the stack, those of its nested stacks, and all other templates among its assets."""
        problems = list(self._prepare())
        yield from self._deployed(self._template, self._path, None, (self._template,), problems)
        paths = {file: path for path, file in self._template_files.items()}
        for file in dict.fromkeys([*self._assets.values(), *paths]):
            if file not in self._deployed_files:
                yield from self._deployed(file, paths.get(file, self._path), None, (file,))

    def _metadata_of(self, artifact: Mapping[str, Any]) -> ConstructMetadata:
        return ConstructMetadata(self._path, artifact, self._folder, self._options.acknowledged, self._options.root)

    def _prepare(self) -> Iterator[Notice]:
        """Read the files next to the template, and yield notices about those that cannot be read."""
        try:
            known = {
                path: file for path, file in self._options.template_files.items() if path.startswith(f"{self._path}/")
            }
            self._template_files = {**known, **self._metadata.template_files}
        except MALFORMED as error:
            yield unreadable(f"The metadata of {self._prefix}{self._template}", error)
            self._metadata = self._metadata_of({})
        try:
            self._assets = self._template_assets()
        except MALFORMED as error:
            yield unreadable(f"The asset manifest of {self._prefix}{self._template}", error)

    def _deployed(
        self,
        file: str,
        path: str,
        declarations: Declarations | None,
        trail: tuple[str, ...],
        problems: Collection[Notice] = (),
    ) -> Iterator[StackTemplate]:
        """Yield a template as one stack deploys it, and those of the stacks nested in it."""
        self._deployed_files.add(file)
        body, sha256, problem = self._files.read(file)
        name = self._files.name_of(file)
        body, notices = _with_resources(body, [*problems, *([problem] if problem else [])])
        resources = body["Resources"] if body is not None else {}
        origins = Origins(self._metadata, path, name, resources, self._options.code)
        nested = dict(self._nested_in(resources, origins))
        lost = [logical_id for logical_id in self._lost_in(resources, origins) if logical_id not in nested]
        declarations = declarations or Declarations.of(body or {})
        placed = [replace(notice, address=path) for notice in notices]
        placed += [replace(_LOST, address=origins.path_of(logical_id), name=logical_id) for logical_id in lost]
        # A stack that deploys itself is read once more with declared parameters: this covers any value it passes on.
        followed = {logical_id: found for logical_id, found in nested.items() if trail.count(found.file) < 2}
        self._count += len(followed)
        if self._count > self._options.nested_limit or (followed and len(trail) > DEEPEST):
            placed.append(_too_many(self._options.nested_limit, path))
            followed = {}
        placed = [replace(notice, account=self._account) for notice in placed]
        read_too = {*nested, *lost, *self._products_in(resources)}
        yield StackTemplate(name, path, body, declarations, sha256, tuple(placed), read_too, origins.of, self._account)
        for logical_id, found in followed.items():
            again = found.file in trail
            given = None if again else self._declarations_of(found.file, resources[logical_id], declarations)
            yield from self._deployed(found.file, found.path, given, (*trail, found.file))

    def _declarations_of(self, file: str, nested_stack: Mapping[str, Any], parent: Declarations) -> Declarations | None:
        body = self._files.read(file).body
        if body is None:
            return None
        declared = Declarations.of(body)
        return declared if file in self._deployed_otherwise else as_called(declared, nested_stack, parent)

    def _nested_in(self, resources: Mapping[str, Any], origins: Origins) -> Iterator[tuple[str, _Nested]]:
        """Yield the nested stacks whose templates are in the assembly, by logical id."""
        for logical_id, resource in resources.items():
            if type_of(resource) == NESTED_STACK:
                path = origins.path_of(logical_id)
                path = nested_stack_path(path) or path
                own = self._template_files.get(path)
                asset = asset_of(resource, self._assets)
                if asset is None and own not in self._assets.values():
                    # Not an asset of the stack: the caller has rendered it, or a custom synthesizer has written it.
                    asset = own
                if asset is not None:
                    # Nested stacks with the same content share an asset, but each has its own file.
                    is_same = own is not None and self._files.read(own).sha256 == self._files.read(asset).sha256
                    yield logical_id, _Nested(path, own if own is not None and is_same else asset)

    def _lost_in(self, resources: Mapping[str, Any], origins: Origins) -> Iterator[str]:
        """Yield the logical ids of nested stacks of the CDK whose template the assembly does not name."""
        for logical_id, resource in resources.items():
            if type_of(resource) == NESTED_STACK:
                path = nested_stack_path(origins.path_of(logical_id))
                if path is not None and path not in self._template_files:
                    yield logical_id

    def _products_in(self, resources: Mapping[str, Any]) -> Iterator[str]:
        """Yield the logical ids of Service Catalog products whose templates are all among the assets."""
        for logical_id, resource in resources.items():
            if type_of(resource) == PRODUCT and is_of_assets(resource, self._assets):
                yield logical_id

    @cached_property
    def _deployed_otherwise(self) -> set[str]:
        """The templates that other resources also deploy, such as loops and Service Catalog products."""
        files = dict.fromkeys([self._template, *self._assets.values(), *self._template_files.values()])
        others = [r for file in files for r in _members(self._files.read(file).body) if type_of(r) != NESTED_STACK]
        text = canonical(others)
        return {file for source_hash, file in self._assets.items() if source_hash in text}

    def _template_assets(self) -> dict[str, str]:
        """Return the templates among the file assets, by source hash: nested stacks, Service Catalog products."""
        manifest = self._folder / f"{self._template.removesuffix(_TEMPLATE)}.assets.json"
        if manifest.exists():
            files = json.loads(manifest.read_text(encoding="utf-8")).get("files", {})
            sources = [(source_hash, asset["source"].get("path")) for source_hash, asset in files.items()]
        else:
            sources = [(str(asset.get("sourceHash") or ""), asset.get("path")) for asset in self._metadata.assets()]
        return {
            source_hash: file
            for source_hash, file in sources
            if source_hash and file and text_of(file).endswith(_TEMPLATE) and file != self._template
        }


def _account_in(environment: object) -> str | None:
    """Return the account of ``aws://account/region``, None where the stack is for any."""
    match = re.match(r"aws://(\d{12})/", environment, re.ASCII) if isinstance(environment, str) else None
    return match[1] if match else None


def _with_resources(
    body: Mapping[str, Any] | None, notices: list[Notice]
) -> tuple[Mapping[str, Any] | None, list[Notice]]:
    """Return a template with ``Resources`` that are a mapping, if that can be."""
    if body is None or isinstance(body.get("Resources"), Mapping):
        return body, notices
    if "Resources" not in body:
        return {**body, "Resources": {}}, notices
    return None, [*notices, _NO_RESOURCES]


def _members(body: Mapping[str, Any] | None) -> Iterator[Any]:
    resources = body.get("Resources") if body is not None else None
    yield from resources.values() if isinstance(resources, Mapping) else ()


_LOST = Notice(
    "The template of this nested stack is not among the assets of its stack.",
    "A custom synthesizer, or an override of TemplateURL, deploys a template that ecs-guard cannot find.",
    "Use aws-cdk-lib 2.274 or later, which records the template file of a nested stack.",
)
_NO_RESOURCES = Notice(
    "The Resources of this template are not a map.",
    "ecs-guard denies a template that it cannot read.",
    "Write Resources as a map of logical ids.",
)


def _too_many(limit: int, path: str) -> Notice:
    return Notice(
        f"This stack has more than {limit} nested stacks, or more than {DEEPEST} levels of nested stacks.",
        "ecs-guard denies what it does not read.",
        "Deploy the template in several stacks.",
        address=path,
    )
