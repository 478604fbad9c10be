"""Misspelled names of policies: they are not read, so a warning gives the right name."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from .context import CONTEXT_KEY
from .discovery import folders_up_to, name_of
from .reading import CDK_JSON, OWN_FILES, PYPROJECT

_LETTERS = "ecsguard"
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_ENDINGS = {".yaml", ".yml", ".json", ".toml", ".jsonc", ".json5", ".ini", ".cfg", ".conf", ""}
_TABLE = re.compile(rb"^\s*\[+\s*(tool\s*\.\s*)?[\"']?([\w-]+)", re.MULTILINE)


def near_names(start: Path, last: Path, root: Path) -> Iterator[str]:
    """Yield a warning for each misspelled name of a policy.

    Args:
        start: the folder that the search for a policy begins in.
        last: the folder that it ends in.
        root: the root of the repository.
    """
    for folder in folders_up_to(start, last):
        yield from (f"{name_of(folder / name, root)} is not read: {advice}" for name, advice in _near_names_in(folder))


def _near_names_in(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the names in a folder, each with the right one."""
    names: list[str] = []
    with suppress(OSError):
        names = sorted(os.listdir(folder))
    for name in names:
        if _is_near_file(name) and (folder / name).is_file():
            ending = Path(name).suffix
            right = f"{CONTEXT_KEY}{ending}" if f"{CONTEXT_KEY}{ending}" in OWN_FILES else OWN_FILES[0]
            yield name, f"the name of a policy file is {right}"
    for place, table in _tables(folder / PYPROJECT):
        if is_near(table) or (not place and table == CONTEXT_KEY):
            yield f"[{place}{table}] of {PYPROJECT}", f"the name of the table is [tool.{CONTEXT_KEY}]"
    for place, key in _keys(folder / CDK_JSON):
        name = key.partition(":")[0]
        if is_near(name) or (not place and name == CONTEXT_KEY):
            right = CONTEXT_KEY if place else f"{CONTEXT_KEY}, in context"
            yield f"{place}{key} of {CDK_JSON}", f"the name of the key is {right}"


def _is_near_file(name: str) -> bool:
    stem, ending = os.path.splitext(name)
    if name in OWN_FILES or ending.lower() not in _ENDINGS or (not ending and not name.startswith(".")):
        return False
    return stem == CONTEXT_KEY or is_near(stem.removesuffix("rc"))


def is_near(name: str) -> bool:
    """Return whether a name is nearly ``ecs-guard``: other separators or letter case, or one letter wrong."""
    if name == CONTEXT_KEY:
        return False
    letters = re.sub(r"[^a-z]", "", name.lower())
    return letters == _LETTERS or letters in _misspelt()


@cache
def _misspelt() -> frozenset[str]:
    """Return the names with one letter missing, added or changed, or with two next to each other swapped."""
    halves = [(_LETTERS[:at], _LETTERS[at:]) for at in range(len(_LETTERS) + 1)]
    shorter = (left + right[1:] for left, right in halves if right)
    longer = (left + letter + right for left, right in halves for letter in _ALPHABET)
    changed = (left + letter + right[1:] for left, right in halves if right for letter in _ALPHABET)
    swapped = (left + right[1] + right[0] + right[2:] for left, right in halves if right[1:])
    return frozenset((*shorter, *longer, *changed, *swapped))


def _tables(file: Path) -> Iterator[tuple[str, str]]:
    """Yield the names of tables, each with what they are in: ``tool.``, or nothing."""
    with suppress(OSError):
        found = _TABLE.findall(file.read_bytes())
        yield from dict.fromkeys(("tool." if tool else "", table.decode()) for tool, table in found)


def _keys(file: Path) -> Iterator[tuple[str, str]]:
    """Yield the keys of the CDK context, and those next to it, each with what they are in: ``context.``, or nothing."""
    with suppress(OSError, ValueError, AttributeError, RecursionError):
        content = json.loads(file.read_bytes())
        yield from (("", key) for key in content)
        yield from (("context.", key) for key in content.get("context", {}))
