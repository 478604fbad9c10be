"""The templates of a cloud assembly (``cdk.out``): of stacks, of stacks inside Stages, of nested stacks.

All is found through manifests and never by listing the folder, where files of earlier runs may lie.
"""

from __future__ import annotations

import hashlib
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
from ...model.place import Place
from ...model.resource import NESTED_STACK, type_of
from ...model.template import Origin, StackTemplate
from ..cloudformation.products import PRODUCT, is_of_assets
from .metadata import Acknowledgements, ConstructMetadata, nested_stack_path

_TEMPLATE = ".template.json"
_NESTED_LIMIT = 2000
"""How many nested stacks of one stack are read; each may deploy the same template many times over."""
_DEEPEST = 100
"""How deep stacks, or assemblies, are followed into each other."""

UNKNOWN = "<"
"""With which an address goes on after that of its stack, if nobody knows which construct wrote the resource."""

_MALFORMED = (OSError, ValueError, TypeError, AttributeError, KeyError, RecursionError)


def read_templates(
    folder: Path,
    acknowledged: Acknowledgements | None = None,
    root: Path | None = None,
    template_files: Mapping[str, str] | None = None,
    prefix: str = "",
) -> Iterator[StackTemplate]:
    """Yield the templates of an assembly; see ``read_assembly``. Their names begin with ``prefix``."""
    known = _Known(acknowledged or {}, root or Path.cwd(), template_files or {})
    return _read_folder(folder, prefix, known)


class _Known(NamedTuple):
    """What the caller knows besides."""

    acknowledged: Acknowledgements
    root: Path
    template_files: Mapping[str, str]


def _read_folder(folder: Path, prefix: str, known: _Known) -> Iterator[StackTemplate]:
    manifest = f"{prefix}manifest.json"
    try:
        artifacts = json.loads((folder / "manifest.json").read_text(encoding="utf-8")).get("artifacts", {})
        stacks = [
            _Stack(folder, prefix, key, artifact, known) for key, artifact in artifacts.items() if _is_stack(artifact)
        ]
        inner = [
            _text(artifact["properties"]["directoryName"])
            for artifact in artifacts.values()
            if artifact["type"] == "cdk:cloud-assembly"
        ]
        if inner and prefix.count("/") > _DEEPEST:
            raise ValueError("assemblies are nested too deeply")
    except _MALFORMED as error:
        problem = _unreadable(f"The manifest {manifest} of the cloud assembly", error)
        yield StackTemplate(manifest, "", None, Declarations(), None, (problem,), (), Origin)
        return
    for stack in stacks:
        yield from stack.templates()
    for directory in inner:
        yield from _read_folder(folder / directory, f"{prefix}{directory}/", known)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no string")
    return value


def _is_stack(artifact: Mapping[str, Any]) -> bool:
    return bool(artifact["type"] == "aws:cloudformation:stack")


class _File(NamedTuple):
    """A template that was read: its body, or why there is none."""

    body: Mapping[str, Any] | None
    sha256: str | None
    problem: Notice | None = None


class _Nested(NamedTuple):
    """A nested stack: its construct path, and the file of its template."""

    path: str
    file: str


class _Stack:
    """A top-level stack, and all that it deploys."""

    def __init__(self, folder: Path, prefix: str, artifact_id: str, artifact: Mapping[str, Any], known: _Known) -> None:
        self._template = _text(artifact["properties"]["templateFile"])
        self._path = _text(artifact.get("displayName") or artifact_id)
        self._account = _account_in(artifact.get("environment"))
        self._folder = folder
        self._prefix = prefix
        self._known = known
        self._metadata = ConstructMetadata(self._path, artifact, folder, known.acknowledged, known.root)
        self._template_files: dict[str, str] = {}
        self._files: dict[str, _File] = {}
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

    def _prepare(self) -> Iterator[Notice]:
        """Read what lies beside the template, and yield what cannot be read of it."""
        try:
            known = {
                path: file for path, file in self._known.template_files.items() if path.startswith(f"{self._path}/")
            }
            self._template_files = {**known, **self._metadata.template_files}
        except _MALFORMED as error:
            yield _unreadable(f"The metadata of {self._prefix}{self._template}", error)
            self._metadata = ConstructMetadata(self._path, {}, self._folder, self._known.acknowledged, self._known.root)
        try:
            self._assets = self._template_assets()
        except _MALFORMED as error:
            yield _unreadable(f"The asset manifest of {self._prefix}{self._template}", error)

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
        body, sha256, problem = self._read(file)
        name = f"{self._prefix}{file}"
        body, notices = _with_resources(body, [*problems, *([problem] if problem else [])])
        resources = body["Resources"] if body is not None else {}
        origins = _Origins(self._metadata, path, name, resources)
        nested = dict(self._nested_in(resources, origins))
        lost = [logical_id for logical_id in self._lost_in(resources, origins) if logical_id not in nested]
        declarations = declarations or Declarations.of(body or {})
        placed = [replace(notice, address=path) for notice in notices]
        placed += [replace(_LOST, address=origins.path_of(logical_id), name=logical_id) for logical_id in lost]
        # A stack that deploys itself is read once more, as it is declared: that holds whatever it gives to itself.
        followed = {logical_id: found for logical_id, found in nested.items() if trail.count(found.file) < 2}
        self._count += len(followed)
        if self._count > _NESTED_LIMIT or (followed and len(trail) > _DEEPEST):
            placed.append(replace(_TOO_MANY, address=path))
            followed = {}
        placed = [replace(notice, account=self._account) for notice in placed]
        read_too = {*nested, *lost, *self._products_in(resources)}
        yield StackTemplate(name, path, body, declarations, sha256, tuple(placed), read_too, origins.of, self._account)
        for logical_id, found in followed.items():
            again = found.file in trail
            given = None if again else self._declarations_of(found.file, resources[logical_id], declarations)
            yield from self._deployed(found.file, found.path, given, (*trail, found.file))

    def _declarations_of(self, file: str, nested_stack: Mapping[str, Any], parent: Declarations) -> Declarations | None:
        body = self._read(file).body
        if body is None:
            return None
        declared = Declarations.of(body)
        return declared if file in self._deployed_otherwise else as_called(declared, nested_stack, parent)

    def _nested_in(self, resources: Mapping[str, Any], origins: _Origins) -> Iterator[tuple[str, _Nested]]:
        """Yield by logical id the nested stacks whose templates are here."""
        for logical_id, resource in resources.items():
            if type_of(resource) == NESTED_STACK:
                path = origins.path_of(logical_id)
                path = nested_stack_path(path) or path
                own = self._template_files.get(path)
                asset = asset_of(resource, self._assets)
                if asset is None and own not in self._assets.values():
                    # No asset of the stack: the caller has rendered it, or a synthesizer of one's own has written it.
                    asset = own
                if asset is not None:
                    # Nested stacks with the same content are one asset, but have a file each.
                    is_same = own is not None and self._read(own).sha256 == self._read(asset).sha256
                    yield logical_id, _Nested(path, own if own is not None and is_same else asset)

    def _lost_in(self, resources: Mapping[str, Any], origins: _Origins) -> Iterator[str]:
        """Yield the logical ids of nested stacks of the CDK whose template nobody names."""
        for logical_id, resource in resources.items():
            if type_of(resource) == NESTED_STACK:
                path = nested_stack_path(origins.path_of(logical_id))
                if path is not None and path not in self._template_files:
                    yield logical_id

    def _products_in(self, resources: Mapping[str, Any]) -> Iterator[str]:
        """Yield the logical ids of the products of Service Catalog whose templates are all among the assets."""
        for logical_id, resource in resources.items():
            if type_of(resource) == PRODUCT and is_of_assets(resource, self._assets):
                yield logical_id

    @cached_property
    def _deployed_otherwise(self) -> set[str]:
        """The templates that other resources deploy too: a loop, a product of Service Catalog."""
        files = dict.fromkeys([self._template, *self._assets.values(), *self._template_files.values()])
        others = [r for file in files for r in _members(self._read(file).body) if type_of(r) != NESTED_STACK]
        text = canonical(others)
        return {file for source_hash, file in self._assets.items() if source_hash in text}

    def _read(self, file: str) -> _File:
        if file not in self._files:
            self._files[file] = _read_template(self._folder / file, f"{self._prefix}{file}")
        return self._files[file]

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
            if source_hash and file and _text(file).endswith(_TEMPLATE) and file != self._template
        }


class _Origins:
    """Which constructs have written the resources of one template."""

    def __init__(
        self,
        metadata: ConstructMetadata,
        path: str,
        name: str,
        resources: Mapping[str, Any],
    ) -> None:
        self._metadata = metadata
        self._path = path
        self._name = name
        self._resources = resources

    def of(self, logical_id: str) -> Origin:
        """Return where a resource comes from."""
        path = self.path_of(logical_id)
        made_at = self._metadata.made_at(path)
        place = made_at if made_at.file is not None else Place(self._name)
        return Origin(path, lambda location: place, self._metadata.acknowledged_at(path))

    def path_of(self, logical_id: str) -> str:
        """Return the construct path of a resource; of an unknown one no exemption may take this for another's path."""
        path = self._metadata.path_in(self._path, logical_id) or self._path_in_template(logical_id)
        inside = f"{self._path}/"
        return path if path.startswith(inside) else f"{inside}{UNKNOWN}{logical_id}>"

    def _path_in_template(self, logical_id: str) -> str:
        resource = self._resources.get(logical_id)
        metadata = resource.get("Metadata") if isinstance(resource, Mapping) else None
        return str(metadata.get("aws:cdk:path", "")) if isinstance(metadata, Mapping) else ""


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


def _read_template(file: Path, name: str) -> _File:
    sha256 = None
    try:
        content = file.read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        body = json.loads(content.decode("utf-8"))
        if not isinstance(body, dict):
            raise TypeError(f"it is a {type(body).__name__}, not an object")
    except _MALFORMED as error:
        return _File(None, sha256, _unreadable(f"The template {name}", error))
    return _File(body, sha256)


def _unreadable(what: str, error: Exception) -> Notice:
    return Notice(
        f"{what} cannot be read: {type(error).__name__}: {error}.",
        "The gate fails closed: what it cannot read it denies.",
        "Synthesize into an empty output folder; if it stays so, report it with this message.",
    )


_LOST = Notice(
    "The template of this nested stack is not among the assets of its stack.",
    "A synthesizer of your own, or an override of TemplateURL, deploys a template that the gate cannot find.",
    "Use aws-cdk-lib 2.274 or newer, which says where the template of a nested stack is.",
)
_NO_RESOURCES = Notice(
    "The Resources of this template are not a map.",
    "The gate fails closed: what it cannot read it denies.",
    "Write Resources as a map of logical ids.",
)
_TOO_MANY = Notice(
    f"This stack has more than {_NESTED_LIMIT} nested stacks, or more than {_DEEPEST} in each other.",
    "The gate fails closed: what it does not read it denies.",
    "Deploy the template in several stacks.",
)
