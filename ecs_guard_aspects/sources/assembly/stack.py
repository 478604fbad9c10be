"""Stacks of a cloud assembly: the template of a stack, and the templates that its resources deploy."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from ...cloudformation.declarations import Declarations
from ...cloudformation.nested_stacks import as_called
from ...cloudformation.nodes import map_or_empty
from ...cloudformation.text import canonical
from ...model.notice import Notice
from ...model.resource import NESTED_STACK, type_of
from ...model.template import StackTemplate
from ..cloudformation.deployers import deployers_in, template_urls
from .assets import FileAsset, FileAssets, assets_in_manifest, assets_in_metadata
from .metadata import Acknowledgements, ConstructMetadata, Tree, nested_stack_path
from .origins import TEMPLATE, Origins
from .template_files import MALFORMED, TemplateFiles, text_of, unreadable_notice

NESTED_LIMIT = 2000
"""The maximum number of nested stacks of one stack: one template can be deployed many times."""
DEEPEST = 100
"""The maximum number of levels of nested stacks, or of nested assemblies."""


@dataclass(frozen=True)
class AssemblyOptions:
    """Options for reading an assembly.

    Attributes:
        acknowledged: acknowledgements on constructs above stacks, which an assembly does not contain.
        root: the folder that source files are relative to; the working directory if left out.
        template_files: templates of nested stacks by construct path, if the caller knows them.
        nested_limit: the maximum number of nested stacks of one stack.
        code: the language of the app, if the caller knows it; see ``cdk_language``.
        tree: the constructs of the app, for an assembly that has no construct tree.
    """

    acknowledged: Acknowledgements = field(default_factory=dict)
    root: Path = field(default_factory=Path.cwd)
    template_files: Mapping[str, str] = field(default_factory=dict)
    nested_limit: int = NESTED_LIMIT
    code: str | None = None
    tree: Tree | None = None


class _Deployment(NamedTuple):
    """A template that a resource deploys.

    Attributes:
        path: the construct path of the stack that it becomes, or else of the resource.
        file: its file.
        is_own: whether it was written from the constructs at the path.
        by: the ``AWS::CloudFormation::Stack`` that deploys it, None for other resources.
        account: the AWS account it is deployed to, if it is known.
    """

    path: str
    file: str
    is_own: bool = False
    by: Mapping[str, Any] | None = None
    account: str | None = None


class _Deployments(NamedTuple):
    """The templates of the assembly that the resources of one template deploy, by logical id.

    Attributes:
        found: the deployments of each resource.
        whole: the logical ids of resources with all templates found.
        partial: those with another template that is not in the assembly.
    """

    found: Mapping[str, Sequence[_Deployment]]
    whole: Collection[str]
    partial: Collection[str]


class StackReader:
    """Reads a top-level stack and the templates that it deploys.

    Args:
        folder: the folder of the assembly.
        prefix: the beginning of the names of its files.
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
        self._assets = FileAssets()
        self._count = 0

    def templates(self) -> Iterator[StackTemplate]:
        """Yield the template of the stack, and those that its resources deploy."""
        problems = list(self._prepare())
        own = _Deployment(self._path, self._template, is_own=True, account=self._account)
        yield from self._deployed(own, None, (self._template,), problems)
        for path, file in self._template_files.items():
            if file not in self._deployed_files:  # its TemplateURL was overridden, or it is not a nested stack
                yield from self._deployed(_Deployment(path, file, is_own=True), None, (file,))

    def _metadata_of(self, artifact: Mapping[str, Any]) -> ConstructMetadata:
        options = self._options
        return ConstructMetadata(self._path, artifact, self._folder, options.acknowledged, options.root, options.tree)

    def _prepare(self) -> Iterator[Notice]:
        """Read the files next to the template, and yield notices about those that cannot be read."""
        try:
            known = {
                path: file for path, file in self._options.template_files.items() if path.startswith(f"{self._path}/")
            }
            self._template_files = {**known, **self._metadata.template_files}
        except MALFORMED as error:
            yield unreadable_notice(f"The metadata of {self._prefix}{self._template}", error)
            self._metadata = self._metadata_of({})
        try:
            self._assets = FileAssets(self._file_assets())
        except MALFORMED as error:
            yield unreadable_notice(f"The asset manifest of {self._prefix}{self._template}", error)

    def _deployed(
        self,
        deployment: _Deployment,
        declarations: Declarations | None,
        trail: tuple[str, ...],
        problems: Collection[Notice] = (),
    ) -> Iterator[StackTemplate]:
        """Yield a template as it is deployed once, and those that its resources deploy."""
        file, path = deployment.file, deployment.path
        self._deployed_files.add(file)
        body, sha256, problem = self._files.read(file)
        name = self._files.name_of(file)
        body, notices = _with_resources(body, [*problems, *([problem] if problem else [])])
        resources = body["Resources"] if body is not None else {}
        origins = Origins(self._metadata, path, name, self._options.code, is_own=deployment.is_own)
        inner = self._deployments_in(resources, origins, deployment.account)
        lost = [logical_id for logical_id in self._lost_in(resources, origins) if not inner.found.get(logical_id)]
        declarations = declarations or Declarations.of(body or {})
        placed = [replace(notice, address=path) for notice in notices]
        placed += [replace(_LOST, address=origins.path_of(logical_id), name=logical_id) for logical_id in lost]
        # A stack that deploys itself is read once more with declared parameters: this covers any value it passes on.
        followed = [each for found in inner.found.values() for each in found if trail.count(each.file) < 2]
        self._count += len(followed)
        if self._count > self._options.nested_limit or (followed and len(trail) > DEEPEST):
            placed.append(_too_many(self._options.nested_limit, path))
            followed = []
        placed = [replace(notice, account=deployment.account) for notice in placed]
        read_too = {*inner.whole, *lost}
        yield StackTemplate(
            name,
            path,
            body,
            declarations,
            sha256,
            tuple(placed),
            read_too,
            origins.of,
            deployment.account,
            inner.partial,
            in_cdk=True,
        )
        for each in followed:
            given = None if each.file in trail else self._declarations_of(each, declarations)
            yield from self._deployed(each, given, (*trail, each.file))

    def _declarations_of(self, deployment: _Deployment, parent: Declarations) -> Declarations | None:
        body = self._files.read(deployment.file).body
        if body is None or deployment.by is None:
            return None
        declared = Declarations.of(body)
        return declared if deployment.file in self._deployed_otherwise else as_called(declared, deployment.by, parent)

    def _deployments_in(self, resources: Mapping[str, Any], origins: Origins, account: str | None) -> _Deployments:
        """Return what the resources of a template deploy; a nested stack is deployed to the account of its parent."""
        found: dict[str, list[_Deployment]] = {}
        whole: set[str] = set()
        partial: set[str] = set()
        for logical_id, resource in resources.items():
            urls = template_urls(resource)
            if urls:
                files = self._files_named_by(urls, origins.path_of(logical_id))
                found[logical_id] = list(self._deployments(resource, origins.path_of(logical_id), files, account))
                if any(files):
                    (partial if None in files else whole).add(logical_id)
            elif str(logical_id).startswith("Fn::ForEach::"):  # its notice stays: it deploys an unknown template too
                urls = [url for deployer in deployers_in(resource) for url in template_urls(deployer)]
                files = [self._assets.named_by(url) for url in urls]
                found[logical_id] = list(self._deployments(None, origins.path_of(logical_id), files, None))
        return _Deployments(found, whole, partial)

    def _files_named_by(self, urls: Sequence[object], resource_path: str) -> list[str | None]:
        files = [self._assets.named_by(url) for url in urls]
        own = self._template_files.get(nested_stack_path(resource_path) or resource_path)
        # Not an asset of the stack: the caller has rendered it, or a custom synthesizer has written it.
        return [own] if own is not None and not any(files) and own not in self._assets.files.values() else files

    def _deployments(
        self, resource: object, resource_path: str, files: Sequence[str | None], account: str | None
    ) -> Iterator[_Deployment]:
        """Yield the deployments of a resource, from the files that its URLs name."""
        named = dict.fromkeys(file for file in files if file is not None)
        if not isinstance(resource, Mapping) or type_of(resource) != NESTED_STACK:
            own_files = self._template_files.values()  # these are read with their own constructs
            yield from (_Deployment(resource_path, file) for file in named if file not in own_files)
            return
        path = nested_stack_path(resource_path)
        own = self._template_files.get(path or resource_path)
        # Before aws-cdk-lib 2.274 the metadata does not say which template belongs to a nested stack.
        is_only = path is not None and not self._template_files and len(files) == 1
        for file in named:
            # Nested stacks with the same content share an asset, but each has its own file.
            if own is not None and self._files.read(own).sha256 == self._files.read(file).sha256:
                yield _Deployment(path or resource_path, own, True, resource, account)
            else:
                yield _Deployment(path or resource_path, file, is_only, resource, account)

    def _lost_in(self, resources: Mapping[str, Any], origins: Origins) -> Iterator[str]:
        """Yield the logical ids of nested stacks of the CDK whose template the assembly does not name."""
        for logical_id, resource in resources.items():
            if type_of(resource) == NESTED_STACK:
                path = nested_stack_path(origins.path_of(logical_id))
                if path is not None and path not in self._template_files:
                    yield logical_id

    @cached_property
    def _deployed_otherwise(self) -> set[str]:
        """The templates that other resources also deploy, such as loops and Service Catalog products."""
        assets = self._assets.files
        known = [file for file in assets.values() if file.endswith(TEMPLATE)]
        files = dict.fromkeys([self._template, *known, *self._template_files.values()])
        others = [r for file in files for r in _members(self._files.read(file).body) if type_of(r) != NESTED_STACK]
        text = canonical(others)
        return {file for source_hash, file in assets.items() if source_hash in text}

    def _file_assets(self) -> list[FileAsset]:
        """Return the files that are uploaded with the stack."""
        manifest = self._folder / f"{self._template.removesuffix(TEMPLATE)}.assets.json"
        if manifest.exists():
            assets = assets_in_manifest(json.loads(manifest.read_text(encoding="utf-8")))
        else:
            assets = assets_in_metadata(self._metadata.assets())
        return [asset for asset in assets if asset.file != self._template]


def _account_in(environment: object) -> str | None:
    """Return the account of ``aws://account/region``; None if the stack is for any account."""
    match = re.match(r"aws://(\d{12})/", environment, re.ASCII) if isinstance(environment, str) else None
    return match[1] if match else None


def _with_resources(
    body: Mapping[str, Any] | None, notices: list[Notice]
) -> tuple[Mapping[str, Any] | None, list[Notice]]:
    """Return a template whose ``Resources`` are a mapping, if possible."""
    if body is None or isinstance(body.get("Resources"), Mapping):
        return body, notices
    if "Resources" not in body:
        return {**body, "Resources": {}}, notices
    return None, [*notices, _NO_RESOURCES]


def _members(body: Mapping[str, Any] | None) -> Iterator[Any]:
    yield from map_or_empty(map_or_empty(body).get("Resources")).values()


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
