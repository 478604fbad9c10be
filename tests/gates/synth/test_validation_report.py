"""validation-report.json, as the CDK writes it from what the two plugins hand over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from constructs import IConstruct

from ecs_guard_aspects import EcsGuard, Enforcement, Exemption, Finding, Policy, Profile, Severity, Verdict
from ecs_guard_aspects._version import VERSION
from ecs_guard_aspects.gates.synth.guards import Guards
from ecs_guard_aspects.gates.synth.validation_report import ValidationPlugin, suppresses_by_path, violations_of
from ecs_guard_aspects.model.address import AddressKind

from .support import (
    AWSVPC,
    DENIED,
    ROOT,
    container,
    generic,
    make_app,
    notes_of,
    outdir_of,
    permissive_fix,
    report_of,
    written,
)


def violations(app: IConstruct) -> dict[str, Any]:
    return {violation["ruleName"]: violation for violation in report_of(app)["violations"]}


@pytest.fixture
def host(app: cdk.App, stack: cdk.Stack) -> cdk.App:
    generic(stack, mode="host", ContainerDefinitions=[container("web"), container("agent", User="0")])
    EcsGuard().protect(app)
    app.synth()
    return app


def test_place_fix_and_metadata(host: cdk.App) -> None:
    found = violations(host)
    assert set(found) == {AWSVPC, ROOT}
    root = found[ROOT]
    assert root["severity"] == DENIED
    assert root["suggestedFix"].startswith('Set user="1000:1000" or another non-root UID')
    assert "container agent: User is '0'" in root["description"]
    assert root["suggestedFix"] not in root["description"]
    (construct,) = root["violatingConstructs"]
    assert construct["constructPath"].strip("/") == "Stack/Td"
    resource = construct["cloudFormationResource"]
    assert resource["logicalId"] == "Td"
    assert resource["propertyPaths"] == ["Properties/ContainerDefinitions/1/User"]
    assert Path(resource["templatePath"]).name == "Stack.template.json"
    assert root["ruleMetadata"] == {
        "address": "Stack/Td",
        "container": "agent",
        "location": "Properties/ContainerDefinitions/1/User",
        "verdict": "violation",
        "severity": "high",
        "enforcement": "deny",
    }
    assert found[AWSVPC]["violatingConstructs"][0]["cloudFormationResource"]["propertyPaths"] == [
        "Properties/NetworkMode"
    ]


def test_two_plugins_of_one_name_and_what_is_denied_in_the_first(app: cdk.App) -> None:
    """The CDK CLI keeps the conclusion of a plugin of which anything is left when it has left stacks out."""
    generic(cdk.Stack(app, "Denied"))
    generic(cdk.Stack(app, "Warned"), RequiresCompatibilities=["EXTERNAL"])
    generic(cdk.Stack(app, "Exempt"))
    generic(cdk.Stack(app, "Accepted"))
    cdk.Validations.of(app.node.find_child("Accepted")).acknowledge(
        cdk.Acknowledgment(id=f"ecs-guard::{AWSVPC}", reason="moves in May")
    )
    exemptions = [
        Exemption(check=AWSVPC, path=f"{name}/**", reason="old", owner="team", expires="2099-01-01")
        for name in ("Exempt", "Gone")
    ]
    EcsGuard(Policy(exemptions=exemptions)).protect(app, fix=permissive_fix(dry_run=True))
    app.synth()
    plugins = written(outdir_of(app) / "validation-report.json")["pluginReports"]
    assert {(plugin["pluginName"], plugin["pluginVersion"]) for plugin in plugins} == {("ecs-guard", VERSION)}
    by_conclusion = [
        (plugin["conclusion"], [(v["ruleName"], v["severity"]) for v in plugin["violations"]]) for plugin in plugins
    ]
    # Older versions take an acknowledgement for all that is not fatal, wherever it is.
    others = [(AWSVPC, "warning"), (AWSVPC, "info")] if suppresses_by_path() else []
    assert by_conclusion == [
        ("failure", [(AWSVPC, DENIED)]),
        ("success", [*others, ("stale-exemption", "warning"), ("fix", "info"), ("summary", "info")]),
    ]
    assert [bool(plugin.get("suppressedViolations")) for plugin in plugins] == [False, True]


def test_nothing_found_is_a_success(app: cdk.App, stack: cdk.Stack) -> None:
    generic(stack, mode="awsvpc")
    EcsGuard().protect(app)
    app.synth()
    assert report_of(app) == {"success": True, "violations": [], "suppressed": []}


@pytest.mark.parametrize(
    ("enforcement", "severity"),
    [(Enforcement.DENY, DENIED), (Enforcement.WARN, "warning"), (Enforcement.AUDIT, "info")],
)
@pytest.mark.parametrize("in_stage", [False, True])
def test_severity_is_enforcement(app: cdk.App, enforcement: Enforcement, severity: str, in_stage: bool) -> None:
    generic(cdk.Stack(cdk.Stage(app, "Prod") if in_stage else app, "Stack"))
    EcsGuard(Policy(enforcement={AWSVPC: enforcement})).protect(app)
    app.synth()
    assert violations(app)[AWSVPC]["severity"] == severity
    assert report_of(app)["success"] is (enforcement is not Enforcement.DENY)


@pytest.mark.parametrize("in_stage", [False, True])
def test_by_itself_the_report_fails_the_app(tmp_path: Path, in_stage: bool) -> None:
    app = make_app(tmp_path, **{"@aws-cdk/core:failSynthOnValidationErrors": True})
    generic(cdk.Stack(cdk.Stage(app, "Prod") if in_stage else app, "Stack"))
    EcsGuard().protect(app)
    with pytest.raises(RuntimeError, match="NetworkMode is 'bridge'"):
        app.synth()
    assert not report_of(app)["success"]


def test_in_a_stage_the_text_names_the_construct(app: cdk.App) -> None:
    generic(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"))
    EcsGuard().protect(app)
    app.synth()
    violation = violations(app)[AWSVPC]
    assert violation["description"].startswith("Prod/Stack/Td: NetworkMode is 'bridge'.")
    assert violation["ruleMetadata"]["address"] == "Prod/Stack/Td"
    # A violation with a path is filtered away by the CDK CLI when the Stage is not selected; from a template and a
    # logical id the CDK makes a path.
    for construct in violation["violatingConstructs"]:
        assert not construct.get("constructPath")
        assert set(construct.get("cloudFormationResource") or {}) <= {"propertyPaths"}


class TestAcknowledged:
    def synth(self, app: cdk.App, scope: IConstruct, reason: str, rule: str = AWSVPC) -> None:
        cdk.Validations.of(scope).acknowledge(cdk.Acknowledgment(id=f"ecs-guard::{rule}", reason=reason))
        EcsGuard().protect(app)
        app.synth()

    @pytest.mark.parametrize("where", ["Stack", "Nested", "Prod"])
    def test_is_kept_with_its_reason(self, app: cdk.App, stack: cdk.Stack, where: str) -> None:
        scopes = {
            "Stack": stack,
            "Nested": cdk.NestedStack(stack, "Nested"),
            "Prod": cdk.Stack(cdk.Stage(app, "Prod"), "Stack"),
        }
        generic(scopes[where])
        self.synth(app, scopes[where], "moves in May")
        report = report_of(app)
        (suppressed,) = report["suppressed"]
        assert (report["success"], report["violations"]) == (True, [])
        assert (suppressed["ruleName"], suppressed["reason"]) == (AWSVPC, "moves in May")

    @pytest.mark.parametrize("reason", ["", " \n"])
    def test_a_blank_one_is_fatal(self, app: cdk.App, stack: cdk.Stack, reason: str) -> None:
        generic(stack)
        self.synth(app, stack, reason)
        violation = violations(app)[AWSVPC]
        assert violation["severity"] == "fatal"
        assert "acknowledged at Stack, but without a reason" in violation["description"]
        assert report_of(app)["suppressed"] == []

    def test_what_cannot_be_read_cannot_be(self, app: cdk.App, stack: cdk.Stack) -> None:
        generic(stack, mode="awsvpc")
        stack.add_transform("Macro")
        file = cdk.CfnResource(stack, "Odd", type="AWS::SNS::Topic")
        file.add_override("Type", 7)
        self.synth(app, stack, "never mind", rule="unreadable")
        violation = violations(app)["unreadable"]
        assert violation["severity"] == "fatal"
        assert not report_of(app)["success"]
        assert report_of(app)["suppressed"] == []


def test_an_exemption_is_documented(app: cdk.App, stack: cdk.Stack) -> None:
    generic(stack)
    exemption = Exemption(
        check=AWSVPC, path="Stack/Td", reason="old agent", owner="team", expires="2099-01-01", ticket="T-1"
    )
    EcsGuard(Policy(exemptions=(exemption,))).protect(app)
    app.synth()
    violation = violations(app)[AWSVPC]
    assert violation["severity"] == "info"
    metadata = violation["ruleMetadata"]
    assert {key: metadata[key] for key in metadata if key.startswith("exemption")} == {
        "exemption-owner": "team",
        "exemption-reason": "old agent",
        "exemption-expires": "2099-01-01",
        "exemption-ticket": "T-1",
    }


@pytest.mark.parametrize("in_stage", [False, True])
def test_what_a_fix_did_is_in_it(app: cdk.App, in_stage: bool) -> None:
    stack = cdk.Stack(cdk.Stage(app, "Prod") if in_stage else app, "Stack")
    generic(stack)
    generic(stack, "Refused", ContainerDefinitions=[container(Links=["a"])])
    EcsGuard().protect(app, fix=permissive_fix())
    app.synth()
    (note,) = notes_of(app)
    said = note.removeprefix("Prod/Stack/Td: ")
    assert said.startswith('ecs-guard has changed NetworkMode from "bridge" to "awsvpc".')
    assert (note[:4] == "Prod") is in_stage
    refusal = "Not fixed: container web uses links, which only bridge mode has."
    assert violations(app)[AWSVPC]["description"].endswith(refusal)
    assert refusal not in violations(app)[AWSVPC]["suggestedFix"]


REFUSED = "ecs-guard has not fixed this:\n   - container web sets hostname"


@pytest.mark.parametrize(
    ("policies", "notes"),
    [
        ([Policy()], []),
        ([Policy(Profile.STRICT)], []),
        ([Policy(Profile.SECURITY_HUB)], [REFUSED]),
        # Of two findings that are alike the first is reported, and a guard without a fix cannot say why.
        ([Policy(unresolved=Enforcement.WARN), Policy()], [REFUSED]),
    ],
)
def test_a_refusal_is_said_once_and_never_lost(
    app: cdk.App, stack: cdk.Stack, policies: list[Policy], notes: list[str]
) -> None:
    generic(stack, mode="host", ContainerDefinitions=[container(Hostname="h")])
    for policy in policies[:-1]:
        EcsGuard(policy).protect(app)
    EcsGuard(policies[-1]).protect(app, fix=permissive_fix())
    app.synth()
    assert notes_of(app) == notes
    texts = [violation["description"] for violation in report_of(app)["violations"]]
    assert sum("container web sets hostname" in text for text in texts) == 1


def test_a_note_of_a_fix_stands_on_its_construct_but_in_a_stage(app: cdk.App, stack: cdk.Stack) -> None:
    for scope in (stack, cdk.Stack(cdk.Stage(app, "Prod"), "Stack")):
        generic(scope)
    EcsGuard().protect(app, fix=permissive_fix())
    app.synth()
    notes = [v for v in report_of(app)["violations"] if v["ruleName"] == "fix"]
    paths = {v["description"].partition("ecs-guard has")[0]: v["violatingConstructs"] for v in notes}
    assert paths[""][0]["constructPath"].strip("/") == "Stack/Td"
    assert not any(construct.get("constructPath") for construct in paths["Prod/Stack/Td: "])


@pytest.mark.parametrize("denied", [True, False])
def test_a_plugin_that_fails_denies(app: cdk.App, denied: bool) -> None:
    class Failing(Guards):
        def judge(self, context: Any) -> None:
            raise LookupError("lost")

        def remarks(self) -> Any:
            raise LookupError("lost")

    report = ValidationPlugin(Failing(app), denied=denied).validate(None)  # type: ignore[arg-type]
    (violation,) = report.violations
    assert (report.success, violation.rule_name, violation.severity) == (False, "unreadable", "fatal")
    assert "LookupError at test_validation_report.py:" in violation.description
    assert "lost" not in violation.description


class TestWhatCountsWhateverIsSelected:
    """A violation with a path in a stack that is not selected does not count for the CDK CLI."""

    def paths(self, app: cdk.App) -> dict[str, str]:
        return {
            v["ruleName"]: "".join(c.get("constructPath", "").strip("/") for c in v["violatingConstructs"])
            for v in report_of(app)["violations"]
        }

    def test_the_places_of_stacks_are_named(self, app: cdk.App, stack: cdk.Stack) -> None:
        generic(cdk.NestedStack(stack, "Nested"))
        EcsGuard().protect(app)
        app.synth()
        assert self.paths(app) == {AWSVPC: "Stack/Nested/Td"}

    @pytest.mark.parametrize("name", ["Prod", "Default"])
    def test_those_in_stages_are_not(self, app: cdk.App, stack: cdk.Stack, name: str) -> None:
        generic(stack, mode="awsvpc")
        generic(cdk.Stack(cdk.Stage(app, name), "Stack"))
        EcsGuard().protect(app)
        app.synth()
        assert self.paths(app) == {AWSVPC: ""}

    def test_what_is_of_no_stack_counts(self, app: cdk.App, stack: cdk.Stack) -> None:
        generic(stack, mode="awsvpc")
        exemption = Exemption(check=AWSVPC, path="Stack/Td", reason="old", owner="team", expires="2099-01-01")
        policy = Policy(exemptions=(exemption,), enforcement={"stale-exemption": Enforcement.DENY})
        EcsGuard(policy).protect(app)
        app.synth()
        assert self.paths(app) == {"stale-exemption": ""}


@pytest.mark.parametrize(("kind", "is_named"), [(AddressKind.UNCERTAIN, True), (AddressKind.PATH, False)])
def test_the_line_of_a_resource_without_a_construct_is_in_the_text(kind: AddressKind, is_named: bool) -> None:
    finding = Finding(
        check=AWSVPC,
        severity=Severity.MEDIUM,
        verdict=Verdict.VIOLATION,
        enforcement=Enforcement.DENY,
        what="NetworkMode is not set.",
        why="Why.",
        remedy="What to do.",
        source="S.template.json",
        address="S/Set/<Td>",
        file="app.py",
        line=20,
        address_kind=kind,
    )
    (violation,) = violations_of([finding], Path(), bool)
    assert ("It is in the template S.template.json." in violation.description) is is_named
    assert ("Made at app.py:20." in violation.description) is is_named
