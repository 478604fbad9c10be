"""What ``make bench`` measures is what it says: the apps, the templates, the rows. No time is tested."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import aws_cdk as cdk
import pytest

from benchmarks import __main__, cfn_guard, command_line, hook, synth, table
from benchmarks.command_line import Tool
from benchmarks.core import CASES, POLICY, Case
from benchmarks.sample import APPS, GATES, PER_STACK, TASK_DEFINITIONS, first_roll_out, services
from benchmarks.synth import BARE, Cost, Row
from ecs_guard_aspects.gates.hook.answer import answer
from ecs_guard_aspects.model.resource import TASK_DEFINITION
from ecs_guard_aspects.policy import Resource, evaluate, judge
from ecs_guard_aspects.sources.files import Files
from ecs_guard_aspects.testing import findings_of

SIZE = 1_000
SYNTHS = (synth.LARGE, synth.ASPECTS, synth.FEW, synth.MANY)


@pytest.fixture
def app(tmp_path: Path) -> cdk.App:
    return cdk.App(outdir=str(tmp_path), analytics_reporting=False)


def test_services_are_as_many_constructs_as_they_say(app: cdk.App) -> None:
    services(app, SIZE, 10)
    assert len(app.node.find_all()) == pytest.approx(SIZE, rel=0.02)
    of_type = cdk.ConstructSelector.resources_of_type("AWS::ECS::TaskDefinition").select(app)
    assert len(of_type) == TASK_DEFINITIONS
    assert [finding.is_denied for finding in findings_of(app)] == [True] * 10


@pytest.mark.parametrize("denied", [0, 10, 100])
def test_a_first_roll_out_has_two_findings_for_each_that_is_denied(app: cdk.App, denied: int) -> None:
    first_roll_out(app, 100, denied)
    assert [finding.is_denied for finding in findings_of(app)] == [True] * (2 * denied)


def test_the_fix_of_a_first_roll_out_fixes_all(app: cdk.App) -> None:
    first_roll_out(app, PER_STACK, PER_STACK)
    guard = GATES["fix"]()(app)
    app.synth()
    assert guard.findings == ()


def test_each_gate_of_a_sample_is_in_a_table_and_each_table_has_its_app() -> None:
    assert {row.gate for one in SYNTHS for row in one.rows} == set(GATES)
    assert {one.app for one in SYNTHS} == set(APPS)


@pytest.mark.parametrize("measured", SYNTHS, ids=lambda one: f"{one.app}-{one.size}")
def test_each_row_is_compared_with_the_same_app_without_a_gate(measured: synth.Table) -> None:
    for row in measured.rows:
        base = measured.base(row)
        assert (base.gate, base.validated) == (BARE, row.validated)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_definitions_have_the_findings_they_name(case: Case) -> None:
    found = evaluate(Resource("Task", TASK_DEFINITION, case.properties, case.declarations), POLICY)
    assert len(found) == case.findings


def test_the_event_of_the_hook_has_three_findings() -> None:
    response = answer(hook.denied_event(), hook.POLICY, lambda url: b"")
    assert [one["status"] for one in response["annotations"]] == ["FAILED"] * 3
    assert hook.measure(1).size < 300_000


def test_the_templates_are_as_large_as_the_page_says(tmp_path: Path) -> None:
    command_line.put_templates(tmp_path / "templates")
    report = judge(Files([str(tmp_path)], tmp_path))
    assert len(report.sources) == command_line.TEMPLATES
    assert len(report.resources) / command_line.TEMPLATES == pytest.approx(2, abs=0.1)
    text = "".join(path.read_text() for path in (tmp_path / "templates").iterdir())
    assert text.count("    Type: AWS::") / command_line.TEMPLATES == pytest.approx(24, abs=1)
    # The network mode may be bridge; a user who may be root counts in host mode only.
    assert {(finding.check, finding.is_denied) for finding in report.findings} == {("awsvpc-network-mode", True)}


def test_cfn_lint_finds_no_error_in_the_templates(tmp_path: Path) -> None:
    command_line.put_templates(tmp_path / "templates")
    (lint,) = [tool for tool in command_line.tools(None, None) if tool.name.startswith("cfn-lint")]
    lines = [*lint.command, "--non-zero-exit-code", "error", str(tmp_path / "templates" / "2.yaml")]
    assert subprocess.run(lines, capture_output=True, check=False).returncode == 0


def test_cfn_guard_runs_and_denies(tmp_path: Path) -> None:
    command = cfn_guard.command(tmp_path)
    if command is None:
        pytest.skip("cfn-guard is not installed")
    (tmp_path / "small.yaml").write_text(command_line.SMALL)
    done = subprocess.run([*command, str(tmp_path / "small.yaml")], capture_output=True, check=False)
    assert (done.returncode, b"awsvpc_network_mode" in done.stdout) == (19, True)


def test_the_plan_is_admitted(tmp_path: Path) -> None:
    command_line.put_plan(tmp_path / "plan.json")
    report = judge(Files([str(tmp_path / "plan.json")], tmp_path))
    assert (len(report.resources), report.findings) == (command_line.PLANNED_TASK_DEFINITIONS, ())


def test_files_without_task_definitions_are_not_sources(tmp_path: Path) -> None:
    command_line.put_unrelated(tmp_path)
    files = Files([str(tmp_path)], tmp_path)
    assert judge(files).sources == ()
    assert files.empty_folders == [str(tmp_path)]
    assert len(list(tmp_path.rglob("*.yaml"))) == command_line.UNRELATED


def test_a_run_is_measured_and_slow_tools_once(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("")
    runs = tmp_path / "runs"
    count = f"open({str(runs)!r}, 'a').write('x')"
    quick = Tool("quick", (sys.executable, "-c", "sum(range(10**6))"))
    slow = Tool("slow", (sys.executable, "-c", count), is_slow=True)
    costs = command_line.compare([quick, slow], tmp_path, 3)
    assert costs["quick"].wall > 0
    assert runs.read_text() == "x"


@pytest.mark.parametrize(("takes", "given"), [("folder", ""), ("files", "/x.yaml")])
def test_what_a_tool_is_called_with(tmp_path: Path, takes: str, given: str) -> None:
    (tmp_path / "x.yaml").write_text("")
    assert Tool("tool", ("tool",), takes).line(tmp_path) == ["tool", f"{tmp_path}{given}"]


def test_checkov_is_compared_if_it_is_installed() -> None:
    names = [tool.name for tool in command_line.tools("/x/checkov", ("cfn-guard",))]
    assert [name.partition(",")[0] for name in names] == ["**`ecs-guard check`**", "cfn-guard 3", "cfn-lint", "checkov"]
    assert len(command_line.tools(None, None)) == 2


def test_a_row_without_a_gate_has_no_ratio() -> None:
    cost = Cost(wall=2, cpu=2.5, ratio=1.04, ratio_cpu=1.05)
    text = table.synth_table({Row("no gate"): cost, Row("gate", "protect"): cost})
    assert text.splitlines()[2:] == ["| no gate | 2,000 |  | 2,500 |  |", "| gate | 2,000 | 1.04 | 2,500 | 1.05 |"]


def test_each_table_has_a_place_on_the_page_and_the_rest_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text(__main__.PAGE.read_text())
    monkeypatch.setattr(__main__, "PAGE", page)
    monkeypatch.setattr(__main__, "TABLES", dict.fromkeys(__main__.TABLES, lambda rounds: f"{rounds} rounds"))
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--rounds", "7"])
    __main__.main()
    assert page.read_text().count("-->\n7 rounds\n<!-- end -->") == len(__main__.TABLES)
    assert capsys.readouterr().out.count("7 rounds") == len(__main__.TABLES)
    assert page.read_text().startswith("# What the gate costs\n")
