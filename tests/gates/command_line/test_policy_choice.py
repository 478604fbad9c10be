"""Choice of the policy: the nearest file, ``--policy``, ``--no-config`` and ``--profile``."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecs_guard_aspects.gates.command_line.arguments import parser
from ecs_guard_aspects.gates.command_line.policy_choice import policy_of
from ecs_guard_aspects.policy.errors import PolicyError


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ecs-guard.yaml").write_text("profile: cyscale")
    (tmp_path / "other.yaml").write_text("profile: security-hub")
    return tmp_path


# The command line, the profile, and the file of the policy.
CHOSEN = [
    ("", "cyscale", "ecs-guard.yaml"),
    ("--no-config", "default", None),
    ("--policy other.yaml", "security-hub", "other.yaml"),
    ("--profile strict", "strict", "ecs-guard.yaml"),
    ("--no-config --profile strict", "strict", None),
    ("--policy other.yaml --profile strict", "strict", "other.yaml"),
]


@pytest.mark.parametrize(("line", "profile", "origin"), CHOSEN)
def test_the_policy_that_is_chosen(root: Path, line: str, profile: str, origin: str | None) -> None:
    words = ["check", *line.split()]
    policy = policy_of(parser(words).parse_args(words), root)
    assert (policy.profile.value, policy.origin) == (profile, origin)


def test_a_policy_that_does_not_exist_is_an_error(root: Path) -> None:
    words = ["check", "--policy", "nowhere.yaml"]
    with pytest.raises(PolicyError, match=r"nowhere\.yaml"):
        policy_of(parser(words).parse_args(words), root)
