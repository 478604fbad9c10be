"""Putting other bytes into a file: all of them, or none."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path


def replace_file(path: Path, before: bytes, after: bytes) -> None:
    """Write a file anew, if it still holds what was read; its mode and owner stay.

    Raises:
        OSError: if that cannot be done, or somebody has changed the file; the message says which. It is then as it was.
    """
    real = Path(os.path.realpath(path))
    if not os.access(real, os.W_OK):
        raise OSError("it is write-protected")
    handle, name = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
        _keep_owner(real, name)
        shutil.copymode(real, name)
        _require_unchanged(real, before)
        os.replace(name, real)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _keep_owner(path: Path, name: str) -> None:
    owner = path.stat()
    # Windows has none, and only root may give a file away.
    with contextlib.suppress(OSError, AttributeError):
        os.chown(name, owner.st_uid, owner.st_gid)


def _require_unchanged(path: Path, before: bytes) -> None:
    if path.read_bytes() != before:
        raise OSError("somebody has changed it since it was read; run the command again")
