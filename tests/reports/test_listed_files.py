"""Files that are only listed: each format counts them and names the first, JSON and CSV have them all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ecs_guard_aspects.gates.command_line.outputs import FORMATS, Extras
from ecs_guard_aspects.policy import Enforcement, Exemption, Policy, Report, judge
from ecs_guard_aspects.reports.text_report import no_lines, text_report
from ecs_guard_aspects.sources.files import Files

NUMBER = 200
SENTENCE = "200 files not read that mention task definitions: f000.yaml, f001.yaml, f002.yaml, and 197 more."
GOOD = '{"family": "x", "networkMode": "awsvpc", "containerDefinitions": [{"name": "a"}]}'
BATCH = '{"Resources": {"J%s": {"Type": "AWS::Batch::JobDefinition"}}}'


def report_on(folder: Path, number: int = NUMBER, policy: Policy | None = None) -> Report:
    (folder / "good.json").write_text(GOOD)
    for index in range(number):
        (folder / f"f{index:03}.yaml").write_text("kind: TaskDefinition\nspec: {containerDefinitions: [{name: a}]}\n")
    return judge(Files([str(folder)], folder), policy)


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"csv", "json", "ocsf"}))
def test_they_are_counted_and_the_first_are_named(tmp_path: Path, name: str) -> None:
    text = FORMATS[name](report_on(tmp_path), Extras(no_lines))
    assert SENTENCE in text
    assert text.count("unknown-file") < 10
    assert "f003.yaml" not in text


@pytest.mark.parametrize("name", ["csv", "json", "ocsf"])
def test_formats_for_programs_have_each_of_them(tmp_path: Path, name: str) -> None:
    assert FORMATS[name](report_on(tmp_path), Extras(no_lines)).count("unknown-file") >= NUMBER


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_one_file_is_named(tmp_path: Path, name: str) -> None:
    text = FORMATS[name](report_on(tmp_path, 1), Extras(no_lines))
    assert "f000.yaml" in text
    assert "mentions task definitions" in text


def test_a_denied_or_exempt_file_is_not_only_counted(tmp_path: Path) -> None:
    exempt = Exemption(check="unknown-file", path="f000.yaml", reason="r", owner="team-a", expires="9999-12-31")
    policy = Policy(enforcement={"unknown-file": Enforcement.DENY}, exemptions=[exempt])
    text = text_report(report_on(tmp_path, 4, policy))
    assert [f"f{index:03}.yaml" in text for index in range(4)] == [True] * 4
    assert "not read that" not in text


def test_a_text_report_names_the_first_workloads(tmp_path: Path) -> None:
    for index in range(25):
        (tmp_path / f"b{index:02}.json").write_text(BATCH % index)
    report = report_on(tmp_path, 0)
    text = text_report(report)
    assert (text.count(" --> "), "     and 15 more\n" in text) == (10, True)
    assert json.dumps(report.to_json()).count('"not-covered"') >= 25
