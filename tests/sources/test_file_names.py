"""File names: relative to the root, links followed unless they lead out of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ecs_guard_aspects.sources.file_names import FileNames

NAMES = [
    ("x.yaml", "x.yaml", True),
    ("infra/x.yaml", "infra/x.yaml", True),
    ("infra/../x.yaml", "x.yaml", True),
    ("../other/x.yaml", "../other/x.yaml", False),
]


@pytest.mark.parametrize(("path", "name", "is_below"), NAMES)
def test_a_name(tmp_path: Path, path: str, name: str, is_below: bool) -> None:
    root = tmp_path / "root"
    root.mkdir()
    names = FileNames(root)
    assert names.name_of(root / path) == name
    assert names.is_below_root(root / path) is is_below
    assert names.name_below_root(root / path) == (name if is_below else None)


def test_a_relative_path_is_relative_to_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "infra").mkdir()
    monkeypatch.chdir(tmp_path / "infra")
    assert FileNames(tmp_path).name_of(Path("x.yaml")) == "infra/x.yaml"


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_inside_the_root_has_the_name_of_its_target(tmp_path: Path) -> None:
    (tmp_path / "v2.yaml").touch()
    (tmp_path / "current.yaml").symlink_to("v2.yaml")
    assert FileNames(tmp_path).name_of(tmp_path / "current.yaml") == "v2.yaml"


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_out_of_the_root_keeps_its_name_and_is_not_below(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "outside.yaml").touch()
    (root / "link.yaml").symlink_to("../outside.yaml")
    names = FileNames(root)
    assert (names.name_of(root / "link.yaml"), names.is_below_root(root / "link.yaml")) == ("link.yaml", False)


@pytest.mark.parametrize(("globs", "expected"), [([], False), (["tests"], True), (["*.json"], False)])
def test_an_excluded_file(tmp_path: Path, globs: list[str], expected: bool) -> None:
    assert FileNames(tmp_path, globs).is_excluded(tmp_path / "tests" / "x.yaml") is expected
