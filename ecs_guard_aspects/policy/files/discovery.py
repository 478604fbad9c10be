"""Discovery: the policy file that applies in a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...sources.folders import is_assembly
from ..checks import Check
from ..errors import PolicyError
from ..policy import LoadChecks, Policy
from .context import CONTEXT_KEY
from .reading import CDK_JSON, OWN_FILES, OWN_JSON, PYPROJECT, read_configuration, read_content


def repository_root(start: Path) -> Path:
    """Return the nearest folder above with a ``.git``, ``start`` if there is none."""
    return next((folder for folder in (start, *start.parents) if (folder / ".git").exists()), start)


def folders_up_to(start: Path, root: Path) -> Iterator[Path]:
    """Yield a folder and those above it, up to ``root``."""
    for folder in (start, *start.parents):
        yield folder
        if folder == root:
            break


def name_of(path: Path, root: Path) -> str:
    """Return the name of a policy file in reports: its path in the repository, or else as it was given."""
    absolute = path.absolute()
    return absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else path.as_posix()


def find_policy(start: Path, root: Path, or_else: str = "") -> Path | None:
    """Return the policy file that applies in ``start``, None if there is none up to ``root``.

    Args:
        start: the folder that the search begins in.
        root: the root of the repository.
        or_else: what a caller can do about two policies in a folder, other than to remove one.

    Raises:
        PolicyError: if a folder has two, or one that cannot be read.
    """
    for folder in folders_up_to(start, root):
        found = list(_policy_files(folder))
        if len(found) > 1:
            names = " and ".join(path.name for path in found)
            raise PolicyError(f"{folder} has two policies, {names}: keep one{or_else}")
        if found:
            return found[0]
    return None


def load_policy(path: Path, name: str, load: LoadChecks | None, checks: Sequence[Check] = ()) -> Policy:
    """Return the policy of a file.

    Args:
        path: the file.
        name: its name in messages and reports.
        load: a function that loads the custom checks that it names; None if it must not name any.
        checks: custom checks that are added to it.

    Raises:
        PolicyError: if it cannot be read, or is not a valid policy.
    """
    configuration = read_configuration(path, name)
    if configuration is None:
        place = f"[tool.{CONTEXT_KEY}]" if path.name == PYPROJECT else f"context.{CONTEXT_KEY}"
        raise PolicyError(f"{name} has no policy: there is no {place} in it")
    try:
        return Policy(checks=checks).in_context(configuration, name, load).replace(origin=name)
    except PolicyError as error:
        # A file of its own has no such key: the whole file is the policy.
        key = "" if path.name in (PYPROJECT, CDK_JSON) else f"{CONTEXT_KEY}: "
        raise PolicyError(f"{name}: {str(error).removeprefix(key)}") from None


def _policy_files(folder: Path) -> Iterator[Path]:
    # A folder or a broken link with this name is an error when it is read.
    for name in OWN_FILES:
        # In a cloud assembly, ecs-guard.json is the report of the gate at synth.
        if os.path.lexists(folder / name) and not (name == OWN_JSON and is_assembly(folder)):
            yield folder / name
    for name in (PYPROJECT, CDK_JSON):
        path = folder / name
        if not os.path.lexists(path) or path.is_dir():
            continue
        if CONTEXT_KEY.encode() in read_content(path, name) and read_configuration(path, str(path)) is not None:
            yield path
