"""Targets of EventBridge rules and schedules that start tasks, as AWS returns them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from .calls import Calls, Client, NotThereError

_GONE = ("ResourceNotFoundException",)
_PAGE = {"PageSize": 100}

RUN_TASK = ":aws-sdk:ecs:runTask"
"""How the ARN of a schedule's target ends that calls the API itself, with the parameters in its input."""


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
    for bus in _buses(events, calls):
        names: dict[str, None] = {}
        for cluster in clusters:
            listed = calls.all(events, "list_rule_names_by_target", "RuleNames", TargetArn=cluster, EventBusName=bus)
            names.update(dict.fromkeys(listed))
        for rule in names:
            yield from (RuleTarget(rule, bus, target) for target in _targets(rule, bus, events, calls))


def schedules(scheduler: Client, calls: Calls) -> Iterator[dict[str, Any]]:
    """Yield the schedules that start tasks, as ``GetSchedule`` has them.

    Raises:
        CallError: if a call fails.
    """
    for listed in list(calls.all(scheduler, "list_schedules", "Schedules", PaginationConfig=_PAGE)):
        arn = str(listed.get("Target", {}).get("Arn", ""))
        if ":cluster/" in arn or arn.endswith(RUN_TASK):
            try:
                yield calls.one(scheduler, "get_schedule", _GONE, Name=listed["Name"], GroupName=listed["GroupName"])
            except NotThereError:
                continue  # it was deleted after it was listed


def _buses(events: Client, calls: Calls) -> Iterator[str]:
    more: dict[str, Any] = {}
    while True:
        answer = calls.one(events, "list_event_buses", **more)
        yield from (bus["Name"] for bus in answer.get("EventBuses", ()))
        if not answer.get("NextToken"):
            return
        more = {"NextToken": answer["NextToken"]}


def _targets(rule: str, bus: str, events: Client, calls: Calls) -> list[dict[str, Any]]:
    try:
        found = calls.all(events, "list_targets_by_rule", "Targets", _GONE, Rule=rule, EventBusName=bus)
        return [target for target in found if target.get("EcsParameters")]
    except NotThereError:
        return []
