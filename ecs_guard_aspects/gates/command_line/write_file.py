"""Putting other bytes into a file: all of them, or none."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

_BINARY: int = getattr(os, "O_BINARY", 0)  # which only Windows has


def replace_file(path: Path, before: bytes, after: bytes) -> None:
    """Write a file anew, if it still holds what was read; its mode and owner stay.

    Raises:
        OSError: if that cannot be done, or somebody has changed the file; the message says which. It is then as it was.
    """
    real = Path(os.path.realpath(path))
    if not os.access(real, os.W_OK):
        raise OSError("it is write-protected")
    with draft_of(real) as draft:
        # Nobody else may read it until it has the mode of the file.
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600), "wb") as file:
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
        _keep_owner(real, draft)
        shutil.copymode(real, draft)
        _require_unchanged(real, before)


@contextlib.contextmanager
def draft_of(target: Path) -> Iterator[Path]:
    """Give the path of a file to write, which then takes the place of another; if anything is raised, it goes.

    Args:
        target: the file, which need not be there; no link.
    """
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        yield draft
        os.replace(draft, target)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise


def _keep_owner(path: Path, draft: Path) -> None:
    owner = path.stat()
    # Windows has none, and only root may give a file away.
    with contextlib.suppress(OSError, AttributeError):
        os.chown(draft, owner.st_uid, owner.st_gid)


def _require_unchanged(path: Path, before: bytes) -> None:
    if path.read_bytes() != before:
        raise OSError("somebody has changed it since it was read; run the command again")
