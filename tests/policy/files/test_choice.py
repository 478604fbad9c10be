"""Choice of the policy: a named file, the nearest one, or the default."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects.policy import PolicyError, Profile
from ecs_guard_aspects.policy.files.choice import chosen_policy


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "ecs-guard.yaml").write_text("profile: strict", encoding="utf-8")
    (tmp_path / "other.yaml").write_text("profile: datadog", encoding="utf-8")
    (tmp_path / "infra").mkdir()
    monkeypatch.chdir(tmp_path / "infra")
    return tmp_path


@pytest.mark.parametrize(
    ("options", "profile", "origin"),
    [
        ({}, Profile.STRICT, "ecs-guard.yaml"),
        ({"no_config": True}, Profile.DEFAULT, None),
        ({"profile": "cyscale"}, Profile.CYSCALE, "ecs-guard.yaml"),
        ({"profile": "cyscale", "no_config": True}, Profile.CYSCALE, None),
        ({"file": Path("../other.yaml")}, Profile.DATADOG, "../other.yaml"),
    ],
)
def test_which_policy_is_chosen(root: Path, options: dict[str, Any], profile: Profile, origin: str | None) -> None:
    policy = chosen_policy(root, **options)
    assert policy.profile is profile
    assert policy.origin == origin or Path(str(policy.origin)).name == Path(str(origin)).name


def test_a_custom_check_is_added(root: Path) -> None:
    policy = chosen_policy(root, checks=["tests.policy.support:HasFamily"])
    assert [check.id for check in policy.checks] == ["has-family"]


def test_a_named_file_must_exist(root: Path) -> None:
    with pytest.raises(PolicyError, match=r"missing\.yaml cannot be read"):
        chosen_policy(root, file=Path("missing.yaml"))
