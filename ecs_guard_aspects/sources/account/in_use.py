"""Task definitions in use in one Region of an account, and what uses them.

A task definition is in use if a task runs it, if a service has deployed it or would start it, and optionally if a rule
or schedule starts it. It may be an old revision, or deregistered.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ...model.plural import counted
from .calls import CallError, Calls, Client, NotThereError
from .scheduled import RULE, SCHEDULE
from .scheduled_targets import RUN_TASK, event_buses, listed_schedules, rules_on, schedule_of, targets_of

# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ documents the page size of each call.
_PAGE = {"PageSize": 100}
_TASKS_AT_ONCE = 100
_SERVICES_AT_ONCE = 10

_NO_CLUSTER = ("ClusterNotFoundException",)
_GONE = "MISSING"  # the reason of a failure: the task or service was deleted after it was listed


class Clients(NamedTuple):
    """The clients of one Region. ``events`` and ``scheduler`` are None if rules and schedules are not read."""

    ecs: Client
    events: Client = None
    scheduler: Client = None


class Part(NamedTuple):
    """A part of a Region that could not be read.

    Attributes:
        what: the resources, with ``{}`` for their owner.
        noun: the kind of the owner.
        reason: why.
    """

    what: str
    noun: str
    reason: str


TASKS = ("The tasks of {}", "cluster")
SERVICES = ("The services of {}", "cluster")
RULES = ("The rules on {}", "event bus")
TARGETS = ("The targets of {}", "rule")
CLUSTERS = ("The clusters of {}", "Region")
BUSES = ("The event buses of {}", "Region")
SCHEDULES = ("The schedules of {}", "Region")
ONE_SCHEDULE = ("{}", "schedule")
TASK_DEFINITIONS = ("{}", "task definition")


@dataclass
class InUse:
    """The task definitions in use in a Region, and what could not be read.

    Attributes:
        uses: what uses a task definition, by its ARN, or family with or without revision.
        gaps: the names of owners, by the part that could not be read.
    """

    uses: dict[str, list[str]] = field(default_factory=dict)
    gaps: dict[Part, list[str]] = field(default_factory=dict)

    def use(self, task_definition: str, by: str) -> None:
        """Record a use of a task definition."""
        users = self.uses.setdefault(task_definition, [])
        if by not in users:
            users.append(by)

    def miss(self, part: tuple[str, str], name: str, reason: str) -> None:
        """Record something that could not be read."""
        self.gaps.setdefault(Part(*part, reason), []).append(name)


def find_in_use(region: str, clients: Clients, calls: Calls) -> InUse:
    """Return the task definitions that are in use in a Region.

    Args:
        region: the name of the Region.
        clients: the clients of the Region.
        calls: makes the calls.
    """
    found = InUse()
    clusters: list[str] = []
    try:
        clusters += calls.all(clients.ecs, "list_clusters", "clusterArns", PaginationConfig=_PAGE)
    except CallError as error:
        found.miss(CLUSTERS, region, str(error))
    for cluster in clusters:
        _read_tasks(cluster, clients.ecs, calls, found)
        _read_services(cluster, clients.ecs, calls, found)
    if clients.events is not None:
        _read_rules(region, clusters, clients.events, calls, found)
    if clients.scheduler is not None:
        _read_schedules(region, clients.scheduler, calls, found)
    return found


def _read_tasks(cluster: str, ecs: Client, calls: Calls, found: InUse) -> None:
    asked: dict[str, Any] = {
        "cluster": cluster,
        "desiredStatus": "RUNNING",
    }  # includes pending tasks, but no tasks that are to stop
    where = f"in cluster {_name(cluster)}"
    running: Counter[str] = Counter()
    try:
        tasks = list(calls.all(ecs, "list_tasks", "taskArns", _NO_CLUSTER, **asked, PaginationConfig=_PAGE))
        for some in _chunks(tasks, _TASKS_AT_ONCE):
            answer = calls.one(ecs, "describe_tasks", _NO_CLUSTER, cluster=cluster, tasks=some)
            running.update(task["taskDefinitionArn"] for task in answer.get("tasks", ()) if _runs(task))
            _take_failures(answer, TASKS, cluster, len(some) - len(answer.get("tasks", ())), found)
    except NotThereError:
        pass  # the cluster was deleted after it was listed
    except CallError as error:
        found.miss(TASKS, _name(cluster), str(error))
    for task_definition, count in running.items():
        found.use(task_definition, f"{counted(count, 'task')} {where}")


def _runs(task: dict[str, Any]) -> bool:
    return task.get("lastStatus") != "STOPPED"


def _read_services(cluster: str, ecs: Client, calls: Calls, found: InUse) -> None:
    try:
        pages = calls.all(ecs, "list_services", "serviceArns", _NO_CLUSTER, cluster=cluster, PaginationConfig=_PAGE)
        for some in _chunks(list(pages), _SERVICES_AT_ONCE):
            answer = calls.one(ecs, "describe_services", _NO_CLUSTER, cluster=cluster, services=some)
            for service in answer.get("services", ()):
                for task_definition, by in _uses_of(service, _name(cluster)):
                    found.use(task_definition, by)
            _take_failures(answer, SERVICES, cluster, len(some) - len(answer.get("services", ())), found)
    except NotThereError:
        pass
    except CallError as error:
        found.miss(SERVICES, _name(cluster), str(error))


def _take_failures(answer: dict[str, Any], part: tuple[str, str], cluster: str, missing: int, found: InUse) -> None:
    """Record the failures in an answer. Each missing item should have one."""
    failures = answer.get("failures", ())
    if len(failures) < missing:
        found.miss(part, _name(cluster), f"{missing - len(failures)} of them are missing from the answer")
    for failure in failures:
        if failure.get("reason") != _GONE:
            why = failure.get("detail") or failure.get("reason") or "no reason given"
            found.miss(part, _name(cluster), f"{_name(failure.get('arn') or 'one of them')} failed: {why}")


def _uses_of(service: dict[str, Any], cluster: str) -> Iterator[tuple[str, str]]:
    """Yield the task definitions of a service: of its deployments and task sets, and its own."""
    if service.get("status") == "INACTIVE":
        return
    name = f"service {service.get('serviceName')} in cluster {cluster}"
    deployed = [
        *((one, "deployment", one.get("desiredCount")) for one in service.get("deployments", ())),
        *((one, "task set", one.get("computedDesiredCount")) for one in service.get("taskSets", ())),
    ]
    named = set()
    for one, kind, count in deployed:
        status = str(one.get("status", "")).lower()
        task_definition = one.get("taskDefinition")
        if not task_definition or status == "inactive":  # replaced completely
            continue
        named.add(task_definition)
        yield task_definition, f"{name} ({status} {kind}{_wants_none(count)})"
    own = service.get("taskDefinition")
    if own and own not in named:
        yield own, f"{name} (its task definition{_wants_none(service.get('desiredCount'))})"


def _wants_none(count: object) -> str:
    return ", desired count 0" if count == 0 else ""


def _read_rules(region: str, clusters: Sequence[str], events: Client, calls: Calls, found: InUse) -> None:
    buses: list[str] = []
    try:
        buses += event_buses(events, calls)
    except CallError as error:
        found.miss(BUSES, region, str(error))
    for bus in buses:
        rules: list[str] = []
        try:
            rules += rules_on(bus, clusters, events, calls)
        except CallError as error:
            found.miss(RULES, bus, str(error))
        for rule in rules:
            _read_rule(rule, bus, events, calls, found)


def _read_rule(rule: str, bus: str, events: Client, calls: Calls, found: InUse) -> None:
    try:
        for target in targets_of(rule, bus, events, calls):
            task_definition = target["EcsParameters"].get("TaskDefinitionArn")
            if task_definition:
                found.use(task_definition, f"{RULE}{rule} (event bus {bus})")
    except CallError as error:
        found.miss(TARGETS, rule, str(error))


def _read_schedules(region: str, scheduler: Client, calls: Calls, found: InUse) -> None:
    try:
        listed = listed_schedules(scheduler, calls)
    except CallError as error:
        found.miss(SCHEDULES, region, str(error))
        return
    for each in listed:
        _read_schedule(each, scheduler, calls, found)


def _read_schedule(listed: dict[str, Any], scheduler: Client, calls: Calls, found: InUse) -> None:
    full_name = f"{listed['GroupName']}/{listed['Name']}"
    try:
        schedule = schedule_of(listed, scheduler, calls)
    except CallError as error:
        found.miss(ONE_SCHEDULE, full_name, str(error))
        return
    if schedule is None:
        return
    task_definition = _task_definition_of(schedule.get("Target", {}))
    if task_definition is None:
        found.miss(ONE_SCHEDULE, full_name, "the task definition of its target cannot be read")
        return
    off = ", disabled" if schedule.get("State") == "DISABLED" else ""
    found.use(task_definition, f"{SCHEDULE}{full_name}{off}")


def _task_definition_of(target: dict[str, Any]) -> str | None:
    """Return the task definition of a target: of an ECS target, or in the input of a RunTask call."""
    if not str(target.get("Arn", "")).endswith(RUN_TASK):
        named = target.get("EcsParameters", {}).get("TaskDefinitionArn")
    else:
        try:
            named = json.loads(target.get("Input", "")).get("TaskDefinition")
        except (ValueError, AttributeError):
            return None
    return named if isinstance(named, str) and named else None


def _name(arn: str) -> str:
    return arn.rpartition("/")[2]


def _chunks(items: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))
