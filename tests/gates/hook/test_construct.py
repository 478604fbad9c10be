"""The hook in a CDK app: what it makes, what waits for what, and what it refuses."""

from __future__ import annotations

import json
import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Annotations, Match, Template

from ecs_guard_aspects import EcsGuardHook, Exemption, Policy, Profile
from ecs_guard_aspects.gates.hook.bundle import bundle
from ecs_guard_aspects.policy import PolicyError, evaluate_template

from ...policy.support import HasFamily

HOOK = "AWS::CloudFormation::LambdaHook"
SNAPSHOT = Path(__file__).parent / "snapshots" / "construct.json"


def stack_with(app: cdk.App | None = None, /, **options: Any) -> cdk.Stack:
    stack = cdk.Stack(app or cdk.App(analytics_reporting=False), "Platform")
    EcsGuardHook(stack, "Gate", **{"policy": Policy(), **options})
    return stack


def template_with(**options: Any) -> dict[str, Any]:
    template: dict[str, Any] = Template.from_stack(stack_with(**options)).to_json()
    return template


def of_type(template: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [resource for resource in template["Resources"].values() if resource["Type"] == kind]


def hooks(template: dict[str, Any]) -> list[dict[str, Any]]:
    return [resource["Properties"] for resource in of_type(template, HOOK)]


def strings(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from strings(value)
    elif isinstance(node, list):
        for item in node:
            yield from strings(item)
    elif isinstance(node, str):
        yield node


# The template is the same for each test that only looks at it.
@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return template_with(watch=True, exclude_stacks=["legacy-*"])


def test_the_whole_template(template: dict[str, Any]) -> None:
    """``UPDATE_SNAPSHOTS=1 pytest tests/gates/hook`` writes it anew, to be read."""
    # Digests of the code change with each change of it, and the runtime with the CDK.
    text = json.dumps(template["Resources"], indent=1)
    text = re.sub(r"[0-9a-f]{64}", "DIGEST", text)
    text = re.sub(r"(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}", r"\1DIGEST", text)
    text = re.sub(r'"python3\.\d+"', '"python3"', text) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.parent.mkdir(exist_ok=True)
        SNAPSHOT.write_text(text)
    assert text == SNAPSHOT.read_text()


def test_the_hook_waits_for_the_role_and_for_what_the_role_may_do(template: dict[str, Any]) -> None:
    resources = template["Resources"]
    for hook in of_type(template, HOOK):
        role = hook["Properties"]["ExecutionRole"]["Fn::GetAtt"][0]
        (policy,) = (
            name
            for name, resource in resources.items()
            if resource["Type"] == "AWS::IAM::Policy" and {"Ref": role} in resource["Properties"]["Roles"]
        )
        assert set(hook["DependsOn"]) == {role, policy}


def test_each_role_may_do_one_thing(template: dict[str, Any]) -> None:
    allowed = {
        name: [(statement["Action"], statement["Resource"]) for statement in policy["PolicyDocument"]["Statement"]]
        for policy in (resource["Properties"] for resource in of_type(template, "AWS::IAM::Policy"))
        for name in [policy["Roles"][0]["Ref"][:-8]]
    }
    assert {role: [action for action, _ in statements] for role, statements in allowed.items()} == {
        "GateFunctionRole": [["logs:CreateLogStream", "logs:PutLogEvents"], "events:PutEvents"],
        "GateHookRole": ["lambda:InvokeFunction"],
    }
    assert not any("*" in text for statements in allowed.values() for _, where in statements for text in strings(where))
    assert not any("ManagedPolicyArns" in role["Properties"] for role in of_type(template, "AWS::IAM::Role"))


def test_by_default_a_hook_warns_and_skips_its_own_stack() -> None:
    resources, change_sets = hooks(template_with())
    assert [hook["FailureMode"] for hook in (resources, change_sets)] == ["WARN", "WARN"]
    assert [hook["HookStatus"] for hook in (resources, change_sets)] == ["ENABLED", "ENABLED"]
    assert resources["TargetOperations"] == ["RESOURCE", "CLOUD_CONTROL"]
    assert change_sets["TargetOperations"] == ["CHANGE_SET"]
    assert {(target["TargetName"], target["Action"]) for target in resources["TargetFilters"]["Targets"]} == {
        ("AWS::ECS::TaskDefinition", "CREATE"),
        ("AWS::ECS::TaskDefinition", "UPDATE"),
        ("AWS::ECS::DaemonTaskDefinition", "CREATE"),
        ("AWS::ECS::DaemonTaskDefinition", "UPDATE"),
    }
    for hook in (resources, change_sets):
        assert hook["StackFilters"]["StackNames"] == {"Exclude": ["Platform"]}


def test_what_is_given_is_in_the_hooks() -> None:
    options: dict[str, Any] = {"failure_mode": "FAIL", "enabled": False, "alias": "Ours::Ecs::Gate"}
    resources, change_sets = hooks(template_with(**options, exclude_stacks=["legacy-*", "legacy-*", "sandbox"]))
    assert [hook["Alias"] for hook in (resources, change_sets)] == ["Ours::Ecs::Gate", "Ours::Ecs::GateForChangeSets"]
    for hook in (resources, change_sets):
        assert (hook["FailureMode"], hook["HookStatus"]) == ("FAIL", "DISABLED")
        assert hook["StackFilters"]["StackNames"]["Exclude"] == ["Platform", "legacy-*", "sandbox"]


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        (["RESOURCE"], [["RESOURCE"]]),
        (["CHANGE_SET"], [["CHANGE_SET"]]),
        (["CHANGE_SET", "CLOUD_CONTROL"], [["CLOUD_CONTROL"], ["CHANGE_SET"]]),
    ],
)
def test_what_is_asked_about_can_be_chosen(operations: list[str], expected: list[list[str]]) -> None:
    assert [hook["TargetOperations"] for hook in hooks(template_with(target_operations=operations))] == expected


def test_the_function_is_the_bundle(tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path), analytics_reporting=False)
    stack_with(app)
    app.synth()
    (asset,) = tmp_path.glob("asset.*.zip")
    assert asset.read_bytes() == bundle(Policy()).content


def test_an_app_that_stages_no_assets_finds_the_file(tmp_path: Path) -> None:
    context = {"aws:cdk:disable-asset-staging": True}
    app = cdk.App(outdir=str(tmp_path), context=context, analytics_reporting=False)
    stack_with(app)
    app.synth()
    files = json.loads((tmp_path / "Platform.assets.json").read_text())["files"].values()
    (source,) = (file["source"]["path"] for file in files if file["source"]["path"].endswith(".zip"))
    assert (tmp_path / source).read_bytes() == bundle(Policy()).content


def test_alarms_go_to_the_topic_that_is_given(template: dict[str, Any]) -> None:
    stack = cdk.Stack(cdk.App(analytics_reporting=False), "Platform")
    topic = sns.Topic(stack, "Alarms")
    gate = EcsGuardHook(stack, "Gate", policy=Policy(), alarm_topic=topic)
    alarms = of_type(Template.from_stack(stack).to_json(), "AWS::CloudWatch::Alarm")
    assert len(alarms) == len(gate.alarms) == 3
    assert all(len(alarm["Properties"]["AlarmActions"]) == 1 for alarm in alarms)
    assert not any("AlarmActions" in alarm["Properties"] for alarm in of_type(template, "AWS::CloudWatch::Alarm"))


def test_metrics_for_alarms_of_your_own() -> None:
    stack = cdk.Stack(cdk.App(analytics_reporting=False), "Platform")
    gate = EcsGuardHook(stack, "Gate", policy=Policy())
    gate.metric("Denied").create_alarm(stack, "Denied", threshold=1, evaluation_periods=1)
    alarms = [alarm["Properties"] for alarm in of_type(Template.from_stack(stack).to_json(), "AWS::CloudWatch::Alarm")]
    (denied,) = (alarm for alarm in alarms if alarm["MetricName"] == "Denied")
    assert (denied["Namespace"], denied["Statistic"]) == ("EcsGuard", "Sum")
    with pytest.raises(PolicyError, match="metric is 'Deny': it must be one of Judged, Denied, Errors, Milliseconds"):
        gate.metric("Deny")


def test_the_watch_is_there_only_if_asked_for(template: dict[str, Any]) -> None:
    assert of_type(template_with(), "AWS::Events::Rule") == []
    registered, denials = (rule["Properties"] for rule in of_type(template, "AWS::Events::Rule"))
    assert registered["EventPattern"]["detail"]["eventName"] == [
        "RegisterTaskDefinition",
        "RegisterDaemonTaskDefinition",
    ]
    assert denials["EventPattern"]["detail"] == {"responsePayload": {"outcome": ["denied", "error"]}}
    # What it sends on must not be what it is sent.
    assert registered["EventPattern"]["source"] != denials["EventPattern"]["source"]
    assert len(of_type(template, "AWS::SNS::Topic")) == 1


def test_the_watch_sends_to_the_topic_that_is_given() -> None:
    stack = cdk.Stack(cdk.App(analytics_reporting=False), "Platform")
    topic = sns.Topic(stack, "Findings")
    gate = EcsGuardHook(stack, "Gate", policy=Policy(), watch=True, watch_topic=topic)
    assert gate.topic is topic
    assert len(of_type(Template.from_stack(stack).to_json(), "AWS::SNS::Topic")) == 1


def test_the_boundary_is_on_every_role() -> None:
    stack = cdk.Stack(cdk.App(analytics_reporting=False), "Platform")
    boundary = iam.ManagedPolicy.from_managed_policy_name(stack, "Boundary", "boundary")
    EcsGuardHook(stack, "Gate", policy=Policy(), permissions_boundary=boundary)
    roles = of_type(Template.from_stack(stack).to_json(), "AWS::IAM::Role")
    assert len(roles) == 2
    assert all("PermissionsBoundary" in role["Properties"] for role in roles)


@pytest.mark.parametrize(
    ("options", "deletion"), [({}, "Retain"), ({"removal_policy": cdk.RemovalPolicy.DESTROY}, "Delete")]
)
def test_what_becomes_of_the_log(options: dict[str, Any], deletion: str) -> None:
    (log,) = of_type(template_with(**options), "AWS::Logs::LogGroup")
    assert (log["DeletionPolicy"], log["Properties"]["RetentionInDays"]) == (deletion, 90)


def test_the_runtime_can_be_an_older_one() -> None:
    (function,) = of_type(template_with(runtime=lambda_.Runtime.PYTHON_3_12), "AWS::Lambda::Function")
    assert (function["Properties"]["Runtime"], function["Properties"]["Architectures"]) == ("python3.12", ["arm64"])


def test_the_policy_is_that_of_the_context_if_none_is_given(tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path), context={"ecs-guard": {"profile": "cyscale"}}, analytics_reporting=False)
    EcsGuardHook(cdk.Stack(app, "Platform"), "Gate")
    app.synth()
    (asset,) = tmp_path.glob("asset.*.zip")
    assert json.loads(zipfile.ZipFile(asset).read("policy.json"))["profile"] == "cyscale"


def exemption(**fields: Any) -> Exemption:
    return Exemption(**{"check": "awsvpc-network-mode", "reason": "r", "owner": "o", "expires": "2999-01-31", **fields})


# Exemption, and whether construction warns that the hook does not know it.
KNOWN: list[tuple[dict[str, Any], bool]] = [
    ({"family": "agent"}, True),
    ({"family": "agent", "account": "111122223333"}, True),
    ({"path": "**", "account": "111122223333"}, True),
    ({"path": "App/Agent/**"}, False),
    ({"path": "App/Agent/**", "family": "agent"}, False),
    ({"path": "infra/service.yaml/Task"}, False),
    ({"path": "App/Agent/**", "expires": "2020-01-31"}, True),  # it holds nowhere
    ({"path": "arn:aws:ecs:*:*:task-definition/*"}, True),  # for the audit alone
]


@pytest.mark.parametrize(("fields", "is_known"), KNOWN)
def test_exemptions_that_the_hook_does_not_know_are_named(fields: dict[str, Any], is_known: bool) -> None:
    given = exemption(**fields)
    stack = stack_with(policy=Policy(exemptions=[given], local_exemptions=False))
    warnings = [str(entry.entry.data) for entry in Annotations.from_stack(stack).find_warning("*", Match.any_value())]
    if is_known:
        assert warnings == []
    else:
        (warning,) = warnings
        assert f"- awsvpc-network-mode for {given.where} (o: r)" in warning


def test_that_local_exemptions_do_not_reach_the_hook_is_a_remark() -> None:
    for allowed in (True, False):
        stack = stack_with(policy=Policy(local_exemptions=allowed))
        found = Annotations.from_stack(stack).find_info("*", Match.string_like_regexp("Acknowledgements and inline"))
        assert bool(found) is allowed


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"policy": Policy(checks=[HasFamily()])}, "custom checks are Python"),
    ({"failure_mode": "DENY"}, "failure_mode is 'DENY': it must be one of WARN, FAIL"),
    ({"alias": "EcsGuard"}, "the alias of the hook is 'EcsGuard'"),
    ({"alias": "AWS::Ecs::Gate"}, "the alias of the hook is 'AWS::Ecs::Gate'"),
    ({"alias": "Ecs-Guard::Ecs::Gate"}, "the alias of the hook is 'Ecs-Guard::Ecs::Gate'"),
    ({"alias": f"Ecs::Guard::{'x' * 52}"}, "the last one has at most 51 here"),
    ({"exclude_stacks": ["a_b"]}, "excluded stack 'a_b'"),
    ({"exclude_stacks": [""]}, "excluded stack ''"),
    ({"exclude_stacks": ["*"]}, r"excluded stack '\*' is every stack"),
    ({"exclude_stacks": ["**?*"]}, "is every stack"),
    ({"exclude_stacks": [f"stack-{index}" for index in range(50)]}, "50 excluded stacks"),
    ({"target_operations": ["STACK"]}, "target operation is 'STACK'"),
    ({"target_operations": []}, "target operations are empty"),
]


@pytest.mark.parametrize(("options", "message"), REFUSED)
def test_what_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        stack_with(**options)


def test_cfn_lint_finds_no_error(template: dict[str, Any]) -> None:
    from cfnlint.api import lint

    # W3005: the CDK writes down what it waits for twice, by reference as well
    assert {match.rule.id for match in lint(json.dumps(template))} <= {"W3005"}


def test_cdk_nag_and_our_own_gate_find_nothing(tmp_path: Path, template: dict[str, Any]) -> None:
    cdk_nag = pytest.importorskip("cdk_nag", reason="it needs a newer jsii than the floor")
    app = cdk.App(outdir=str(tmp_path), analytics_reporting=False)
    stack_with(app, watch=True)
    Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app))
    app.synth()
    report = json.loads((tmp_path / "validation-report.json").read_text())
    assert [plugin["violations"] for plugin in report["pluginReports"]] == []
    assert evaluate_template(template, Policy(profile=Profile.STRICT)) == []
