"""Network of a Region: network interfaces, instances, load balancers and security groups, read in batches."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from ..calls import CallError, Calls, Client
from ..found import (
    CLASSIC_LOAD_BALANCERS,
    CONTAINER_INSTANCES,
    INSTANCES,
    LISTENERS,
    LOAD_BALANCERS,
    NETWORK_INTERFACES,
    SECURITY_GROUPS,
    TARGET_GROUPS,
    InUse,
    UnreadKind,
    chunks,
    name_of,
)
from ..workloads import TCP, Port
from .security_groups import SecurityGroup, security_group

_AT_ONCE = 100
_PAGE = {"PageSize": 400}  # the largest page of load balancers and target groups
_PUBLIC = "internet-facing"
_NOT_ROUTED = tuple(map(ipaddress.ip_network, ("fc00::/7", "fe80::/10")))

T = TypeVar("T")


@dataclass
class Read(Generic[T]):
    """Items that were read, by their names, and why the rest of them could not be read."""

    items: dict[str, T] = field(default_factory=dict)
    problem: str = ""

    def get(self, name: str, noun: str) -> tuple[T | None, str]:
        """Return an item, or else why it is not there."""
        item = self.items.get(name)
        return item, "" if item is not None else f"{noun} {name} {self.problem or 'does not exist any more'}"


class Attached(NamedTuple):
    """A network interface: its public addresses, and the ids of its security groups."""

    addresses: tuple[str, ...]
    groups: tuple[str, ...]

    @property
    def versions(self) -> set[int]:
        """The versions of IP of its public addresses."""
        return {ipaddress.ip_address(address).version for address in self.addresses}


class LoadBalancer(NamedTuple):
    """A load balancer.

    Attributes:
        name: its name.
        arn: its ARN; that of a Classic Load Balancer is empty.
        is_public: whether it is internet-facing.
        groups: the ids of its security groups; without any it admits all.
        listeners: the ports it listens on; None for those that are read by another call.
    """

    name: str
    arn: str
    is_public: bool
    groups: tuple[str, ...]
    listeners: tuple[str, ...] | None = None
    ports: tuple[Port, ...] = ()


class RegionNetwork:
    """Reads the network of one Region, each part once and only if it is needed.

    Args:
        region: the name of the Region.
        ecs: the client of ECS.
        client: makes a client of another service.
        calls: makes the calls.
        found: records what could not be read.
    """

    def __init__(self, region: str, ecs: Client, client: Callable[[str], Client], calls: Calls, found: InUse) -> None:
        self._region = region
        self._ecs = ecs
        self._client = client
        self._calls = calls
        self._found = found
        self._listened: dict[str, tuple[LoadBalancer | None, str]] = {}

    def interfaces(self, ids: Iterable[str]) -> Read[Attached]:
        """Return the network interfaces of tasks, by their ids."""
        return self._filtered(
            NETWORK_INTERFACES, "describe_network_interfaces", "NetworkInterfaces", "network-interface-id", ids,
            lambda one: [(one["NetworkInterfaceId"], _attached(one))],
        )  # fmt: skip

    def instances(self, ids: Iterable[str]) -> Read[tuple[Attached, ...]]:
        """Return the network interfaces of EC2 instances, by the ids of the instances."""
        return self._filtered(
            INSTANCES, "describe_instances", "Reservations", "instance-id", ids,
            lambda reservation: [(one["InstanceId"], _interfaces_of(one)) for one in reservation.get("Instances", ())],
        )  # fmt: skip

    def security_groups(self, ids: Iterable[str]) -> Read[SecurityGroup]:
        """Return security groups, by their ids."""
        return self._filtered(
            SECURITY_GROUPS, "describe_security_groups", "SecurityGroups", "group-id", ids,
            lambda one: [(one["GroupId"], security_group(one))],
        )  # fmt: skip

    def _filtered(
        self,
        subject: UnreadKind,
        method: str,
        key: str,
        name: str,
        ids: Iterable[str],
        parsed: Callable[[dict[str, Any]], Sequence[tuple[str, T]]],
    ) -> Read[T]:
        """Return what EC2 has of some ids. It uses a filter: a call with the id of a deleted item would fail."""
        read: Read[T] = Read()
        wanted = sorted(set(ids))
        try:
            for some in chunks(wanted, _AT_ONCE):
                filters = [{"Name": name, "Values": list(some)}]
                for one in self._calls.all(self._client("ec2"), method, key, Filters=filters):
                    read.items.update(parsed(one))
        except CallError as error:
            read.problem = self._miss(subject, self._region, error)
        return read

    def container_instances(self, arns: Mapping[str, Iterable[str]]) -> Read[str]:
        """Return the ids in EC2 of container instances, by their ARNs.

        Args:
            arns: the container instances of each cluster.
        """
        read: Read[str] = Read()
        for cluster, wanted in arns.items():
            try:
                for some in chunks(sorted(set(wanted)), _AT_ONCE):
                    asked: dict[str, Any] = {"cluster": cluster, "containerInstances": some}
                    answer = self._calls.one(
                        self._ecs, "describe_container_instances", key="containerInstances", **asked
                    )
                    for one in answer["containerInstances"]:
                        read.items[one["containerInstanceArn"]] = one["ec2InstanceId"]
            except CallError as error:
                read.problem = self._miss(CONTAINER_INSTANCES, name_of(cluster), error)
        return read

    @cached_property
    def target_groups(self) -> Read[tuple[str, ...]]:
        """The ARNs of the load balancers of all target groups, by the ARNs of these."""
        read = self._all("elbv2", TARGET_GROUPS, "describe_target_groups", "TargetGroups")
        items = {one["TargetGroupArn"]: tuple(one.get("LoadBalancerArns", ())) for one in read.items.values()}
        return Read(items, read.problem)

    @cached_property
    def load_balancers(self) -> Read[LoadBalancer]:
        """All load balancers, by their ARNs."""
        read = self._all("elbv2", LOAD_BALANCERS, "describe_load_balancers", "LoadBalancers")
        return Read({one["LoadBalancerArn"]: _load_balancer(one) for one in read.items.values()}, read.problem)

    @cached_property
    def classic_load_balancers(self) -> Read[LoadBalancer]:
        """All Classic Load Balancers, by their names."""
        read = self._all("elb", CLASSIC_LOAD_BALANCERS, "describe_load_balancers", "LoadBalancerDescriptions")
        return Read({one["LoadBalancerName"]: _classic(one) for one in read.items.values()}, read.problem)

    def _all(self, service: str, subject: UnreadKind, method: str, key: str) -> Read[dict[str, Any]]:
        """Return all items of a Region, by number: a call with the name of a deleted item would fail."""
        read: Read[dict[str, Any]] = Read()
        try:
            for one in self._calls.all(self._client(service), method, key, PaginationConfig=_PAGE):
                read.items[str(len(read.items))] = one
        except CallError as error:
            read.problem = self._miss(subject, self._region, error)
        return read

    def with_listeners(self, balancer: LoadBalancer) -> tuple[LoadBalancer | None, str]:
        """Return a load balancer with its listeners, or else why they could not be read. Many services may share it."""
        if balancer.listeners is not None:
            return balancer, ""
        if balancer.arn not in self._listened:
            self._listened[balancer.arn] = self._read_listeners(balancer)
        return self._listened[balancer.arn]

    def _read_listeners(self, balancer: LoadBalancer) -> tuple[LoadBalancer | None, str]:
        asked: dict[str, Any] = {"LoadBalancerArn": balancer.arn}
        try:
            listeners = list(self._calls.all(self._client("elbv2"), "describe_listeners", "Listeners", **asked))
        except CallError as error:
            problem = self._miss(LISTENERS, balancer.name, error)
            return None, f"load balancer {balancer.name} is internet-facing, its listeners {problem}"
        pairs = [(str(one.get("Protocol")), one["Port"]) for one in listeners if one.get("Port")]
        return balancer._replace(listeners=tuple(_names(pairs)), ports=tuple(_ports(pairs))), ""

    def _miss(self, subject: UnreadKind, name: str, error: CallError) -> str:
        self._found.miss(subject, name, str(error))
        return f"cannot be read: {error}"


def _names(pairs: Iterable[tuple[str, int]]) -> Iterator[str]:
    return (f"{protocol} {port}" for protocol, port in pairs)


def _ports(pairs: Iterable[tuple[str, int]]) -> Iterator[Port]:
    for protocol, port in pairs:
        is_udp, is_both = protocol in ("UDP", "QUIC"), protocol in ("TCP_UDP", "TCP_QUIC")
        if not is_udp:
            yield Port(port, port, TCP)
        if is_udp or is_both:
            yield Port(port, port, "udp")


def _attached(interface: Mapping[str, Any]) -> Attached:
    private = interface.get("PrivateIpAddresses", ())
    associations = [interface.get("Association", {}), *(one.get("Association", {}) for one in private)]
    addresses = [one["PublicIp"] for one in associations if one.get("PublicIp")]
    version_6 = [one["Ipv6Address"] for one in interface.get("Ipv6Addresses", ()) if one.get("Ipv6Address")]
    groups = tuple(group["GroupId"] for group in interface.get("Groups", ()))
    return Attached(tuple(dict.fromkeys([*addresses, *filter(_is_routed, version_6)])), groups)


def _is_routed(address: str) -> bool:
    """Return whether the internet routes an IPv6 address: unique local and link-local ones it does not."""
    return not any(ipaddress.ip_address(address) in network for network in _NOT_ROUTED)


def _interfaces_of(instance: Mapping[str, Any]) -> tuple[Attached, ...]:
    """Return the network interfaces of an instance, without those of its tasks that have their own."""
    interfaces = [one for one in instance.get("NetworkInterfaces", ()) if not _is_of_a_task(one)]
    if interfaces:
        return tuple(map(_attached, interfaces))
    address = instance.get("PublicIpAddress")
    groups = tuple(group["GroupId"] for group in instance.get("SecurityGroups", ()))
    return (Attached((address,) if address else (), groups),)


def _is_of_a_task(interface: Mapping[str, Any]) -> bool:
    """Return whether ECS has attached an interface for a task: its description is the ARN of the attachment."""
    description = str(interface.get("Description", ""))
    return ":ecs:" in description and ":attachment/" in description


def _load_balancer(one: Mapping[str, Any]) -> LoadBalancer:
    groups = tuple(one.get("SecurityGroups", ()))
    return LoadBalancer(one["LoadBalancerName"], one["LoadBalancerArn"], one.get("Scheme") == _PUBLIC, groups)


def _classic(one: Mapping[str, Any]) -> LoadBalancer:
    listeners = [entry.get("Listener", {}) for entry in one.get("ListenerDescriptions", ())]
    pairs = [(str(listener.get("Protocol")), listener["LoadBalancerPort"]) for listener in listeners]
    groups, is_public = tuple(one.get("SecurityGroups", ())), one.get("Scheme") == _PUBLIC
    return LoadBalancer(one["LoadBalancerName"], "", is_public, groups, tuple(_names(pairs)), tuple(_ports(pairs)))
