"""``ecs-guard audit --plan``: what is refused before anything is read."""

from __future__ import annotations

import pytest

from ...conftest import Repository

REFUSED = [
    (["--user", "1000"], "--user is for a plan: add --plan FOLDER"),
    (["--run-elsewhere"], "--run-elsewhere is for a plan: add --plan FOLDER"),
    (["--change-addresses"], "--change-addresses is for a plan: add --plan FOLDER"),
    (["--plan", "x", "--subnets", "${Subnets}"], "take ids, not names of a template"),
    (["--plan", "x", "--security-groups", "sg-1"], "need --subnets"),
    (["--plan", "x", "--user", "root"], "which the container runtime reads as root"),
    (["--plan", "."], "it has files that do not belong to a plan"),
]


@pytest.mark.parametrize(("words", "problem"), REFUSED)
def test_options_are_checked_first(words: list[str], problem: str, repository: Repository) -> None:
    run = repository.run("audit", *words)
    assert (run.code, run.out) == (2, "")
    assert problem in run.err
