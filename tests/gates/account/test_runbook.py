"""The runbook of docs/audit.md: each of its commands, in order, in an account of moto."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.docs.test_docs import ROOT, blocks_of

from .conftest import Repository
from .plans.aws import aws_in
from .plans.support import ACCOUNT, REGION
from .plans.test_moto import client, cluster, deploy, moto

__all__ = ["cluster", "moto"]

# The mock of EC2 chooses the ids of security groups.
WRITTEN_GROUP = "sg-0123456789abcdef0"
HEADING = "## A runbook"


def commands() -> list[list[str]]:
    """Return the commands of the runbook, each as its words."""
    page = ROOT / "docs/audit.md"
    first = page.read_text(encoding="utf-8").partition(HEADING)[0].count("\n")
    scripts = [block.body for block in blocks_of(page) if block.language == "sh" and block.line > first]
    lines = [line for script in scripts for line in script.replace("\\\n", " ").splitlines() if line.strip()]
    return [shlex.split(line) for line in lines]


def serve_agent() -> str:
    """Have an exposed service that the plan cannot fix; returns the security group that exposes it."""
    ec2, ecs, elbv2 = client("ec2"), client("ecs"), client("elbv2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.1.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"]
        for number, zone in enumerate("ab")
    ]
    group: str = ec2.create_security_group(GroupName="public", Description="x", VpcId=vpc)["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    ids = [subnet["SubnetId"] for subnet in subnets]
    made = elbv2.create_load_balancer(Name="agent", Subnets=ids, SecurityGroups=[group], Scheme="internet-facing")
    balancer = made["LoadBalancers"][0]["LoadBalancerArn"]
    target = elbv2.create_target_group(Name="agent", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="instance")
    target_group = target["TargetGroups"][0]["TargetGroupArn"]
    action = {"Type": "forward", "TargetGroupArn": target_group}
    elbv2.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[action])
    container = {"name": "app", "image": "agent:1", "memory": 64, "user": "0", "portMappings": [{"containerPort": 80}]}
    ecs.register_task_definition(family="agent", networkMode="host", containerDefinitions=[container])
    ecs.create_service(
        cluster="prod",
        serviceName="agent",
        taskDefinition="agent:1",
        desiredCount=1,
        loadBalancers=[{"targetGroupArn": target_group, "containerName": "app", "containerPort": 80}],
        tags=[{"key": "env", "value": "prod"}],
    )
    return group


@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no shell")
@pytest.mark.usefixtures("cluster")
def test_every_command(repository: Repository, tmp_path_factory: pytest.TempPathFactory) -> None:
    client("organizations").create_organization(FeatureSet="ALL")
    group = serve_agent()
    tools = tmp_path_factory.mktemp("tools")
    env = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    audits = []
    with aws_in(tools):
        for words in commands():
            if words[0] == "ecs-guard":
                regions = [REGION if word == "all" else word for word in words[1:]]  # the mock has all Regions of AWS
                audits.append(repository.run(*regions, "--no-config"))
                assert audits[-1].code == 1, audits[-1].out + audits[-1].err
            else:
                line = [word.replace(WRITTEN_GROUP, group) for word in words]
                done = subprocess.run(line, cwd=repository.root, env=env, capture_output=True, text=True, check=False)
                assert done.returncode == 0, done.stdout + done.stderr
                deploy()
    first, plan, second, third = audits
    exposed = (
        f"load balancer agent is internet-facing (HTTP 80), and security group {group} admits 0.0.0.0/0 on port 80"
    )
    assert f"production, exposure internet: {exposed}" in first.out
    assert first.out.index("task-definition/agent:1") < first.out.index("task-definition/web:1")
    assert "exposure internal" in plan.out
    assert f"fixed             {ACCOUNT}/{REGION} web: awsvpc-network-mode; first found" in second.out
    assert f"still there       {ACCOUNT}/{REGION} agent: awsvpc-network-mode; open since" in second.out
    assert "Since 2.json: 2 still there." in third.out
    assert Path(repository.root, "1.html").is_file()
