"""All guards of one app: the templates are read once for all of them, and every error denies."""

from __future__ import annotations

import gc
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aws_cdk as cdk
import pytest

from ecs_guard_aspects import EcsGuard, Enforcement, Policy, Report, Severity
from ecs_guard_aspects.gates.synth.guards import Guards
from ecs_guard_aspects.gates.synth.review import Review, may_be_within
from ecs_guard_aspects.model.document import Document
from ecs_guard_aspects.policy import TaskDefinition, TaskDefinitionCheck, Violation

from .support import AWSVPC, DENIED, ROOT, Raises, RaisesLater, generic, make_app, only, report_of, reported

LAX = Policy(enforcement={AWSVPC: Enforcement.AUDIT})


def test_each_app_has_its_own_and_keeps_them(app: cdk.App, tmp_path: Path) -> None:
    guards = Guards.of(app)
    assert Guards.of(app) is guards
    assert Guards.of(make_app(tmp_path / "other")) is not guards


def test_an_app_without_guards_is_left_alone(app: cdk.App) -> None:
    cdk.Stack(app, "Stack")
    app.synth()
    assert "ecs-guard" not in "".join(file.read_text() for file in Path(app.outdir).glob("validation-report.json"))


def test_rule_ids_are_those_enforced_without_custom_checks(app: cdk.App) -> None:
    guards = Guards.of(app)
    assert guards.rule_ids == []
    guards.add(Review(Policy(enforcement={ROOT: Enforcement.OFF})))
    assert guards.rule_ids == [AWSVPC]
    guards.add(Review(Policy(checks=(Raises(),))))
    assert guards.rule_ids == [AWSVPC, ROOT]


@pytest.mark.parametrize("first", [True, False])
def test_of_findings_that_are_alike_the_strictest_is_reported(app: cdk.App, stack: cdk.Stack, first: bool) -> None:
    generic(stack)
    policies = [Policy(), LAX] if first else [LAX, Policy()]
    guards = [EcsGuard(policy).protect(app) for policy in policies]
    app.synth()
    assert reported(app) == [(AWSVPC, "Stack/Td", DENIED)]
    assert {only(guard.findings).enforcement for guard in guards} == {Enforcement.DENY, Enforcement.AUDIT}


def test_a_dry_run_is_not_reported(app: cdk.App, stack: cdk.Stack) -> None:
    generic(stack)
    review = Review(Policy(), dry_run=True)
    Guards.of(app).add(review)
    app.synth()
    assert only(review.report.findings).is_denied
    assert report_of(app) == {"success": True, "violations": [], "suppressed": []}


def test_one_that_has_been_taken_back_is_not_asked(app: cdk.App, stack: cdk.Stack) -> None:
    generic(stack)
    review = Review(Policy())
    Guards.of(app).add(review)
    Guards.of(app).remove(review)
    app.synth()
    assert not review.has_judged
    assert report_of(app)["success"]


class TestFailingClosed:
    @pytest.mark.parametrize("raises", [False, True])
    def test_a_judgement_that_breaks_off(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], raises: bool
    ) -> None:
        app = make_app(tmp_path, **{"@aws-cdk/core:failSynthOnValidationErrors": raises})
        generic(cdk.Stack(app, "Stack"), mode="awsvpc")
        guard = EcsGuard(Policy(checks=(RaisesLater(),), unresolved=Enforcement.AUDIT)).protect(app)
        monkeypatch.setenv("ECS_GUARD_DEBUG", "1")
        if raises:
            with pytest.raises(RuntimeError, match=r"LookupError at support\.py:"):
                app.synth()
        else:
            app.synth()
        finding = only(guard.findings)
        assert (finding.check, finding.is_denied) == ("unreadable", True)
        assert "LookupError at support.py:" in finding.message
        assert "Traceback" not in finding.describe()
        assert "ecs-guard: judging the templates failed\nTraceback" in capfd.readouterr().err
        assert reported(app) == [("unreadable", "", "fatal")]
        assert not report_of(app)["success"]
        assert not guard.report.is_admitted

    def test_a_check_of_ones_own_that_raises(self, app: cdk.App, stack: cdk.Stack) -> None:
        generic(stack, mode="awsvpc")
        cdk.Validations.of(stack).acknowledge(cdk.Acknowledgment(id="ecs-guard::other", reason="x"))
        guard = EcsGuard(Policy(checks=(Raises(),))).protect(app)
        app.synth()
        finding = only(guard.findings)
        assert finding.is_denied
        assert "KeyError at support.py:" in finding.message

    def test_a_context_that_cannot_be_read(self, app: cdk.App, stack: cdk.Stack) -> None:
        class Context:
            @property
            def stack_templates(self) -> Any:
                raise OSError("pipe broke")

        generic(stack, mode="awsvpc")
        review = Review(Policy())
        Guards.of(app).add(review)
        Guards.of(app).judge(Context())  # type: ignore[arg-type]
        finding = only(review.report.findings)
        assert (finding.check, finding.is_denied) == ("unreadable", True)
        assert "OSError at test_guards.py:" in finding.message

    @pytest.mark.parametrize("scope", ["", "Stack", "Lost", "Lost/Td"])
    def test_a_stack_whose_template_is_not_read(self, app: cdk.App, stack: cdk.Stack, scope: str) -> None:
        app.synth()
        review = Review(Policy())
        review.scopes.append(scope)
        Guards.of(app).add(review)
        lost = SimpleNamespace(stack_construct_path="Lost", template_path=f"{app.outdir}/Lost.template.json")
        Guards.of(app).judge(SimpleNamespace(stack_templates=[lost]))  # type: ignore[arg-type]
        found = [(finding.check, finding.address, finding.is_denied) for finding in review.report.findings]
        assert found == ([] if scope == "Stack" else [("unreadable", "Lost", True)])

    def test_documents_that_break_off(self) -> None:
        class Items(tuple[Any, ...]):
            def __iter__(self) -> Any:
                raise LookupError("lost")

        review = Review(Policy())
        review.judge([Document("S.template.json", Items())])
        assert review.has_judged
        assert "LookupError at test_guards.py:" in only(review.report.findings).message


@pytest.mark.parametrize(
    ("address", "scope", "expected"),
    [
        ("A/B", "", True),
        ("A/B", "A", True),
        ("A/B", "A/B", True),
        ("A/B", "A/BC", False),
        ("A/BC", "A/B", False),
        ("A/B", "A/B/C", False),
        ("A/<Td>", "A/B", True),
        ("A/<Td>", "B", False),
        ("A/<Nested>/<Td>", "A/B", True),
        ("A/B/<Td>", "A/C", False),
        ("A/B/<Td>", "A/B/C/D", True),
    ],
)
def test_what_may_be_within_a_scope(address: str, scope: str, expected: bool) -> None:
    finding = SimpleNamespace(address=address)
    assert may_be_within(finding, scope) is expected  # type: ignore[arg-type]


@pytest.mark.parametrize("enabled", [True, False])
def test_garbage_is_not_collected_meanwhile_and_is_afterwards_as_before(
    app: cdk.App, stack: cdk.Stack, enabled: bool
) -> None:
    seen: list[bool] = []

    class Watches(TaskDefinitionCheck):
        id = "watches"
        severity = Severity.MEDIUM
        title = "Looks whether garbage is collected."

        def violation(self, task_definition: TaskDefinition) -> Violation | None:
            seen.append(gc.isenabled())
            return None

    generic(stack)
    EcsGuard(Policy(checks=(Watches(),))).protect(app)
    cdk.Aspects.of(app).add(EcsGuard(Policy(checks=(Watches(),))))
    was_enabled = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        app.synth()
        after = gc.isenabled()
    finally:
        (gc.enable if was_enabled else gc.disable)()
    assert seen == [False, False]
    assert after is enabled


def test_the_report_says_what_was_judged(app: cdk.App, stack: cdk.Stack) -> None:
    generic(stack, mode="awsvpc", Family="web")
    inner = cdk.Stack(cdk.Stage(app, "Prod"), "Stack")
    generic(inner, mode="awsvpc")
    guard = EcsGuard().protect(app)
    assert guard.report == Report(guard.policy)
    app.synth()
    report = guard.report
    assert report.is_admitted
    assert [(judged.source, judged.address, judged.family) for judged in report.resources] == [
        ("Stack.template.json", "Stack/Td", "web"),
        (f"assembly-Prod/{inner.template_file}", "Prod/Stack/Td", None),
    ]
    assert [name for name, _ in report.sources] == [judged.source for judged in report.resources]
    assert all(len(digest or "") == 64 for _, digest in report.sources)
    assert report.to_json()["judged"] == {"sources": 2, "task_definitions": 2}
