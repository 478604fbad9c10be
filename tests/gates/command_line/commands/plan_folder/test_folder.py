"""The folder of plans: names, modes, what may be overwritten, and its texts."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects.gates.account.plans.revision_plan import RevisionPlan
from ecs_guard_aspects.gates.command_line.commands.plan_folder.folder import folder_names, write_plans
from ecs_guard_aspects.gates.command_line.commands.plan_folder.former import CARRIED_OUT, require_usable
from ecs_guard_aspects.gates.command_line.errors import CommandError
from ecs_guard_aspects.model.document import Document
from ecs_guard_aspects.policy.judging.judge import judge
from ecs_guard_aspects.policy.judging.report import Report
from ecs_guard_aspects.policy.policy import Policy
from ecs_guard_aspects.remediation.plan import FixOptions
from tests.gates.account.plans.support import Given, arn, described, planned, rule_target, service, task

FOLDER = "123456789012_eu-west-1_web_1"


def plan_of(definition: Any = None, **given: Any) -> RevisionPlan:
    given = given or {"services": [service()]}
    return planned(Given(definition or described(), **given))


def report_of(*plans: RevisionPlan) -> Report:
    return judge([Document("x", tuple(plan.revision for plan in plans))], Policy())


def written(folder: Path, *plans: RevisionPlan) -> list[str]:
    """Write plans, and return the files of the folder."""
    require_usable(folder)
    write_plans(folder, plans, report_of(*plans))
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


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


def test_a_folder_with_other_files_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(CommandError, match="it has files that are not of a plan: name a new or an empty folder"):
        require_usable(tmp_path)
    with pytest.raises(CommandError, match="it has files that are not of a plan"):
        require_usable(tmp_path / "mine.txt")


@pytest.mark.parametrize("files", [["../x"], ["/etc/x"], ["a/b/c"], "x", [1]])
def test_an_index_that_leads_elsewhere_is_not_one_of_a_plan(files: Any, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(json.dumps({"kind": "ecs-guard plan", "files": files}))
    with pytest.raises(CommandError, match="it has files that are not of a plan"):
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


def test_names_of_folders_are_valid_and_unique_in_every_file_system() -> None:
    names = ("web:1", "Web:1", "web:2", f"{'x' * 255}:1", f"{'x' * 254}y:1", "a b/../c:1")
    made = folder_names([planned(Given(None), name=name) for name in names])
    assert made[:3] == [FOLDER, "123456789012_eu-west-1_Web_1-2", "123456789012_eu-west-1_web_2"]
    assert len({name.casefold() for name in made}) == len(names)
    assert all(len(name) < 200 and "/" not in name for name in made)


# What a README has to say, by what is planned.
TEXTS: list[tuple[RevisionPlan, list[str]]] = [
    (
        plan_of(),
        [
            "| NetworkMode | `bridge` | `awsvpc` |",
            "Service web in cluster prod replaces 2 tasks, within minimumHealthyPercent 100",
            "does not roll back by itself",
            "aws ecs update-service --cluster prod --service web",
            "revision=$(aws ecs register-task-definition",
            "aws ecs stop-service-deployment --stop-type ROLLBACK --region eu-west-1",
            "may be secret. Only you can read them (mode 0600)",
            "Step Functions, AWS Batch and code that calls RunTask are not read",
        ],
    ),
    (
        plan_of(described(status="INACTIVE")),
        ["is deregistered (INACTIVE). Check first that its images still exist: shop:1."],
    ),
    (
        plan_of(services=[service(tags=[{"key": "aws:cloudformation:stack-name", "value": "shop"}])]),
        ["CloudFormation stack shop owns it. Change its template as well"],
    ),
    (
        plan_of(rule_targets=[rule_target(arn("web"))]),
        [
            "the target names the family, so it starts the new revision as soon as that is registered",
            "must allow ecs:RunTask on the new revision",
        ],
    ),
    (
        plan_of(services=[service(deploymentController={"type": "CODE_DEPLOY"})]),
        [
            "nothing else can change its task definition",
            "1. CodeDeploy deploys web in cluster prod: create a deployment",
        ],
    ),
    (
        plan_of(services=[service(schedulingStrategy="DAEMON")]),
        ["1. web in cluster prod is a daemon", "console, Task definitions, web, Create new revision"],
    ),
    (
        plan_of(
            services=[
                service(loadBalancers=[{"targetGroupArn": "arn:aws:x:y:targetgroup/g/1", "containerName": "app"}])
            ],
            groups={"arn:aws:x:y:targetgroup/g/1": "instance"},
        ),
        ["create a group of the type IP addresses like g"],
    ),
    (planned(Given(None)), ["It does not exist any more"]),
]


@pytest.mark.parametrize(("plan", "texts"), TEXTS)
def test_the_text_says_what_happens_or_what_to_do_by_hand(plan: RevisionPlan, texts: list[str], tmp_path: Path) -> None:
    written(tmp_path / "plans", plan)
    text = (tmp_path / "plans" / FOLDER / "README.md").read_text()
    for each in texts:
        assert each in text


def test_the_input_with_the_new_revision_is_in_a_file_and_not_in_an_argument(tmp_path: Path) -> None:
    written(tmp_path / "plans", plan_of(rule_targets=[rule_target()]))
    script = (tmp_path / "plans" / FOLDER / "commands.sh").read_text()
    assert "umask 077" in script
    assert (
        "with_revision target-1.json\nfailures=$(aws events put-targets --cli-input-json file://target-1.json.now"
        in script
    )
    assert "rm -f target-1.json.now" in script


# An AWS CLI whose calls all succeed; the tasks and targets in the file have failed.
AWS = """\
#!/bin/sh
echo "$1 $2" >> "$CALLS"
case "$2" in
  get-caller-identity) echo 123456789012 ;;
  register-task-definition) echo arn:new ;;
  run-task | put-targets) echo "$FAILURES" ;;
esac
"""
FAILED = [
    ("[]", ["ecs run-task", "ecs run-task", *["ecs stop-task"] * 12], 0),
    ('[{"reason": "RESOURCE:ENI"}]', ["ecs run-task"], 1),
    ("null", ["ecs run-task"], 1),
]


@pytest.mark.parametrize(("failures", "calls", "status"), FAILED)
def test_old_tasks_are_stopped_only_when_all_new_ones_have_started(
    tmp_path: Path, failures: str, calls: list[str], status: int
) -> None:
    run, made = _run(tmp_path, failures, tasks=[task() for _ in range(12)])
    assert (run.returncode, made[2:]) == (status, calls)
    if status:
        assert failures in run.stderr
        assert "ECS has not started all of these tasks, so the old ones are not stopped." in run.stderr


def test_a_target_that_is_not_written_ends_the_script(tmp_path: Path) -> None:
    run, made = _run(tmp_path, '[{"ErrorCode": "x"}]', rule_targets=[rule_target()], tasks=[task()])
    assert (run.returncode, made[-1]) == (1, "events put-targets")
    assert "EventBridge has not written this target." in run.stderr


def _run(tmp_path: Path, failures: str, **given: Any) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run the commands of a plan with an AWS CLI that does nothing, and return its calls too."""
    written(tmp_path / "plans", planned(Given(described(), **given), FixOptions(run_elsewhere=True)))
    (tmp_path / "aws").write_text(AWS)
    (tmp_path / "aws").chmod(0o700)
    calls = tmp_path / "calls"
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "CALLS": str(calls), "FAILURES": failures}
    command = ["sh", str(tmp_path / "plans" / FOLDER / "commands.sh")]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return run, calls.read_text().splitlines()
