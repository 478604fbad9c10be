"""Lost addresses: instance addresses at which a task is reached before awsvpc, and not after.

In host mode, and at a fixed host port, a task is reached at its instance. Under awsvpc it has an address of its own,
to which only a load balancer, a service registry, Service Connect or VPC Lattice leads.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...cloudformation.properties import Properties, integer_at, is_given, map_at, maps_at, text_at
from ...cloudformation.scenario import SCENARIO_LIMIT, Scenario, explore
from ...cloudformation.values import MalformedError, UndecidedError
from ...model.resource import Resource
from ..changes import Blocker, Step
from .consumers import Consumer
from .scenarios import in_all_scenarios
from .task_definition import Ports, port_mappings

_LIFTED_BY = "may_change_addresses=True"
_SERVICES = ("AWS::ECS::Service", "AWS::ECS::TaskSet")

_Lead = tuple[str | None, str | None]
"""A target of a load balancer or registry: a container and its port, a port of any container, or the whole task."""


def obstacles(task_definition: Resource, consumers: Iterable[Consumer]) -> list[Step]:
    """Return blockers for the ports that nothing leads to when the task has its own network interface."""
    services = {each.resource.address: each.resource for each in consumers if each.resource.type in _SERVICES}
    leads = [_leads_of(service) for service in services.values()]

    def lost(scenario: Scenario) -> Iterator[Step]:
        task = task_definition.read(scenario)
        is_host = text_at(task, "NetworkMode") == "host"
        for container in maps_at(task, "ContainerDefinitions"):
            for mapping, ports in port_mappings(container):
                # Any other host port is an obstacle itself.
                is_fixed = is_host or integer_at(mapping, "HostPort") == ports.first == ports.last
                if is_fixed and not (leads and all(_leads_to(mapping, ports, container, each) for each in leads)):
                    yield Blocker(task_definition.address, _lost(container, ports), _LIFTED_BY)

    def judge(scenario: Scenario) -> list[Step]:
        try:
            return list(lost(scenario))
        except (UndecidedError, MalformedError):
            return []  # the limits of awsvpc report it

    return in_all_scenarios(task_definition, judge)


def _lost(container: Properties, ports: Ports) -> str:
    what = f"container {text_at(container, 'Name')} is reached at {ports} of its instance"
    return f"{what}, and no load balancer or registry of the app leads there: under awsvpc that address is gone"


def _leads_to(mapping: Properties, ports: Ports, container: Properties, leads: Iterable[_Lead]) -> bool:
    name, own = text_at(container, "Name"), text_at(mapping, "Name")
    for to_container, port in leads:
        is_there = port is None or (port.isdecimal() and ports.first <= int(port) <= ports.last)
        if (to_container in (None, name) and is_there) or (own is not None and (to_container, port) == ("", own)):
            return True
    return False


def _leads_of(service: Resource) -> set[_Lead]:
    """Return the targets that a service leads to in every scenario."""
    results = explore(service.declarations, lambda scenario: _leads_in(service, scenario), SCENARIO_LIMIT)
    return set.intersection(*(set() if result is None else result[1] for result in results))


def _leads_in(service: Resource, scenario: Scenario) -> set[_Lead]:
    try:
        return set(_read_leads(service.read(scenario)))
    except (UndecidedError, MalformedError):
        return set()


def _read_leads(service: Properties) -> Iterator[_Lead]:
    for lead in (*maps_at(service, "LoadBalancers"), *maps_at(service, "ServiceRegistries")):
        names = ("ContainerName", "ContainerPort", "Port")
        container, port, any_port = (text_at(lead, name) if is_given(lead, name) else None for name in names)
        yield container, port or any_port
    connect = map_at(service, "ServiceConnectConfiguration")
    lattices = maps_at(service, "VpcLatticeConfigurations")
    for named in (*(maps_at(connect, "Services") if connect else ()), *lattices):
        # These name a port mapping, not a container: "" is not the name of any container.
        yield "", text_at(named, "PortName")
