"""Launch types: how each treats a network mode, as sentences for messages.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#network_mode
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html
"""

from __future__ import annotations

from ..model.plural import first_of
from ..model.sentence import NETWORK_MODE, Message, Remove, Sentence, Set
from ..model.start import EXTERNAL, FARGATE, MANAGED_INSTANCES
from .task_definition import NETWORK_MODES, TaskDefinition

SET_AWSVPC = Set(NETWORK_MODE, "awsvpc")

_SHARED_INTERFACE = (
    "all tasks of an instance share its network interface and security groups, with awsvpc each task has its own"
)
_ONLY_AWSVPC = "Fargate supports only awsvpc, so ECS refuses to register this task definition."


def is_only(task_definition: TaskDefinition, launch_type: str) -> bool:
    """Return whether the task definition is known to be only for this launch type."""
    return task_definition.known_launch_types == {launch_type}


def includes(task_definition: TaskDefinition, launch_type: str) -> bool:
    """Return whether the task definition is known to be for this launch type, among others."""
    return launch_type in task_definition.known_launch_types


def contradiction(task_definition: TaskDefinition) -> str | None:
    """Return a sentence about what starts the task definition with another launch type than it requires, or None."""
    starts = [str(start) for start in task_definition.contradicting_starts]
    return f"RequiresCompatibilities is not decisive here: {'; '.join(first_of(starts, 3))}." if starts else None


def network_mode_means(task_definition: TaskDefinition, mode: str | None) -> Message:
    """Return a sentence about how ECS treats a network mode other than awsvpc, or None."""
    if mode is None:
        return _absent_network_mode_means(task_definition)
    if mode not in NETWORK_MODES:
        hint = " ('default' means that {mode} is left out)" if mode == "default" else ""
        text = f"ECS accepts awsvpc, bridge, host and none{hint}, so it refuses to register this task definition."
        return Sentence(text, mode=NETWORK_MODE)
    if includes(task_definition, FARGATE):
        return _ONLY_AWSVPC
    if is_only(task_definition, EXTERNAL):
        if task_definition.is_known_to_be_windows:
            text = "ECS Anywhere does not support awsvpc: on Windows it supports only 'default', without a {mode}."
            return Sentence(text, mode=NETWORK_MODE)
        return "ECS Anywhere does not support awsvpc: on Linux it supports bridge, host and none."
    if task_definition.is_known_to_be_windows:
        text = "Windows containers support only awsvpc and, without a {mode}, 'default'."
        return Sentence(text, mode=NETWORK_MODE)
    if mode == "bridge" and is_only(task_definition, MANAGED_INSTANCES):
        return "ECS Managed Instances support awsvpc, host and none, but not bridge."
    return f"{_MEANING[mode]}."


def _absent_network_mode_means(task_definition: TaskDefinition) -> str:
    if includes(task_definition, FARGATE):
        return _ONLY_AWSVPC
    if is_only(task_definition, MANAGED_INSTANCES):
        return "ECS Managed Instances then use awsvpc, but scanners that do not know the launch type assume bridge."
    if is_only(task_definition, EXTERNAL):
        default = "'default' (nat)" if task_definition.is_known_to_be_windows else "bridge"
        return f"ECS then uses {default}; ECS Anywhere does not support awsvpc."
    if task_definition.is_known_to_be_windows:
        return f"On Windows EC2 instances ECS then uses 'default' (nat): {_SHARED_INTERFACE}."
    return f"On Linux EC2 instances ECS then uses bridge: {_SHARED_INTERFACE}."


def host_mode_means(task_definition: TaskDefinition) -> str | None:
    """Return a sentence about why ``host`` cannot work for this launch type, or None if it can."""
    if includes(task_definition, FARGATE):
        return "Fargate does not support host mode, so ECS refuses to register this task definition."
    if task_definition.is_known_to_be_windows:
        return "Windows containers do not support host mode."
    return None


def instead_of_host_mode(task_definition: TaskDefinition) -> Sentence:
    """Return a sentence about which network mode to use instead of ``host``."""
    if includes(task_definition, FARGATE) or not includes(task_definition, EXTERNAL):
        return Sentence("{change}.", change=SET_AWSVPC)
    if task_definition.is_known_to_be_windows:
        return Sentence("{change}.", change=Remove(NETWORK_MODE))
    return Sentence("{change}, or none if it needs no network.", change=Set(NETWORK_MODE, "bridge"))


_MEANING = {
    "bridge": f"In bridge mode {_SHARED_INTERFACE}",
    "host": "In host mode containers use the network of the instance: its interface, security groups and loopback",
    "none": "In none mode a task has no network interface, so security groups and flow logs do not cover it",
}
