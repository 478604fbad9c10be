"""Levels of exposure: what reaches the containers of each task definition in use, and from where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ....model.plural import counted, first_of
from ....model.usage import ClusterExposure, Exposure, ExposureLevel, most_urgent
from ..found import InUse, name_of
from ..workloads import Deployment, RunningTask
from .network import Attached, LoadBalancer, Read, RegionNetwork
from .ports import DAEMON, Listening, listening_of, ports_text
from .security_groups import SecurityGroup, open_rules, prefix_list_rules

INTERNET, UNKNOWN, INTERNAL = ExposureLevel

_ADDRESSES_SHOWN = 3
_ON_INSTANCES = ("bridge", "host", "default", "nat")
_EC2 = "i-"  # how the ids of EC2 instances begin; those of ECS Anywhere begin with mi-
_BOTH = (4, 6)

Reason = tuple[ExposureLevel, str]

_WITHOUT_PORTS: Mapping[str, Reason] = {
    "none": (INTERNAL, "its network mode is none"),
    DAEMON: (UNKNOWN, "it is a daemon, and the network of daemons is not read"),
}


class Reached(NamedTuple):
    """From where the containers of a task definition can be reached, in all and in each cluster."""

    exposure: Exposure
    clusters: tuple[ClusterExposure, ...]


class _Place(NamedTuple):
    """A task definition in one cluster."""

    task_definition: str
    cluster: str


def examine(described: Mapping[str, Mapping[str, Any]], found: InUse, network: RegionNetwork) -> dict[str, Reached]:
    """Return from where each task definition can be reached, by its ARN.

    Args:
        described: the task definitions as ``DescribeTaskDefinition`` has them, by each of their names in use.
        found: what is in use.
        network: reads the network.
    """
    examiner = _Examiner(described, found, network)
    reasons: dict[str, dict[str, list[Reason]]] = defaultdict(dict)
    for place in examiner.places():
        reasons[place.task_definition][name_of(place.cluster)] = list(examiner.reasons(place))
    return {arn: _reached(by_cluster) for arn, by_cluster in reasons.items()}


def _reached(by_cluster: Mapping[str, Sequence[Reason]]) -> Reached:
    reasons = [reason for each in by_cluster.values() for reason in each]
    level = most_urgent(level for level, _ in reasons)
    exposure = Exposure(level, tuple(dict.fromkeys(text for of, text in reasons if of is level)))
    clusters = (ClusterExposure(name, most_urgent(of for of, _ in each)) for name, each in sorted(by_cluster.items()))
    return Reached(exposure, tuple(clusters))


class _Examiner:
    def __init__(self, described: Mapping[str, Mapping[str, Any]], found: InUse, network: RegionNetwork) -> None:
        self._described = {one["taskDefinitionArn"]: one for one in described.values()}
        self._tasks: dict[_Place, list[RunningTask]] = defaultdict(list)
        self._deployments: dict[_Place, list[Deployment]] = defaultdict(list)
        for task in found.tasks:
            if task.task_definition in described:
                self._tasks[_Place(described[task.task_definition]["taskDefinitionArn"], task.cluster)].append(task)
        for one in found.deployments:
            if one.task_definition in described:
                self._deployments[_Place(described[one.task_definition]["taskDefinitionArn"], one.cluster)].append(one)
        self._listening = {place: self._listens(place) for place in self.places()}
        self._network = network
        tasks = [task for each in self._tasks.values() for task in each]
        self._interfaces = network.interfaces(id_ for task in tasks for id_ in task.interfaces)
        self._container_instances = network.container_instances(self._instances_to_read())
        ids = [id_ for id_ in self._container_instances.items.values() if id_.startswith(_EC2)]
        self._instances: Read[tuple[Attached, ...]] = network.instances(ids)
        self._balancers = {place: self._load_balancers(place) for place in self._deployments}
        self._groups = network.security_groups(self._groups_to_read())

    def places(self) -> list[_Place]:
        """Return where task definitions are in use."""
        return list(dict.fromkeys([*self._tasks, *self._deployments]))

    def _listens(self, place: _Place) -> Listening:
        published = dict.fromkeys(port for task in self._tasks.get(place, ()) for port in task.published)
        return listening_of(self._described[place.task_definition], published)

    def _instances_to_read(self) -> dict[str, list[str]]:
        wanted: dict[str, list[str]] = defaultdict(list)
        for place, tasks in self._tasks.items():
            listening = self._listening[place]
            if listening.mode.lower() in _ON_INSTANCES and listening.ports:
                wanted[place.cluster] += [one.container_instance for one in tasks if one.container_instance]
        return wanted

    def _groups_to_read(self) -> Iterator[str]:
        """Yield the ids of the security groups that decide: of what has a public address."""
        instances = [attached for each in self._instances.items.values() for attached in each]
        for attached in (*self._interfaces.items.values(), *instances):
            if attached.addresses:
                yield from attached.groups
        for place, deployments in self._deployments.items():
            for one in deployments:
                if one.network and one.network.is_public and place not in self._tasks:
                    yield from one.network.security_groups
        for balancers, _ in self._balancers.values():
            for balancer in balancers:
                if balancer.is_public:
                    yield from balancer.groups

    # --- reasons -------------------------------------------------------------------------------------------------

    def reasons(self, place: _Place) -> Iterator[Reason]:
        """Yield what reaches the containers of a task definition in a cluster, and what does not."""
        yield from self._reasons_of_balancers(place)
        listening = self._listening[place]
        if not listening.ports:
            yield _WITHOUT_PORTS.get(listening.mode, (INTERNAL, "its containers publish no ports"))
        elif place in self._tasks:
            yield from self._reasons_of_tasks(self._tasks[place], listening)
        else:
            for deployment in self._deployments[place]:
                yield from self._reasons_of_deployment(deployment, listening)

    def _reasons_of_tasks(self, tasks: Sequence[RunningTask], listening: Listening) -> Iterator[Reason]:
        is_on_instances = listening.mode.lower() in _ON_INSTANCES
        public: dict[tuple[tuple[str, ...], frozenset[int]], dict[str, None]] = defaultdict(dict)
        for task in tasks:
            attached, problem = self._instance_of(task) if is_on_instances else self._interfaces_of(task)
            if problem:
                yield UNKNOWN, problem
            for one in attached:
                if one.addresses:
                    public[one.groups, frozenset(one.versions)][one.addresses[0]] = None
        noun = "instance" if is_on_instances else "task"
        for (groups, versions), addresses in public.items():
            subject = f"{counted(len(addresses), noun)} {'has' if len(addresses) == 1 else 'have'}"
            about = f"{subject} a public address ({', '.join(first_of(list(addresses), _ADDRESSES_SHOWN))})"
            yield self._by_groups(about, groups, listening, versions)
        if not public:
            yield INTERNAL, f"the {noun}s have no public address"

    def _interfaces_of(self, task: RunningTask) -> tuple[list[Attached], str]:
        if not task.interfaces:
            return [], "a task has no network interface yet"
        read = [self._interfaces.get(id_, "network interface") for id_ in task.interfaces]
        return [one for one, _ in read if one], next((problem for _, problem in read if problem), "")

    def _instance_of(self, task: RunningTask) -> tuple[Sequence[Attached], str]:
        if task.container_instance is None:
            return (), "a task has no container instance yet"
        id_, problem = self._container_instances.get(task.container_instance, "container instance")
        if id_ is None:
            return (), problem
        if not id_.startswith(_EC2):
            return (), f"instance {id_} is not in EC2, so its network is not known"
        attached, problem = self._instances.get(id_, "instance")
        return attached or (), problem

    def _reasons_of_deployment(self, deployment: Deployment, listening: Listening) -> Iterator[Reason]:
        """Yield what will reach the tasks of something that runs none."""
        network = deployment.network
        if network is None:
            yield INTERNAL, f"{deployment.by} runs no task"
        elif not network.is_public:
            yield INTERNAL, f"{deployment.by} gives its tasks no public address"
        elif not network.security_groups:
            about = "gives its tasks public addresses and the default security group of the VPC, which is not read"
            yield UNKNOWN, f"{deployment.by} {about}"
        else:
            about = f"{deployment.by} gives its tasks public addresses"
            yield self._by_groups(about, network.security_groups, listening, _BOTH)

    def _reasons_of_balancers(self, place: _Place) -> Iterator[Reason]:
        balancers, reasons = self._balancers.get(place, ((), ()))
        yield from reasons
        for balancer in balancers:
            if not balancer.is_public:
                yield INTERNAL, f"load balancer {balancer.name} is internal"
            elif not balancer.ports:
                yield INTERNAL, f"load balancer {balancer.name} has no listeners"
            else:
                about = f"load balancer {balancer.name} is internet-facing ({', '.join(balancer.listeners or ())})"
                if not balancer.groups:
                    yield INTERNET, about
                else:
                    yield self._by_groups(about, balancer.groups, Listening("", balancer.ports), _BOTH)

    def _load_balancers(self, place: _Place) -> tuple[list[LoadBalancer], list[Reason]]:
        """Return the load balancers of a task definition in a cluster, and what is known without them."""
        balancers: dict[str, LoadBalancer] = {}
        reasons: dict[Reason, None] = {}
        for balancer, reason in self._each_balancer(self._deployments[place]):
            if balancer is not None:
                balancers[balancer.arn or balancer.name] = balancer
            else:
                reasons[reason] = None
        return list(balancers.values()), list(reasons)

    def _each_balancer(self, deployments: Iterable[Deployment]) -> Iterator[tuple[LoadBalancer | None, Reason]]:
        for deployment in deployments:
            for group in deployment.target_groups:
                arns, problem = self._network.target_groups.get(group, "target group")
                if arns is None:
                    yield None, (UNKNOWN, problem)
                elif not arns:
                    yield None, (INTERNAL, f"target group {_short(group)} has no load balancer")
                for arn in arns or ():
                    yield self._with_listeners(*self._network.load_balancers.get(arn, "load balancer"))
            for name in deployment.classic:
                yield self._with_listeners(*self._network.classic_load_balancers.get(name, "load balancer"))

    def _with_listeners(self, balancer: LoadBalancer | None, problem: str) -> tuple[LoadBalancer | None, Reason]:
        if balancer is not None and balancer.is_public:
            balancer, problem = self._network.with_listeners(balancer)
        return balancer, (UNKNOWN, problem)

    def _by_groups(self, about: str, ids: Sequence[str], listening: Listening, versions: Iterable[int]) -> Reason:
        """Return from where security groups admit connections to a public address."""
        read = [self._groups.get(id_, "security group") for id_ in ids]
        groups: list[SecurityGroup] = [group for group, _ in read if group]
        opened = open_rules(groups, listening.ports, versions)
        if opened:
            anywhere = "" if listening.is_declared else "; the task definition names no ports"
            return INTERNET, f"{about}, and {opened[0]}{anywhere}"
        unread = [problem for group, problem in read if group is None]
        if unread:
            return UNKNOWN, f"{about}, and {unread[0]}"
        listed = prefix_list_rules(groups, listening.ports)
        if listed:
            return UNKNOWN, f"{about}, and {listed[0]}, whose addresses are not read"
        where = ports_text(listening.ports) if listening.is_declared else "any port"
        return INTERNAL, f"{about}, and no security group of it admits the internet on {where}"


def _short(arn: str) -> str:
    """Return the name in the ARN of a target group, which has an id behind it."""
    return arn.split("/")[-2] if arn.count("/") >= 2 else arn
