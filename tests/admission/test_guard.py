"""``protect``: the whole app, its Stages and its written templates; what ``findings`` holds afterwards."""

from __future__ import annotations

import datetime
import gc
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecs as ecs
from aws_cdk.assertions import Template
from constructs import Construct, IConstruct

from ecs_guard_aspects import EcsGuard, EcsGuardFix, Enforcement, Exemption, Policy, Profile, Severity, Verdict
from ecs_guard_aspects.admission import gate as gates
from ecs_guard_aspects.admission import verification
from ecs_guard_aspects.policy import PolicyError, TaskDefinitionCheck, Violation
from ecs_guard_aspects.testing import findings_of

from .support import (
    AWSVPC,
    DENIED,
    ROOT,
    TASK_DEFINITION,
    annotations_of,
    container,
    crossings,
    facts,
    generic,
    level1,
    level2,
    make_app,
    only,
    report_of,
    said,
)

TODAY = datetime.date(2026, 6, 1)
LAX = Policy(enforcement={AWSVPC: Enforcement.AUDIT})


def denied(guard: EcsGuard) -> set[str]:
    return {finding.resource for finding in guard.findings if finding.is_denied}


def exempt(expires: str, path: str = "**", check: str = AWSVPC, **changes: Any) -> Policy:
    exemption = Exemption(check, path, "old agent", "team-web", expires, **changes)  # type: ignore[arg-type]
    return Policy(exemptions=(exemption,), today=TODAY)


def rules(app: IConstruct) -> list[tuple[str, str]]:
    return sorted((violation["ruleName"], violation["severity"]) for violation in report_of(app)["violations"])


class TestFindings:
    def test_none_before_synth(self, app: cdk.App) -> None:
        generic(cdk.Stack(app, "Stack"))
        assert EcsGuard().protect(app).findings == ()

    @pytest.mark.parametrize("raises", [False, pytest.param(True, marks=pytest.mark.reads_reports)])
    def test_all_after_synth_failed_or_not(self, tmp_path: Path, raises: bool) -> None:
        context = {"@aws-cdk/core:failSynthOnValidationErrors": raises}
        app = make_app(tmp_path, **context)
        stack = cdk.Stack(app, "Stack")
        generic(stack, mode="host", ContainerDefinitions=[container("a", User="0"), container("b", User="0")])
        generic(cdk.NestedStack(stack, "Nested"))
        generic(cdk.Stack(cdk.Stage(app, "Prod"), "Inner"), mode="awsvpc")
        generic(cdk.Stack(cdk.Stage(app, "Test"), "Inner"), mode=cdk.Aws.REGION)
        guard = EcsGuard().protect(app)
        if raises:
            with pytest.raises(RuntimeError, match="ValidationFailed"):
                app.synth()
        else:
            app.synth()
        found = sorted((f.check, f.resource, f.container or "", f.verdict.value) for f in guard.findings)
        assert found == [
            (AWSVPC, "Stack/Nested/Td", "", "violation"),
            (AWSVPC, "Stack/Td", "", "violation"),
            (AWSVPC, "Test/Inner/Td", "", "unresolved"),
            (ROOT, "Stack/Td", "a", "violation"),
            (ROOT, "Stack/Td", "b", "violation"),
        ]
        assert all(finding.is_denied for finding in guard.findings)

    def test_audited_and_acknowledged_findings_are_there(self, app: cdk.App) -> None:
        stack = cdk.Stack(app, "Stack")
        cdk.Validations.of(level2(stack)).acknowledge(cdk.Acknowledgment(id=f"ecs-guard::{AWSVPC}", reason="May"))
        generic(cdk.Stack(app, "Audited"), "Other")
        guard = EcsGuard().protect(stack)
        lax = EcsGuard(LAX).protect(app.node.find_child("Audited"))
        app.synth()
        assert (only(guard.findings).acknowledged, only(guard.findings).is_denied) == ("May", False)
        assert only(lax.findings).enforcement is Enforcement.AUDIT
        assert report_of(app)["success"]

    def test_synthesizing_again_repeats_nothing(self, app: cdk.App, stack: cdk.Stack) -> None:
        generic(stack)
        guard = EcsGuard().protect(app)
        app.synth()
        first = guard.findings, annotations_of(app), report_of(app)
        app.synth(force=True)
        assert (guard.findings, annotations_of(app), report_of(app)) == first

    def test_what_is_mended_between_two_synths_is_gone(self, app: cdk.App, stack: cdk.Stack) -> None:
        node = level1(stack)
        guard = EcsGuard().protect(app)
        app.synth()
        node.network_mode = "awsvpc"
        app.synth(force=True)
        assert guard.findings == ()

    def test_one_guard_at_two_apps(self, tmp_path: Path) -> None:
        guard = EcsGuard()
        apps = [make_app(tmp_path / name) for name in ("a", "b")]
        for app, mode in zip(apps, ("bridge", "awsvpc"), strict=True):
            generic(cdk.Stack(app, "Stack"), mode=mode)
            guard.protect(app)
        apps[0].synth()
        assert denied(guard) == {"Stack/Td"}
        apps[1].synth()
        assert denied(guard) == set()
        assert report_of(apps[0])["violations"]
        assert not report_of(apps[1])["violations"]


class Raises(TaskDefinitionCheck):
    id = "raises"
    severity = Severity.MEDIUM
    title = "A check with a mistake in it."

    def violation(self, task_definition: Any) -> Violation | None:
        raise KeyError("Image")


class TestScopes:
    PATHS = ("Stack/Td", "Stack/Part/Td", "Stack/Partner/Td", "Stack/Nested/Td", "Prod/Stack/Td", "Prod/Eu/Stack/Td")

    def build(self, app: cdk.App) -> None:
        stack = cdk.Stack(app, "Stack")
        prod = cdk.Stage(app, "Prod")
        scopes = (
            stack,
            Construct(stack, "Part"),
            Construct(stack, "Partner"),
            cdk.NestedStack(stack, "Nested"),
            cdk.Stack(prod, "Stack"),
            cdk.Stack(cdk.Stage(prod, "Eu"), "Stack"),
        )
        for scope in scopes:
            generic(scope)

    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            ("", PATHS),
            ("Stack", PATHS[:4]),
            ("Stack/Td", PATHS[:1]),
            ("Stack/Part", PATHS[1:2]),
            ("Stack/Nested", PATHS[3:4]),
            ("Prod", PATHS[4:]),
            ("Prod/Eu", PATHS[5:]),
            ("Prod/Stack", PATHS[4:5]),
        ],
    )
    def test_only_what_is_below(self, app: cdk.App, path: str, expected: tuple[str, ...]) -> None:
        self.build(app)
        scope: IConstruct = app
        for name in filter(None, path.split("/")):
            scope = scope.node.find_child(name)
        guard = EcsGuard().protect(scope)
        app.synth()
        assert denied(guard) == set(expected)
        report = report_of(app)
        assert not report["success"] or {path for path, _ in said(app, "error")} == set(expected)
        assert len(report["violations"]) == len(expected)

    @pytest.mark.parametrize(
        "synthesize",
        [lambda stack: stack.node.root.synth(), Template.from_stack, findings_of],
        ids=["synth", "Template", "findings_of"],
    )
    @pytest.mark.parametrize("again", [False, True])
    def test_protecting_what_is_synthesized_already_is_an_error(
        self, app: cdk.App, stack: cdk.Stack, synthesize: Callable[[cdk.Stack], object], again: bool
    ) -> None:
        generic(stack, mode="awsvpc")
        guard = EcsGuard()
        if again:
            guard.protect(app)
        synthesize(stack)
        with pytest.raises(RuntimeError, match=r"synthesized already.*Call protect before"):
            guard.protect(app)

    @pytest.mark.parametrize("early", [True, False])
    def test_stages_made_before_and_after(self, app: cdk.App, early: bool) -> None:
        guard = EcsGuard()
        if early:
            guard.protect(app)
        self.build(app)
        if not early:
            guard.protect(app)
        app.synth()
        assert denied(guard) == set(self.PATHS)
        assert not report_of(app)["success"]

    def test_a_stage_synthesized_by_itself(self, app: cdk.App) -> None:
        stage = cdk.Stage(app, "Prod")
        generic(cdk.Stack(stage, "Stack"))
        guard = EcsGuard().protect(app)
        stage.synth()
        app.synth()
        assert denied(guard) == {"Prod/Stack/Td"}
        assert not report_of(app)["success"]

    def test_protecting_twice_is_protecting_once(self, app: cdk.App, stack: cdk.Stack) -> None:
        generic(stack)
        guard = EcsGuard()
        assert guard.protect(app) is guard
        guard.protect(app)
        guard.protect(stack)
        app.synth()
        assert len(guard.findings) == 1
        assert len(annotations_of(app)) == 1
        assert len(report_of(app)["violations"]) == 1

    def test_protecting_again_annotates_the_stages_that_have_come_since(self, app: cdk.App) -> None:
        guard = EcsGuard().protect(app)
        generic(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"))
        guard.protect(app)
        app.synth()
        assert [(level, path) for level, path, _ in annotations_of(app)] == [("error", "Prod/Stack/Td")]

    @pytest.mark.parametrize("narrow", [True, False], ids=["construct", "nested stack"])
    def test_what_may_be_below_the_scope_counts(self, app: cdk.App, stack: cdk.Stack, narrow: bool) -> None:
        """Of a resource that became a task definition by an override nobody knows which construct it is."""
        scope = Construct(stack, "Part") if narrow else cdk.NestedStack(stack, "Nested")
        cdk.CfnResource(scope, "X", type="AWS::SNS::Topic").add_override("Type", TASK_DEFINITION)
        other = cdk.Stack(app, "Other")
        cdk.CfnResource(other, "X", type="AWS::SNS::Topic").add_override("Type", TASK_DEFINITION)
        guard = EcsGuard().protect(scope)
        app.synth()
        assert only(guard.findings).is_denied
        assert only(guard.findings).resource.startswith("Stack/<")

    def test_one_fix_at_several_scopes(self, app: cdk.App) -> None:
        guard, fix = EcsGuard(), EcsGuardFix()
        for name in ("One", "Two"):
            stack = cdk.Stack(app, name)
            generic(stack)
            guard.protect(stack, fix=fix)
        app.synth()
        assert guard.findings == ()
        assert [change.resource for change in fix.changes] == ["One/Td", "Two/Td"]

    def test_a_fix_serves_each_guard_where_it_is(self, app: cdk.App) -> None:
        fix = EcsGuardFix()
        for name, enforcement in (("Audited", Enforcement.AUDIT), ("Denied", Enforcement.DENY)):
            stack = cdk.Stack(app, name)
            generic(stack)
            EcsGuard(Policy(enforcement={AWSVPC: enforcement})).protect(stack, fix=fix)
        app.synth()
        assert [change.resource for change in fix.changes] == ["Denied/Td"]

    def test_a_fix_given_later_is_taken(self, app: cdk.App, stack: cdk.Stack) -> None:
        generic(stack)
        guard = EcsGuard().protect(app)
        guard.protect(app, fix=EcsGuardFix())
        app.synth()
        assert guard.findings == ()

    def test_two_guards_of_one_policy_say_it_once(self, app: cdk.App, stack: cdk.Stack) -> None:
        generic(stack)
        generic(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"))
        first, second = EcsGuard().protect(app), EcsGuard().protect(app)
        app.synth()
        assert denied(first) == denied(second) == {"Stack/Td", "Prod/Stack/Td"}
        assert len(annotations_of(app)) == 2
        assert len(report_of(app)["violations"]) == 2

    def test_the_stricter_of_two_guards_is_heard(self, app: cdk.App, stack: cdk.Stack) -> None:
        generic(stack)
        generic(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"))
        lax, strict = EcsGuard(LAX).protect(app), EcsGuard().protect(app)
        app.synth()
        assert (denied(lax), len(denied(strict))) == (set(), 2)
        assert len(said(app, "error")) == 2
        assert not report_of(app)["success"]

    def test_two_guards_of_two_policies_on_two_subtrees(self, app: cdk.App) -> None:
        one, two = cdk.Stack(app, "One"), cdk.Stack(app, "Two")
        for stack in (one, two):
            generic(stack, mode="host", ContainerDefinitions=[container(Privileged=True)])
        first = EcsGuard().protect(one)
        second = EcsGuard(Policy(profile=Profile.CYSCALE)).protect(two)
        app.synth()
        assert {finding.check for finding in first.findings} == {AWSVPC}
        assert {finding.check for finding in second.findings} == {"host-mode-privileged"}
        assert len(report_of(app)["violations"]) == 2

    def test_a_policy_that_is_none_is_refused(self) -> None:
        with pytest.raises(PolicyError, match="must be a Policy"):
            EcsGuard({"profile": "strict"})  # type: ignore[arg-type]


class TestExemptions:
    @pytest.mark.parametrize(
        ("expires", "enforcement", "level", "part"),
        [
            ("2026-12-31", "audit", None, "Exempt until 2026-12-31, 213 days left (team-web: old agent)"),
            ("2026-06-15", "audit", None, "14 days left"),
            ("2026-06-14", "warn", "warning", "ends in 13 days"),
            ("2026-06-02", "warn", "warning", "ends in 1 day,"),
            ("2026-06-01", "warn", "warning", "ends today"),
            ("2026-05-31", "deny", "error", "ended on 2026-05-31"),
        ],
    )
    def test_at_the_gate(self, app: cdk.App, expires: str, enforcement: str, level: str | None, part: str) -> None:
        level2(cdk.Stack(app, "Stack"))
        level2(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"))
        guard = EcsGuard(exempt(expires, "**/Td")).protect(app)
        app.synth()
        assert facts(guard) == {
            (AWSVPC, "Stack/Td/Resource", enforcement),
            (AWSVPC, "Prod/Stack/Td/Resource", enforcement),
        }
        assert [(found, part in text) for found, _, text in annotations_of(app)] == (
            [(level, True)] * 2 if level else []
        )
        assert all(part in finding.message for finding in guard.findings)
        report = report_of(app)
        assert len(report["violations"]) == 2
        assert all(part in violation["description"] for violation in report["violations"])
        # The Stage's error has to fail by the report: the CDK CLI does not select it.
        assert report["success"] is (level != "error")

    def test_one_that_nobody_needs_is_a_warning(self, app: cdk.App, stack: cdk.Stack) -> None:
        generic(stack, mode="awsvpc")
        guard = EcsGuard(exempt("2099-01-01", "Gone/**", ticket="WEB-1")).protect(app)
        app.synth()
        finding = only(guard.findings)
        assert (finding.check, finding.resource, finding.enforcement) == (
            "stale-exemption",
            "Gone/**",
            Enforcement.WARN,
        )
        assert "matches no finding (team-web: old agent (WEB-1))" in finding.message
        assert rules(app) == [("stale-exemption", "warning")]
        assert report_of(app)["success"]

    def test_a_stale_one_can_be_denied_or_left_out(self, tmp_path: Path) -> None:
        for enforcement, expected in ((Enforcement.DENY, [("stale-exemption", DENIED)]), (Enforcement.OFF, [])):
            app = make_app(tmp_path / enforcement.value)
            generic(cdk.Stack(app, "Stack"), mode="awsvpc")
            policy = exempt("2099-01-01", "Gone").extend(enforcement={"stale-exemption": enforcement})
            EcsGuard(policy).protect(app)
            app.synth()
            assert rules(app) == expected
            assert report_of(app)["success"] is (enforcement is Enforcement.OFF)

    def test_the_l1_inside_an_l2_need_not_be_named(self, app: cdk.App, stack: cdk.Stack) -> None:
        level2(stack)
        guard = EcsGuard(exempt("2099-01-01", "Stack/Td")).protect(app)
        app.synth()
        assert facts(guard) == {(AWSVPC, "Stack/Td/Resource", "audit")}


class TestFailingClosed:
    def test_reading(self, monkeypatch: pytest.MonkeyPatch, app: cdk.App, stack: cdk.Stack, caplog: Any) -> None:
        def fail(node: Any) -> None:
            raise OSError("pipe broke")

        monkeypatch.setattr(gates, "read", fail)
        generic(stack)
        EcsGuard().protect(app)
        with caplog.at_level(logging.DEBUG, "ecs_guard_aspects"):
            app.synth()
        (error,) = said(app, "error")
        assert error[0] == "Stack/Td"
        assert "OSError: pipe broke" in error[1]
        assert "Traceback" not in error[1]
        assert any(record.exc_info for record in caplog.records)

    @pytest.mark.parametrize("part", ["read_templates", "evaluate_resources"])
    @pytest.mark.parametrize("raises", [False, pytest.param(True, marks=pytest.mark.reads_reports)])
    def test_verifying(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, part: str, raises: bool) -> None:
        def fail(*args: Any, **kwargs: Any) -> Any:
            raise LookupError("lost")

        app = make_app(tmp_path, **{"@aws-cdk/core:failSynthOnValidationErrors": raises})
        generic(cdk.Stack(app, "Stack"), mode="awsvpc")
        guard = EcsGuard().protect(app)
        monkeypatch.setattr(verification, part, fail)
        if raises:
            with pytest.raises(RuntimeError, match="LookupError: lost"):
                app.synth()
        else:
            app.synth()
        finding = only(guard.findings)
        assert finding.check == "unreadable"
        assert finding.is_denied
        assert rules(app) == [("unreadable", "fatal")]
        assert not report_of(app)["success"]

    def test_surveying(self, monkeypatch: pytest.MonkeyPatch, app: cdk.App, stack: cdk.Stack) -> None:
        def fail(*args: Any) -> Any:
            raise RuntimeError("another CDK")

        generic(stack)
        generic(stack, "Fine", mode="awsvpc")
        guard = EcsGuard().protect(app)
        monkeypatch.setattr("ecs_guard_aspects.admission.places.survey", fail)
        app.synth()
        assert denied(guard) == {"Stack/Td"}
        assert [path for path, _ in said(app, "error")] == ["Stack/Td"]

    def test_annotating(self, monkeypatch: pytest.MonkeyPatch, app: cdk.App, stack: cdk.Stack) -> None:
        def fail(*args: Any) -> Any:
            raise RuntimeError("cannot annotate")

        generic(stack)
        EcsGuard().protect(app)
        monkeypatch.setattr(gates, "annotate", fail)
        with pytest.raises(RuntimeError, match="cannot annotate"):
            app.synth()

    def test_a_check_of_ones_own_that_raises(self, app: cdk.App, stack: cdk.Stack) -> None:
        generic(stack, mode="awsvpc")
        cdk.Validations.of(stack).acknowledge(cdk.Acknowledgment(id="ecs-guard::other", reason="x"))
        guard = EcsGuard(Policy(checks=(Raises(),))).protect(app)
        app.synth()
        finding = only(guard.findings)
        assert finding.is_denied
        assert "KeyError: 'Image'" in finding.message


class TestCost:
    def build(self, tmp_path: Path, definitions: int, others: int, mode: str) -> cdk.App:
        app = make_app(tmp_path)
        stack = cdk.Stack(app, "Stack")
        for index in range(definitions):
            level1(stack, f"Td{index}", mode=mode)
        for index in range(others):
            cdk.CfnResource(stack, f"Other{index}", type="AWS::SNS::Topic")
        return app

    def count(self, app: cdk.App, guard: Callable[[cdk.App], object]) -> int:
        guard(app)
        with crossings() as sent:
            app.synth()
        return len(sent)

    def test_protect_costs_by_task_definition_and_not_by_construct(self, tmp_path: Path) -> None:
        counts = {}
        for definitions, others in ((1, 0), (1, 60), (20, 0), (20, 60)):
            app = self.build(tmp_path / f"{definitions}-{others}", definitions, others, "awsvpc")
            counts[definitions, others] = self.count(app, EcsGuard().protect)
        assert counts[1, 0] == counts[1, 60]
        assert counts[20, 0] == counts[20, 60] == counts[1, 0]

    @pytest.mark.parametrize(("stages", "walks"), [(0, 0), (1, 1)])
    def test_an_app_without_stages_is_not_walked_before_it_is_synthesized(
        self, tmp_path: Path, stages: int, walks: int
    ) -> None:
        app = self.build(tmp_path, 1, 1, "awsvpc")
        for index in range(stages):
            generic(cdk.Stack(cdk.Stage(app, f"Stage{index}"), "Stack"), mode="awsvpc")
        with crossings() as sent:
            EcsGuard().protect(app)
        assert sent.count("InvokeRequest select") == walks

    def test_protecting_twice_costs_nothing(self, tmp_path: Path) -> None:
        counts = []
        for times in (1, 3):
            guard = EcsGuard()
            app = self.build(tmp_path / str(times), 2, 2, "bridge")
            for _ in range(times):
                guard.protect(app)
            counts.append(self.count(app, guard.protect))
        assert counts[0] == counts[1]

    def test_what_is_denied_costs_a_fixed_number_each(self, tmp_path: Path) -> None:
        counts = [
            self.count(self.build(tmp_path / str(number), number, 5, "bridge"), EcsGuard().protect)
            for number in (1, 2, 3, 11)
        ]
        each = counts[1] - counts[0]
        assert counts[2] - counts[1] == each
        assert counts[3] - counts[2] == 8 * each
        assert each <= 110

    @pytest.mark.parametrize("enabled", [True, False])
    def test_garbage_is_not_collected_meanwhile_and_is_afterwards_as_before(
        self, app: cdk.App, stack: cdk.Stack, enabled: bool
    ) -> None:
        seen: list[bool] = []

        class Watches(TaskDefinitionCheck):
            id = "watches"
            severity = Severity.MEDIUM
            title = "Looks whether garbage is collected."

            def violation(self, task_definition: Any) -> Violation | None:
                seen.append(gc.isenabled())
                return None

        generic(stack)
        EcsGuard(Policy(checks=(Watches(),))).protect(app)
        was_enabled = gc.isenabled()
        try:
            (gc.enable if enabled else gc.disable)()
            app.synth()
            after = gc.isenabled()
        finally:
            (gc.enable if was_enabled else gc.disable)()
        assert len(seen) >= 2
        assert not any(seen)
        assert after is enabled

    def test_the_plain_aspect_visits_each_construct_once(self, tmp_path: Path) -> None:
        visits: list[str] = []

        class Counting(EcsGuard):
            def visit(self, node: IConstruct) -> None:
                visits.append("")
                super().visit(node)

        app = self.build(tmp_path, 3, 7, "awsvpc")
        guard = Counting()
        cdk.Aspects.of(app).add(guard)
        app.synth()
        # app, stack, 3 task definitions, 7 others, and what the default synthesizer adds: a parameter and a rule.
        assert len(visits) <= 2 + 3 + 7 + 4


def test_rule_ids_are_those_enforced() -> None:
    assert EcsGuard().rule_ids == [AWSVPC, ROOT]
    assert EcsGuard(Policy(enforcement={ROOT: Enforcement.OFF})).rule_ids == [AWSVPC]


def test_every_verdict_of_the_tree_is_that_of_the_template(app: cdk.App, stack: cdk.Stack) -> None:
    cdk.CfnParameter(stack, "Mode", allowed_values=["awsvpc", "host"])
    rows: list[Any] = [
        generic(stack, "A", mode=cdk.Fn.ref("Mode")),
        generic(stack, "B", mode=None, RequiresCompatibilities=["EXTERNAL"]),
        generic(stack, "C", mode="awsvpc"),
        level2(stack, "D", network_mode=ecs.NetworkMode.HOST).node.default_child,
        level1(stack, "E", mode=cdk.Fn.import_value("mode")),
    ]
    rows[2].add_property_deletion_override("NetworkMode")
    rows[3].add_property_override("ContainerDefinitions.0.User", "root")
    guard = EcsGuard()
    for row in rows:
        guard.visit(row)
    before = {(f.check, f.resource, f.container, f.location): f for f in guard.findings}
    guard.protect(app)
    app.synth()
    after = {(f.check, f.resource, f.container, f.location): f for f in guard.findings}
    assert before == after
    assert {f.verdict for f in guard.findings} == {Verdict.VIOLATION, Verdict.UNRESOLVED}
    assert len(after) == 6
