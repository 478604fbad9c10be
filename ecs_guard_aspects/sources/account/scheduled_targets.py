"""Targets of EventBridge rules, schedules and pipes that start tasks, as AWS returns them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from .calls import Calls, Client, NotThereError

_GONE = ("ResourceNotFoundException",)
_PAGE = {"PageSize": 100}

RUN_TASK = ":aws-sdk:ecs:runTask"
"""The end of the ARN of a schedule's target that calls the API itself, with the parameters in its input."""


class RuleTarget(NamedTuple):
    """A target of a rule: the names of the rule and its event bus, and the target as ``ListTargetsByRule`` has it."""

    rule: str
    bus: str
    target: dict[str, Any]


def rule_targets(clusters: Iterable[str], events: Client, calls: Calls) -> Iterator[RuleTarget]:
    """Yield the targets of rules that start tasks in some clusters.

    Raises:
        CallError: if a call fails.
    """
    clusters = list(clusters)
    for bus in event_buses(events, calls):
        for rule in rules_on(bus, clusters, events, calls):
            yield from (RuleTarget(rule, bus, target) for target in task_targets(rule, bus, events, calls))


def schedules(scheduler: Client, calls: Calls) -> Iterator[dict[str, Any]]:
    """Yield the schedules that start tasks, as ``GetSchedule`` has them.

    Raises:
        CallError: if a call fails.
    """
    for listed in listed_schedules(scheduler, calls):
        schedule = schedule_of(listed, scheduler, calls)
        if schedule is not None:
            yield schedule


def pipes(clusters: Iterable[str], client: Client, calls: Calls) -> Iterator[dict[str, Any]]:
    """Yield the pipes that start tasks in some clusters, as ``DescribePipe`` has them.

    Raises:
        CallError: if a call fails.
    """
    for cluster in clusters:
        for listed in list(calls.all(client, "list_pipes", "Pipes", TargetPrefix=cluster)):
            try:
                pipe = calls.one(client, "describe_pipe", ("NotFoundException",), key="Target", Name=listed["Name"])
            except NotThereError:
                continue  # it was deleted after it was listed
            if pipe["Target"] == cluster:  # not one whose name begins with that of this one
                yield pipe


# --- one call each ---------------------------------------------------------------------------------------------------


def event_buses(events: Client, calls: Calls) -> Iterator[str]:
    """Yield the names of the event buses, which boto3 has no pages for."""
    more: dict[str, Any] = {}
    while True:
        answer = calls.one(events, "list_event_buses", key="EventBuses", **more)
        yield from (bus["Name"] for bus in answer["EventBuses"])
        if not answer.get("NextToken"):
            return
        more = {"NextToken": answer["NextToken"]}


def rules_on(bus: str, clusters: Iterable[str], events: Client, calls: Calls) -> Iterator[str]:
    """Yield the names of the rules on an event bus that have a target in one of some clusters, each once."""
    seen = set()
    for cluster in clusters:
        for name in calls.all(events, "list_rule_names_by_target", "RuleNames", TargetArn=cluster, EventBusName=bus):
            if name not in seen:
                seen.add(name)
                yield name


def task_targets(rule: str, bus: str, events: Client, calls: Calls) -> list[dict[str, Any]]:
    """Return the targets of a rule that start tasks; none if it was deleted after it was listed."""
    try:
        found = calls.all(events, "list_targets_by_rule", "Targets", _GONE, Rule=rule, EventBusName=bus)
        return [target for target in found if target.get("EcsParameters")]
    except NotThereError:
        return []


def listed_schedules(scheduler: Client, calls: Calls) -> list[dict[str, Any]]:
    """Return the schedules that start tasks, as ``ListSchedules`` has them."""
    listed = calls.all(scheduler, "list_schedules", "Schedules", PaginationConfig=_PAGE)
    return [each for each in listed if _starts_tasks(str(each.get("Target", {}).get("Arn", "")))]


def schedule_of(listed: dict[str, Any], scheduler: Client, calls: Calls) -> dict[str, Any] | None:
    """Return a schedule that is listed, as ``GetSchedule`` has it; None if it was deleted after it was listed."""
    try:
        return calls.one(scheduler, "get_schedule", _GONE, Name=listed["Name"], GroupName=listed["GroupName"])
    except NotThereError:
        return None


def _starts_tasks(target: str) -> bool:
    return ":cluster/" in target or target.endswith(RUN_TASK)
