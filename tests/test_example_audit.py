"""The scheduled audit: its app passes its own gate, its role has the permissions of the audit, and its program runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

from ecs_guard_aspects.gates.account.permissions import audit_policy
from ecs_guard_aspects.policy import Policy, Profile, evaluate_template
from examples.audit import task
from examples.audit.app import audit_app
from examples.audit.scheduled_audit import PROGRAM, USER

IMAGE = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/ecs-guard:0.2.0"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The template of the stack; the gate of the app has admitted it with the strictest profile."""
    app = audit_app(IMAGE, outdir=str(tmp_path_factory.mktemp("audit")))
    return dict(app.synth().get_stack_by_name("EcsGuardAudit").template)


def properties_of(template: dict[str, Any], resource_type: str) -> list[dict[str, Any]]:
    return [one["Properties"] for one in template["Resources"].values() if one["Type"] == resource_type]


def test_the_task_is_what_the_strictest_profile_demands(template: dict[str, Any]) -> None:
    assert evaluate_template(template, Policy(profile=Profile.STRICT)) == []
    (task,) = properties_of(template, "AWS::ECS::TaskDefinition")
    (container,) = task["ContainerDefinitions"]
    assert (task["NetworkMode"], container["User"], container["ReadonlyRootFilesystem"]) == ("awsvpc", USER, True)
    assert container["Command"] == [PROGRAM.read_text()]


def test_the_role_has_the_permissions_of_the_audit_and_those_of_its_reports(template: dict[str, Any]) -> None:
    documents = [policy["PolicyDocument"]["Statement"] for policy in properties_of(template, "AWS::IAM::Policy")]
    (audit,) = [statements for statements in documents if any(one.get("Sid") == "InUse" for one in statements)]
    wanted = audit_policy()["Statement"]
    actions = [one["Action"] if isinstance(one["Action"], list) else [one["Action"]] for one in audit]
    assert actions == [*(one["Action"] for one in wanted), ["securityhub:BatchImportFindings"]]
    assert not [action for each in actions for action in each if "*" in action]


def test_it_runs_once_a_day_and_its_bucket_is_private(template: dict[str, Any]) -> None:
    (rule,) = properties_of(template, "AWS::Events::Rule")
    assert rule["ScheduleExpression"] == "cron(0 5 * * ? *)"
    (network,) = [target["EcsParameters"]["NetworkConfiguration"] for target in rule["Targets"]]
    assert network["AwsVpcConfiguration"]["AssignPublicIp"] == "DISABLED"
    (bucket,) = properties_of(template, "AWS::S3::Bucket")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}


# --- the program -----------------------------------------------------------------------------------------------------


@pytest.fixture
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        yield f"http://127.0.0.1:{server.get_host_and_port()[1]}"
    finally:
        server.stop()


@pytest.fixture
def aws(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "eu-west-1"}
    for name, value in {**keys, "AWS_ENDPOINT_URL": endpoint}.items():
        monkeypatch.setenv(name, value)


def run(folder: Path, *arguments: str, bucket: str = "reports", imports: str = "1") -> subprocess.CompletedProcess[str]:
    variables = {"BUCKET": bucket, "IMPORT": imports, "ARGUMENTS": json.dumps(["--no-config", *arguments])}
    command = [sys.executable, "-c", PROGRAM.read_text()]
    environment = {**os.environ, **variables}
    return subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True)


def deploy(region: str, mode: str, service: str) -> None:
    ecs: Any = boto3.client("ecs", region_name=region)
    ecs.create_cluster(clusterName="prod")
    container = {"name": "app", "image": "nginx", "memory": 64, "user": "1000"}
    ecs.register_task_definition(family="web", networkMode=mode, containerDefinitions=[container])
    ecs.create_service(cluster="prod", serviceName=service, taskDefinition="web", desiredCount=1)


@pytest.mark.usefixtures("aws")
def test_the_program_keeps_reports_compares_and_imports(tmp_path: Path) -> None:
    s3: Any = boto3.client("s3")
    s3.create_bucket(Bucket="reports", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    boto3.client("securityhub").enable_security_hub()
    deploy("eu-west-1", "bridge", "web")
    assert run(tmp_path).returncode == 1
    ecs: Any = boto3.client("ecs")
    ecs.delete_service(cluster="prod", service="web", force=True)  # moto never ends the deployment of an old revision
    deploy("eu-west-1", "awsvpc", "web-2")
    assert run(tmp_path).returncode == 0
    latest = json.loads(s3.get_object(Bucket="reports", Key="latest.json")["Body"].read())
    assert [one["check"] for one in latest["compared"]["fixed"]] == ["awsvpc-network-mode"]
    kept = [one["Key"] for one in s3.list_objects_v2(Bucket="reports", Prefix="reports/")["Contents"]]
    assert {key.rpartition(".")[2] for key in kept} == {"json", "html", "asff"}
    findings = boto3.client("securityhub").get_findings()["Findings"]
    states = {one["GeneratorId"]: one["Compliance"]["Status"] for one in findings}
    assert states["ecs-guard/awsvpc-network-mode"] == "PASSED"


@pytest.mark.usefixtures("aws")
def test_a_report_that_cannot_be_kept_ends_with_2(tmp_path: Path) -> None:
    program = run(tmp_path, bucket="no-such-bucket")
    assert (program.returncode, "Traceback" in program.stderr) == (2, False)


class Hub:
    """Security Hub in a Region: it is not enabled in Stockholm, and refuses one finding in Paris."""

    def __init__(self, service: str, region_name: str = "") -> None:
        self._region = region_name

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": "123456789012"}

    def batch_import_findings(self, **asked: list[Any]) -> dict[str, int]:
        if self._region == "eu-north-1":
            raise ClientError({"Error": {"Code": "InvalidAccessException", "Message": "not subscribed"}}, "x")
        failed = int(self._region == "eu-west-3")
        return {"SuccessCount": len(asked["Findings"]) - failed, "FailedCount": failed}


@pytest.mark.parametrize(
    ("regions", "all_imported"),
    [(["eu-west-1"], True), (["eu-west-1", "eu-west-3"], False), (["eu-north-1", "eu-west-1"], False), ([], True)],
)
def test_a_region_without_security_hub_does_not_stop_the_others(
    regions: list[str], all_imported: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(boto3, "client", Hub)
    findings = [{"AwsAccountId": "123456789012", "Region": region} for region in regions]
    assert task.import_findings(findings) is all_imported
    assert ("Security Hub in eu-west-1: 1 imported, 0 failed" in capsys.readouterr().out) is ("eu-west-1" in regions)
