"""Network interfaces of instances: whether the agent can give one to a task, and whether there are enough.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ....model.plural import counted
from ....model.start import SERVICE
from ....remediation.changes import Blocker
from ....remediation.instances.instance_types import ROOM
from ....sources.account.surroundings import Answer, Instance, Surroundings
from .networks import TaskNetworks, providers_of
from .user import User

# What an agent registers; one that does not know awsvpc, or has it switched off (Windows), leaves the first out.
_TASK_INTERFACES = "ecs.capability.task-eni"
_CAPABILITIES = ("ecs.capability.", "com.amazonaws.ecs.capability.")
_TRUNK = "ecs.awsvpc-trunk-id"


def interface_blockers(user: User, networks: TaskNetworks, surroundings: Surroundings) -> Iterator[Blocker]:
    """Yield why the instances that a service, rule or schedule runs tasks on cannot give each task an interface.

    Args:
        user: what runs the tasks.
        networks: knows its instances.
        surroundings: the tasks that run there now.
    """
    instances = networks.instances_for(user.cluster, user.run_with)
    old = [each.id for each in instances if _has_old_agent(each)]
    if instances and len(old) == len(instances):
        text = f"the agent of instance {old[0]} does not give tasks a network interface (attribute {_TASK_INTERFACES})"
        yield Blocker(user.name, f"{text}: {user.name} could not be placed there")
    room, wanted = _room_on(instances), _wanted(user)
    if room is None or providers_of(user.run_with):  # a capacity provider adds instances
        return
    taken = len(_with_interfaces(surroundings.tasks, {each.arn for each in instances}))
    if wanted > room - taken:
        others = f" next to {counted(taken, 'task')} with awsvpc" if taken else ""
        text = f"{user.name} wants {counted(wanted, 'task')}{others}, and the instances of its cluster have network"
        yield Blocker(user.name, f"{text} interfaces for {room}: ECS cannot place all of them")


def _has_old_agent(instance: Instance) -> bool:
    has_registered = any(name.startswith(_CAPABILITIES) for name in instance.attributes)
    return has_registered and _TASK_INTERFACES not in instance.attributes


def _room_on(instances: Sequence[Instance]) -> int | None:
    """Return how many tasks with awsvpc fit on some instances; None if that is not known of one of them."""
    types = [instance.attributes.get("ecs.instance-type", "") for instance in instances]
    if not instances or not all(each in ROOM for each in types):
        return None
    rooms = zip(instances, types, strict=True)
    return sum(ROOM[each].with_trunk if _TRUNK in one.attributes else ROOM[each].tasks for one, each in rooms)


def _wanted(user: User) -> int:
    if user.consumer.resource.type == SERVICE:
        return int(user.found.get("desiredCount", 0))
    return int(user.run_with.get("TaskCount", 1))


def _with_interfaces(tasks: Iterable[Answer], instances: set[str]) -> list[Answer]:
    """Return the tasks on some instances that have a network interface of their own."""
    return [
        task
        for task in tasks
        if task.get("containerInstanceArn") in instances
        and any(each.get("type") == "ElasticNetworkInterface" for each in task.get("attachments", ()))
    ]
