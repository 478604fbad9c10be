"""Workloads that no check is about are named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects import Enforcement, Policy, Profile
from ecs_guard_aspects.model.notice import NOT_COVERED
from ecs_guard_aspects.model.resource import DAEMON_TASK_DEFINITION
from ecs_guard_aspects.policy.judging.judge import evaluate_template, judge
from ecs_guard_aspects.sources.files import Files
from ecs_guard_aspects.sources.workloads import workloads_in_template

from .terraform.support import change, plan

REGISTERS = "arn:aws:states:::aws-sdk:ecs:registerTaskDefinition"
STATE_MACHINE = "AWS::StepFunctions::StateMachine"
CALL = '{"service":"ECS","action":"registerTaskDefinition"}'

WORKLOADS: list[tuple[str, dict[str, Any], bool]] = [
    ("AWS::Batch::JobDefinition", {"ContainerProperties": {"Privileged": True}}, True),
    ("AWS::ECS::ExpressGatewayService", {}, True),
    (STATE_MACHINE, {"DefinitionString": f'{{"Resource": "{REGISTERS}"}}'}, True),
    (STATE_MACHINE, {"Definition": {"States": {"A": {"Resource": REGISTERS}}}}, True),
    ("AWS::Serverless::StateMachine", {"Definition": {"States": {"A": {"Resource": REGISTERS}}}}, True),
    (STATE_MACHINE, {"DefinitionString": "arn:aws:states:::ecs:runTask.sync"}, False),
    ("Custom::AWS", {"Create": {"Fn::Join": ["", [CALL, {"Ref": "A"}]]}}, True),
    ("Custom::Mine", {"Create": CALL.replace("registerTask", "registerDaemonTask")}, True),
    ("Custom::Mine", {"Create": "describeTaskDefinition"}, False),
    ("AWS::CloudFormation::CustomResource", {"Call": "RegisterTaskDefinition"}, True),
    ("AWS::Scheduler::Schedule", {"Target": {"Arn": "arn:aws:scheduler:::aws-sdk:ecs:registerTaskDefinition"}}, True),
    ("AWS::Lambda::Function", {"Code": {"ZipFile": "ecs.register_task_definition(**definition)"}}, True),
    ("AWS::Serverless::Function", {"InlineCode": "new RegisterTaskDefinitionCommand(input)"}, True),
    ("AWS::CodeBuild::Project", {"Source": {"BuildSpec": "- aws ecs register-task-definition --family x"}}, True),
    ("AWS::CodeBuild::Project", {"Source": {"BuildSpec": "- aws ecs register-daemon-task-definition"}}, True),
    ("AWS::Lambda::Function", {"Code": {"ZipFile": "ecs.describe_task_definition()"}}, False),
    ("AWS::Events::Rule", {"Targets": [{"Input": CALL}]}, True),
    (
        "AWS::Events::Rule",
        {"EventPattern": {"detail": {"eventName": ["RegisterTaskDefinition"]}}, "Targets": []},
        False,
    ),
    (
        "AWS::CodePipeline::Pipeline",
        {"Stages": [{"Actions": [{"Commands": ["aws ecs register-task-definition"]}]}]},
        True,
    ),
    ("AWS::EC2::Instance", {"UserData": {"Fn::Base64": "aws ecs register-task-definition"}}, True),
    ("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": {"UserData": {"Fn::Base64": "aws ecs run-task"}}}, False),
    ("AWS::SSM::Association", {"Parameters": {"commands": ["aws ecs register-task-definition"]}}, True),
    ("AWS::IAM::Policy", {"Action": "ecs:RegisterTaskDefinition"}, False),
    ("AWS::ECS::Service", {}, False),
]


@pytest.mark.parametrize(("kind", "properties", "is_named"), WORKLOADS)
def test_a_workload_is_named(kind: str, properties: dict[str, Any], is_named: bool) -> None:
    notices = workloads_in_template({"Type": kind, "Properties": properties})
    assert [notice.kind for notice in notices] == [NOT_COVERED] * is_named


@pytest.mark.parametrize("resource", [None, [], {}, {"Type": 5}, {"Type": {"Ref": "A"}}])
def test_what_is_not_a_resource_is_not_named(resource: object) -> None:
    assert workloads_in_template(resource) == []


# A loop: its resources, and whether a workload is named, next to a loop that is denied or not checked anyway.
LOOPS: list[tuple[dict[str, Any], str | None]] = [
    ({"Job${X}": {"Type": "AWS::Batch::JobDefinition"}}, "not-covered"),
    ({"Queue${X}": {"Type": "AWS::SQS::Queue"}, "Job${X}": {"Type": "AWS::Batch::JobDefinition"}}, "not-covered"),
    ({"${X}": {"Type": "AWS::ECS::ExpressGatewayService"}}, "not-covered"),
    ({"Fn::ForEach::Inner": ["Y", ["b"], {"${Y}": {"Type": "AWS::Batch::JobDefinition"}}]}, "not-covered"),
    ({"${X}": {"Type": STATE_MACHINE, "Properties": {"DefinitionString": REGISTERS}}}, "not-covered"),
    ({"${X}": {"Type": "AWS::${X}::JobDefinition"}}, "unreadable"),
    ({"${X}": {"Type": "AWS::SQS::Queue"}}, None),
]


@pytest.mark.parametrize(("resources", "check"), LOOPS)
def test_a_workload_in_a_loop_is_named(resources: dict[str, Any], check: str | None) -> None:
    template = {"Resources": {"Fn::ForEach::Jobs": ["X", ["a"], resources]}}
    assert [(f.check, f.address) for f in evaluate_template(template)] == [(check, "Fn::ForEach::Jobs")] * bool(check)


def test_each_kind_of_workload_in_a_loop_is_named_once() -> None:
    job, express = {"Type": "AWS::Batch::JobDefinition"}, {"Type": "AWS::ECS::ExpressGatewayService"}
    template = {"Resources": {"Fn::ForEach::A": ["X", ["a"], {"J${X}": job, "K${X}": job, "E${X}": express}]}}
    assert [(f.address, f.what.split()[-4:]) for f in evaluate_template(template)] == [
        ("Fn::ForEach::A", ["from", "this", "job", "definition."]),
        ("Fn::ForEach::A", ["from", "this", "Express", "service."]),
    ]


def test_a_loop_that_is_not_checked_names_its_workloads_too() -> None:
    kinds = ("AWS::CloudFormation::Stack", "AWS::CloudFormation::StackSet", "AWS::Batch::JobDefinition")
    made = {f"R{number}${{X}}": {"Type": kind} for number, kind in enumerate(kinds)}
    not_checked, not_covered = evaluate_template({"Resources": {"Fn::ForEach::A": ["X", ["a"], made]}})
    assert (not_checked.check, not_covered.check) == ("not-checked", NOT_COVERED)
    assert not_checked.what == f"Fn::ForEach::A makes {kinds[0]} and {kinds[1]} at deployment."


BATCH = {"Resources": {"J": {"Type": "AWS::Batch::JobDefinition", "Properties": {}}}}


@pytest.mark.parametrize("enforcement", [None, Enforcement.WARN, Enforcement.DENY])
def test_the_policy_says_what_becomes_of_it(enforcement: Enforcement | None) -> None:
    policy = Policy(profile=Profile.STRICT, enforcement={NOT_COVERED: enforcement} if enforcement else {})
    (finding,) = evaluate_template(BATCH, policy)
    assert (finding.check, finding.enforcement) == (NOT_COVERED, enforcement or Enforcement.AUDIT)


def daemon(**container: Any) -> dict[str, Any]:
    properties = {"ContainerDefinitions": [{"Name": "a", "Image": "x", **container}]}
    return {"Resources": {"D": {"Type": DAEMON_TASK_DEFINITION, "Properties": properties}}}


DAEMONS: list[tuple[Profile, dict[str, Any], list[str]]] = [
    (Profile.STRICT, {"Privileged": True, "User": "root"}, ["no-privileged-containers", "non-root-user"]),
    (Profile.SECURITY_HUB, {"User": "root"}, ["non-root-user"]),
    (Profile.STRICT, {"User": "1000"}, []),
    (Profile.STRICT, {"User": {"Ref": "Unknown"}}, ["non-root-user"]),
    (Profile.DEFAULT, {"Privileged": True}, [NOT_COVERED]),
    (Profile.CYSCALE, {"Privileged": True}, [NOT_COVERED]),
]


@pytest.mark.parametrize(("profile", "container", "checks"), DAEMONS)
def test_a_daemon_is_judged_by_what_it_has(profile: Profile, container: dict[str, Any], checks: list[str]) -> None:
    found = evaluate_template(daemon(**container), Policy(profile=profile))
    assert [finding.check for finding in found] == checks


# Resources of Terraform: type, attributes, and whether they are named.
IN_TERRAFORM: list[tuple[str, dict[str, Any], bool]] = [
    ("aws_batch_job_definition", {"name": "x", "type": "container"}, True),
    ("awscc_batch_job_definition", {"type": "container"}, True),
    ("aws_ecs_express_gateway_service", {"service_name": "x"}, True),
    ("awscc_ecs_express_gateway_service", {}, True),
    ("aws_sfn_state_machine", {"definition": f'{{"Resource": "{REGISTERS}"}}'}, True),
    ("awscc_stepfunctions_state_machine", {"definition_string": REGISTERS}, True),
    ("aws_ssm_document", {"content": "Api: RegisterTaskDefinition"}, True),
    ("aws_codebuild_project", {"source": [{"buildspec": "aws ecs register-task-definition"}]}, True),
    ("aws_sfn_state_machine", {"definition": "arn:aws:states:::ecs:runTask.sync"}, False),
    ("aws_iam_policy", {"policy": "ecs:RegisterTaskDefinition"}, False),
]


def hcl(kind: str, attributes: dict[str, Any]) -> str:
    lines = [f"  {key} = {json.dumps(value)}" for key, value in attributes.items()]
    return "\n".join([f'resource "{kind}" "x" {{', *lines, "}", ""])


def plan_of(kind: str, attributes: dict[str, Any]) -> str:
    return json.dumps(plan(change(f"{kind}.x", attributes, type=kind)))


def state_of(kind: str, attributes: dict[str, Any]) -> str:
    resource = {"address": f"{kind}.x", "mode": "managed", "type": kind, "values": attributes}
    return json.dumps({"format_version": "1.0", "values": {"root_module": {"resources": [resource]}}})


FORMS: dict[str, Callable[[str, dict[str, Any]], str]] = {
    "main.tf": hcl,
    "main.tofu": hcl,
    "main.tf.json": lambda kind, attributes: json.dumps({"resource": {kind: {"x": attributes}}}),
    "plan.json": plan_of,
    "state.json": state_of,
}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize(("kind", "attributes", "is_named"), IN_TERRAFORM)
def test_a_workload_of_terraform_is_named(
    tmp_path: Path, name: str, kind: str, attributes: dict[str, Any], is_named: bool
) -> None:
    (tmp_path / name).write_text(FORMS[name](kind, attributes))
    report = judge(Files([str(tmp_path)], tmp_path))
    assert [(f.check, f.address) for f in report.findings] == [(NOT_COVERED, f"{kind}.x")] * is_named
    assert report.is_admitted


def test_a_script_of_terraform_is_named(tmp_path: Path) -> None:
    script = '  provisioner "local-exec" {\n    command = "aws ecs register-task-definition --family x"\n  }\n'
    (tmp_path / "main.tf").write_text(f'resource "null_resource" "x" {{\n{script}}}\n')
    assert [f.check for f in judge(Files([str(tmp_path)], tmp_path)).findings] == [NOT_COVERED]


NOT_NAMED = {
    "nothing is made": 'resource "aws_batch_job_definition" "x" {\n  count = 0\n}\n',
    "a reference": 'output "x" {\n  value = aws_batch_job_definition.x.arn\n}\n',
    "a data source": 'data "aws_batch_job_definition" "x" {\n  name = "x"\n}\n',
}


@pytest.mark.parametrize("name", NOT_NAMED)
def test_code_without_a_workload(tmp_path: Path, name: str) -> None:
    (tmp_path / "main.tf").write_text(NOT_NAMED[name])
    assert judge(Files([str(tmp_path)], tmp_path)).findings == ()


def test_code_of_workloads_that_cannot_be_parsed_is_listed(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_batch_job_definition" "x" {\n')
    report = judge(Files([str(tmp_path)], tmp_path))
    assert [(f.check, f.address) for f in report.findings] == [(NOT_COVERED, "main.tf")]
    assert report.is_admitted


DAEMON_BLOCKS = """\
resource "aws_ecs_daemon_task_definition" "log" {
  family = "log"
  container_definition {
    name  = "a"
    image = "x"
    user  = "1000"
  }
  container_definition {
    name       = "b"
    image      = "x"
    privileged = true
    user       = "root"
  }
}
"""
DAEMON_VALUES = [
    {"name": "a", "image": "x", "user": "1000", "privileged": None},
    {"name": "b", "image": "x", "user": "root", "privileged": True},
]
AWS_DAEMON, AWSCC_DAEMON = "aws_ecs_daemon_task_definition", "awscc_ecs_daemon_task_definition"
DAEMON_FILES = {
    "main.tf": (DAEMON_BLOCKS, AWS_DAEMON, 11, 12),
    "plan.json": (plan_of(AWS_DAEMON, {"container_definition": DAEMON_VALUES}), AWS_DAEMON, 1, 1),
    "awscc.json": (plan_of(AWSCC_DAEMON, {"container_definitions": DAEMON_VALUES}), AWSCC_DAEMON, 1, 1),
    "main.tf.json": (FORMS["main.tf.json"](AWS_DAEMON, {"container_definition": DAEMON_VALUES}), AWS_DAEMON, 1, 1),
}


@pytest.mark.parametrize("name", DAEMON_FILES)
def test_a_daemon_of_terraform_is_judged(tmp_path: Path, name: str) -> None:
    text, kind, *lines = DAEMON_FILES[name]
    (tmp_path / name).write_text(text)
    report = judge(Files([str(tmp_path)], tmp_path), Policy(profile=Profile.STRICT))
    label = "log" if name == "main.tf" else "x"
    assert [(f.check, f.address, f.container, f.line) for f in report.findings] == [
        ("no-privileged-containers", f"{kind}.{label}", "b", lines[0]),
        ("non-root-user", f"{kind}.{label}", "b", lines[1]),
    ]
