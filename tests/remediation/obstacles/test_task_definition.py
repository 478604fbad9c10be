"""The obstacles to awsvpc in a task definition. One row for each fact; the rows read like the documentation."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation import Resource

from ..support import (
    NO_VALUE,
    Status,
    changed,
    if_prod,
    plan,
    ports,
    resource,
    service,
    status_of,
    task_definition,
    texts,
    web,
)

BLOCKED = {
    "links": (task_definition(web(Links=["db"])), ["container web uses links, which only bridge mode has"]),
    "hostname": (task_definition(web(Hostname="h")), ["container web sets hostname"]),
    "extraHosts": (
        task_definition(web(ExtraHosts=[{"Hostname": "h", "IpAddress": "10.0.0.1"}])),
        ["container web sets extraHosts"],
    ),
    "dnsServers": (task_definition(web(DnsServers=["10.0.0.2"])), ["container web sets dnsServers"]),
    "dnsSearchDomains": (task_definition(web(DnsSearchDomains=["a.b"])), ["container web sets dnsSearchDomains"]),
    "disableNetworking": (task_definition(web(DisableNetworking=True)), ["container web sets disableNetworking"]),
    "disableNetworking as text": (
        task_definition(web(DisableNetworking="true")),
        ["container web sets disableNetworking"],
    ),
    "fixed host port": (
        task_definition(ports({"ContainerPort": 80, "HostPort": 8080})),
        ["container web maps 80/tcp to hostPort 8080: under awsvpc a hostPort is its containerPort or left out"],
    ),
    "fixed host port as text": (
        task_definition(ports({"ContainerPort": "80", "HostPort": "8080"})),
        ["container web maps 80/tcp to hostPort 8080: under awsvpc a hostPort is its containerPort or left out"],
    ),
    "host port with a range": (
        task_definition(ports({"ContainerPortRange": "80-90", "HostPort": 80})),
        ["container web maps 80-90/tcp to hostPort 80: under awsvpc a hostPort is its containerPort or left out"],
    ),
    "equal ports in two containers": (
        task_definition(ports({"ContainerPort": 80}), ports({"ContainerPort": 80, "HostPort": 0}, name="log")),
        ["containers web and log both map 80/tcp twice: under awsvpc they share one network interface"],
    ),
    "equal ports in one container": (
        task_definition(ports({"ContainerPort": 80, "HostPort": 0}, {"ContainerPort": 80, "HostPort": 0})),
        ["container web maps 80/tcp twice: under awsvpc they share one network interface"],
    ),
    "any other protocol is tcp": (
        task_definition(ports({"ContainerPort": 80}), ports({"ContainerPort": 80, "Protocol": "http"}, name="log")),
        ["containers web and log both map 80/tcp twice: under awsvpc they share one network interface"],
    ),
    "a port inside a range": (
        task_definition(ports({"ContainerPort": 85}), ports({"ContainerPortRange": "80-90"}, name="log")),
        ["containers web and log both map 85/tcp and 80-90/tcp: under awsvpc they share one network interface"],
    ),
    "net.* for one of two containers": (
        task_definition(web(SystemControls=[{"Namespace": "net.core.somaxconn", "Value": "1024"}]), web("log")),
        ["net.* systemControls of web would apply to every container of the task under awsvpc"],
    ),
    "net.* that differ": (
        task_definition(
            web(SystemControls=[{"Namespace": "net.core.somaxconn", "Value": "1024"}]),
            web("log", SystemControls=[{"Namespace": "net.core.somaxconn", "Value": "2048"}]),
        ),
        ["net.* systemControls of web, log would apply to every container of the task under awsvpc"],
    ),
    "ECS Anywhere": (
        task_definition(RequiresCompatibilities=["EC2", "EXTERNAL"]),
        ["RequiresCompatibilities names EXTERNAL, and ECS Anywhere does not support awsvpc"],
    ),
    "Windows Server 2016": (
        task_definition(RuntimePlatform={"OperatingSystemFamily": "WINDOWS_SERVER_2016_FULL"}, NetworkMode=NO_VALUE),
        ["OperatingSystemFamily is WINDOWS_SERVER_2016_FULL, and Windows Server 2016 does not support awsvpc"],
    ),
    "mode none": (
        task_definition(NetworkMode="none"),
        ["NetworkMode none switches the network off on purpose: awsvpc would give the task one"],
    ),
    "a mode ECS does not know": (
        task_definition(NetworkMode="nat"),
        ["NetworkMode is 'nat', which is not a mode of ECS"],
    ),
    "a limit in one scenario only": (
        task_definition(web(Links=if_prod(["db"], NO_VALUE))),
        ["container web uses links, which only bridge mode has"],
    ),
    "none in one scenario only": (
        task_definition(NetworkMode=if_prod("bridge", "none")),
        ["NetworkMode none switches the network off on purpose: awsvpc would give the task one"],
    ),
    "every limit is named": (
        task_definition(web(Links=["db"], Hostname="h"), web("log", DnsServers=["10.0.0.2"])),
        [
            "container web uses links, which only bridge mode has",
            "container web sets hostname",
            "container log sets dnsServers",
        ],
    ),
    "a container without a name": (
        task_definition({"Links": ["db"]}),
        ["container ContainerDefinitions/0 uses links, which only bridge mode has"],
    ),
}

ANY = {"Ref": "Any"}
NETWORK_OF_ITS_OWN = {"NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["subnet-1"]}}}
UNDECIDED = {
    "mode": (task_definition(NetworkMode=ANY), "Properties/NetworkMode is ${Any}"),
    "mode of a resource": (task_definition(NetworkMode={"Ref": "Other"}), "Properties/NetworkMode is ${Other}"),
    "launch types": (
        task_definition(RequiresCompatibilities=[ANY]),
        "Properties/RequiresCompatibilities/0 is ${Any}",
    ),
    "operating system": (
        task_definition(RuntimePlatform={"OperatingSystemFamily": ANY}),
        "Properties/RuntimePlatform/OperatingSystemFamily is ${Any}",
    ),
    "links": (task_definition(web(Links=ANY)), "container web: Properties/ContainerDefinitions/0/Links is ${Any}"),
    "one link": (task_definition(web(Links=[ANY])), "container web uses links, which only bridge mode has"),
    "host port": (
        task_definition(ports({"ContainerPort": 80, "HostPort": ANY})),
        "container web: Properties/ContainerDefinitions/0/PortMappings/0/HostPort is ${Any}",
    ),
    "kernel parameters": (
        task_definition(web(SystemControls=[{"Namespace": ANY, "Value": "1"}]), web("log")),
        "Properties/ContainerDefinitions/0/SystemControls/0/Namespace is ${Any}",
    ),
    "containers": (task_definition(ContainerDefinitions=ANY), "Properties/ContainerDefinitions is ${Any}"),
    "all properties": (
        Resource("Api/Td", "AWS::ECS::TaskDefinition", {"Fn::Transform": {"Name": "AWS::Include"}}),
        "Properties is ",
    ),
}

MALFORMED = {
    "properties": (Resource("Api/Td", "AWS::ECS::TaskDefinition", "x"), "Properties is a text, which is not a map"),
    "properties that are a list": (Resource("Api/Td", "AWS::ECS::TaskDefinition", [1]), "Properties is a list, which"),
    "mode": (task_definition(NetworkMode=["bridge"]), "Properties/NetworkMode is not a scalar"),
    "mode that is a flag": (task_definition(NetworkMode=True), "NetworkMode is 'true', which is not a mode of ECS"),
    "containers": (task_definition(ContainerDefinitions="x"), "Properties/ContainerDefinitions is not a list"),
    "a container": (task_definition(web(), "x"), "Properties/ContainerDefinitions has members that are not maps"),
    "links": (task_definition(web(Links="db")), "container web: Properties/ContainerDefinitions/0/Links is not a list"),
    "port mappings": (task_definition(web(PortMappings={"ContainerPort": 80})), "container web: Properties/"),
    "a port mapping": (task_definition(web(PortMappings=[80])), "container web: Properties/"),
    "no container port": (task_definition(ports({"HostPort": 80})), "needs either a ContainerPort"),
    "both container port and range": (
        task_definition(ports({"ContainerPort": 80, "ContainerPortRange": "80-90"})),
        "needs either a ContainerPort",
    ),
    "container port 0": (task_definition(ports({"ContainerPort": 0})), "needs either a ContainerPort"),
    "a container port that is a word": (task_definition(ports({"ContainerPort": "http"})), "is not an integer"),
    "a range that is none": (task_definition(ports({"ContainerPortRange": "80"})), "needs either a ContainerPort"),
    "a range backwards": (task_definition(ports({"ContainerPortRange": "90-80"})), "needs either a ContainerPort"),
    "a range too far": (task_definition(ports({"ContainerPortRange": "80-65536"})), "needs either a ContainerPort"),
    "a host port that is a list": (task_definition(ports({"ContainerPort": 80, "HostPort": []})), "is not a scalar"),
    "disableNetworking": (task_definition(web(DisableNetworking="yes")), "which is neither true nor false"),
    "launch types": (task_definition(RequiresCompatibilities="EC2"), "RequiresCompatibilities is not a list"),
    "platform": (task_definition(RuntimePlatform="LINUX"), "Properties/RuntimePlatform is"),
    "kernel parameters": (task_definition(web(SystemControls=["net"]), web("log")), "SystemControls has members"),
}

FIXABLE = {
    "bridge": task_definition(),
    "host": task_definition(NetworkMode="host"),
    "absent": task_definition(NetworkMode=NO_VALUE),
    "Fargate in another mode": task_definition(RequiresCompatibilities=["FARGATE"]),
    "Managed Instances, which have awsvpc anyway": task_definition(
        NetworkMode=NO_VALUE, RequiresCompatibilities=["MANAGED_INSTANCES"]
    ),
    "Windows Server 2022": task_definition(
        NetworkMode=NO_VALUE, RuntimePlatform={"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}
    ),
    "a mode that expressions decide": task_definition(NetworkMode=if_prod("awsvpc", {"Ref": "Mode"})),
    "empty lists": task_definition(web(Links=[], ExtraHosts=[], DnsServers=[], DnsSearchDomains=[], PortMappings=[])),
    "networking not disabled": task_definition(web(DisableNetworking=False)),
    "host port equal to the container port": task_definition(ports({"ContainerPort": 80, "HostPort": "80"})),
    "a port range": task_definition(ports({"ContainerPortRange": "80-90"}, {"ContainerPort": 91})),
    "one port for tcp and udp": task_definition(
        ports({"ContainerPort": 53}, {"ContainerPort": 53, "Protocol": "udp"}),
    ),
    "numbers as jsii gives them": task_definition(ports({"ContainerPort": 80.0, "HostPort": 80})),
    "net.* of the only container": task_definition(web(SystemControls=[{"Namespace": "net.a", "Value": "1"}])),
    "net.* that are the same in all": task_definition(
        web(SystemControls=[{"Namespace": "net.a", "Value": "1"}]),
        web("log", SystemControls=[{"Namespace": "net.a", "Value": 1}]),
    ),
    "other kernel parameters": task_definition(
        web(SystemControls=[{"Namespace": "kernel.shmmax", "Value": "1"}]), web("log")
    ),
    "no containers": task_definition(ContainerDefinitions=[]),
    "no properties": Resource("Api/Td", "AWS::ECS::TaskDefinition", None),
}


@pytest.mark.parametrize(("definition", "expected"), BLOCKED.values(), ids=BLOCKED)
def test_an_obstacle_to_awsvpc_refuses_it(definition: Resource, expected: list[str]) -> None:
    decided = plan(definition)

    assert texts(decided) == expected
    assert status_of(decided) is Status.REFUSED
    assert decided.changes == ()


@pytest.mark.parametrize(
    ("definition", "expected"),
    [*UNDECIDED.values(), *MALFORMED.values()],
    ids=[*(f"undecided {name}" for name in UNDECIDED), *(f"malformed {name}" for name in MALFORMED)],
)
def test_what_cannot_be_read_refuses_it(definition: Resource, expected: str) -> None:
    decided = plan(definition)

    assert len(decided.blockers) == 1, texts(decided)
    assert expected in decided.blockers[0].text
    assert decided.changes == ()


@pytest.mark.parametrize("definition", FIXABLE.values(), ids=FIXABLE)
def test_without_an_obstacle_it_is_fixed(definition: Resource) -> None:
    decided = plan(definition, may_change_addresses=True)

    assert changed(decided) == {"Api/Td NetworkMode": "awsvpc"}
    assert status_of(decided) is Status.FIXABLE


@pytest.mark.parametrize(
    "host_port",
    [0, "0", if_prod(0, 80), if_prod(NO_VALUE, 0)],
    ids=["0", "0 as text", "0 in prod, else the container port", "0 in dev, else absent"],
)
def test_a_dynamic_host_port_is_dropped(host_port: object) -> None:
    decided = plan(
        task_definition(web("log"), ports({"ContainerPort": 79}, {"ContainerPort": 80, "HostPort": host_port})),
        may_change_addresses=True,
    )

    assert changed(decided) == {
        "Api/Td NetworkMode": "awsvpc",
        "Api/Td ContainerDefinitions.1.PortMappings.1.HostPort": None,
    }
    assert decided.changes[1].deletes
    assert decided.changes[1].old == host_port


def test_a_dynamic_host_port_in_a_place_no_override_reaches_refuses_it() -> None:
    definition = task_definition(ContainerDefinitions=if_prod([ports({"ContainerPort": 80, "HostPort": 0})], [web()]))

    assert "hostPort 0 inside an expression" in texts(plan(definition))[0]
    assert plan(definition).changes == ()


def test_properties_that_are_an_expression_refuse_it() -> None:
    definition = Resource("Api/Td", "AWS::ECS::TaskDefinition", if_prod({"NetworkMode": "bridge"}, {}))

    assert "the properties are an expression, in which nothing can be set" in texts(plan(definition))


ANY = {"Ref": "Any"}
NETWORK_OF_ITS_OWN = {"NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["subnet-1"]}}}


@pytest.mark.parametrize(
    ("mappings", "expected"),
    [
        ([{"ContainerPort": ANY}], Status.FIXABLE),
        ([{"ContainerPort": ANY, "HostPort": 0}], Status.FIXABLE),
        ([{"ContainerPort": ANY, "HostPort": 8080}], Status.REFUSED),
        ([{"ContainerPort": ANY, "HostPort": {"Ref": "Other"}}], Status.REFUSED),
        ([{"ContainerPort": 80, "HostPort": ANY}], Status.REFUSED),
        ([{"ContainerPort": ANY}, {"ContainerPort": 80}], Status.REFUSED),  # may be the same port
        ([{"ContainerPort": ANY}, {"ContainerPort": 80, "Protocol": "udp"}], Status.FIXABLE),
        ([{"ContainerPort": ANY, "HostPort": ANY}], Status.REFUSED),  # its address at the instance is gone
    ],
)
def test_a_port_that_only_the_deployment_knows(mappings: list[dict[str, Any]], expected: Status) -> None:
    user = service(**NETWORK_OF_ITS_OWN)
    assert status_of(plan(task_definition(ports(*mappings)), [user], may_change_addresses=False)) is expected


def test_a_load_balancer_leads_to_a_port_that_only_the_deployment_knows() -> None:
    definition = task_definition(ports({"ContainerPort": ANY, "HostPort": ANY}))
    group = resource("Api/Group", "AWS::ElasticLoadBalancingV2::TargetGroup", {"TargetType": "ip"})
    balancer = {"ContainerName": "web", "ContainerPort": ANY, "TargetGroupArn": {"Ref": "Group"}}
    user = service({"LoadBalancers.0.TargetGroupArn": group}, LoadBalancers=[balancer], **NETWORK_OF_ITS_OWN)
    assert status_of(plan(definition, [user], may_change_addresses=False)) is Status.FIXABLE
