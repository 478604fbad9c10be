"""A folder that is there already: it is written only if it is empty, or has an earlier plan."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath

from ...errors import CommandError

INDEX = "plan.json"
KIND = "ecs-guard plan"
CARRIED_OUT = "revision.txt"
"""The file that commands.sh writes: it has the ARN of the revision that it has registered."""


def require_usable(folder: Path) -> None:
    """Require that a folder can be written: a new one, an empty one, or one that an earlier plan has written.

    Raises:
        CommandError: if it is not.
    """
    try:
        is_used = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    except OSError as error:
        raise CommandError(f"--plan {folder}: {error.strerror}") from error
    if is_used and _former_files(folder) is None:
        raise CommandError(f"--plan {folder}: it has files that do not belong to a plan: name a new or an empty folder")


def _former_files(folder: Path) -> list[str] | None:
    """Return the files that an earlier plan has written; None if the folder does not belong to one."""
    try:
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        files = index["files"] if index["kind"] == KIND else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    is_sound = isinstance(files, list) and all(isinstance(each, str) and _is_inside(each) for each in files)
    return files if is_sound else None


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and len(path.parts) <= 2


def remove_former(folder: Path) -> list[str]:
    """Remove an earlier plan, and return the names of the folders that stay: they are needed for a rollback."""
    files = _former_files(folder) or []
    parents = {(folder / name).parent for name in files} - {folder}
    carried_out = {parent for parent in parents if (parent / CARRIED_OUT).exists()}
    for name in files:
        if (folder / name).parent not in carried_out:
            (folder / name).unlink(missing_ok=True)
    for parent in parents - carried_out:
        if parent.is_dir() and not parent.is_symlink() and not any(parent.iterdir()):
            parent.rmdir()
    return [parent.name for parent in carried_out]
