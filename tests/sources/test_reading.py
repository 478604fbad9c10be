"""File reading: limits, and files that are searched before they are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecs_guard_aspects.sources.reading import FileReader

TASK = b"Type: AWS::ECS::TaskDefinition"


def put(folder: Path, content: bytes) -> Path:
    path = folder / "x.yaml"
    path.write_bytes(content)
    return path


def test_a_file_up_to_the_limit_is_read(tmp_path: Path) -> None:
    path = put(tmp_path, b"x" * 50)
    assert FileReader(size_limit=50).read(path) == b"x" * 50


@pytest.mark.parametrize("read", ["read", "read_if_relevant"])
def test_a_file_above_the_limit_is_refused(tmp_path: Path, read: str) -> None:
    path = put(tmp_path, TASK + b" " * 1_000_000)
    reader = FileReader(size_limit=1_000_000, search_from=1000)
    with pytest.raises(OSError, match="it has more than 1,000,000 bytes"):
        getattr(reader, read)(path)


# fmt: off
CONTENTS = [
    (b"",                                          None),
    (b"a: 1",                                      None),
    (TASK,                                         TASK),
    (TASK.decode().encode("utf-16"),               TASK.decode().encode("utf-16")),
]
# fmt: on


@pytest.mark.parametrize("search_from", [0, 1_000_000])
@pytest.mark.parametrize(("content", "expected"), CONTENTS)
def test_an_irrelevant_file_is_not_returned(
    tmp_path: Path, search_from: int, content: bytes, expected: bytes | None
) -> None:
    assert FileReader(search_from=search_from).read_if_relevant(put(tmp_path, content)) == expected


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        FileReader().read(tmp_path / "nowhere.yaml")
