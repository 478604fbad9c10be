"""Task definitions in use in one Region of an account, and what uses them.

A task definition is in use if a task runs it, if a service has deployed it or would start it, and optionally if a rule
or schedule starts it. It may be an old revision, or deregistered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ...model.plural import counted
from .calls import CallError, Calls, Client, NotThereError
from .found import (
    CLUSTER_TAGS,
    CLUSTERS,
    NO_CLUSTER,
    PAGE,
    SERVICES,
    SERVICES_AT_ONCE,
    TASKS,
    InUse,
    UnreadKind,
    chunks,
    name_of,
)
from .scheduled_uses import read_rules, read_schedules
from .workloads import Deployed, deployed_by, deployment_of, task_of

_TASKS_AT_ONCE = 100
_CLUSTERS_AT_ONCE = 100

_GONE = "MISSING"  # the reason of a failure: the task or service was deleted after it was listed


class Clients(NamedTuple):
    """The clients of one Region.

    Attributes:
        ecs: the client of ECS.
        events: that of EventBridge rules; None if they are not read.
        scheduler: that of EventBridge schedules; None if they are not read.
        other: makes a client of another service; None if the network around the tasks is not read.
    """

    ecs: Client
    events: Client = None
    scheduler: Client = None
    other: Callable[[str], Client] | None = None


class ProductionTag(NamedTuple):
    """The tag of what is in production."""

    key: str
    value: str

    def is_on(self, tagged: Mapping[str, Any]) -> bool:
        """Return whether a task, service or cluster has the tag."""
        return any(tag.get("key") == self.key and tag.get("value") == self.value for tag in tagged.get("tags", ()))


def find_in_use(region: str, clients: Clients, calls: Calls, production: Sequence[ProductionTag] = ()) -> InUse:
    """Return the task definitions that are in use in a Region.

    Args:
        region: the name of the Region.
        clients: the clients of the Region.
        calls: makes the calls.
        production: the tags of production.
    """
    found = InUse()
    clusters: list[str] = []
    try:
        clusters += calls.all(clients.ecs, "list_clusters", "clusterArns", PaginationConfig=PAGE)
    except CallError as error:
        found.miss(CLUSTERS, region, str(error))
    reader = _Reader(clients.ecs, calls, found, production)
    reader.read_tags(region, clusters)
    for cluster in clusters:
        reader.read_tasks(cluster)
        reader.read_services(cluster)
    if clients.events is not None:
        read_rules(region, clusters, clients.events, calls, found)
    if clients.scheduler is not None:
        read_schedules(region, clients.scheduler, calls, found)
    return found


class _Reader:
    def __init__(self, ecs: Client, calls: Calls, found: InUse, production: Sequence[ProductionTag]) -> None:
        self._ecs = ecs
        self._calls = calls
        self._found = found
        self._production = production
        self._include: dict[str, Any] = {"include": ["TAGS"]} if production else {}
        self._tagged: set[str] = set()

    def read_tags(self, region: str, clusters: Sequence[str]) -> None:
        """Read which clusters have the tag of production."""
        if not self._production:
            return
        try:
            for some in chunks(clusters, _CLUSTERS_AT_ONCE):
                asked: dict[str, Any] = {"clusters": some, **self._include}
                answer = self._calls.one(self._ecs, "describe_clusters", key="clusters", **asked)
                self._tagged |= {one["clusterArn"] for one in answer["clusters"] if self._is_production(one)}
        except CallError as error:
            self._found.miss(CLUSTER_TAGS, region, str(error))

    def _is_production(self, tagged: Mapping[str, Any]) -> bool:
        return any(tag.is_on(tagged) for tag in self._production)

    def read_tasks(self, cluster: str) -> None:
        """Record the tasks of a cluster. The status includes pending tasks, but not those that are about to stop."""
        running: Counter[str] = Counter()
        asked: dict[str, Any] = {"cluster": cluster, "desiredStatus": "RUNNING", "PaginationConfig": PAGE}
        try:
            tasks = list(self._calls.all(self._ecs, "list_tasks", "taskArns", NO_CLUSTER, **asked))
            for some in chunks(tasks, _TASKS_AT_ONCE):
                for task in self._described("describe_tasks", "tasks", cluster, some, TASKS):
                    if task.get("lastStatus") != "STOPPED":
                        self._take_task(task, cluster)
                        running[task["taskDefinitionArn"]] += 1
        except NotThereError:
            pass  # the cluster was deleted after it was listed
        except CallError as error:
            self._found.miss(TASKS, name_of(cluster), str(error))
        for task_definition, count in running.items():
            self._found.use(task_definition, f"{counted(count, 'task')} in cluster {name_of(cluster)}")

    def _take_task(self, task: dict[str, Any], cluster: str) -> None:
        self._found.run(task_of(task, cluster))
        if cluster in self._tagged or self._is_production(task):
            self._found.production.add(task["taskDefinitionArn"])

    def read_services(self, cluster: str) -> None:
        """Record what the services of a cluster use."""
        try:
            asked: dict[str, Any] = {"cluster": cluster, "PaginationConfig": PAGE}
            pages = list(self._calls.all(self._ecs, "list_services", "serviceArns", NO_CLUSTER, **asked))
            for some in chunks(pages, SERVICES_AT_ONCE):
                for service in self._described("describe_services", "services", cluster, some, SERVICES):
                    self._take_service(service, cluster)
        except NotThereError:
            pass
        except CallError as error:
            self._found.miss(SERVICES, name_of(cluster), str(error))

    def _take_service(self, service: dict[str, Any], cluster: str) -> None:
        is_production = cluster in self._tagged or self._is_production(service)
        for deployed in deployed_by(service):
            self._found.use(deployed.task_definition, _use(service, deployed, name_of(cluster)))
            self._found.deployments.append(deployment_of(service, deployed, cluster))
            if is_production:
                self._found.production.add(deployed.task_definition)

    def _described(
        self, method: str, key: str, cluster: str, some: Sequence[str], subject: UnreadKind
    ) -> Iterator[dict[str, Any]]:
        asked: dict[str, Any] = {"cluster": cluster, key: some, **self._include}
        answer = self._calls.one(self._ecs, method, NO_CLUSTER, **asked)
        described = answer.get(key, ())
        yield from described
        self._take_failures(answer.get("failures", ()), len(some) - len(described), subject, cluster)

    def _take_failures(
        self, failures: Sequence[Mapping[str, Any]], missing: int, subject: UnreadKind, cluster: str
    ) -> None:
        """Record the failures in an answer. Each missing item should have one."""
        if len(failures) < missing:
            reason = f"{missing - len(failures)} of them are missing from the answer"
            self._found.miss(subject, name_of(cluster), reason)
        for failure in failures:
            if failure.get("reason") != _GONE:
                why = failure.get("detail") or failure.get("reason") or "no reason given"
                reason = f"{name_of(failure.get('arn') or 'one of them')} failed: {why}"
                self._found.miss(subject, name_of(cluster), reason)


def _use(service: Mapping[str, Any], deployed: Deployed, cluster: str) -> str:
    wants_none = ", desired count 0" if deployed.wanted == 0 else ""
    return f"service {service.get('serviceName')} in cluster {cluster} ({deployed.how}{wants_none})"
