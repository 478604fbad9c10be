"""The network that a task has today without one of its own: that of the instances it runs on.

A task that gets the subnets and the security groups of its instances is in the same VPC and zones, and every rule that
admits the instances admits it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from ...cloudformation.text import canonical
from ...model.start import RUNNERS, SERVICE
from ..network import SECURITY_GROUPS, SUBNETS
from ..who_runs_it.expressions import references_in
from ..who_runs_it.references import References
from ..who_runs_it.referrer import Referrer
from .capacity_providers import CapacityProviders, NoInstancesError, named_in
from .clusters import Cluster, Clusters
from .conditional import not_always_created
from .launch import AUTO_SCALING_GROUP, INSTANCE, OTHER_INSTANCES, Instances, instances_of
from .leaves import leaves_of
from .routes import Routes, WayOut
from .vpcs import other_vpcs

_DEFAULT_CLUSTER = "default"


class NetworkUnknownError(Exception):
    """The network of the instances is not known or does not fit a task. The message says why, as a clause."""


@dataclass(frozen=True)
class InstanceNetwork:
    """The subnets and security groups of instances, as expressions of the stack that they are written in.

    Attributes:
        subnets: a list or an expression.
        security_groups: the same; None for the default group of the VPC.
        instances: the addresses of the groups of instances.
        stack_path: the stack.
        named: the resources that the expressions name, by logical id.
        groups: the security groups one by one, each with the resource that names it.
    """

    subnets: Any
    security_groups: Any
    instances: tuple[str, ...]
    stack_path: str
    named: Mapping[str, Referrer] = field(default_factory=dict, compare=False)
    groups: tuple[tuple[Any, Referrer], ...] = field(default=(), compare=False)

    def awsvpc_configuration(self, *, on_fargate: bool) -> dict[str, object]:
        """Return it as the ``AwsvpcConfiguration`` of CloudFormation."""
        groups = {} if self.security_groups is None else {"SecurityGroups": self.security_groups}
        return {"Subnets": self.subnets, **groups, "AssignPublicIp": "DISABLED"}


class InstanceNetworks:
    """The networks of the instances of some templates.

    Args:
        references: the resources of the templates.
        imported: returns what leads out of a subnet that is not in the templates, by its expression.

    Attributes:
        routes: the routes of their subnets.
    """

    def __init__(self, references: References, imported: Callable[[Any], WayOut] | None = None) -> None:
        self._references = references
        self.routes = Routes(references, imported)

    def network_for(self, address: str, parameters: str) -> InstanceNetwork:
        """Return the network of the instances that a resource runs its tasks on.

        Args:
            address: the address of the resource.
            parameters: the path of the properties that it runs the task with.

        Raises:
            NetworkUnknownError: if that is not known, or a task without a public address could not work in it.
        """
        referrer = self._references.at(address)
        if referrer is None:
            raise NetworkUnknownError("the resource that runs it was not found")
        groups = self.instances_under(referrer, parameters)
        for each in groups:
            if each.problem:
                raise NetworkUnknownError(each.problem)
            self._require_way_out(each)
        named = self._named_in(groups)
        for clause in (*not_always_created(named.values(), referrer), *other_vpcs(named.values())):
            raise NetworkUnknownError(clause)
        security_groups = [(leaf, _launch_of(each)) for each in groups for leaf in leaves_of(each.security_groups)]
        return replace(_joined(groups), named=named, groups=tuple(security_groups))

    def _named_in(self, groups: Iterable[Instances]) -> dict[str, Referrer]:
        """Return the subnets and security groups of instances that are resources, by logical id.

        Raises:
            NetworkUnknownError: if a logical id may mean several.
        """
        named: dict[str, Referrer] = {}
        for each in groups:
            for value, referrer in ((each.subnets, each.referrer), (each.security_groups, _launch_of(each))):
                for logical_id in _logical_ids_in(value):
                    for found in self._references.meant(logical_id, referrer):
                        if named.setdefault(logical_id, found) is not found:
                            address = each.referrer.resource.address
                            raise NetworkUnknownError(f"{logical_id} of {address} may be in several stacks")
        return named

    def instances_under(self, referrer: Referrer, parameters: str) -> list[Instances]:
        """Return the groups of instances that a resource runs its tasks on.

        Raises:
            NetworkUnknownError: if they are not known.
        """
        launch_type = _within(referrer, parameters, "LaunchType")
        cluster = self._clusters.named_by(_cluster_of(referrer, parameters), referrer)
        strategy = named_in(_within(referrer, parameters, "CapacityProviderStrategy"), referrer)
        if not strategy and launch_type is None and cluster is not None:
            strategy = self._providers.default_of(cluster)
        try:
            if strategy:
                return self._distinct(self._providers.group_behind(each) for each in strategy)
            if launch_type not in (None, "EC2"):
                raise NetworkUnknownError(f"its LaunchType is {canonical(launch_type)}")
            joined = self._by_cluster.get(cluster, []) if cluster is not None else []
            associated = self._distinct(self._providers.groups_of(cluster)) if cluster is not None else []
        except NoInstancesError as error:
            raise NetworkUnknownError(str(error)) from error
        groups = [*joined, *(each for each in associated if each not in joined)]
        if not groups:
            raise NetworkUnknownError("the instances of its cluster are not here")
        return groups

    def _distinct(self, groups: Iterable[Referrer]) -> list[Instances]:
        return [self._instances[address] for address in dict.fromkeys(each.resource.address for each in groups)]

    @property
    def all(self) -> Iterable[Instances]:
        """All groups of instances, and single ones."""
        return self._instances.values()

    def services_on(self, address: str) -> list[Referrer]:
        """Return the services that run tasks on a group of instances, by the address of the group."""
        return self._services_by_instances.get(address, [])

    @cached_property
    def _services_by_instances(self) -> dict[str, list[Referrer]]:
        found: dict[str, list[Referrer]] = {}
        for service in self._references.all:
            if service.resource.type == SERVICE:
                with suppress(NetworkUnknownError):
                    for instances in self.instances_under(service, ""):
                        found.setdefault(instances.referrer.resource.address, []).append(service)
        return found

    def _require_way_out(self, instances: Instances) -> None:
        address = instances.referrer.resource.address
        subnets = list(leaves_of(instances.subnets))
        if not subnets:
            raise NetworkUnknownError(f"the subnets of {address} are not here")
        if instances.has_public_address:
            raise NetworkUnknownError(f"the instances of {address} have public addresses, and a task cannot have one")
        for leaf in subnets:
            way_out = self.routes.way_out(leaf, instances.referrer)
            if way_out is WayOut.UNKNOWN and instances.has_public_address is False:
                continue  # these instances reach ECS, and have no public address either
            if way_out is not WayOut.PRIVATE:
                raise NetworkUnknownError(_NOT_PRIVATE[way_out].format(subnet=canonical(leaf), address=address))

    @cached_property
    def _clusters(self) -> Clusters:
        return Clusters(self._references)

    @cached_property
    def _providers(self) -> CapacityProviders:
        return CapacityProviders(self._references, self._clusters)

    @cached_property
    def _instances(self) -> dict[str, Instances]:
        kinds = (AUTO_SCALING_GROUP, INSTANCE, *OTHER_INSTANCES)
        found = (each for each in self._references.all if each.resource.type in kinds)
        return {each.resource.address: instances_of(each, self._references) for each in found}

    @cached_property
    def _by_cluster(self) -> dict[Cluster, list[Instances]]:
        """The instances by the clusters that their commands name."""
        found: dict[Cluster, list[Instances]] = {}
        for instances in self._instances.values():
            joined = {
                cluster
                for commands, referrer in instances.commands
                for cluster in self._clusters.joined_in(commands, referrer)
            }
            for cluster in joined:
                found.setdefault(cluster, []).append(instances)
        return found


_NOT_PRIVATE = {
    WayOut.PUBLIC: "subnet {subnet} of {address} is public, and a task on an instance cannot have a public address",
    WayOut.NONE: "subnet {subnet} of {address} has no way out: no NAT gateway, transit gateway or endpoint",
    WayOut.UNKNOWN: "nothing shows whether subnet {subnet} of {address} has a way out without a public address",
}


def _launch_of(instances: Instances) -> Referrer:
    """Return the resource that names the security groups of instances."""
    return instances.launched_by[0] if instances.launched_by else instances.referrer


def _logical_ids_in(value: Any) -> set[str]:
    return {each.text for each in references_in(value) if each.kind == "id"}


def _joined(groups: list[Instances]) -> InstanceNetwork:
    """Return the network of several groups of instances.

    Raises:
        NetworkUnknownError: if one task cannot have all of it.
    """
    stacks = {each.referrer.stack_path for each in groups}
    launched_in = {launch.stack_path for each in groups for launch in each.launched_by}
    names = " and ".join(each.referrer.resource.address for each in groups)
    if len(stacks | launched_in) > 1:
        raise NetworkUnknownError(f"the instances of its cluster are in several stacks: {names}")
    for each in groups:
        _require_at_most(SUBNETS, "subnets", each.subnets, each)
        _require_at_most(SECURITY_GROUPS, "security groups", each.security_groups, each)
    subnets = _union([each.subnets for each in groups], SUBNETS)
    security_groups = _union([each.security_groups for each in groups], SECURITY_GROUPS)
    if subnets is None or (security_groups is None and any(each.security_groups is not None for each in groups)):
        raise NetworkUnknownError(f"{names} have different networks, and one task cannot have all of them")
    addresses = tuple(each.referrer.resource.address for each in groups)
    return InstanceNetwork(subnets, security_groups, addresses, stacks.pop())


def _require_at_most(most: int, what: str, members: Any, instances: Instances) -> None:
    if isinstance(members, list) and len(members) > most:
        address = instances.referrer.resource.address
        raise NetworkUnknownError(f"{address} has {len(members)} {what}, and a task can have {most}")


def _union(values: list[Any], most: int) -> Any:
    """Return a list with the members of all lists; None if a value is absent, an expression that differs, too many."""
    if len({canonical(value) for value in values}) == 1:
        return values[0]
    if not all(isinstance(value, list) for value in values):
        return None
    members = list({canonical(item): item for value in values for item in value}.values())
    return members if len(members) <= most else None


def _within(referrer: Referrer, parameters: str, key: str) -> Any:
    return referrer.resource.written(f"{parameters}.{key}" if parameters else key)


def _cluster_of(referrer: Referrer, parameters: str) -> Any:
    runner = RUNNERS.get(referrer.resource.type)
    if runner is None:
        return _DEFAULT_CLUSTER
    if runner.cluster == "Arn":  # next to the parameters of the task: Targets.0.Arn for Targets.0.EcsParameters
        return referrer.resource.written(f"{parameters.rpartition('.')[0]}.{runner.cluster}")
    return referrer.resource.written(runner.cluster) or _DEFAULT_CLUSTER
