"""Network interfaces of instances: whether there is one for each task.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from ....cloudformation.declarations import Among, Declarations
from ....cloudformation.text import scalar_text
from ....model.plural import counted
from ....model.resource import TASK_DEFINITION, Resource
from ....model.start import RUNNERS, SERVICE
from ...changes import Blocker
from ...instances.instance_types import ROOM
from ...instances.launch import Instances
from ...instances.leaves import leaves_of, reference_of
from ...instances.network import InstanceNetworks
from ...who_runs_it.referrer import Referrer
from ..consumers import Consumer
from ..situation import Situation

# The result is the same for every service on the same instances, so it is computed once.
_WANTED: WeakKeyDictionary[InstanceNetworks, dict[tuple[str, ...], dict[str, int]]] = WeakKeyDictionary()

_REMEDY = "give the instances of its cluster a larger instance type, or add instances"


def too_few_interfaces(situation: Situation) -> Iterator[Blocker]:
    """The instances have fewer network interfaces than there are tasks: ECS never places the others.

    It is an obstacle only where the template shows all numbers, and the account setting awsvpcTrunking does not help.
    """
    for consumer in situation.consumers:
        groups = situation.hosts_of(consumer)
        referrer = situation.references.at(consumer.resource.address)
        room = room_for_tasks(groups, with_trunk=True)
        own = tasks_of(referrer, consumer.reference, groups) if referrer is not None else None
        if room is None or not own:
            continue
        wanted = wanted_by_services(situation, groups)
        others = sum(wanted.values()) - wanted.get(consumer.resource.address, 0)
        if own + others > room:
            clause = _clause(consumer, groups, counted(own, "task"), others, room)
            yield Blocker(consumer.resource.address, clause, remedy=_REMEDY)
        elif own + others == room and keeps_all(consumer.resource, own):
            wanted_then = f"{counted(own, 'task')} and one more during a deployment"
            clause = _clause(consumer, groups, wanted_then, others, room)
            percent = f"MinimumHealthyPercent of at most {(own - 1) * 100 // own}"
            remedy = f"{_REMEDY}, or let a deployment stop a task first: a {percent}"
            yield Blocker(consumer.resource.address, clause, remedy=remedy)


def keeps_all(service: Resource, desired: int) -> bool:
    """Return whether a deployment stops no task before a new one runs, so that it needs room for one more.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
    """
    configuration = service.written("DeploymentConfiguration")
    if service.type != SERVICE or service.written("SchedulingStrategy") == "DAEMON":
        return False
    written = configuration.get("MinimumHealthyPercent", 100) if isinstance(configuration, Mapping) else 100
    percents = _possible(written, service.declarations) if not _is_expression(configuration) else None
    known = [int(each) for each in percents or () if each.isdecimal()]
    return bool(known) and -(-desired * min(known) // 100) >= desired


def _is_expression(node: Any) -> bool:
    return isinstance(node, Mapping) and any(str(key).startswith(("Fn::", "Ref")) for key in node)


def _clause(consumer: Consumer, groups: Sequence[Instances], own: str, others: int, room: int) -> str:
    word, names = RUNNERS[consumer.resource.type].word, " and ".join(each.referrer.resource.address for each in groups)
    next_to = f" next to {counted(others, 'task')} of other services" if others else ""
    wants = f"{word} {consumer.resource.address} wants {own}{next_to}"
    return f"{wants}, and the instances of {names} have network interfaces for {room}: ECS cannot place all of them"


def room_for_tasks(groups: Iterable[Instances], with_trunk: bool = False) -> int | None:
    """Return how many tasks with awsvpc fit on some instances at most; None if the template does not show it.

    Args:
        groups: the groups of instances.
        with_trunk: whether the account setting awsvpcTrunking is on.
    """
    rooms = [_room_of(each, with_trunk) for each in groups]
    known = [room for room in rooms if room is not None]
    return sum(known) if rooms and len(known) == len(rooms) else None


def _room_of(instances: Instances, with_trunk: bool) -> int | None:
    holder = (*instances.launched_by, instances.referrer)[0].resource
    types = _possible(instances.instance_type, holder.declarations)
    most = _most(instances.most, instances.referrer.resource.declarations)
    if not types or most is None or not all(each in ROOM for each in types):
        return None
    return most * max(ROOM[each].with_trunk if with_trunk else ROOM[each].tasks for each in types)


def tasks_of(runner: Referrer, reference: str, groups: Sequence[Instances]) -> int | None:
    """Return how many tasks a resource wants at once; None if the template does not show it."""
    declarations = runner.resource.declarations
    if runner.resource.type != SERVICE:
        place = f"{reference.rpartition('TaskDefinitionArn')[0]}TaskCount"
        return _most(runner.resource.written(place), declarations, default=1)
    if runner.resource.written("SchedulingStrategy") == "DAEMON":
        sizes = [_most(each.most, each.referrer.resource.declarations) for each in groups]
        return sum(size for size in sizes if size is not None)
    return _most(runner.resource.written("DesiredCount"), declarations, default=1)


def wanted_by_services(situation: Situation, groups: Sequence[Instances]) -> Mapping[str, int]:
    """Return how many tasks services want on some instances, those that have awsvpc or would with the same fix."""
    instances = situation.instances
    if instances is None:
        return {}
    addresses = tuple(group.referrer.resource.address for group in groups)
    known = _WANTED.setdefault(instances, {})
    if addresses not in known:
        services = {each.resource.address: each for address in addresses for each in instances.services_on(address)}
        known[addresses] = {
            address: tasks_of(each, "TaskDefinition", groups) or 0
            for address, each in services.items()
            if _takes_interfaces(situation, each)
        }
    return known[addresses]


def _takes_interfaces(situation: Situation, service: Referrer) -> bool:
    reference = reference_of(service.resource.written("TaskDefinition"))
    found = situation.references.called(reference[0], service.stack_path) if reference is not None else []
    modes = [each.resource.written("NetworkMode") for each in found if each.resource.type == TASK_DEFINITION]
    is_daemon = service.resource.written("SchedulingStrategy") == "DAEMON"
    return any(mode == "awsvpc" or (mode in ("bridge", None) and not is_daemon) for mode in modes)


def _most(node: Any, declarations: Declarations, default: int | None = None) -> int | None:
    """Return the highest number that an expression can be; None if that is not known."""
    values = _possible(default if node is None else node, declarations)
    return max(map(int, values)) if values and all(each.isdecimal() for each in values) else None


def _possible(node: Any, declarations: Declarations) -> set[str] | None:
    """Return the values that an expression can be; None if they are not known."""
    found: set[str] = set()
    for leaf in leaves_of(node):
        text, reference = scalar_text(leaf), reference_of(leaf)
        parameter = declarations.parameters.get(reference[0]) if reference is not None else None
        if text is not None:
            found.add(text)
        elif parameter is not None and isinstance(parameter.domain, Among):
            found.update(parameter.domain.values)
        else:
            return None
    return found
