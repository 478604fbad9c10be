"""Closed ports: container ports at which clients reach a task under awsvpc, and which its security groups do not admit.

In bridge mode a service registry and Service Connect lead clients to a dynamic port of the instance. Under awsvpc they
lead to the container port at the address of the task.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html
"""

from __future__ import annotations

from collections.abc import Iterator

from ....cloudformation.properties import maps_at, text_at
from ....cloudformation.scenario import SCENARIO_LIMIT, Scenario, explore
from ....cloudformation.values import MalformedError, UndecidedError
from ....model.resource import Resource
from ....policy.checks.awsvpc_limits import Ports, port_mappings
from ...changes import Blocker, Step
from ...instances.leaves import leaves_of
from ...instances.network import InstanceNetwork
from ...load_balancers.security_rules import INGRESS, Group, Rule, group_of, rules_in
from ...who_runs_it.referrer import Referrer
from ..scenarios import in_all_scenarios
from ..situation import Situation
from .lost_addresses import Lead, dynamic_leads, is_fixed, leads_to


def closed_ports(situation: Situation) -> list[Step]:
    """Return blockers for the ports that clients use under awsvpc, and that no rule of the task's groups is for."""
    services = [(service, leads) for service in situation.services if (leads := _leads_of(service.resource))]
    task_definition = situation.task_definition

    def judge(scenario: Scenario) -> Iterator[Step | str]:
        task = task_definition.read(scenario)
        if text_at(task, "NetworkMode") == "host":  # the port was the container port already
            return
        for container in maps_at(task, "ContainerDefinitions"):
            for mapping, ports in port_mappings(container):
                for service, leads in services:
                    if not is_fixed(mapping, ports) and leads_to(mapping, ports, container, leads):
                        yield from _unless_open(situation, service, ports)

    return in_all_scenarios(task_definition, judge) if services else []


def _leads_of(service: Resource) -> set[Lead]:
    """Return the leads of a service in any scenario."""

    def leads(scenario: Scenario) -> set[Lead]:
        try:
            return set(dynamic_leads(service.read(scenario)))
        except (UndecidedError, MalformedError):
            return set()  # the obstacles of the service say it

    results = explore(service.declarations, leads, SCENARIO_LIMIT)
    return set().union(*(result[1] for result in results if result is not None))


def _unless_open(situation: Situation, service: Referrer, ports: Ports) -> Iterator[Blocker]:
    groups = _groups_of(situation, service)
    rules = rules_in(situation.references)
    if not groups or any(_is_for(ports, rule) for group in groups for rule in rules.of(group, INGRESS)):
        return  # the default group of a VPC admits its members
    who = f"clients of service {service.resource.address} reach it at a dynamic port of its instance"
    names = " and ".join(each.name if each.referrer is None else each.referrer.resource.address for each in groups)
    text = f"{who}, under awsvpc at port {ports}, and no rule here of {names} admits port {ports}"
    yield Blocker(service.resource.address, text, remedy=f"add an ingress rule for port {ports} to {names}")


def _groups_of(situation: Situation, service: Referrer) -> list[Group]:
    """Return the security groups of a service under awsvpc: its own, or those of its instances.

    None are returned where its network is given by ids: who gives one answers for its rules.
    """
    own = service.resource.written("NetworkConfiguration.AwsvpcConfiguration.SecurityGroups")
    if own is not None:
        groups = [group_of(leaf, service, situation.references) for leaf in leaves_of(own)]
        return groups if all(each.referrer is not None for each in groups) else []
    network = situation.network_of(service.resource.address, "")
    named = network.groups if isinstance(network, InstanceNetwork) else ()
    return [group_of(leaf, by, situation.references) for leaf, by in named]


def _is_for(ports: Ports, rule: Rule) -> bool:
    return not ports.is_unknown and rule.covers(ports.first) and rule.covers(ports.last)
