"""Folder scanning: which files are read, which folders are cloud assemblies, and which folders are skipped."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

CODE = (".tf", ".tofu")
JSON_CODE = (".tf.json", ".tofu.json")
"""Suffixes of Terraform and OpenTofu code, in HCL and in JSON."""

SUFFIXES = (".json", ".yaml", ".yml", ".template", ".cfn", *CODE)

LISTED_SUFFIXES = (
    *(".cue", ".dhall", ".ejs", ".erb", ".golden", ".gotmpl", ".hbs", ".hcl", ".j2", ".jinja", ".jinja2", ".json5"),
    *(".jsonc", ".jsonnet", ".libsonnet", ".mustache", ".njk", ".pkl", ".tftpl", ".tmpl", ".tpl"),
)
"""Suffixes of files from which task definitions are generated. They are not read; those that mention one are listed."""

SKIPPED = frozenset(
    {
        ".aws-sam",
        ".bzr",
        ".eggs",
        ".git",
        ".hg",
        ".mypy_cache",
        ".nox",
        ".pytest_cache",
        ".ruff_cache",
        ".svn",
        ".terraform",
        ".terragrunt-cache",
        ".tox",
        ".venv",
        "__pycache__",
        "node_modules",
        "site-packages",
    }
)
"""Folders of tools: their files belong to other projects, or are generated from files that are read."""

MANIFEST = "manifest.json"

STACK, ASSEMBLY = "aws:cloudformation:stack", "cdk:cloud-assembly"
"""The types of artifacts in a manifest that have templates: a stack, and the assembly of a Stage."""


class FolderEntry(NamedTuple):
    """A file, a cloud assembly, or a folder that cannot be read."""

    path: Path
    is_assembly: bool = False
    error: OSError | None = None


def is_assembly(folder: Path) -> bool:
    """Return whether a folder is a cloud assembly. Web apps also have a file ``manifest.json``."""
    try:
        content = (folder / MANIFEST).read_bytes()
    except OSError:
        return False
    return b'"artifacts"' in content or (folder / "cdk.out").is_file()


def artifacts_in(assembly: Path) -> Mapping[str, Any]:
    """Return the artifacts that the manifest of a cloud assembly names.

    Raises:
        OSError, ValueError, AttributeError, RecursionError: if it cannot be read.
    """
    artifacts: Mapping[str, Any] = _parsed((assembly / MANIFEST).read_bytes()).get("artifacts", {})
    return artifacts


# Both the scan of a folder and the reader of assemblies need it, and old versions of the CDK write all metadata in it.
@lru_cache(maxsize=1)
def _parsed(content: bytes) -> Any:
    return json.loads(content.decode("utf-8"))


def has_stacks(folder: Path) -> bool:
    """Return whether a folder is a cloud assembly whose manifest names stacks or other assemblies.

    Also if the manifest cannot be read, which the reader of assemblies reports. Other tools have manifests with
    artifacts too.
    """
    if not is_assembly(folder):
        return False
    try:
        artifacts = artifacts_in(folder)
    except AttributeError:  # it is not an object
        return False
    except (OSError, ValueError, RecursionError):
        return True
    members = artifacts.values() if isinstance(artifacts, dict) else ()
    return any(isinstance(each, dict) and each.get("type") in (STACK, ASSEMBLY) for each in members)


def walk(folder: Path, is_excluded: Callable[[Path], bool]) -> Iterator[FolderEntry]:
    """Yield the files and assemblies in a folder, in alphabetical order.

    An assembly is one entry. If its manifest names no stack, it is a folder like any other.
    """
    left = [(folder, True)]
    while left:
        path, is_folder = left.pop()
        if not is_folder:
            yield FolderEntry(path)
            continue
        if has_stacks(path):
            yield FolderEntry(path, is_assembly=True)
            continue
        try:
            left += reversed([entry for entry in _entries(path) if not is_excluded(entry[0])])
        except OSError as error:
            yield FolderEntry(path, error=error)


def unnamed_files(assembly: Path) -> Iterator[Path]:
    """Yield the files of a cloud assembly that no manifest in it names, without those of assets.

    Raises:
        OSError: if a folder cannot be read.
    """
    try:
        manifest = (assembly / MANIFEST).read_text(encoding="utf-8", errors="replace")
    except OSError:
        manifest = ""
    for path, is_folder in _entries(assembly):
        if is_folder and not path.name.startswith("asset."):
            yield from unnamed_files(path)
        elif not is_folder and path.name.lower().endswith(SUFFIXES) and f'"{path.name}"' not in manifest:
            yield path


def _entries(folder: Path) -> Iterator[tuple[Path, bool]]:
    """Yield the entries of a folder, and whether they are folders. Links to folders are not followed."""
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in SKIPPED:
                yield Path(entry.path), True
        elif entry.name.lower().endswith((*SUFFIXES, *LISTED_SUFFIXES)) and _may_be_file(entry):
            yield Path(entry.path), False


def _may_be_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link to itself: reading it reports the error
        return True


def glob_matcher(globs: Iterable[str]) -> Callable[[str], bool]:
    """Return a function: whether one of the globs matches a relative path with ``/``, or a folder in it.

    ``*`` matches any text in a segment, ``**`` any number of segments. A glob without a slash matches at any depth.
    """
    pattern = re.compile("|".join(f"(?:{glob_pattern(glob)})" for glob in globs))
    return lambda path: pattern.fullmatch(f"/{path}") is not None


def glob_pattern(glob: str) -> str:
    """Return a glob as a regular expression for a path that starts with a slash."""
    segments = glob.strip("/").removeprefix("./").split("/")
    if len(segments) == 1:
        segments = ["**", *segments]
    parts = ["(?:/[^/]+)*" if segment == "**" else "/" + _segment(segment) for segment in segments]
    return "".join(parts) + "(?:/.*)?"


def _segment(segment: str) -> str:
    return re.escape(segment).replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
