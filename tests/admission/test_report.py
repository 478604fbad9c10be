"""validation-report.json, as the CDK writes it from what the plugin hands over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from constructs import IConstruct

from ecs_guard_aspects import EcsGuard, EcsGuardFix, Enforcement, Exemption, Policy
from ecs_guard_aspects._version import VERSION

from .support import AWSVPC, DENIED, ROOT, container, generic, make_app, outdir_of, report_of, written

BY_ITSELF = {"@aws-cdk/core:failSynthOnValidationErrors": False, "by": "cli"}


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
    assert root["suggestedFix"].startswith("Set User to a non-root UID")
    assert "container agent: User is '0'" in root["description"]
    assert root["suggestedFix"] not in root["description"]
    (construct,) = root["violatingConstructs"]
    assert construct["constructPath"].strip("/") == "Stack/Td"
    resource = construct["cloudFormationResource"]
    assert resource["logicalId"] == "Td"
    assert resource["propertyPaths"] == ["Properties/ContainerDefinitions/1/User"]
    assert Path(resource["templatePath"]).name == "Stack.template.json"
    assert root["ruleMetadata"] == {
        "resource": "Stack/Td",
        "container": "agent",
        "location": "Properties/ContainerDefinitions/1/User",
        "verdict": "violation",
        "severity": "high",
        "enforcement": "deny",
    }
    assert found[AWSVPC]["violatingConstructs"][0]["cloudFormationResource"]["propertyPaths"] == [
        "Properties/NetworkMode"
    ]


@pytest.mark.reads_reports
def test_the_plugin(host: cdk.App) -> None:
    report = written(outdir_of(host) / "validation-report.json")
    (mine,) = [plugin for plugin in report["pluginReports"] if plugin["pluginName"] == "ecs-guard"]
    assert mine["pluginVersion"] == VERSION


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


@pytest.mark.reads_reports
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
    assert violation["ruleMetadata"]["resource"] == "Prod/Stack/Td"
    # A violation with a path is filtered away by the CDK CLI when the Stage is not selected.
    assert all(not construct.get("constructPath") for construct in violation["violatingConstructs"])


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
    exemption = Exemption(AWSVPC, "Stack/Td", "old agent", "team", "2099-01-01", ticket="T-1")  # type: ignore[arg-type]
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
    EcsGuard().protect(app, fix=EcsGuardFix())
    app.synth()
    remarks = [v for v in report_of(app)["violations"] if v["ruleName"] == "fix"]
    texts = "".join(remark["description"] for remark in remarks)
    assert {remark["severity"] for remark in remarks} == {"info"}
    assert len(remarks) == 2
    assert "has changed NetworkMode" in texts
    assert "container web uses links" in texts
    refusal = "Not fixed: container web uses links, which only bridge mode has."
    assert violations(app)[AWSVPC]["suggestedFix"].endswith(refusal)
