"""Writing of files: all of the content or none, mode and links stay, and what has changed is not overwritten."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from ecs_guard_aspects.gates.command_line.errors import CommandError
from ecs_guard_aspects.gates.command_line.write_file import write_file

GIVEN = "--output json=a"


def test_a_new_file_has_the_mode_of_new_files(tmp_path: Path) -> None:
    path, other = tmp_path / "a", tmp_path / "b"
    write_file(path, b"new", GIVEN)
    other.write_bytes(b"")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode == other.stat().st_mode


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_mode_and_owner_stay(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(mode)
    owner = path.stat().st_uid, path.stat().st_gid
    write_file(path, b"new", GIVEN, before=b"old")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert (path.stat().st_uid, path.stat().st_gid) == owner


def test_a_link_stays_and_its_target_is_written(tmp_path: Path) -> None:
    target, link = tmp_path / "a", tmp_path / "b"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_file(link, b"new", GIVEN)
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_file_that_has_changed_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"mine")
    with pytest.raises(CommandError, match=f"{GIVEN}: it has changed since it was read"):
        write_file(path, b"new", GIVEN, before=b"old")
    assert path.read_bytes() == b"mine"
    assert os.listdir(tmp_path) == ["a"]


def test_a_write_protected_file_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(CommandError, match=f"{GIVEN}: it is write-protected"):
        write_file(path, b"new", GIVEN)
    assert path.read_bytes() == b"old"


def test_where_writing_fails_the_file_is_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CommandError, match=f"{GIVEN}: no space left"):
        write_file(path, b"new", GIVEN)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EXDEV, errno.EPERM])
def test_a_file_that_is_mounted_by_itself_is_written_directly(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old and longer")

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "replace", refuse)
    write_file(path, b"new", GIVEN, before=b"old and longer")
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a"]


@pytest.fixture
def read_only_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder in which no file can be made. Root can make files anywhere, so the call is replaced."""
    (tmp_path / "a").write_bytes(b"old")
    open_file = os.open

    def refuse(path: Path, flags: int, *more: int) -> int:
        if flags & os.O_CREAT and not os.path.exists(path):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return open_file(path, flags, *more)

    monkeypatch.setattr(os, "open", refuse)
    return tmp_path


def test_a_file_in_a_read_only_folder_is_written_directly(read_only_folder: Path) -> None:
    write_file(read_only_folder / "a", b"new", GIVEN, before=b"old")
    assert (read_only_folder / "a").read_bytes() == b"new"


def test_a_new_file_in_a_read_only_folder_is_an_error(read_only_folder: Path) -> None:
    with pytest.raises(CommandError, match=f"{GIVEN}: Permission denied"):
        write_file(read_only_folder / "b", b"new", GIVEN)
    assert os.listdir(read_only_folder) == ["a"]


def test_a_file_in_a_read_only_folder_that_has_changed_is_not_overwritten(read_only_folder: Path) -> None:
    with pytest.raises(CommandError, match=f"{GIVEN}: it has changed since it was read"):
        write_file(read_only_folder / "a", b"new", GIVEN, before=b"older")
    assert (read_only_folder / "a").read_bytes() == b"old"


@pytest.mark.parametrize("before", [None, b"old"])
def test_a_file_whose_name_is_as_long_as_names_may_be(before: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)
    if before is not None:
        path.write_bytes(before)
    write_file(path, b"new", GIVEN, before=before)
    assert path.read_bytes() == b"new"


def test_a_pipe_is_written_directly(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_file(pipe, b"new", GIVEN)
        assert os.read(reader, 10) == b"new"
    finally:
        os.close(reader)


def test_standard_output_is_not_replaced(tmp_path: Path) -> None:
    """It may lead to a file, and other output goes there too."""
    before = Path("/dev/null").stat().st_mode
    write_file(Path("/dev/null"), b"new", GIVEN)
    assert Path("/dev/null").stat().st_mode == before
