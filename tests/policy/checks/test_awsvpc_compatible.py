"""The check awsvpc-compatible: what ECS refuses to register with awsvpc, and what it accepts."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.policy import Policy, Profile, evaluate_template

from ..support import ABSENT, container, judge, parameter, ref, task_definition
from .support import CONTAINERS, denied, found, only

CHECK = "awsvpc-compatible"
MAPPINGS = f"{CONTAINERS}/0/PortMappings"


def with_awsvpc(*containers: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return task_definition(NetworkMode="awsvpc", ContainerDefinitions=list(containers), **properties)


def mapped(**mapping: Any) -> dict[str, Any]:
    return container(PortMappings=[mapping])


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "links": (with_awsvpc(container(Links=["db"])), f"{CONTAINERS}/0/Links"),
    "a link that is not known": (with_awsvpc(container(Links=[ref("Any")])), f"{CONTAINERS}/0/Links"),
    "hostname": (with_awsvpc(container(Hostname="web")), f"{CONTAINERS}/0/Hostname"),
    "a hostname that is not known": (with_awsvpc(container(Hostname=ref("Any"))), f"{CONTAINERS}/0/Hostname"),
    "extra hosts": (
        with_awsvpc(container(ExtraHosts=[{"Hostname": "db", "IpAddress": "10.0.0.1"}])),
        f"{CONTAINERS}/0/ExtraHosts",
    ),
    "DNS servers": (with_awsvpc(container(DnsServers=["10.0.0.2"])), f"{CONTAINERS}/0/DnsServers"),
    "DNS search domains": (with_awsvpc(container(DnsSearchDomains=["a"])), f"{CONTAINERS}/0/DnsSearchDomains"),
    "no networking": (with_awsvpc(container(DisableNetworking="true")), f"{CONTAINERS}/0/DisableNetworking"),
    "another host port": (with_awsvpc(mapped(ContainerPort=80, HostPort=8080)), f"{MAPPINGS}/0/HostPort"),
    "a dynamic host port": (with_awsvpc(mapped(ContainerPort=80, HostPort=0)), f"{MAPPINGS}/0/HostPort"),
    "a host port next to a range": (
        with_awsvpc(mapped(ContainerPortRange="80-90", HostPort=80)),
        f"{MAPPINGS}/0/HostPort",
    ),
    "the second container": (with_awsvpc(container(), container("db", Links=["a"])), f"{CONTAINERS}/1/Links"),
    "ECS Anywhere": (
        with_awsvpc(container(), RequiresCompatibilities=["EC2", "EXTERNAL"]),
        "Properties/RequiresCompatibilities",
    ),
    "Fargate": (with_awsvpc(container(Hostname="a"), RequiresCompatibilities=["FARGATE"]), f"{CONTAINERS}/0/Hostname"),
    "something certain next to something unknown": (
        with_awsvpc(container(DnsServers=ref("Any")), container("db", Links=["a"])),
        f"{CONTAINERS}/1/Links",
    ),
}
ACCEPTED = {
    "nothing of it": with_awsvpc(container()),
    "empty lists and texts": with_awsvpc(
        container(Links=[], ExtraHosts=[], DnsServers=[], DnsSearchDomains=[], Hostname="", PortMappings=[])
    ),
    "absent by expression": with_awsvpc(container(Hostname=ref("AWS::NoValue"), Links=[ref("AWS::NoValue")])),
    "networking": with_awsvpc(container(DisableNetworking=False)),
    "the same host port": with_awsvpc(mapped(ContainerPort=80, HostPort="80")),
    "one expression for both ports": with_awsvpc(mapped(ContainerPort=ref("Any"), HostPort=ref("Any"))),
    "a range": with_awsvpc(mapped(ContainerPortRange="80-90")),
    "one port of two protocols": with_awsvpc(
        container(PortMappings=[{"ContainerPort": 53}, {"ContainerPort": 53, "Protocol": "udp"}])
    ),
    "kernel parameters": with_awsvpc(container(SystemControls=[{"Namespace": "net.a", "Value": "1"}])),
    "bridge": task_definition(NetworkMode="bridge", ContainerDefinitions=[container(Links=["a"], Hostname="b")]),
    "host": task_definition(NetworkMode="host", ContainerDefinitions=[container(Hostname="b")]),
    "no mode": task_definition(NetworkMode=ABSENT, ContainerDefinitions=[mapped(ContainerPort=80, HostPort=0)]),
    "Managed Instances": with_awsvpc(container(), RequiresCompatibilities=["MANAGED_INSTANCES"]),
}


@pytest.mark.parametrize(("properties", "location"), REFUSED.values(), ids=REFUSED)
def test_what_ecs_refuses(properties: Any, location: str) -> None:
    assert found(properties, only(CHECK)) == [denied(CHECK, None, location)]


@pytest.mark.parametrize("properties", ACCEPTED.values(), ids=ACCEPTED)
def test_what_ecs_accepts(properties: Any) -> None:
    assert found(properties, only(CHECK)) == []


@pytest.mark.parametrize(
    "properties",
    [
        with_awsvpc(container(DnsServers=ref("Any"))),
        with_awsvpc(mapped(ContainerPort=80, HostPort=ref("Any"))),
        with_awsvpc(mapped(ContainerPort=ref("Any"), HostPort=80)),
    ],
)
def test_what_only_the_deployment_knows(properties: Any) -> None:
    (finding,) = judge(properties, only(CHECK), Parameters={"Any": parameter()})
    assert finding.verdict.value == "unresolved"


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize(("properties", "_location"), REFUSED.values(), ids=REFUSED)
def test_no_profile_denies_it(profile: Profile, properties: Any, _location: str) -> None:
    assert CHECK not in {finding.check for finding in judge(properties, Policy(profile=profile))}


def test_all_of_it_is_one_finding() -> None:
    properties = with_awsvpc(
        container(Links=["db"], PortMappings=[{"ContainerPort": 80, "HostPort": 8080}]),
        container("db", Hostname="db", Links=["app"]),
    )
    (finding,) = judge(properties, only(CHECK))
    assert finding.what == (
        "Container app maps 80/tcp to HostPort 8080; container app sets Links;"
        " container db sets Links; container db sets Hostname."
    )
    assert finding.remedy == "Remove HostPort, remove Links, remove Hostname."


def test_a_policy_switches_it_on() -> None:
    template = {"Resources": {"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": REFUSED["hostname"][0]}}}
    policy = Policy.from_json({"enforcement": {CHECK: "warn"}})
    assert [(f.check, f.enforcement.value) for f in evaluate_template(template, policy)] == [(CHECK, "warn")]
