"""The audit with moto, which is independent of ``tests/cloud.py``."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import boto3
import botocore.session
import pytest
from moto import mock_aws
from moto.server import ThreadedMotoServer

from .conftest import Repository

OWN, OTHER = "123456789012", "222222222222"
IRELAND, OHIO = "eu-west-1", "us-east-2"


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "nowhere")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", IRELAND)
    loader = botocore.session.create_loader()
    monkeypatch.setattr(botocore.session, "create_loader", lambda path=None: loader)


def register(ecs: Any, family: str, mode: str = "bridge", user: str = "1000") -> None:
    container = {"name": "app", "image": "nginx", "memory": 64, "user": user}
    ecs.register_task_definition(family=family, networkMode=mode, containerDefinitions=[container])


def in_other_account(service: str, region: str) -> Any:
    role = f"arn:aws:iam::{OTHER}:role/reader"
    keys = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    return boto3.client(
        service,
        region_name=region,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


@pytest.mark.usefixtures("credentials")
def test_two_accounts_and_two_regions(repository: Repository) -> None:
    with mock_aws():
        ecs: Any = boto3.client("ecs")
        ecs.create_cluster(clusterName="prod")
        for _ in range(51):
            register(ecs, "web")
        ecs.run_task(cluster="prod", taskDefinition="web:1", launchType="FARGATE")  # else moto wants an instance
        ecs.deregister_task_definition(taskDefinition="web:1")
        ecs.create_service(cluster="prod", serviceName="web", taskDefinition="web:2", desiredCount=0)
        other = in_other_account("ecs", OHIO)
        other.create_cluster(clusterName="test")
        register(other, "agent", "host", "root")
        for number in range(12):
            other.create_service(cluster="test", serviceName=f"s{number}", taskDefinition="agent:1", desiredCount=0)
        words = ("--accounts", f"{OWN},{OTHER}", "--role", "reader", "--regions", f"{IRELAND},{OHIO}")
        run = repository.run("audit", *words, "--format", "json")
    uses = {one["address"]: (one["status"], one["in_use_by"]) for one in run.json["resources"]}
    agent = uses.pop(f"arn:aws:ecs:{OHIO}:{OTHER}:task-definition/agent:1")
    assert uses == {
        f"arn:aws:ecs:{IRELAND}:{OWN}:task-definition/web:1": ("INACTIVE", ["1 task in cluster prod"]),
        f"arn:aws:ecs:{IRELAND}:{OWN}:task-definition/web:2": (
            "ACTIVE",
            ["service web in cluster prod (primary deployment, desired count 0)"],
        ),
    }
    assert len(agent[1]) == 12
    assert run.json["not_read"] == []
    assert [(f["account"], f["check"], f["container"]) for f in run.json["findings"]] == [
        (OWN, "awsvpc-network-mode", None),
        (OWN, "awsvpc-network-mode", None),
        (OTHER, "awsvpc-network-mode", None),
        (OTHER, "host-mode-root-user", "app"),
    ]


@pytest.mark.usefixtures("credentials")
@pytest.mark.parametrize(
    ("addresses", "admitted", "level"),
    [(1, "0.0.0.0/0", "internet"), (1, "10.0.0.0/8", "internal"), (0, "::/0", "internal")],
)
def test_the_exposure_of_a_task(repository: Repository, addresses: int, admitted: str, level: str) -> None:
    with mock_aws():
        ec2: Any = boto3.client("ec2")
        default = ec2.describe_subnets()["Subnets"][0]  # moto wants DNS names, which other VPCs do not have
        subnet, vpc = default["SubnetId"], default["VpcId"]
        group = ec2.create_security_group(GroupName="web", Description="x", VpcId=vpc)["GroupId"]
        source = {"Ipv6Ranges": [{"CidrIpv6": admitted}]} if ":" in admitted else {"IpRanges": [{"CidrIp": admitted}]}
        rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 90, **source}
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
        ecs: Any = boto3.client("ecs")
        ecs.create_cluster(clusterName="prod", tags=[{"key": "env", "value": "prod"}])
        container = {"name": "app", "image": "nginx", "memory": 64, "portMappings": [{"containerPort": 80}]}
        ecs.register_task_definition(family="web", networkMode="awsvpc", containerDefinitions=[container])
        network = {"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [group]}}
        task = ecs.run_task(cluster="prod", taskDefinition="web", launchType="FARGATE", networkConfiguration=network)
        details = {one["name"]: one["value"] for one in task["tasks"][0]["attachments"][0]["details"]}
        for _ in range(addresses):
            address = ec2.allocate_address(Domain="vpc")["AllocationId"]
            ec2.associate_address(AllocationId=address, NetworkInterfaceId=details["networkInterfaceId"])
        run = repository.run("audit", "--no-config", "--production", "env=prod", "--format", "json")
    (one,) = run.json["resources"]
    assert (one["exposure"]["level"], one["clusters"], one["production"]) == (level, {"prod": level}, True)
    assert run.json["not_read"] == []


@pytest.mark.usefixtures("credentials")
def test_the_command_itself_and_a_server(repository: Repository) -> None:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        endpoint = f"http://127.0.0.1:{server.get_host_and_port()[1]}"
        ecs: Any = boto3.client("ecs", endpoint_url=endpoint)
        ecs.create_cluster(clusterName="prod")
        register(ecs, "web")
        ecs.create_service(cluster="prod", serviceName="web", taskDefinition="web:1", desiredCount=2)
        events: Any = boto3.client("events", endpoint_url=endpoint)
        events.put_rule(Name="nightly", ScheduleExpression="rate(1 day)")
        cluster = ecs.list_clusters()["clusterArns"][0]
        register(ecs, "report")
        started = {"TaskDefinitionArn": f"arn:aws:ecs:{IRELAND}:{OWN}:task-definition/report"}
        events.put_targets(Rule="nightly", Targets=[{"Id": "1", "Arn": cluster, "EcsParameters": started}])
        run = subprocess.run(
            [
                sys.executable,
                "-m",
                "ecs_guard_aspects.gates.command_line",
                "audit",
                "--include-scheduled",
                "--no-config",
            ],
            cwd=repository.root,
            env={**os.environ, "AWS_ENDPOINT_URL": endpoint},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    finally:
        server.stop()
    assert run.returncode == 1, run.stderr
    assert "in use by service web in cluster prod (primary deployment)" in run.stdout
    assert "in use by rule nightly (event bus default)" in run.stdout
    assert f"Denied: 2 of 2 task definitions in {OWN}/{IRELAND} (policy: profile default)." in run.stdout
    assert run.stderr == (
        "ecs-guard: note: only the configured Region eu-west-1 is read; --regions all reads all enabled Regions\n"
    )
