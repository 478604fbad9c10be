"""What a launch type makes of a network mode: the facts that messages state.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#network_mode
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html
"""

from __future__ import annotations

from .task_definition import NETWORK_MODES, TaskDefinition

EXTERNAL = "EXTERNAL"
FARGATE = "FARGATE"
MANAGED_INSTANCES = "MANAGED_INSTANCES"

_SHARED_INTERFACE = (
    "all tasks of an instance share its network interface and its security groups, where awsvpc gives each its own"
)


def is_only(task_definition: TaskDefinition, launch_type: str) -> bool:
    """Return whether the task definition is known to be for this launch type alone."""
    return task_definition.known_launch_types == {launch_type}


def includes(task_definition: TaskDefinition, launch_type: str) -> bool:
    """Return whether the task definition is known to be for this launch type, among others."""
    return launch_type in task_definition.known_launch_types


def absent_network_mode_means(task_definition: TaskDefinition) -> str:
    """Return, as a sentence, what ECS makes of a task definition without ``NetworkMode``."""
    if includes(task_definition, FARGATE):
        return "Fargate runs awsvpc only, so ECS refuses to register it."
    if is_only(task_definition, MANAGED_INSTANCES):
        return "ECS Managed Instances then use awsvpc, but scanners that only read the template take it for bridge."
    if is_only(task_definition, EXTERNAL):
        default = "'default' (nat)" if task_definition.is_known_to_be_windows else "bridge"
        return f"ECS then uses {default}; ECS Anywhere does not support awsvpc."
    if task_definition.is_known_to_be_windows:
        return f"On Windows EC2 instances ECS then uses 'default' (nat): {_SHARED_INTERFACE}."
    return f"On Linux EC2 instances ECS then uses bridge: {_SHARED_INTERFACE}."


def network_mode_means(task_definition: TaskDefinition, mode: str) -> str:
    """Return, as a sentence, what ECS makes of a network mode other than awsvpc."""
    if mode not in NETWORK_MODES:
        hint = " ('default' is written by leaving NetworkMode out)" if mode == "default" else ""
        return f"ECS knows awsvpc, bridge, host and none{hint}, so it refuses to register it."
    if includes(task_definition, FARGATE):
        return "Fargate runs awsvpc only, so ECS refuses to register it."
    if is_only(task_definition, EXTERNAL):
        modes = "'default', written by leaving NetworkMode out, is its only mode for Windows"
        if not task_definition.is_known_to_be_windows:
            modes = "bridge, host and none are its only modes"
        return f"ECS Anywhere does not support awsvpc: {modes}."
    if task_definition.is_known_to_be_windows:
        return "Windows containers run in awsvpc or, with NetworkMode left out, in 'default' only."
    if mode == "bridge" and is_only(task_definition, MANAGED_INSTANCES):
        return "ECS Managed Instances have no bridge mode, only awsvpc, host and none."
    return f"{_MEANING[mode]}."


def host_mode_means(task_definition: TaskDefinition) -> str | None:
    """Return, as a sentence, why ``host`` cannot work for this launch type, or None if it can."""
    if includes(task_definition, FARGATE):
        return "Fargate has no host mode, so ECS refuses to register it."
    if task_definition.is_known_to_be_windows:
        return "Windows containers have no host mode."
    return None


def instead_of_host_mode(task_definition: TaskDefinition) -> str:
    """Return, as a sentence, what to do where ``host`` is not wanted or cannot work."""
    if not includes(task_definition, EXTERNAL) or includes(task_definition, FARGATE):
        return "Set NetworkMode to awsvpc."
    return (
        "Leave NetworkMode out."
        if task_definition.is_known_to_be_windows
        else "Set NetworkMode to bridge, or to none if it needs no network."
    )


_MEANING = {
    "bridge": f"In bridge mode {_SHARED_INTERFACE}",
    "host": "In host mode containers use the instance's own network: its interface, its security groups, its loopback",
    "none": "In none mode a task has no network interface, so no security group or flow log can cover it",
}
