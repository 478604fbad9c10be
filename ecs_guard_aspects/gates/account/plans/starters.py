"""Starters of tasks: targets of EventBridge rules, schedules and pipes, as resources of a template."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ....model.resource import Resource
from ....model.start import PIPE, RULE, SCHEDULE
from ....remediation.changes import Blocker
from ....remediation.obstacles.consumers import Consumer
from ....remediation.obstacles.run_elsewhere import NEEDS, RUN_ELSEWHERE
from ....sources.account.found import name_of
from ....sources.account.scheduled_targets import RUN_TASK, RuleTarget
from ....sources.account.surroundings import Answer, Surroundings
from .user import User


def starters_of(arn: str, surroundings: Surroundings) -> Iterator[User]:
    """Yield what starts tasks of a revision, by its ARN or by its family.

    Args:
        arn: the revision.
        surroundings: its Region.
    """
    for each in surroundings.rule_targets:
        if _names(each.target["EcsParameters"].get("TaskDefinitionArn"), arn):
            yield _rule(each)
    for schedule in surroundings.schedules:
        if _names(schedule["Target"].get("EcsParameters", {}).get("TaskDefinitionArn"), arn):
            yield _schedule(schedule)
    for pipe in surroundings.pipes:
        if _names(_task_of(pipe).get("TaskDefinitionArn"), arn):
            yield _pipe(pipe)


def run_task_schedules(arn: str, surroundings: Surroundings) -> Iterator[Blocker]:
    """Yield blockers for the schedules that call the API themselves."""
    for schedule in surroundings.schedules:
        target = schedule["Target"]
        if str(target.get("Arn", "")).endswith(RUN_TASK) and _names(_task_definition_in(target.get("Input")), arn):
            text = f"schedule {schedule['GroupName']}/{schedule['Name']} calls ecs:RunTask with an input of its own"
            yield Blocker(arn, f"{text}: {NEEDS}", RUN_ELSEWHERE)


def _names(written: Any, arn: str) -> bool:
    """Return whether a target names a revision: by its ARN, or by its family, whose latest revision it starts."""
    name = name_of(str(written))
    return name in (name_of(arn), name_of(arn).rpartition(":")[0])


def _rule(each: RuleTarget) -> User:
    target = each.target
    name = f"{each.rule} (event bus {each.bus}, target {target['Id']})"
    parameters = _in_template(target["EcsParameters"], "AwsVpcConfiguration")
    properties = {"Targets": [{"Arn": target["Arn"], "Id": target["Id"], "EcsParameters": parameters}]}
    resource = Resource(name, RULE, properties, name=name)
    consumer = Consumer(resource, "Targets.0.EcsParameters.TaskDefinitionArn")
    return User(consumer, target["Arn"], target["EcsParameters"], target, each)


def _schedule(schedule: Answer) -> User:
    name, target = f"{schedule['GroupName']}/{schedule['Name']}", schedule["Target"]
    parameters = _in_template(target["EcsParameters"], "AwsvpcConfiguration")
    properties = {"Target": {"Arn": target["Arn"], "EcsParameters": parameters}}
    resource = Resource(name, SCHEDULE, properties, name=name)
    consumer = Consumer(resource, "Target.EcsParameters.TaskDefinitionArn")
    return User(consumer, target["Arn"], target["EcsParameters"], schedule)


def _pipe(pipe: Answer) -> User:
    name = pipe["Name"]
    parameters = _in_template(_task_of(pipe), "AwsvpcConfiguration")
    properties = {"Target": pipe["Target"], "TargetParameters": {"EcsTaskParameters": parameters}}
    resource = Resource(name, PIPE, properties, name=name)
    consumer = Consumer(resource, "TargetParameters.EcsTaskParameters.TaskDefinitionArn")
    return User(consumer, pipe["Target"], _task_of(pipe), pipe)


def _task_of(pipe: Answer) -> Answer:
    parameters: Answer = pipe.get("TargetParameters", {}).get("EcsTaskParameters", {})
    return parameters


def _task_definition_in(text: Any) -> Any:
    try:
        return json.loads(text).get("TaskDefinition")
    except (TypeError, ValueError, AttributeError):
        return None


def _in_template(parameters: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return the parameters of a target as a template spells them: only the network differs from the API."""
    network = parameters.get("NetworkConfiguration", {}).get("awsvpcConfiguration")
    own = {name: value for name, value in parameters.items() if name != "NetworkConfiguration"}
    return {**own, "NetworkConfiguration": {key: network}} if network else own
