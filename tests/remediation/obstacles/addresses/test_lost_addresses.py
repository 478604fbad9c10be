"""Lost addresses: ports of an instance that nothing in the app leads to under awsvpc."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation import Consumer, Resource
from ecs_guard_aspects.remediation.obstacles.addresses.lost_addresses import lost_addresses
from ecs_guard_aspects.remediation.obstacles.situation import Situation

from ...support import NO_VALUE, if_prod, ports, resource, service, task_definition, web

FIXED = {"ContainerPort": 80, "HostPort": 80, "Name": "http"}
DYNAMIC = {"ContainerPort": 80, "HostPort": 0}
BRIDGE, HOST = task_definition(ports(FIXED)), task_definition(ports({"ContainerPort": 80}), NetworkMode="host")
BALANCED = service(LoadBalancers=[{"ContainerName": "web", "ContainerPort": 80}])
OTHER = Consumer(resource("Api/Other", "AWS::ECS::Service", {}), "TaskDefinition")
LOST = "container web is reached at 80/tcp of its instance, and no load balancer or registry of the app leads there"


@pytest.mark.parametrize(
    ("definition", "consumers", "is_lost"),
    [
        (BRIDGE, [], True),
        (HOST, [], True),
        (task_definition(ports(DYNAMIC)), [], False),
        (task_definition(ports({"ContainerPort": 80})), [], False),
        (BRIDGE, [service()], True),
        (BRIDGE, [BALANCED], False),
        (HOST, [BALANCED], False),
        (BRIDGE, [BALANCED, OTHER], True),  # each service needs its own way
        (BRIDGE, [service(LoadBalancers=[{"ContainerName": "other", "ContainerPort": 80}])], True),
        (BRIDGE, [service(LoadBalancers=[{"ContainerName": "web", "ContainerPort": 81}])], True),
        (BRIDGE, [service(LoadBalancers=if_prod([{"ContainerName": "web", "ContainerPort": 80}], NO_VALUE))], True),
        (BRIDGE, [service(ServiceRegistries=[{"RegistryArn": "r"}])], False),  # the whole task
        (BRIDGE, [service(ServiceRegistries=[{"RegistryArn": "r", "Port": 80}])], False),
        (BRIDGE, [service(ServiceRegistries=[{"RegistryArn": "r", "Port": 81}])], True),
        (BRIDGE, [service(ServiceConnectConfiguration={"Services": [{"PortName": "http"}]})], False),
        (BRIDGE, [service(ServiceConnectConfiguration={"Services": [{"PortName": "grpc"}]})], True),
        (BRIDGE, [service(VpcLatticeConfigurations=[{"PortName": "http"}])], False),
    ],
)
def test_an_address_that_nothing_leads_to_is_lost(
    definition: Resource, consumers: list[Consumer], is_lost: bool
) -> None:
    found: list[Any] = lost_addresses(Situation(definition, consumers))
    assert [(each.text.partition(": under")[0], each.lifted_by) for each in found] == (
        [(LOST, "may_change_addresses=True")] if is_lost else []
    )


NAMED = {"Fn::Sub": "${Any}-web"}
ANY_PORT = task_definition(web(), NetworkMode="host")


@pytest.mark.parametrize(
    ("definition", "consumers", "lost"),
    [
        (task_definition(ports(FIXED, name=NAMED)), [], ["container ContainerDefinitions/0 is reached at 80/tcp"]),
        (
            task_definition(ports(FIXED, name=NAMED), ports({**FIXED, "ContainerPort": 81, "HostPort": 81})),
            [BALANCED],
            ["container ContainerDefinitions/0 is reached at 80/tcp", "container web is reached at 81/tcp"],
        ),
        (
            task_definition(ports(FIXED, name=NAMED)),
            [service(LoadBalancers=[{"ContainerName": NAMED, "ContainerPort": 80}])],
            [],  # the same expression is the same name
        ),
        (
            task_definition(ports({**FIXED, "Name": NAMED})),
            [service(ServiceConnectConfiguration={"Services": [{"PortName": "http"}]})],
            ["container web is reached at 80/tcp"],
        ),
        (ANY_PORT, [], ["container web is in host mode and maps no port"]),
        (ANY_PORT, [BALANCED], ["container web is in host mode and maps no port"]),
        (task_definition(web(), NetworkMode=if_prod("host", "bridge")), [], ["container web is in host mode"]),
        (task_definition(web(PortMappings={"Ref": "Any"})), [], ["container web: Properties/ContainerDefinitions/0/P"]),
        (task_definition(ports(FIXED), RequiresCompatibilities=["FARGATE"]), [], []),
        (task_definition(ports(FIXED), RequiresCompatibilities=["FARGATE", "EC2"]), [], ["container web is reached"]),
        (task_definition(ports(FIXED), RequiresCompatibilities=[{"A": "b"}]), [], ["container web is reached"]),
    ],
)
def test_what_only_the_deployment_knows_leads_nowhere(
    definition: Resource, consumers: list[Consumer], lost: list[str]
) -> None:
    found: list[Any] = lost_addresses(Situation(definition, consumers))
    assert [each.text[: len(text)] for each, text in zip(found, lost, strict=True)] == lost
