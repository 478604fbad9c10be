"""Earlier plans: what may be overwritten, and what stays for a rollback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects.gates.command_line.commands.plan_folder.former import CARRIED_OUT, require_usable
from ecs_guard_aspects.gates.command_line.errors import CommandError
from tests.gates.account.plans.support import arn

from .support import FOLDER, plan_of, written


def test_a_folder_with_other_files_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(CommandError, match="it has files that do not belong to a plan: name a new or an empty folder"):
        require_usable(tmp_path)
    with pytest.raises(CommandError, match="it has files that do not belong to a plan"):
        require_usable(tmp_path / "mine.txt")


@pytest.mark.parametrize("files", [["../x"], ["/etc/x"], ["a/b/c"], "x", [1]])
def test_an_index_that_leads_elsewhere_is_not_one_of_a_plan(files: Any, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(json.dumps({"kind": "ecs-guard plan", "files": files}))
    with pytest.raises(CommandError, match="it has files that do not belong to a plan"):
        require_usable(tmp_path)


def test_an_earlier_plan_is_replaced_and_other_files_stay(tmp_path: Path) -> None:
    folder = tmp_path / "plans"
    written(folder, plan_of())
    (folder / "notes.txt").write_text("mine")
    assert written(folder) == ["README.md", "notes.txt", "plan.json"]


def test_a_plan_that_was_carried_out_stays_because_its_rollback_is_needed(tmp_path: Path) -> None:
    folder = tmp_path / "plans"
    before = written(folder, plan_of())
    (folder / FOLDER / CARRIED_OUT).write_text(arn("web:2"))
    after = written(folder, plan_of())
    assert set(before) < set(after)
    assert f"{FOLDER}-2/commands.sh" in after
