"""What ``make bench`` measures is what it says: the apps, the definitions, the rows. No time is tested."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import aws_cdk as cdk
import pytest

from benchmarks import findings, hook, plot, table
from benchmarks.__main__ import MARK, with_tables
from benchmarks.core import CASES, POLICY, Case
from benchmarks.sample import APPS, GATES, TASK_DEFINITIONS
from benchmarks.synth import GATES as ROWS
from benchmarks.synth import Gate
from ecs_guard_aspects.gates.hook.answer import answer
from ecs_guard_aspects.model.resource import TASK_DEFINITION
from ecs_guard_aspects.policy import Resource, evaluate
from ecs_guard_aspects.testing import findings_of

SIZE = 1_000


@pytest.mark.parametrize("kind", APPS)
def test_the_apps_are_as_large_as_they_say(tmp_path: Path, kind: str) -> None:
    app = cdk.App(outdir=str(tmp_path), analytics_reporting=False)
    APPS[kind](app, SIZE, 10)
    assert len(app.node.find_all()) == pytest.approx(SIZE, rel=0.02)
    of_type = cdk.ConstructSelector.resources_of_type("AWS::ECS::TaskDefinition").select(app)
    assert len(of_type) == TASK_DEFINITIONS
    assert [finding.is_denied for finding in findings_of(app)] == [True] * 10


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_definitions_have_the_findings_they_name(case: Case) -> None:
    found = evaluate(Resource("Task", TASK_DEFINITION, case.properties, case.declarations), POLICY)
    assert len(found) == case.findings


def test_the_event_of_the_hook_has_three_findings() -> None:
    response = answer(hook.denied_event(), hook.POLICY, lambda url: b"")
    assert [one["status"] for one in response["annotations"]] == ["FAILED"] * 3
    assert hook.measure(1).size < 300_000


def test_every_row_is_compared_with_one_of_the_same_app() -> None:
    by_title = {row.title: row for row in ROWS}
    assert {row.key for row in ROWS} == set(GATES)
    for row in ROWS:
        base = by_title[row.base]
        assert (base.key, base.app, base.validated) == ("bare", row.app, row.validated) or row.key == "bare"
        assert base.smallest <= row.smallest <= row.largest <= base.largest


@pytest.mark.parametrize("denied", [0, 10, findings.FEW])
def test_a_first_roll_out_has_two_findings_for_each_that_is_denied(tmp_path: Path, denied: int) -> None:
    app = cdk.App(outdir=str(tmp_path), analytics_reporting=False)
    findings.first_roll_out(app, findings.FEW, denied)
    assert [finding.is_denied for finding in findings_of(app)] == [True] * (2 * denied)


def test_the_fix_of_a_first_roll_out_fixes_all(tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path), analytics_reporting=False)
    findings.first_roll_out(app, findings.PER_STACK, findings.PER_STACK)
    guard = findings.attach("fix")(app)
    app.synth()
    assert guard.findings == ()


def test_the_tables_replace_those_of_before_and_nothing_that_is_written_by_hand() -> None:
    first = with_tables("# Costs\n\nBy hand.\n", "## One\n")
    assert first == f"# Costs\n\nBy hand.\n\n{MARK}\n## One\n"
    assert with_tables(first, "## Two\n") == f"# Costs\n\nBy hand.\n\n{MARK}\n## Two\n"


def test_a_row_without_samples_says_so() -> None:
    class Nothing:
        cfn_guard = False

        def cost(self, constructs: int, gate: Gate) -> None:
            return None

    text = table.synth_table(Nothing(), 10_000)  # type: ignore[arg-type]
    assert f"| cfn-guard validator plugin | {table.NOT_AVAILABLE} |" in text


def test_the_plot_holds_every_point() -> None:
    drawn = plot.draw("cost", {"a": [(1e3, 10.0), (1e4, 30.0), (5e4, -5.0)], "b": [(1e3, 1.0), (1e4, 900.0)]})
    tags = [element.tag.rpartition("}")[2] for element in ElementTree.fromstring(drawn).iter()]
    assert (tags.count("polyline"), tags.count("circle")) == (2, 5)
