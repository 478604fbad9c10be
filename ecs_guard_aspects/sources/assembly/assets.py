"""File assets of a stack, and which of them a template URL names.

The last part of a URL is the key of an object in a bucket, and the asset manifest says which file is uploaded as that
object. A hash in another part of an expression identifies nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ...cloudformation.text import canonical
from .template_files import text_of

# The legacy synthesizer passes the location of an asset through parameters, to nested stacks too.
_ASSET_PARAMETER = re.compile(r"AssetParameters(\w+?)S3(?:Bucket|VersionKey)")


class FileAsset(NamedTuple):
    """A file that is uploaded with a stack.

    Attributes:
        source_hash: its id in the asset manifest.
        file: its path, relative to the assembly or absolute.
        objects: the buckets and keys that it is uploaded as; empty if they are not known.
    """

    source_hash: str
    file: str
    objects: tuple[tuple[str, str], ...] = ()

    def is_at(self, url: str) -> bool:
        """Return whether a URL, flattened by ``text_in``, names this asset."""
        if self.objects:
            return any(url.endswith(f"/{key}") and bucket in url for bucket, key in self.objects)
        return url.rpartition("/")[2].partition(".")[0] == self.source_hash


class FileAssets:
    """The file assets of one stack.

    Args:
        assets: the assets.
    """

    def __init__(self, assets: Iterable[FileAsset] = ()) -> None:
        self._assets = list(assets)

    @property
    def files(self) -> dict[str, str]:
        """The files by source hash."""
        return {asset.source_hash: asset.file for asset in self._assets}

    def named_by(self, url: object) -> str | None:
        """Return the file that a URL of a template names; None if it is not one of the assets."""
        text = text_in(url)
        found = (asset.file for asset in self._assets if text is not None and asset.is_at(text))
        return next(found, None) or self._named_by_parameters(url)

    def _named_by_parameters(self, url: object) -> str | None:
        """Return the file whose hash is in the names of the parameters of a URL."""
        if isinstance(url, str) or "Fn::If" in canonical(url):
            return None
        hashes = {match[1] for match in map(_ASSET_PARAMETER.search, _references_in(url)) if match}
        return next((asset.file for asset in self._assets if {asset.source_hash} == hashes), None)


def assets_in_manifest(manifest: Mapping[str, Any]) -> Iterator[FileAsset]:
    """Yield the files, not the archives, of an asset manifest.

    Raises:
        TypeError, AttributeError, KeyError: if it is malformed.
    """
    for source_hash, asset in manifest.get("files", {}).items():
        file = asset["source"].get("path")
        if file and source_hash and asset["source"].get("packaging", "file") == "file":
            places = (asset.get("destinations") or {}).values()
            objects = tuple((text_of(place["bucketName"]), text_of(place["objectKey"])) for place in places)
            yield FileAsset(source_hash, text_of(file), objects)


def assets_in_metadata(entries: Iterable[Mapping[str, Any]]) -> Iterator[FileAsset]:
    """Yield the files that the legacy synthesizer has recorded in the metadata.

    Raises:
        TypeError, AttributeError: if an entry is malformed.
    """
    for asset in entries:
        source_hash, file = str(asset.get("sourceHash") or ""), asset.get("path")
        if source_hash and file and asset.get("packaging", "file") == "file":
            yield FileAsset(source_hash, text_of(file))


def text_in(value: object) -> str | None:
    """Return a URL as ``Fn::Sub`` writes it, with ``${Name}`` for a reference; None for other expressions."""
    if isinstance(value, str):
        return value
    function, operand = next(iter(value.items())) if isinstance(value, dict) and len(value) == 1 else (None, None)
    if function == "Ref":
        return f"${{{operand}}}"
    if function == "Fn::Sub" and isinstance(operand, str):
        return operand
    if function == "Fn::Join" and isinstance(operand, list) and len(operand) == 2 and isinstance(operand[1], list):
        parts = [text_in(part) for part in operand[1]]
        return None if None in parts else str(operand[0]).join(map(str, parts))
    return None


def _references_in(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("Ref"), str):
            yield value["Ref"]
        for member in value.values():
            yield from _references_in(member)
    elif isinstance(value, list):
        for member in value:
            yield from _references_in(member)
