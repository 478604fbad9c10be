"""The folder of plans: names, modes, what may be overwritten, and its texts."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

from ecs_guard_aspects.gates.command_line.commands.plan_folder.folder import folder_names
from tests.gates.account.plans.support import Given, planned, task

from .support import FOLDER, plan_of, written


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "plans"
    files = written(folder, plan_of())
    assert files == [
        *(f"{FOLDER}/{name}" for name in ("README.md", "commands.sh", "plan.json", "register-task-definition.json")),
        f"{FOLDER}/rollback.sh",
        "README.md",
        "plan.json",
    ]
    if os.name == "posix":
        assert {stat.S_IMODE((folder / name).stat().st_mode) for name in files} == {0o600}
        assert stat.S_IMODE((folder / FOLDER).stat().st_mode) == 0o700


def test_a_machine_reads_what_happens(tmp_path: Path) -> None:
    folder = tmp_path / "plans"
    files = written(folder, plan_of(), plan_of(tasks=[task()]))
    index = json.loads((folder / "plan.json").read_text())
    assert (index["version"], index["kind"]) == (1, "ecs-guard plan")
    assert sorted([*index["files"], "plan.json"]) == files
    planned_one, refused = index["plans"]
    assert [planned_one["folder"], refused["folder"]] == [FOLDER, f"{FOLDER}-2"]
    assert (planned_one["status"], planned_one["exposure"]["level"]) == ("planned", "unknown")
    assert {"property": "NetworkMode", "from": "bridge", "to": "awsvpc"} in planned_one["changes"]
    assert planned_one["commands"][0]["file"] == "register-task-definition.json"
    assert planned_one["commands"][1]["words"][:3] == ["aws", "ecs", "update-service"]
    assert refused["status"] == "refused"
    assert "--run-elsewhere permits it" in refused["refused_because"][0]


def test_names_of_folders_are_valid_and_unique_in_every_file_system() -> None:
    names = ("web:1", "Web:1", "web:2", f"{'x' * 255}:1", f"{'x' * 254}y:1", "a b/../c:1")
    made = folder_names([planned(Given(None), name=name) for name in names])
    assert made[:3] == [FOLDER, "123456789012_eu-west-1_Web_1-2", "123456789012_eu-west-1_web_2"]
    assert len({name.casefold() for name in made}) == len(names)
    assert all(len(name) < 200 and "/" not in name for name in made)
