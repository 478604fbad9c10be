"""Lost addresses: ports of an instance that nothing in the app leads to under awsvpc."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation import Consumer, Resource
from ecs_guard_aspects.remediation.obstacles.lost_addresses import lost_addresses
from ecs_guard_aspects.remediation.obstacles.situation import Situation

from ..support import NO_VALUE, if_prod, ports, resource, service, task_definition

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
