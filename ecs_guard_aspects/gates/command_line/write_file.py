"""Writing of files: all bytes or none where the folder allows it, with the mode and the owner that the file had."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

_BINARY: int = getattr(os, "O_BINARY", 0)  # which only Windows has
_NEW = 0o666  # the mode of a new file, less what the umask takes away

_LONGEST_START = 50  # of a name, in characters: names end at 255 bytes, and a character has up to four

# Why a file that is writable cannot be replaced: its folder is read-only or belongs to another user, or the file is
# mounted into a container by itself.
_CANNOT_REPLACE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.EXDEV)


def write_file(path: Path, content: bytes, *, before: bytes | None = None, mode: int = _NEW) -> None:
    """Write a file: it then has all of the content, or is as it was.

    A link stays, and the file that it leads to is written. A pipe, a device such as ``/dev/stdout``, or a
    file that cannot be replaced by another one is written directly.

    Args:
        path: the file, which need not be there.
        content: its content.
        before: what it must still have as its content; None if that does not matter.
        mode: the mode of a new file.

    Raises:
        OSError: if it cannot be written, or has changed; the message says which.
    """
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
    """Write a draft next to the file and give it the name of the file."""
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
    # /dev/stdout may lead to a file, which must not be replaced: other output goes there too.
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
    # Windows has no owners, and only root may give a file away.
    with contextlib.suppress(OSError, AttributeError):
        os.chown(draft, owner.st_uid, owner.st_gid)


def _require_unchanged(target: Path, before: bytes | None) -> None:
    if before is not None and target.read_bytes() != before:
        raise OSError("it has changed since it was read; run the command again")
