"""Networks of tasks: the subnets and security groups of the instances that a task runs on today, or given ones."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ....remediation.network import Network
from ....sources.account.calls import CallError
from ....sources.account.surroundings import Instance, Surroundings

_ANYWHERE = "mi-"  # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html
_FARGATE = {"FARGATE", "FARGATE_SPOT"}
_NO_WAY_OUT = "leads out of the VPC only for public addresses, which a task on an instance cannot have"


class TaskNetworks:
    """The networks for tasks that have none of their own.

    Args:
        surroundings: the Region.
        given: the network that the user gives; None for that of the instances.
    """

    def __init__(self, surroundings: Surroundings, given: Network | None) -> None:
        self._surroundings = surroundings
        self._given = given

    def network_for(self, cluster: str, run_with: Mapping[str, Any]) -> Network | str:
        """Return the network for tasks in a cluster, or why there is none, as a clause.

        Args:
            cluster: the ARN of the cluster.
            run_with: what runs the tasks: a service, a task or the parameters of a target, with its launch type or
                capacity providers.
        """
        try:
            return self._network(cluster, providers_of(run_with), _of_any_case(run_with, "launchType"))
        except (CallError, ValueError) as error:
            return str(error)

    def instances_for(self, cluster: str, run_with: Mapping[str, Any]) -> list[Instance]:
        """Return the instances in EC2 that tasks may run on; none if they cannot be read.

        Args:
            cluster: see ``network_for``.
            run_with: see ``network_for``.
        """
        try:
            return self._instances(cluster, providers_of(run_with))
        except CallError:
            return []

    def _instances(self, cluster: str, providers: Collection[str]) -> list[Instance]:
        instances = self._surroundings.instances(cluster)
        return [each for each in instances if not providers or each.capacity_provider in providers]

    def _network(self, cluster: str, providers: Collection[str], launch_type: Any) -> Network | str:
        if launch_type == "EXTERNAL":
            return "it runs on ECS Anywhere, which does not support awsvpc"
        if launch_type == "FARGATE" or _FARGATE.intersection(providers):
            return (
                "it runs on Fargate, where the network has to be given with --subnets"
                if self._given is None
                else self._given
            )
        instances = self._instances(cluster, providers)
        if any(each.id.startswith(_ANYWHERE) for each in instances):
            return "its cluster has instances of ECS Anywhere, which does not support awsvpc"
        instances = [each for each in instances if each.vpc]
        if self._given is not None:
            return self._of_user(self._given, instances)
        return self._of_instances(instances)

    def _of_instances(self, instances: Sequence[Instance]) -> Network | str:
        if not instances:
            return "its cluster has no active EC2 instances to take the network of"
        vpcs = sorted({each.vpc for each in instances})
        if len(vpcs) > 1:
            return f"the instances of its cluster are in several VPCs ({', '.join(vpcs)})"
        groups = sorted({each.security_groups for each in instances})
        if len(groups) > 1:
            names = " and ".join(", ".join(each) for each in groups)
            return f"the instances of its cluster have different security groups ({names})"
        public = [each.id for each in instances if each.has_public_address]
        if public:
            return f"instance {public[0]} of its cluster has a public address, which a task on an instance cannot have"
        subnets = sorted({each.subnet for each in instances})
        closed = self._surroundings.public_subnets(subnets, vpcs[0])
        return f"subnet {closed[0]} {_NO_WAY_OUT}" if closed else Network(tuple(subnets), groups[0])

    def _of_user(self, given: Network, instances: Sequence[Instance]) -> Network | str:
        found = self._surroundings.subnets(given.subnets)
        if found is None:
            return f"one of the subnets {', '.join(given.subnets)} does not exist in this account and Region"
        vpcs = sorted({subnet["VpcId"] for subnet in found})
        if len(vpcs) != 1:
            return f"the subnets {', '.join(given.subnets)} are in several VPCs"
        other = [each.id for each in instances if each.vpc != vpcs[0]]
        if other:
            return f"instance {other[0]} of its cluster is in another VPC than the subnets that were given"
        closed = self._surroundings.public_subnets(given.subnets, vpcs[0])
        return f"subnet {closed[0]} {_NO_WAY_OUT}" if closed else given


def providers_of(run_with: Mapping[str, Any]) -> list[str]:
    """Return the capacity providers that a service, a task or a target runs tasks with."""
    strategy = _of_any_case(run_with, "capacityProviderStrategy") or ()
    providers = [str(_of_any_case(item, "capacityProvider")) for item in strategy]
    own = run_with.get("capacityProviderName")  # of a task
    return [*providers, own] if own else providers


def _of_any_case(node: Mapping[str, Any], key: str) -> Any:
    """Return a member as ECS names it, or EventBridge, which begins names of ECS with a capital."""
    return node.get(key, node.get(key[:1].upper() + key[1:]))
