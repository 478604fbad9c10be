"""``ecs-guard.json``: proof that the gate ran, in the assembly next to the templates."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
import jsonschema
import pytest

from ecs_guard_aspects import EcsGuard, Enforcement, Policy
from ecs_guard_aspects.testing import findings_of

from .support import AWSVPC, BY_CLI, generic, make_app, outdir_of, report_of

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "ecs_guard_aspects" / "reports" / "report.schema.json").read_text(encoding="utf-8")
)


def proof_of(app: cdk.App) -> Any:
    return json.loads((outdir_of(app) / "ecs-guard.json").read_text(encoding="utf-8"))


def is_written(app: cdk.App) -> bool:
    return (outdir_of(app) / "ecs-guard.json").exists()


@pytest.mark.parametrize(("mode", "admitted"), [("awsvpc", True), ("bridge", False)])
def test_it_is_written_when_all_is_well_and_when_not(app: cdk.App, mode: str, admitted: bool) -> None:
    generic(cdk.Stack(app, "Stack"), mode=mode)
    generic(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"), mode=mode)
    EcsGuard().protect(app)
    app.synth()
    (report,) = proof_of(app)
    assert report["admitted"] is admitted
    assert report["judged"] == {"sources": 2, "task_definitions": 2}
    assert {resource["address"] for resource in report["resources"]} == {"Stack/Td", "Prod/Stack/Td"}
    assert report["digests"] == {
        str(file.relative_to(outdir_of(app))): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in outdir_of(app).rglob("*.template.json")
    }
    jsonschema.validate({key: value for key, value in report.items() if key != "digests"}, SCHEMA)


def test_it_is_written_when_synth_raises(tmp_path: Path) -> None:
    app = make_app(tmp_path, **{"@aws-cdk/core:failSynthOnValidationErrors": True})
    generic(cdk.Stack(app, "Stack"))
    EcsGuard().protect(app)
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    assert [report["admitted"] for report in proof_of(app)] == [False]


def test_one_report_for_each_guard(app: cdk.App) -> None:
    for name in ("One", "Two"):
        stack = cdk.Stack(app, name)
        generic(stack)
        EcsGuard(Policy(enforcement={AWSVPC: Enforcement.AUDIT} if name == "One" else {})).protect(stack)
    app.synth()
    found = [[(f["address"], f["enforcement"]) for f in report["findings"]] for report in proof_of(app)]
    assert found == [[("One/Td", "audit")], [("Two/Td", "deny")]]


def test_paths_have_one_shape_for_all_findings(app: cdk.App) -> None:
    """Today's users compare reports by them."""
    generic(cdk.Stack(app, "Stack"))
    generic(cdk.Stack(app, "Other"), mode="host")
    EcsGuard(Policy(enforcement={"host-mode-root-user": Enforcement.AUDIT})).protect(app)
    app.synth()
    (report,) = proof_of(app)
    assert all(not finding["address"].startswith("/") for finding in report["findings"])
    assert {tuple(finding) for finding in report["findings"]} == {tuple(report["findings"][0])}


def test_an_older_one_is_removed_and_nothing_is_left_where_the_gate_did_not_run(tmp_path: Path) -> None:
    old = tmp_path / "ecs-guard.json"
    old.write_text("[]")
    app = make_app(tmp_path)
    stack = cdk.Stack(app, "Stack")
    EcsGuard().protect(app)
    cdk.CfnOutput(stack, "Out", value=cdk.Lazy.string(Raises()))
    with pytest.raises(RuntimeError):
        app.synth()
    assert not old.exists()


def test_a_proof_that_cannot_be_written_is_one_sentence_next_to_what_was_found(tmp_path: Path) -> None:
    for mode in ("awsvpc", "bridge"):
        outdir = tmp_path / mode
        (outdir / "ecs-guard.json").mkdir(parents=True)
        app = make_app(outdir)
        generic(cdk.Stack(app, "Stack"), mode=mode)
        EcsGuard().protect(app)
        app.synth()
        said = {violation["ruleName"]: violation["description"] for violation in report_of(app)["violations"]}
        assert "The report of the gate cannot be written: ecs-guard.json: Is a directory." in said["unreadable"]
        assert (AWSVPC in said) is (mode == "bridge")
        assert "Traceback" not in "".join(said.values())
        assert not report_of(app)["success"]


@pytest.mark.newest
@pytest.mark.parametrize("mode", ["awsvpc", "bridge"])
def test_a_second_synth_may_confirm_that_plugins_change_nothing(tmp_path: Path, mode: str) -> None:
    app = cdk.App(
        outdir=str(tmp_path),
        context=BY_CLI,
        analytics_reporting=False,
        confirm_validation_plugins_do_not_mutate=True,
    )
    generic(cdk.Stack(app, "Stack"), mode=mode)
    generic(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"), mode=mode)
    guard = EcsGuard().protect(app)
    app.synth()
    app.synth(force=True)
    app.synth(force=True)
    assert len(guard.findings) == (2 if mode == "bridge" else 0)
    assert report_of(app)["success"] is (mode == "awsvpc")
    assert is_written(app)


def test_asking_for_findings_proves_nothing(app: cdk.App) -> None:
    generic(cdk.Stack(app, "Stack"))
    findings_of(app)
    assert not is_written(app)


@jsii.implements(cdk.IStableStringProducer)
class Raises:
    def produce(self) -> str:
        raise LookupError("no value")
