"""Scheduled uses: the task definitions that EventBridge rules and schedules start."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from .calls import CallError, Calls, Client
from .found import BUSES, ONE_SCHEDULE, RULES, SCHEDULES, TARGETS, InUse
from .scheduled import RULE, SCHEDULE
from .scheduled_targets import RUN_TASK, event_buses, listed_schedules, rules_on, schedule_of, task_targets
from .workloads import scheduled_deployment


def read_rules(region: str, clusters: Sequence[str], events: Client, calls: Calls, found: InUse) -> None:
    """Record what the rules start that have a target in some clusters."""
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
        for target in task_targets(rule, bus, events, calls):
            task_definition = target["EcsParameters"].get("TaskDefinitionArn")
            if task_definition:
                by = f"{RULE}{rule} (event bus {bus})"
                found.use(task_definition, by)
                found.deployments.append(scheduled_deployment(task_definition, by, target))
    except CallError as error:
        found.miss(TARGETS, rule, str(error))


def read_schedules(region: str, scheduler: Client, calls: Calls, found: InUse) -> None:
    """Record what the schedules of a Region start."""
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
    started = _started_by(schedule.get("Target", {}))
    task_definition = started.get("EcsParameters", {}).get("TaskDefinitionArn")
    if not isinstance(task_definition, str) or not task_definition:
        found.miss(ONE_SCHEDULE, full_name, "the task definition of its target cannot be read")
        return
    off = ", disabled" if schedule.get("State") == "DISABLED" else ""
    found.use(task_definition, f"{SCHEDULE}{full_name}{off}")
    found.deployments.append(scheduled_deployment(task_definition, f"{SCHEDULE}{full_name}", started))


def _started_by(target: dict[str, Any]) -> dict[str, Any]:
    """Return what a schedule starts, as an ECS target: of a target that calls RunTask, the parameters of the call."""
    if not str(target.get("Arn", "")).endswith(RUN_TASK):
        return target
    try:
        asked = json.loads(target.get("Input", ""))
    except ValueError:
        return {}
    if not isinstance(asked, dict):
        return {}
    parameters = {"TaskDefinitionArn": asked.get("TaskDefinition"), **asked}
    return {"Arn": asked.get("Cluster", "default"), "EcsParameters": parameters}
