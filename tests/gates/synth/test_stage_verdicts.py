"""The verdict on each Stage, which the CDK CLI can deploy by itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from ecs_guard_aspects import EcsGuard
from ecs_guard_aspects._version import VERSION

from .support import generic, make_app


def verdict_in(folder: Path) -> Any:
    """Return the conclusions and the addresses in the validation report of a folder; None if there is none."""
    file = folder / "validation-report.json"
    if not file.exists():
        return None
    plugins = json.loads(file.read_text(encoding="utf-8"))["pluginReports"]
    return [(p["conclusion"], [v["ruleMetadata"]["address"] for v in p["violations"]]) for p in plugins]


def test_each_stage_has_its_own_verdict(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    prod, test = cdk.Stage(app, "Prod"), cdk.Stage(app, "Test")
    inner = cdk.Stage(prod, "Eu")
    generic(cdk.Stack(app, "Stack"))
    generic(cdk.Stack(inner, "Stack"))
    generic(cdk.Stack(test, "Stack"), mode="awsvpc")
    cdk.CfnStack(cdk.Stack(prod, "Far"), "Far", template_url="https://example.com/x.json")
    EcsGuard().protect(app)
    app.synth()
    denied = ("failure", ["Prod/Eu/Stack/Td"])
    assert verdict_in(Path(prod.outdir)) == [denied, ("success", ["Prod/Far/Far"])]
    assert verdict_in(Path(inner.outdir)) == [denied]
    assert verdict_in(Path(test.outdir)) is None


def test_the_verdict_of_an_earlier_synth_is_removed(tmp_path: Path) -> None:
    for mode, verdict in (("bridge", [("failure", ["Prod/Stack/Td"])]), ("awsvpc", None)):
        app = make_app(tmp_path)
        stage = cdk.Stage(app, "Prod")
        generic(cdk.Stack(stage, "Stack"), mode=mode)
        EcsGuard().protect(app)
        app.synth()
        assert verdict_in(Path(stage.outdir)) == verdict


def test_what_is_acknowledged_in_a_stage_is_suppressed(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    stage = cdk.Stage(app, "Prod")
    rule = "ecs-guard::awsvpc-network-mode"
    task = generic(cdk.Stack(stage, "Stack"))
    cdk.Validations.of(task).acknowledge(cdk.Acknowledgment(id=rule, reason="moves in Q3"))
    EcsGuard().protect(app)
    app.synth()
    assert verdict_in(Path(stage.outdir)) == [("success", [])]
    report = json.loads((Path(stage.outdir) / "validation-report.json").read_text(encoding="utf-8"))
    (violation,) = report["pluginReports"][0]["suppressedViolations"]
    assert (violation["acknowledgedId"], violation["reason"]) == (rule, "moves in Q3")


def test_the_verdict_in_a_stage_is_a_validation_report_of_the_cdk(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    stage = cdk.Stage(app, "Prod")
    generic(cdk.Stack(stage, "Stack"))
    EcsGuard().protect(app)
    app.synth()
    report = json.loads((Path(stage.outdir) / "validation-report.json").read_text(encoding="utf-8"))
    manifest = json.loads((Path(stage.outdir) / "manifest.json").read_text(encoding="utf-8"))
    assert (report["title"], report["version"]) == ("Validation Report", manifest["version"])
    (plugin,) = report["pluginReports"]
    assert (plugin["pluginName"], plugin["pluginVersion"]) == ("ecs-guard", VERSION)
    (violation,) = plugin["violations"]
    assert violation["ruleName"] == "awsvpc-network-mode"
    # Without the path of a construct it counts for every selection of stacks.
    assert violation["violatingConstructs"] == [{"constructPath": ""}]
