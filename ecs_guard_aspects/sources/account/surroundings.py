"""Surroundings of revisions in one Region: what runs them, and the instances, subnets and load balancers around that.

They are read for a plan, after the audit, because the audit keeps only names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from .calls import CallError, Calls, Client, NotThereError
from .found import NO_CLUSTER, PAGE, SERVICES_AT_ONCE, chunks, name_of
from .scheduled_targets import RuleTarget, pipes, rule_targets, schedules

_AT_ONCE = 100
_NO_REVISION = ("ClientException",)  # "Unable to describe task definition."
_NO_TARGET_GROUP = ("TargetGroupNotFound", "TargetGroupNotFoundException")
_NO_REGISTRY = ("ServiceNotFound",)
_NO_SUBNET = ("InvalidSubnetID.NotFound",)
_EVERYTHING = "0.0.0.0/0"

Answer = dict[str, Any]
T = TypeVar("T")


class PlanClients(NamedTuple):
    """The clients of one Region that a plan needs."""

    ecs: Client
    events: Client
    scheduler: Client
    ec2: Client
    elbv2: Client
    servicediscovery: Client
    pipes: Client
    codepipeline: Client


PLAN_SERVICES = PlanClients._fields
"""The services, by their names in boto3."""


class Instance(NamedTuple):
    """An instance of a cluster.

    Attributes:
        id: its id in EC2; that of ECS Anywhere starts with ``mi-``.
        capacity_provider: its capacity provider, if it has one.
        vpc: its VPC; empty if EC2 does not have it.
        subnet: its subnet.
        security_groups: the ids of its security groups.
        has_public_address: whether it has a public IP address.
        arn: its ARN as a container instance.
        attributes: what its agent has registered, such as ``ecs.instance-type``, by name.
    """

    id: str
    capacity_provider: str | None
    vpc: str = ""
    subnet: str = ""
    security_groups: tuple[str, ...] = ()
    has_public_address: bool = False
    arn: str = ""
    attributes: Mapping[str, str] = {}


class Definition(NamedTuple):
    """A revision as ``DescribeTaskDefinition`` has it, and its tags."""

    described: Answer
    tags: list[Answer]


class Surroundings:
    """Reads the surroundings of the revisions of one Region, each part once and only if it is needed.

    Args:
        clients: the clients of the Region.
        calls: makes the calls.

    Attributes:
        unread: the parts that could not be read, each as a clause with the reason.
    """

    def __init__(self, clients: PlanClients, calls: Calls) -> None:
        self._clients = clients
        self._calls = calls
        self._read: dict[str, list[Any] | CallError] = {}
        self.unread: list[str] = []

    def definition(self, arn: str) -> Definition | None:
        """Return a revision with its tags; None if it does not exist.

        Raises:
            CallError: if it cannot be read.
        """
        asked: Answer = {"taskDefinition": arn, "include": ["TAGS"]}
        try:
            answer = self._calls.one(self._clients.ecs, "describe_task_definition", _NO_REVISION, **asked)
        except NotThereError:
            return None
        return Definition(answer["taskDefinition"], answer.get("tags", []))

    # --- what runs tasks -----------------------------------------------------------------------------------------

    @cached_property
    def clusters(self) -> list[str]:
        """The ARNs of the clusters."""
        return self._part(
            "the clusters", self._calls.all(self._clients.ecs, "list_clusters", "clusterArns", PaginationConfig=PAGE)
        )

    @cached_property
    def services(self) -> list[Answer]:
        """The services of all clusters, with their tags."""
        return [
            service
            for cluster in self.clusters
            for service in self._part(f"the services of cluster {name_of(cluster)}", self._services(cluster))
        ]

    @cached_property
    def tasks(self) -> list[Answer]:
        """The tasks of all clusters that run or start."""
        return [
            task
            for cluster in self.clusters
            for task in self._part(f"the tasks of cluster {name_of(cluster)}", self._tasks(cluster))
        ]

    @cached_property
    def rule_targets(self) -> list[RuleTarget]:
        """The targets of rules that start tasks."""
        return self._part("the EventBridge rules", rule_targets(self.clusters, self._clients.events, self._calls))

    @cached_property
    def schedules(self) -> list[Answer]:
        """The schedules that start tasks."""
        return self._part("the EventBridge schedules", schedules(self._clients.scheduler, self._calls))

    @cached_property
    def pipes(self) -> list[Answer]:
        """The EventBridge pipes that start tasks."""
        return self._part("the EventBridge pipes", pipes(self.clusters, self._clients.pipes, self._calls))

    @cached_property
    def pipelines(self) -> list[Answer]:
        """The pipelines of CodePipeline.

        Raises:
            CallError: if they cannot be read.
        """
        return self._once("pipelines", self._pipelines())

    def _once(self, what: str, items: Iterable[T]) -> list[T]:
        """Return the items of a part, which are read once; if a call fails, it is not made again for each revision."""
        if what not in self._read:
            try:
                self._read[what] = list(items)
            except CallError as error:
                self._read[what] = error
        read = self._read[what]
        if isinstance(read, CallError):
            raise read
        return read

    def _pipelines(self) -> Iterator[Answer]:
        client = self._clients.codepipeline
        for each in list(self._calls.all(client, "list_pipelines", "pipelines")):
            yield self._calls.one(client, "get_pipeline", name=each["name"])["pipeline"]

    def _part(self, what: str, items: Iterable[T]) -> list[T]:
        """Return the items of a part; none, and what they are is unread, if a call fails."""
        try:
            return list(items)
        except NotThereError:
            return []  # the cluster was deleted after it was listed
        except CallError as error:
            self.unread.append(f"{what} cannot be read: {error}")
            return []

    def _services(self, cluster: str) -> Iterator[Answer]:
        ecs = self._clients.ecs
        pages = self._calls.all(ecs, "list_services", "serviceArns", NO_CLUSTER, cluster=cluster, PaginationConfig=PAGE)
        for some in chunks(list(pages), SERVICES_AT_ONCE):
            asked: Answer = {"cluster": cluster, "services": some, "include": ["TAGS"]}
            yield from self._calls.one(ecs, "describe_services", NO_CLUSTER, key="services", **asked)["services"]

    def _tasks(self, cluster: str) -> Iterator[Answer]:
        ecs = self._clients.ecs
        asked: Answer = {"cluster": cluster, "desiredStatus": "RUNNING", "PaginationConfig": PAGE}
        for some in chunks(list(self._calls.all(ecs, "list_tasks", "taskArns", NO_CLUSTER, **asked)), _AT_ONCE):
            answer = self._calls.one(ecs, "describe_tasks", NO_CLUSTER, key="tasks", cluster=cluster, tasks=some)
            yield from (task for task in answer["tasks"] if task.get("lastStatus") != "STOPPED")

    # --- the network ---------------------------------------------------------------------------------------------

    def instances(self, cluster: str) -> list[Instance]:
        """Return the active instances of a cluster.

        Raises:
            CallError: if they cannot be read.
        """
        return self._once(f"the instances of {cluster}", self._read_instances(cluster))

    def _read_instances(self, cluster: str) -> Iterator[Instance]:
        ecs = self._clients.ecs
        asked: Answer = {"cluster": cluster, "status": "ACTIVE", "PaginationConfig": PAGE}
        listed = list(self._calls.all(ecs, "list_container_instances", "containerInstanceArns", NO_CLUSTER, **asked))
        for some in chunks(listed, _AT_ONCE):
            wanted: Answer = {"cluster": cluster, "containerInstances": some}
            answer = self._calls.one(ecs, "describe_container_instances", key="containerInstances", **wanted)
            registered = answer["containerInstances"]
            machines = self._machines(each["ec2InstanceId"] for each in registered)
            for each in registered:
                yield _instance(each, machines.get(each["ec2InstanceId"], {}))

    def _machines(self, ids: Iterable[str]) -> dict[str, Answer]:
        """Return instances of EC2 by their ids; those of ECS Anywhere are not in EC2."""
        wanted = [each for each in ids if each.startswith("i-")]
        if not wanted:
            return {}
        filters = [{"Name": "instance-id", "Values": wanted}]  # ids in `InstanceIds` must all be there
        reservations = self._calls.all(self._clients.ec2, "describe_instances", "Reservations", Filters=filters)
        return {each["InstanceId"]: each for reservation in reservations for each in reservation.get("Instances", ())}

    def subnets(self, ids: Sequence[str]) -> list[Answer] | None:
        """Return subnets; None if one of them does not exist.

        Raises:
            CallError: if they cannot be read.
        """
        try:
            return list(self._calls.all(self._clients.ec2, "describe_subnets", "Subnets", _NO_SUBNET, SubnetIds=ids))
        except NotThereError:
            return None

    def public_subnets(self, ids: Sequence[str], vpc: str) -> list[str]:
        """Return the subnets whose way out is an internet gateway, which a task without a public address cannot use.

        Raises:
            CallError: if their route tables cannot be read.
        """
        filters = [{"Name": "vpc-id", "Values": [vpc]}]
        tables = list(self._calls.all(self._clients.ec2, "describe_route_tables", "RouteTables", Filters=filters))
        associated = {link.get("SubnetId"): table for table in tables for link in table.get("Associations", ())}
        main: Answer = next((table for table in tables if _is_main(table)), {})
        return [each for each in ids if _is_public(associated.get(each, main))]

    # --- load balancers and registries ---------------------------------------------------------------------------

    def target_type(self, arn: str) -> str | None:
        """Return what a target group registers: ``instance``, ``ip``; None if it does not exist.

        Raises:
            CallError: if it cannot be read.
        """
        elbv2 = self._clients.elbv2
        try:
            answer = self._calls.one(elbv2, "describe_target_groups", _NO_TARGET_GROUP, TargetGroupArns=[arn])
        except NotThereError:
            return None
        return str(answer["TargetGroups"][0].get("TargetType", "instance"))

    def dns_records(self, arn: str) -> list[str] | None:
        """Return the types of the DNS records of a service registry; None if it does not exist.

        Raises:
            CallError: if it cannot be read.
        """
        client = self._clients.servicediscovery
        try:
            answer = self._calls.one(client, "get_service", _NO_REGISTRY, Id=name_of(arn))
        except NotThereError:
            return None
        return [str(record["Type"]) for record in answer["Service"].get("DnsConfig", {}).get("DnsRecords", ())]


def _instance(registered: Answer, machine: Answer) -> Instance:
    groups = tuple(sorted(group["GroupId"] for group in machine.get("SecurityGroups", ())))
    return Instance(
        registered["ec2InstanceId"],
        registered.get("capacityProviderName"),
        machine.get("VpcId", ""),
        machine.get("SubnetId", ""),
        groups,
        bool(machine.get("PublicIpAddress")),
        registered.get("containerInstanceArn", ""),
        {each["name"]: each.get("value", "") for each in registered.get("attributes", ())},
    )


def _is_main(table: Answer) -> bool:
    return any(link.get("Main") for link in table.get("Associations", ()))


def _is_public(table: Answer) -> bool:
    routes = (route for route in table.get("Routes", ()) if route.get("DestinationCidrBlock") == _EVERYTHING)
    return any(str(route.get("GatewayId", "")).startswith("igw-") for route in routes)
