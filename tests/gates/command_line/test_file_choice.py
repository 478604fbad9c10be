"""Choice of files: paths, ``--exclude``, and whether they are all that the policy is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecs_guard_aspects.gates.command_line.arguments import parser
from ecs_guard_aspects.gates.command_line.file_choice import chosen_files, chosen_paths, is_all_of_it
from ecs_guard_aspects.policy import Policy

from .conftest import template


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("a.json", "infra/b.json", "infra/old/c.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(template("awsvpc"))
    return tmp_path


# The command line, and the files that are read.
CHOSEN = [
    ("", ["a.json", "infra/b.json", "infra/old/c.json"]),
    ("infra", ["infra/b.json", "infra/old/c.json"]),
    ("a.json infra/b.json", ["a.json", "infra/b.json"]),
    ("--exclude old", ["a.json", "infra/b.json"]),
    ("infra --exclude infra/old", ["infra/b.json"]),
]


@pytest.mark.parametrize(("line", "expected"), CHOSEN)
def test_the_files_that_are_read(root: Path, line: str, expected: list[str]) -> None:
    words = ["check", *line.split()]
    watched: list[str] = []
    files = chosen_files(parser(words).parse_args(words), root, watched.append)
    assert [document.name for document in files] == expected
    assert watched


def test_without_a_path_it_is_the_working_directory() -> None:
    assert chosen_paths(parser(["check"]).parse_args(["check"])) == ["."]


# The command line, where the policy was found, and whether all is judged that it is about.
ALL = [
    ("", None, True),
    (".", None, True),
    ("infra", None, False),
    ("infra .", None, True),
    ("--exclude old", None, False),
    ("infra", "infra/ecs-guard.yaml", True),
    ("infra/old", "infra/ecs-guard.yaml", False),
    ("--policy infra/ecs-guard.yaml infra", "infra/ecs-guard.yaml", False),
    ("--policy infra/ecs-guard.yaml", "infra/ecs-guard.yaml", True),
    ("--policy ../platform/ecs-guard.yaml", "../platform/ecs-guard.yaml", False),
]


@pytest.mark.parametrize(("line", "origin", "expected"), ALL)
def test_whether_all_is_judged_that_the_policy_is_about(
    root: Path, line: str, origin: str | None, expected: bool
) -> None:
    words = ["check", *line.split()]
    policy = Policy(origin=origin)
    assert is_all_of_it(parser(words).parse_args(words), policy, root) is expected
