"""The fix of one file: what is planned, what is not edited, and that an edit must make the file better."""

from __future__ import annotations

import codecs
from dataclasses import replace
from pathlib import Path

import pytest

from ecs_guard_aspects.gates.command_line.fix.file_fix import FileFix, checked, plan_file_fix
from ecs_guard_aspects.model.document import Document
from ecs_guard_aspects.policy import Policy
from ecs_guard_aspects.policy.judging.judge import judge
from ecs_guard_aspects.policy.judging.report import Report
from ecs_guard_aspects.remediation.plan import FixOptions
from ecs_guard_aspects.sources.files import Files

TASK = """Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: bridge
"""
FIXED = TASK.replace("bridge", "awsvpc")


def planned(folder: Path, content: bytes, name: str = "a.yaml") -> tuple[FileFix, Report]:
    """Return the fix of a file, and the report on the file as it is."""
    path = folder / name
    path.write_bytes(content)
    (document,) = Files([path], folder)
    return fix_of(document, folder)


def fix_of(document: Document, folder: Path) -> tuple[FileFix, Report]:
    before = judge([document], Policy())
    return plan_file_fix(document, before.findings, folder, Policy(), FixOptions(run_elsewhere=True)), before


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_the_edited_file_is_planned_to_the_byte(mark: bytes, tmp_path: Path) -> None:
    file_fix, _ = planned(tmp_path, mark + TASK.encode())
    assert file_fix.edited is not None
    assert file_fix.edited.after == mark + FIXED.encode()
    assert file_fix.edited.fixed == ("a.yaml/Task",)
    assert [(each.place.line, each.change.path) for each in file_fix.edited.changes] == [(5, "NetworkMode")]
    assert (tmp_path / "a.yaml").read_bytes() == mark + TASK.encode()


NOT_EDITED = [
    ("a.yaml", TASK.encode("utf-16"), "a.yaml is not in UTF-8, and nothing else is edited"),
    ("a.json", b'{"status_code": 200, "data": {"taskDefinition": {"containerDefinitions": []}}}', "a.json is a record"),
    ("a.tf", b'resource "aws_ecs_task_definition" "a" {\n  family = "a"\n}\n', "a.tf is neither a CloudFormation"),
]


@pytest.mark.parametrize(("name", "content", "blocker"), NOT_EDITED)
def test_a_file_that_is_not_edited(name: str, content: bytes, blocker: str, tmp_path: Path) -> None:
    file_fix, _ = planned(tmp_path, content, name)
    assert file_fix.edited is None
    assert [each.text.startswith(blocker) for refusal in file_fix.refusals for each in refusal.blockers] == [True]


MACHINE = """  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: {uri}
"""
RUNS = "States: {Run: {Type: Task, Parameters: {TaskDefinition: shop}}}"
RUNS_IT = "state machine a.yaml/Machine runs it without a NetworkConfiguration"


@pytest.mark.parametrize(
    ("uri", "reasons"),
    [
        ("run.asl.yaml", [RUNS_IT]),
        ("./run.asl.yaml", [RUNS_IT]),
        ("billing.asl.yaml", []),
        ("../run.asl.yaml", []),  # outside of the repository: --run-elsewhere is given, and answers for it
        ("s3://bucket/run.asl.yaml", []),
        ("nowhere.asl.yaml", []),
    ],
)
def test_the_file_of_a_state_machine_is_read(uri: str, reasons: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    folder.mkdir()
    for path in (folder / "run.asl.yaml", tmp_path / "run.asl.yaml"):
        path.write_text(RUNS)
    (folder / "billing.asl.yaml").write_text(RUNS.replace("shop", "billing"))
    text = TASK.replace("Properties:\n", "Properties:\n      Family: shop\n") + MACHINE.format(uri=uri)
    file_fix, _ = planned(folder, text.encode())
    assert [each.text for refusal in file_fix.refusals for each in refusal.blockers] == reasons


def test_a_file_that_has_changed_is_a_problem(tmp_path: Path) -> None:
    file_fix, _ = planned(tmp_path, TASK.encode())
    (tmp_path / "a.yaml").write_text(f"{TASK}# mine\n")
    file_fix, _ = fix_of(file_fix.document, tmp_path)
    assert (file_fix.edited, file_fix.problem) == (None, "it has changed since it was judged; run the command again")


def test_a_fix_that_makes_the_file_better_stays(tmp_path: Path) -> None:
    file_fix, before = planned(tmp_path, TASK.encode())
    assert file_fix.edited is not None
    assert checked(file_fix, before, judge([file_fix.edited.document], Policy())) == file_fix


def test_a_fix_that_changes_no_verdict_is_dropped(tmp_path: Path) -> None:
    file_fix, before = planned(tmp_path, TASK.encode())
    dropped = checked(file_fix, before, before)
    assert (dropped.edited, dropped.problem) == (None, "the changes would not fix a.yaml/Task")


def test_a_fix_with_a_new_finding_is_dropped_also_where_it_is_exempt(tmp_path: Path) -> None:
    file_fix, before = planned(tmp_path, TASK.encode())
    (finding,) = before.findings
    new = replace(before, findings=(replace(finding, check="new", acknowledged="as ever"),))
    dropped = checked(file_fix, before, new)
    assert (dropped.edited, dropped.problem) == (
        None,
        "with the changes a.yaml/Task would not pass new, which it did before",
    )
