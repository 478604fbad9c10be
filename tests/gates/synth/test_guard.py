"""``protect``: the whole app, its Stages and its written templates; what ``findings`` contains afterwards."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecs as ecs
from aws_cdk.assertions import Template
from constructs import Construct, IConstruct

from ecs_guard_aspects import EcsGuard, Enforcement, Exemption, Policy, Profile, Verdict
from ecs_guard_aspects.policy import PolicyError
from ecs_guard_aspects.testing import findings_of

from .support import (
    AWSVPC,
    DENIED,
    ROOT,
    TASK_DEFINITION,
    annotations_of,
    container,
    facts,
    generic,
    level1,
    level2,
    make_app,
    only,
    permissive_fix,
    report_of,
    reported,
)

TODAY = datetime.date(2026, 6, 1)
LAX = Policy(enforcement={AWSVPC: Enforcement.AUDIT})


def denied(guard: EcsGuard) -> set[str]:
    return {finding.address for finding in guard.findings if finding.is_denied}


def exempt(expires: str, path: str = "**", check: str = AWSVPC, **changes: Any) -> Policy:
    exemption = Exemption(check=check, path=path, reason="old agent", owner="team-web", expires=expires, **changes)
    return Policy(exemptions=(exemption,), today=TODAY)


class TestFindings:
    def test_none_before_synth(self, app: cdk.App) -> None:
        generic(cdk.Stack(app, "Stack"))
        assert EcsGuard().protect(app).findings == ()

    @pytest.mark.parametrize("raises", [False, True])
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
        found = sorted((f.check, f.address, f.container or "", f.verdict.value) for f in guard.findings)
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
        first = guard.report, report_of(app)
        assert len(first[0].findings) == len(first[1]["violations"]) == 1
        app.synth(force=True)
        assert (guard.report, report_of(app)) == first

    def test_what_is_corrected_between_two_synths_is_gone(self, app: cdk.App, stack: cdk.Stack) -> None:
        node = level1(stack)
        guard = EcsGuard().protect(app)
        app.synth()
        node.network_mode = "awsvpc"
        app.synth(force=True)
        assert guard.findings == ()
        assert report_of(app)["success"]

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
        assert not report["success"]
        assert {path for _, path, _ in reported(app)} == set(expected)
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
        assert reported(app) == [(AWSVPC, "Stack/Td", DENIED)]

    def test_stages_that_have_come_since_are_judged_and_said_once(self, app: cdk.App) -> None:
        guard = EcsGuard().protect(app)
        generic(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"))
        guard.protect(app)
        app.synth()
        assert reported(app) == [(AWSVPC, "Prod/Stack/Td", DENIED)]

    def test_nothing_is_annotated(self, app: cdk.App, stack: cdk.Stack) -> None:
        """An annotation would repeat the report."""
        generic(stack)
        generic(stack, "Warned", RequiresCompatibilities=["EXTERNAL"])
        generic(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"))
        EcsGuard().protect(app, fix=permissive_fix(dry_run=True))
        app.synth()
        assert annotations_of(app) == []
        assert [(check, path) for check, path, _ in reported(app)] == [
            *((AWSVPC, path) for path in ("Prod/Stack/Td", "Stack/Td", "Stack/Warned")),
            *[("fix", "")] * 2,
        ]

    @pytest.mark.parametrize("make", [Construct, cdk.NestedStack])
    @pytest.mark.parametrize("known", [True, False])
    def test_what_may_be_below_the_scope_counts(self, tmp_path: Path, make: Any, known: bool) -> None:
        """The metadata of the CDK may lack the construct of a resource."""
        hidden = {"aws:cdk:disable-logicalId-metadata": True, "aws:cdk:enable-path-metadata": False}
        app = make_app(tmp_path, **({} if known else hidden))
        scope = make(cdk.Stack(app, "Stack"), "Part")
        cdk.CfnResource(scope, "X", type="AWS::SNS::Topic").add_override("Type", TASK_DEFINITION)
        generic(make(cdk.Stack(app, "Other"), "Part"))
        guard = EcsGuard().protect(scope)
        app.synth()
        assert only(guard.findings).is_denied
        assert (only(guard.findings).address == "Stack/Part/X") is known
        assert only(guard.findings).address.startswith("Stack/Part/" if known else "Stack/<")

    def test_one_fix_at_several_scopes(self, app: cdk.App) -> None:
        guard, fix = EcsGuard(), permissive_fix()
        for name in ("One", "Two"):
            stack = cdk.Stack(app, name)
            generic(stack)
            guard.protect(stack, fix=fix)
        app.synth()
        assert guard.findings == ()
        assert [change.resource for change in fix.changes] == ["One/Td", "Two/Td"]

    def test_a_fix_serves_each_guard_where_it_is(self, app: cdk.App) -> None:
        fix = permissive_fix()
        for name, enforcement in (("Audited", Enforcement.AUDIT), ("Denied", Enforcement.DENY)):
            stack = cdk.Stack(app, name)
            generic(stack)
            EcsGuard(Policy(enforcement={AWSVPC: enforcement})).protect(stack, fix=fix)
        app.synth()
        assert [change.resource for change in fix.changes] == ["Denied/Td"]

    def test_a_fix_given_later_is_taken(self, app: cdk.App, stack: cdk.Stack) -> None:
        generic(stack)
        guard = EcsGuard().protect(app)
        guard.protect(app, fix=permissive_fix())
        app.synth()
        assert guard.findings == ()

    def test_two_guards_of_one_policy_say_it_once(self, app: cdk.App, stack: cdk.Stack) -> None:
        generic(stack)
        generic(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"))
        first, second = EcsGuard().protect(app), EcsGuard().protect(app)
        app.synth()
        assert denied(first) == denied(second) == {"Stack/Td", "Prod/Stack/Td"}
        assert reported(app) == [(AWSVPC, "Prod/Stack/Td", DENIED), (AWSVPC, "Stack/Td", DENIED)]

    def test_the_stricter_of_two_guards_is_heard(self, app: cdk.App, stack: cdk.Stack) -> None:
        generic(stack)
        generic(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"))
        lax, strict = EcsGuard(LAX).protect(app), EcsGuard().protect(app)
        app.synth()
        assert (denied(lax), len(denied(strict))) == (set(), 2)
        assert [severity for _, _, severity in reported(app)] == [DENIED, DENIED]
        assert not report_of(app)["success"]

    def test_two_guards_of_two_policies_on_two_subtrees(self, app: cdk.App) -> None:
        one, two = cdk.Stack(app, "One"), cdk.Stack(app, "Two")
        for stack in (one, two):
            generic(stack, mode="host", ContainerDefinitions=[container(Privileged=True)])
        first = EcsGuard().protect(one)
        second = EcsGuard(Policy(profile=Profile.CYSCALE)).protect(two)
        app.synth()
        assert {(f.check, f.enforcement.value) for f in first.findings} == {
            (AWSVPC, "deny"),
            ("host-mode-privileged", "audit"),
        }
        assert {(f.check, f.enforcement.value) for f in second.findings} == {("host-mode-privileged", "deny")}
        assert len(report_of(app)["violations"]) == 3

    def test_a_policy_that_is_none_is_refused(self) -> None:
        with pytest.raises(PolicyError, match="must be a Policy"):
            EcsGuard({"profile": "strict"})  # type: ignore[arg-type]


class TestExemptions:
    @pytest.mark.parametrize(
        ("expires", "enforcement", "severity", "part"),
        [
            ("2026-12-31", "audit", "info", "Exempt until 2026-12-31, 213 days left (team-web: old agent)"),
            ("2026-06-15", "audit", "info", "14 days left"),
            ("2026-06-14", "warn", "warning", "ends in 13 days"),
            ("2026-06-02", "warn", "warning", "ends in 1 day,"),
            ("2026-06-01", "warn", "warning", "ends today"),
            ("2026-05-31", "deny", DENIED, "ended on 2026-05-31"),
        ],
    )
    def test_at_the_gate(self, app: cdk.App, expires: str, enforcement: str, severity: str, part: str) -> None:
        level2(cdk.Stack(app, "Stack"))
        level2(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"))
        guard = EcsGuard(exempt(expires, "**/Td")).protect(app)
        app.synth()
        paths = ("Prod/Stack/Td/Resource", "Stack/Td/Resource")
        assert facts(guard) == {(AWSVPC, path, enforcement) for path in paths}
        assert reported(app) == [(AWSVPC, path, severity) for path in paths]
        assert all(part in only(finding.notes) for finding in guard.findings)
        report = report_of(app)
        assert all(part in violation["description"] for violation in report["violations"])
        assert report["success"] is (severity != DENIED)

    def test_one_that_is_not_needed_is_a_warning(self, app: cdk.App, stack: cdk.Stack) -> None:
        generic(stack, mode="awsvpc")
        guard = EcsGuard(exempt("2099-01-01", "Gone/**", ticket="WEB-1")).protect(app)
        app.synth()
        finding = only(guard.findings)
        assert (finding.check, finding.address, finding.enforcement) == (
            "stale-exemption",
            "Gone/**",
            Enforcement.WARN,
        )
        assert "matches no finding (team-web: old agent (WEB-1))" in finding.message
        assert reported(app) == [("stale-exemption", "Gone/**", "warning")]
        assert report_of(app)["success"]

    def test_a_stale_one_can_be_denied_or_left_out(self, tmp_path: Path) -> None:
        for enforcement, expected in (
            (Enforcement.DENY, [("stale-exemption", "Gone", DENIED)]),
            (Enforcement.OFF, []),
        ):
            app = make_app(tmp_path / enforcement.value)
            generic(cdk.Stack(app, "Stack"), mode="awsvpc")
            policy = exempt("2099-01-01", "Gone").extend(enforcement={"stale-exemption": enforcement})
            EcsGuard(policy).protect(app)
            app.synth()
            assert reported(app) == expected
            assert report_of(app)["success"] is (enforcement is Enforcement.OFF)

    def test_the_l1_inside_an_l2_need_not_be_named(self, app: cdk.App, stack: cdk.Stack) -> None:
        level2(stack)
        guard = EcsGuard(exempt("2099-01-01", "Stack/Td")).protect(app)
        app.synth()
        assert facts(guard) == {(AWSVPC, "Stack/Td/Resource", "audit")}


class TestOneName:
    """A Stage called Default writes ``Default/S``, and the app ``S``, to one file name in two folders."""

    @pytest.fixture
    def stacks(self, app: cdk.App) -> dict[str, cdk.Stack]:
        stacks = {"S": cdk.Stack(app, "S"), "Default/S": cdk.Stack(cdk.Stage(app, "Default"), "S")}
        for stack in stacks.values():
            generic(stack)
        assert stacks["S"].template_file == stacks["Default/S"].template_file
        return stacks

    @pytest.mark.parametrize(("path", "other"), [("S", "Default/S"), ("Default/S", "S")])
    @pytest.mark.parametrize("way", ["exemption", "acknowledgement", "scope"])
    def test_what_admits_the_one_does_not_admit_the_other(
        self, app: cdk.App, stacks: dict[str, cdk.Stack], way: str, path: str, other: str
    ) -> None:
        policy, scope = Policy(), app
        if way == "exemption":
            policy = exempt("2099-01-01", f"{path}/Td")
        elif way == "acknowledgement":
            cdk.Validations.of(stacks[path]).acknowledge(cdk.Acknowledgment(id=f"ecs-guard::{AWSVPC}", reason="May"))
        else:
            scope = stacks[other]  # type: ignore[assignment]
        guard = EcsGuard(policy).protect(scope)
        app.synth()
        assert denied(guard) == {f"{other}/Td"}
        assert [place for _, place, severity in reported(app) if severity == DENIED] == [f"{other}/Td"]
        assert not report_of(app)["success"]
        expected = {"exemption": {f"{path}/Td"}, "acknowledgement": {f"{path}/Td"}, "scope": set()}
        assert {finding.address for finding in guard.findings} - denied(guard) == expected[way]


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
    aspect, guard = EcsGuard(), EcsGuard().protect(app)
    cdk.Aspects.of(app).add(aspect)
    app.synth()
    assert aspect.findings == guard.findings
    assert {finding.verdict for finding in guard.findings} == {Verdict.VIOLATION, Verdict.UNRESOLVED}
    assert len(guard.findings) == 6
