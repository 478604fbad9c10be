"""What there is in a folder: files that may be ours, cloud assemblies. Tools' own folders are passed over."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

CODE = (".tf", ".tofu")
JSON_CODE = (".tf.json", ".tofu.json")
"""How files of Terraform and OpenTofu end, in HCL and in JSON."""

SUFFIXES = (".json", ".yaml", ".yml", ".template", ".cfn", *CODE)

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
        ".tox",
        ".venv",
        "__pycache__",
        "node_modules",
        "site-packages",
    }
)
"""Folders of tools, by name: what is in them belongs to others, or was made of what is read anyway."""

_MANIFEST = "manifest.json"


class Found(NamedTuple):
    """What was found: a file, the folder of a cloud assembly, or why something could not be looked into."""

    path: Path
    is_assembly: bool = False
    error: OSError | None = None


def is_assembly(folder: Path) -> bool:
    """Return whether a folder is a cloud assembly: the manifests of web apps have the same name."""
    try:
        content = (folder / _MANIFEST).read_bytes()
    except OSError:
        return False
    return b'"artifacts"' in content or (folder / "cdk.out").is_file()


def walk(folder: Path, is_excluded: Callable[[Path], bool]) -> Iterator[Found]:
    """Yield what may be ours in a folder and below, in alphabetical order; what is below an assembly is its own."""
    left = [(folder, True)]
    while left:
        path, is_folder = left.pop()
        if not is_folder:
            yield Found(path)
        elif is_assembly(path):
            yield Found(path, is_assembly=True)
        else:
            try:
                left += reversed([entry for entry in _entries(path) if not is_excluded(entry[0])])
            except OSError as error:
                yield Found(path, error=error)


def _entries(folder: Path) -> Iterator[tuple[Path, bool]]:
    """Yield what is in a folder, and whether it is one itself; links to folders lead to what is elsewhere anyway."""
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in SKIPPED:
                yield Path(entry.path), True
        elif entry.name.lower().endswith(SUFFIXES) and _may_be_file(entry):
            yield Path(entry.path), False


def _may_be_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link to itself: who reads it says so
        return True


def glob_matcher(globs: Iterable[str]) -> Callable[[str], bool]:
    """Return what tells whether a path, relative and with ``/``, is meant by one of the globs, or lies in what is.

    ``*`` stands for anything within a segment, ``**`` as a segment for any number of them. A glob without a slash is
    about names at any depth.
    """
    pattern = re.compile("|".join(f"(?:{_pattern(glob)})" for glob in globs))
    return lambda path: pattern.fullmatch(f"/{path}") is not None


def _pattern(glob: str) -> str:
    segments = glob.strip("/").removeprefix("./").split("/")
    if len(segments) == 1:
        segments = ["**", *segments]
    parts = ["(?:/[^/]+)*" if segment == "**" else "/" + _segment(segment) for segment in segments]
    return "".join(parts) + "(?:/.*)?"


def _segment(segment: str) -> str:
    return re.escape(segment).replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
