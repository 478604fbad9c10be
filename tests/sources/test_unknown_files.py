"""Files that mention task definitions: those one step away are judged, the others are listed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects.model.notice import UNKNOWN_FILE
from ecs_guard_aspects.policy.enforcement import Enforcement
from ecs_guard_aspects.policy.judging.judge import judge
from ecs_guard_aspects.policy.judging.report import Report
from ecs_guard_aspects.policy.policy import Policy
from ecs_guard_aspects.reports.text_report import text_report
from ecs_guard_aspects.sources.files import Files

HOST: dict[str, Any] = {"family": "x", "networkMode": "host", "containerDefinitions": [{"name": "a", "image": "x"}]}
CONFIG = {
    "resourceType": "AWS::ECS::TaskDefinition",
    "configuration": {"NetworkMode": "host", "ContainerDefinitions": []},
}
CONFIG_TEXT = {**CONFIG, "configuration": json.dumps(CONFIG["configuration"])}
DAEMON = {"family": "x", "containerDefinitions": [{"name": "a", "image": "x"}]}

JUDGED: list[tuple[Any, list[str]]] = [
    ({"web": HOST, "api": HOST}, ["/web", "/api"]),
    ({"web": {"taskDefinition": HOST}}, ["/web"]),
    ({"taskDefinitions": [HOST, HOST]}, ["/taskDefinitions/0", "/taskDefinitions/1"]),
    ({"taskDefinitions": {"web": HOST}}, ["/taskDefinitions/web"]),
    ({"taskDefinition": HOST, "tags": []}, [""]),
    ({"status_code": 200, "data": {"taskDefinition": HOST}}, [""]),
    (CONFIG, [""]),
    ({"configurationItems": [CONFIG, {"resourceType": "AWS::S3::Bucket"}]}, ["/configurationItems/0"]),
    (CONFIG_TEXT, [""]),
    ({"baseConfigurationItems": [CONFIG_TEXT]}, ["/baseConfigurationItems/0"]),
    ([CONFIG_TEXT], ["/0"]),
    ([HOST], ["/0"]),
]


def report_on(folder: Path, policy: Policy | None = None) -> Report:
    return judge(Files([str(folder)], folder), policy)


@pytest.mark.parametrize(("value", "addresses"), JUDGED)
def test_what_is_one_step_away_is_judged(tmp_path: Path, value: object, addresses: list[str]) -> None:
    (tmp_path / "a.json").write_text(json.dumps(value))
    report = report_on(tmp_path)
    assert [judged.address for judged in report.resources] == [f"a.json{address}" for address in addresses]
    assert {f.address for f in report.findings if f.check == "awsvpc-network-mode"} == {
        r.address for r in report.resources
    }


@pytest.mark.parametrize(
    "value",
    [
        {"daemonTaskDefinition": DAEMON},
        {"resourceType": "AWS::ECS::DaemonTaskDefinition", "configuration": {"ContainerDefinitions": [{"Name": "a"}]}},
        {**DAEMON, "daemonTaskDefinitionArn": "arn:aws:ecs:eu-west-1:111122223333:daemon-task-definition/x:1"},
        {**DAEMON, "pidMode": "shared"},
        {**DAEMON, "ipcMode": "shared"},
    ],
)
def test_a_daemon_has_no_network_mode(tmp_path: Path, value: object) -> None:
    (tmp_path / "a.json").write_text(json.dumps(value))
    assert [finding.check for finding in report_on(tmp_path).findings] == ["not-covered"]


@pytest.mark.parametrize("keys", [{"daemonTaskDefinitionArn": "arn:x"}, {"pidMode": "shared"}])
def test_a_task_definition_with_a_network_mode_is_not_that_of_a_daemon(tmp_path: Path, keys: dict[str, str]) -> None:
    (tmp_path / "a.json").write_text(json.dumps({**HOST, **keys}))
    assert "awsvpc-network-mode" in {finding.check for finding in report_on(tmp_path).findings}


POD = "apiVersion: ecs.services.k8s.aws/v1alpha1\nkind: TaskDefinition\nspec:\n  containerDefinitions: [{name: a}]\n"
LISTED = {
    "ack.yaml": POD,
    "several.yaml": f"a: 1\n---\n{POD}",
    "pulumi.yaml": "resources:\n  t:\n    type: aws:ecs:TaskDefinition\n    properties: {containerDefinitions: '[]'}\n",
    "machine.asl.json": '{"States": {"A": {"Resource": "arn:aws:states:::aws-sdk:ecs:registerTaskDefinition"}}}',
    "playbook.yml": "- hosts: all\n  tasks:\n    - community.aws.ecs_taskdefinition: {family: x}\n",
    "ecs-params.yml": "version: 1\ntask_definition:\n  ecs_network_mode: host\n",
    "bridge/ecs-params.yml": "version: 1\ntask_definition:\n  services: {web: {cpu_shares: 100}}\n",
    "hook.json": json.dumps({"requestData": {"targetModel": {"resourceProperties": {"ContainerDefinitions": []}}}}),
    "change-set.json": json.dumps({"changedResources": [{"afterContext": json.dumps({"ContainerDefinitions": []})}]}),
    "cloudtrail.json": json.dumps({"Records": [{"eventName": "RegisterTaskDefinition", "requestParameters": HOST}]}),
    "config-rule.json": json.dumps({"invokingEvent": json.dumps({"configurationItem": CONFIG})}),
    "manifest.yml": "name: web\ntaskdef_overrides:\n  - path: NetworkMode\n    value: host\n",
    "serverless.yml": "service: x\nplugins:\n  - serverless-fargate\n",
    "containers.json": '[{"name": "a", "image": "x", "essential": true}]',
    "mixed.json": json.dumps({"web": HOST, "version": 1}),
    "a.json.tpl": '{"containerDefinitions": ${containers}}',
    "a.tftpl": '[{"name": "a", "image": "${image}", "portMappings": []}]',
    "a.j2": '{"containerDefinitions": []}',
    "a.jsonnet": "{ containerDefinitions: [] }",
    "a.golden": '{"containerDefinitions": []}',
    "a.json.tmpl": '{"containerDefinitions": []}',
    "a.json.erb": '{"containerDefinitions": <%= containers %>}',
    "a.jsonc": '{"containerDefinitions": []} // two',
    "template.yaml.j2": "Resources:\n  Task:\n    Type: AWS::ECS::TaskDefinition\n",
    "daemon.hcl": 'resource "aws_ecs_daemon_task_definition" "x" {}',
    "container.json": '{"name": "a", "image": "x", "essential": true}',
    "named.json": '{"web": [{"name": "a", "image": "x", "essential": true}]}',
    "containers.yaml": "- name: a\n  image: x\n  essential: true\n",
}
PASSED_OVER = {
    "package.json": '{"devDependencies": {"serverless-fargate": "1.0.0"}}',
    "list.json": '[{"name": "a", "image": "x"}]',
    "compose.yaml": "services:\n  web:\n    image: x\n    privileged: true\n",
    "appspec.yaml": "Resources:\n- Service:\n    Properties: {TaskDefinition: x}\n",
    "README.j2": "It makes a task definition.",
    "b.tpl": "Hello ${name}",
    "service.json": '{"taskDefinition": "web:1", "desiredCount": 1}',
}


@pytest.mark.parametrize("name", LISTED)
def test_it_is_listed(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(LISTED[name])
    report = report_on(tmp_path)
    assert [(finding.check, finding.address) for finding in report.findings] == [(UNKNOWN_FILE, name)]
    assert report.is_admitted


@pytest.mark.parametrize("name", PASSED_OVER)
def test_it_is_skipped(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(PASSED_OVER[name])
    assert report_on(tmp_path).findings == ()


def test_a_text_report_has_one_line_for_all(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.yaml").write_text(POD)
    (tmp_path / "good.json").write_text(json.dumps({**HOST, "networkMode": "awsvpc"}))
    first, summary = text_report(report_on(tmp_path)).splitlines()
    assert first == "5 files not read that mention task definitions: 0.yaml, 1.yaml, 2.yaml, and 2 more."
    assert summary.startswith("Admitted: 1 task definition in 1 file ")


def test_the_policy_may_deny_it(tmp_path: Path) -> None:
    (tmp_path / "ack.yaml").write_text(POD)
    assert not report_on(tmp_path, Policy(enforcement={UNKNOWN_FILE: Enforcement.DENY})).is_admitted


def test_a_folder_with_nothing_else_is_empty(tmp_path: Path) -> None:
    (tmp_path / "ack.yaml").write_text(POD)
    files = Files([str(tmp_path)], tmp_path)
    assert len(list(files)) == 1
    assert files.empty_folders == [str(tmp_path)]
