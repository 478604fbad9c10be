"""Plans for an account of moto: the commands lead to an account that is admitted, and back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from moto import mock_aws
from moto.ec2.utils import generate_instance_identity_document
from moto.ecs.models import ecs_backends

from ecs_guard_aspects.gates.account.permissions import PLAN, audit_policy

from ..conftest import Repository
from .aws import aws_in
from .support import ACCOUNT, REGION, arn

SECRETS = ("hunter2", "hunter3")
INPUTS = {
    "register-task-definition.json",
    *("target-1.json", "target-2.json", "former-target-1.json", "former-target-2.json"),
}


@pytest.fixture
def moto(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Answers of moto for every client of this process."""
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "nowhere")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    loader = botocore.session.create_loader()
    monkeypatch.setattr(botocore.session, "create_loader", lambda path=None: loader)
    with mock_aws():
        yield


def client(service: str) -> Any:
    return boto3.client(service)  # type: ignore[call-overload]


@pytest.fixture
def cluster(moto: None) -> str:
    """A cluster with an instance, and what runs there: a service, a rule and a schedule."""
    ec2, ecs = client("ec2"), client("ecs")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="instances", Description="x", VpcId=vpc)["GroupId"]
    started = ec2.run_instances(
        ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=subnet, SecurityGroupIds=[group]
    )
    created: str = ecs.create_cluster(clusterName="prod")["cluster"]["clusterArn"]
    instance = boto3.resource("ec2").Instance(started["Instances"][0]["InstanceId"])
    document = json.dumps(generate_instance_identity_document(instance))
    ecs.register_container_instance(cluster="prod", instanceIdentityDocument=document)
    register("web")
    ecs.create_service(cluster="prod", serviceName="web", taskDefinition="web:1", desiredCount=1)
    target: dict[str, Any] = {"Arn": created, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/x", "Input": '{"x": "hunter3"}'}
    target["EcsParameters"] = {"TaskDefinitionArn": arn("web:1")}
    client("events").put_rule(Name="nightly", ScheduleExpression="rate(1 day)")
    client("events").put_targets(Rule="nightly", Targets=[{**target, "Id": "1"}])
    client("scheduler").create_schedule(
        Name="hourly", FlexibleTimeWindow={"Mode": "OFF"}, ScheduleExpression="rate(1 hour)", Target=target
    )
    return created


def register(family: str) -> None:
    container = {
        "name": "app",
        "image": "shop:1",
        "memory": 64,
        "user": "1000",
        "environment": [{"name": "PASSWORD", "value": "hunter2"}],
        "portMappings": [{"containerPort": 80, "hostPort": 0}],
    }
    tags = [{"key": "team", "value": "a"}]
    client("ecs").register_task_definition(
        family=family, networkMode="bridge", containerDefinitions=[container], tags=tags
    )


def deploy() -> None:
    """Do what ECS does after an update of a service, and moto does not."""
    for each in ecs_backends[ACCOUNT][REGION].services.values():
        each.deployments[0]["taskDefinition"] = each.task_definition


def run_script(folder: Path, script: str, tools: Path) -> None:
    """Run a script of a plan with the stand-in for the AWS CLI."""
    env = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(["sh", script], cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no shell")
@pytest.mark.usefixtures("cluster")
def test_the_commands_lead_to_an_admitted_account_and_back(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory
) -> None:
    words = ("audit", "--no-config", "--include-scheduled", "--format", "json")
    tools = tmp_path_factory.mktemp("tools")
    denied = repository.run(*words, "--plan", "plans")
    assert denied.code == 1
    assert "1 of 1 denied task definition can be replaced by commands: see plans/README.md" in denied.err
    (folder,) = (path for path in (repository.root / "plans").iterdir() if path.is_dir())
    assert folder.name == f"{ACCOUNT}_{REGION}_web_1"
    with aws_in(tools) as asked:
        run_script(folder, "commands.sh", tools)
        deploy()
        admitted = repository.run(*words)
        assert (admitted.code, [each["address"] for each in admitted.json["resources"]]) == (0, [arn("web:2")])
        registered = client("ecs").describe_task_definition(taskDefinition="web:2", include=["TAGS"])
        assert registered["tags"] == [{"key": "team", "value": "a"}]
        run_script(folder, "rollback.sh", tools)
    deploy()
    assert not any(secret in word for words in asked for word in words for secret in SECRETS)
    back = repository.run(*words)
    assert {each["address"] for each in back.json["findings"]} == {arn("web:1")}
    assert client("ecs").describe_task_definition(taskDefinition="web:2")["taskDefinition"]["status"] == "INACTIVE"


def test_the_permissions_are_those_of_the_calls_and_no_secret_is_shown(
    cluster: str, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    vpc = client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    group = client("elbv2").create_target_group(Name="web", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")
    discovery = client("servicediscovery")
    registry = discovery.create_service(Name="web", DnsConfig={"DnsRecords": [{"Type": "A", "TTL": 60}]})["Service"]
    balancer = {"targetGroupArn": group["TargetGroups"][0]["TargetGroupArn"], "containerName": "app"}
    client("ecs").create_service(
        cluster="prod",
        serviceName="front",
        taskDefinition="web:1",
        desiredCount=1,
        loadBalancers=[{**balancer, "containerPort": 80}],
        serviceRegistries=[{"registryArn": registry["Arn"]}],
    )
    client("pipes").create_pipe(
        Name="orders",
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/x",
        Source=f"arn:aws:sqs:{REGION}:{ACCOUNT}:q",
        Target=cluster,
        TargetParameters={"EcsTaskParameters": {"TaskDefinitionArn": arn("web:1")}},
    )
    create_pipeline()
    calls = recorded(monkeypatch)
    run = repository.run("audit", "--no-config", "--include-scheduled", "--plan", "a", "--output", "html=a.html")
    for path in (path for path in repository.root.rglob("*") if path.is_file()):
        has_secret = any(secret in path.read_text(encoding="utf-8") for secret in SECRETS)
        assert has_secret is (path.name in INPUTS), path
    assert not any(secret in run.out + run.err for secret in SECRETS)
    (plan,) = json.loads((repository.root / "a" / "plan.json").read_text())["plans"]
    assert [each.split(",")[0] for each in plan["notes"]] == ["Pipeline release"]
    repository.run("audit", "--no-config", "--plan", "b", "--subnets", "subnet-0")
    allowed = {action for statement in audit_policy()["Statement"] for action in statement["Action"]}
    assert calls - {"sts:GetCallerIdentity"} <= allowed
    assert set(PLAN) <= calls


def create_pipeline() -> None:
    """Create a pipeline that deploys the service."""
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "codepipeline.amazonaws.com"}}]}
    role = client("iam").create_role(RoleName="release", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]

    def stage(category: str, provider: str, configuration: dict[str, str]) -> dict[str, Any]:
        kind = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
        return {
            "name": category,
            "actions": [{"name": category, "actionTypeId": kind, "configuration": configuration}],
        }

    source = stage("Source", "S3", {"S3Bucket": "releases", "S3ObjectKey": "k"})
    deploy = stage("Deploy", "ECS", {"ClusterName": "prod", "ServiceName": "web"})
    store = {"type": "S3", "location": "releases"}
    client("codepipeline").create_pipeline(
        pipeline={"name": "release", "roleArn": role, "artifactStore": store, "stages": [source, deploy]}
    )


def recorded(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the set that the permissions of all calls from now on are added to."""
    calls: set[str] = set()
    make: Callable[..., Any] = boto3.Session.client

    def made(session: boto3.Session, *words: Any, **more: Any) -> Any:
        client = make(session, *words, **more)
        name = client.meta.service_model.signing_name
        client.meta.events.register("before-call", lambda model, **_: calls.add(f"{name}:{model.name}"))
        return client

    monkeypatch.setattr(boto3.Session, "client", made)
    return calls
