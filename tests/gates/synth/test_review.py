"""The summary of a review, and what an invalid policy denies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from ecs_guard_aspects import EcsGuard, Exemption, Policy, Profile
from ecs_guard_aspects.policy import PolicyError

from .support import AWSVPC, generic, make_app, outdir_of, report_of, said, written


def summaries(app: cdk.App) -> list[dict[str, Any]]:
    report = written(outdir_of(app) / "validation-report.json")
    found = [v for plugin in report["pluginReports"] for v in plugin.get("violations", ())]
    return [violation for violation in found if violation["ruleName"] == "summary"]


def summary_of(app: cdk.App, guard: EcsGuard | None = None) -> str:
    (guard or EcsGuard(Policy())).protect(app)
    app.synth()
    (summary,) = summaries(app)
    return str(summary["description"])


def not_checked(stack: cdk.Stack) -> None:
    cdk.CfnStack(stack, "Nested", template_url="https://example.com/t.json")


def test_warnings_that_are_not_about_a_task_definition_count(stack: cdk.Stack) -> None:
    not_checked(stack)
    summary = summary_of(stack.node.root)  # type: ignore[arg-type]
    assert summary.startswith("0 of 0 task definitions in 0 stacks denied, 1 with warnings, 0 exempt")


def test_stacks_that_count_where_they_are_selected_are_named(app: cdk.App) -> None:
    generic(cdk.Stack(app, "Worker"))
    generic(cdk.Stack(app, "Web"), mode="awsvpc")
    generic(cdk.Stack(cdk.Stage(app, "Prod"), "Api"))
    text = summary_of(app)
    assert text.startswith("2 of 3 task definitions in 3 stacks denied, ")
    assert text.endswith("These stacks fail the command if they are selected: Worker.")


def test_equal_summaries_of_several_guards_are_one(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Web")
    generic(stack)
    for scope in (app, stack):
        EcsGuard().protect(scope)
    EcsGuard(Policy(profile=Profile.STRICT)).protect(stack)
    app.synth()
    policies = [summary["description"].partition("policy: ")[2].partition(")")[0] for summary in summaries(app)]
    assert policies == ["profile default", "profile strict"]


def test_what_to_do_comes_last(app: cdk.App) -> None:
    generic(cdk.Stack(app, "Worker"))
    summary_of(app)
    fix = summaries(app)[0]["suggestedFix"]
    assert [word in fix for word in ("ecs-guard explain", "EcsGuardFix", "exempt")] == [True] * 3


@pytest.mark.parametrize("verbose", [True, False])
@pytest.mark.parametrize("form", ["aspect", "protect"])
def test_a_clean_synth_says_on_request_that_the_gate_ran(app: cdk.App, form: str, verbose: bool) -> None:
    generic(cdk.Stack(app, "Web"), mode="awsvpc")
    guard = EcsGuard(Policy(), verbose=verbose)
    if form == "aspect":
        cdk.Aspects.of(app).add(guard)
    else:
        guard.protect(app)
    app.synth()
    texts = [summary["description"].partition(" (")[0] for summary in summaries(app)]
    assert texts == ["0 of 1 task definition in 1 stack denied, 0 with warnings, 0 exempt"] * verbose
    assert not [summary for summary in summaries(app) if "suggestedFix" in summary]


def test_an_exempt_finding_is_not_explained(app: cdk.App) -> None:
    exempt = Exemption(check=AWSVPC, path="Agent/Td", reason="agent", owner="me", expires="2099-01-01")
    generic(cdk.Stack(app, "Agent"))
    generic(cdk.Stack(app, "Web"))
    EcsGuard(Policy(exemptions=(exempt,))).protect(app)
    app.synth()
    texts = {v["ruleMetadata"]["address"]: v for v in report_of(app)["violations"]}
    assert "suggestedFix" not in texts["Agent/Td"]
    assert len(texts["Agent/Td"]["description"].splitlines()) == 2
    assert "suggestedFix" in texts["Web/Td"]


class TestPolicyThatIsNotValid:
    """A policy that is not valid is one sentence: the gate denies, and does not fail in the middle of a visit."""

    @pytest.fixture
    def broken(self, tmp_path: Path) -> cdk.App:
        app = make_app(tmp_path, **{"ecs-guard": {"profle": "strict"}})
        generic(cdk.Stack(app, "Web"), mode="awsvpc")
        return app

    def test_an_aspect_denies(self, broken: cdk.App) -> None:
        cdk.Aspects.of(broken).add(EcsGuard())
        broken.synth()
        (violation,) = report_of(broken)["violations"]
        assert violation["description"].startswith("The policy is not valid: ")
        assert "profle" in violation["description"]
        assert (said(broken, "error"), report_of(broken)["success"]) == ([], False)
        assert json.loads((outdir_of(broken) / "ecs-guard.json").read_text())[0]["admitted"] is False

    @pytest.mark.parametrize(
        ("files", "end"),
        [
            (("ecs-guard.yaml", "ecs-guard.json"), "keep one."),
            (("cdk.json",), "did you mean 'ecs-guard'?"),
            (("ecs-guard.yaml",), "checks, fix."),
        ],
        ids=["two policies", "a question", "a sentence"],
    )
    def test_it_is_one_sentence_and_is_reported_once(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: tuple[str, ...], end: str
    ) -> None:
        (tmp_path / ".git").mkdir()
        monkeypatch.chdir(tmp_path)
        for name in files:
            text = json.dumps({"context": {"ecs_guard": {}}} if name == "cdk.json" else {"profle": "strict"})
            (tmp_path / name).write_text(text)
        app = make_app(tmp_path / "out")
        generic(cdk.Stack(app, "Web"), mode="awsvpc")
        cdk.Aspects.of(app).add(EcsGuard())
        app.synth()
        (violation,) = report_of(app)["violations"]
        assert violation["description"].splitlines()[0].endswith(end)

    def test_protect_raises_at_once(self, broken: cdk.App) -> None:
        with pytest.raises(PolicyError, match="profle") as raised:
            EcsGuard().protect(broken)
        frames = [frame for frame in raised.traceback if "ecs_guard_aspects" in str(frame.path)]
        assert (len(frames), raised.value.__suppress_context__) == (1, True)
