"""Lost addresses: instance addresses at which a task is reached before awsvpc, and not after.

In host mode, and at a fixed host port, a task is reached at its instance. Under awsvpc it has an address of its own,
to which only a load balancer, a service registry, Service Connect or VPC Lattice leads.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ....cloudformation.properties import Properties, integer_at, is_given, list_at, map_at, maps_at, text_at
from ....cloudformation.scenario import SCENARIO_LIMIT, Scenario, explore
from ....cloudformation.values import MalformedError, UndecidedError, Unknown
from ....model.resource import Resource
from ....model.start import SERVICES
from ....policy.checks.awsvpc_limits import Ports, container_name, port_mappings
from ...changes import Blocker, Step
from ..scenarios import in_all_scenarios, readable
from ..situation import Situation

LIFTED_BY = "may_change_addresses=True"
_EXPRESSION = "\0"

Lead = tuple[str | None, str | None]
"""A target of a load balancer or registry: a container and its port, a port of any container, or the whole task."""


def lost_addresses(situation: Situation) -> list[Step]:
    """Return blockers for the ports that nothing leads to when the task has its own network interface."""
    task_definition = situation.task_definition
    services = {each.resource.address: each.resource for each in situation.consumers if each.resource.type in SERVICES}
    leads = [_leads_of(service) for service in services.values()]

    def of_container(container: Properties, is_host: bool) -> Iterator[Step]:
        mappings = list(port_mappings(container))
        if is_host and not mappings:
            yield Blocker(task_definition.address, _any_port(container), LIFTED_BY)
        for mapping, ports in mappings:
            # Any other host port is an obstacle itself.
            is_at_fixed_port = is_host or is_fixed(mapping, ports)
            if is_at_fixed_port and not (leads and all(leads_to(mapping, ports, container, each) for each in leads)):
                yield Blocker(task_definition.address, _lost(container, ports), LIFTED_BY)

    def judge(scenario: Scenario) -> Iterator[Step | str]:
        task = task_definition.read(scenario)
        required = list_at(task, "RequiresCompatibilities")
        if required and all(each == "FARGATE" for each in required):
            return  # it has no instance
        is_host = text_at(task, "NetworkMode") == "host"
        for container in maps_at(task, "ContainerDefinitions"):
            yield from readable(of_container, container, is_host, about=f"container {container_name(container)}: ")

    return in_all_scenarios(task_definition, judge)


def is_fixed(mapping: Properties, ports: Ports) -> bool:
    """Return whether a port mapping in bridge mode has a host port of its own."""
    if ports.is_unknown:
        return is_given(mapping, "HostPort") and mapping.resolve("HostPort")[0] not in (0, "0")
    return integer_at(mapping, "HostPort") == ports.first == ports.last


def _any_port(container: Properties) -> str:
    what = f"container {container_name(container)} is in host mode and maps no port"
    return f"{what}: under awsvpc clients cannot use the address of its instance"


def _lost(container: Properties, ports: Ports) -> str:
    what = f"container {container_name(container)} is reached at {ports} of its instance"
    return f"{what}, and no load balancer or registry of the app leads there: under awsvpc that address is gone"


def leads_to(mapping: Properties, ports: Ports, container: Properties, leads: Iterable[Lead]) -> bool:
    """Return whether one of these leads is to a port mapping."""
    name, own = _name_at(container, "Name"), _name_at(mapping, "Name")
    for to_container, port in leads:
        is_same = ports.is_unknown and port == f"{_EXPRESSION}{ports.expression}"
        is_there = port is None or is_same or (port.isdecimal() and ports.first <= int(port) <= ports.last)
        if (to_container in (None, name) and is_there) or (own is not None and (to_container, port) == ("", own)):
            return True
    return False


def _name_at(properties: Properties, key: str) -> str | None:
    """Return a name; if only the deployment knows it, its expression: the same expression leads there."""
    value = properties.resolve(key)[0]
    return f"{_EXPRESSION}{value.expression}" if isinstance(value, Unknown) else text_at(properties, key)


def _leads_of(service: Resource) -> set[Lead]:
    """Return the targets that a service leads to in every scenario."""
    results = explore(service.declarations, lambda scenario: _leads_in(service, scenario), SCENARIO_LIMIT)
    return set.intersection(*(set() if result is None else result[1] for result in results))


def _leads_in(service: Resource, scenario: Scenario) -> set[Lead]:
    try:
        return set(_read_leads(service.read(scenario)))
    except (UndecidedError, MalformedError):
        return set()


def _read_leads(service: Properties) -> Iterator[Lead]:
    for balancer in maps_at(service, "LoadBalancers"):
        yield _lead(balancer)
    yield from client_leads(service)
    for lattice in maps_at(service, "VpcLatticeConfigurations"):
        yield "", _name_at(lattice, "PortName")


def client_leads(service: Properties) -> Iterator[Lead]:
    """Yield the leads of service registries and Service Connect, by which clients come to a task themselves."""
    yield from dynamic_leads(service)
    yield from (_connected(each) for each in _connections(service) if is_given(each, "IngressPortOverride"))


def dynamic_leads(service: Properties) -> Iterator[Lead]:
    """Yield those that lead to a dynamic port of the instance in bridge mode, and to the container port under awsvpc.

    With ``IngressPortOverride`` the proxy of Service Connect listens at that port in both.
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceConnectService.html
    """
    for registry in maps_at(service, "ServiceRegistries"):
        yield _lead(registry)
    yield from (_connected(each) for each in _connections(service) if not is_given(each, "IngressPortOverride"))


def _connections(service: Properties) -> Iterator[Properties]:
    connect = map_at(service, "ServiceConnectConfiguration")
    yield from maps_at(connect, "Services") if connect else ()


def _connected(connection: Properties) -> Lead:
    # It names a port mapping, not a container: "" is not the name of any container.
    return "", _name_at(connection, "PortName")


def _lead(properties: Properties) -> Lead:
    names = ("ContainerName", "ContainerPort", "Port")
    container, port, any_port = (_name_at(properties, name) for name in names)
    return container, port or any_port
