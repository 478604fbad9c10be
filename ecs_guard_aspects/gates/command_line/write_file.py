"""File writing: all bytes or none if the folder allows it, with the mode and the owner of the existing file."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

from .errors import CommandError

_BINARY: int = getattr(os, "O_BINARY", 0)  # only on Windows
_NEW = 0o666  # the mode of a new file, less what the umask takes away

_LONGEST_START = 50  # of a name, in characters: names have at most 255 bytes, and a character up to four

# Why a file that is writable cannot be replaced: its folder is read-only or belongs to another user, or the file is
# mounted into a container by itself.
_CANNOT_REPLACE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.EXDEV)


def write_file(path: Path, content: bytes, given: str, *, before: bytes | None = None, mode: int = _NEW) -> None:
    """Write a file: afterwards it has the whole content, or is unchanged.

    A link stays, and its target is written. A pipe, a device such as ``/dev/stdout``, or a
    file that cannot be replaced by another one is written directly.

    Args:
        path: the file, which may not exist yet.
        content: its content.
        given: the beginning of the message of an error, such as ``--output json=report.json``.
        before: the content that it must still have; None for any content.
        mode: the mode of a new file.

    Raises:
        CommandError: if it cannot be written, or has changed; the message says which.
    """
    try:
        _write(path, content, before, mode)
    except OSError as error:
        raise CommandError(f"{given}: {error.strerror or error}") from error


def _write(path: Path, content: bytes, before: bytes | None, mode: int) -> None:
    if _is_stream(path):
        path.write_bytes(content)
        return
    target = Path(os.path.realpath(path))
    if target.exists() and not os.access(target, os.W_OK):
        raise OSError("it is write-protected")
    try:
        _replace(target, content, before, mode)
    except OSError as error:
        if error.errno not in _CANNOT_REPLACE or not target.exists():
            raise
        _require_unchanged(target, before)
        target.write_bytes(content)


def _replace(target: Path, content: bytes, before: bytes | None, mode: int) -> None:
    """Write a temporary file next to the file, and rename it."""
    draft = target.with_name(f".{target.name[:_LONGEST_START]}.{os.urandom(4).hex()}")
    try:
        _write_draft(draft, content, target, mode)
        _require_unchanged(target, before)
        os.replace(draft, target)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise


def _is_stream(path: Path) -> bool:
    # /dev/stdout can be a link to a file, which must not be replaced: other output goes there too.
    return Path(os.path.abspath(path)).is_relative_to("/dev") or (path.exists() and not path.is_file())


def _write_draft(draft: Path, content: bytes, target: Path, mode: int) -> None:
    is_there = target.exists()
    # Until it has the mode of the target, only the user may read it.
    mode = 0o600 if is_there else mode
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if is_there:
        _keep_owner(target, draft)
        draft.chmod(stat.S_IMODE(target.stat().st_mode))


def _keep_owner(target: Path, draft: Path) -> None:
    owner = target.stat()
    # Windows has no owners, and only root can change the owner of a file.
    with contextlib.suppress(OSError, AttributeError):
        os.chown(draft, owner.st_uid, owner.st_gid)


def _require_unchanged(target: Path, before: bytes | None) -> None:
    if before is not None and target.read_bytes() != before:
        raise OSError("it has changed since it was read; run the command again")
