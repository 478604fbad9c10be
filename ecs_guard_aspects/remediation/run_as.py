"""The user of host-mode containers that run as root."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..cloudformation.nodes import NO_VALUE
from ..cloudformation.scenario import Scenario
from ..model.resource import Resource
from ..policy.task_definition import Container, TaskDefinition
from ..policy.user import HIGHEST_UID, is_root, overflows
from .changes import Blocker, Change, Step
from .obstacles.root_user import needs_root, starts_as_root
from .obstacles.scenarios import in_all_scenarios, readable

# The forms ECS accepts: user, user:group, uid, uid:gid, user:gid, uid:group; a UID or GID is a positive integer.
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*", re.ASCII)
_NUMBER = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)

_LIFTED_BY = "may_replace_root=True"


def checked_user(value: object) -> str:
    """Return ``value`` if it can be the ``User`` of a container that must not run as root.

    Raises:
        ValueError: if it is root, or not in a form that ECS accepts.
    """
    if not isinstance(value, str):
        raise ValueError(f"user is {value!r}: it must be a string such as '1000:1000'")  # noqa: TRY004
    if is_root(value) and not overflows(value):
        raise ValueError(f"user is {value!r}, which the container runtime reads as root: take another, '1000:1000'")
    for part, kind in zip(value.split(":", 1), ("UID", "GID"), strict=False):
        if _NUMBER.fullmatch(part) and int(part) <= HIGHEST_UID:
            continue
        if not _NAME.fullmatch(part):
            raise ValueError(
                f"user is {value!r}: {part!r} is neither a name nor a {kind} from 1 to {HIGHEST_UID}; ECS accepts user,"
                " user:group, uid, uid:gid, user:gid and uid:group"
            )
    return value


def obstacles_and_changes(task_definition: Resource, user: str, may_replace_root: bool = False) -> list[Step]:
    """Return the changes that make host-mode containers run as ``user``: those that run as root and not privileged.

    A container that needs root, or whose user is written, stays as it is.
    """

    def judge(scenario: Scenario) -> Iterator[Step | str]:
        definition = TaskDefinition(scenario, task_definition.properties)
        if definition.network_mode == "host":
            for container in definition.containers:
                about = f"container {_name(container)}: "
                yield from readable(_judge, scenario, definition, container, task_definition, user, about=about)

    steps = in_all_scenarios(task_definition, judge)
    return [step for step in steps if not (isinstance(step, Blocker) and step.lifted_by and may_replace_root)]


def _judge(
    scenario: Scenario, definition: TaskDefinition, container: Container, task_definition: Resource, user: str
) -> Iterator[Step | str]:
    container.require_map()
    if not container.runs_as_root or container.privileged:
        return
    what = f"container {_name(container)} runs as root in host mode"
    path = task_definition.override_path(f"{container.location}/User")
    if definition.is_windows:
        yield f"{what}, and ECS does not support User on Windows"
    elif path is None or not _is_settled(task_definition, path.removesuffix(".User")):
        yield f"{what} only in some cases of an expression: setting User would change the other cases too"
    else:
        needs = needs_root(task_definition.read(scenario), container.location)
        number = path.removesuffix(".User").rpartition(".")[2]
        yield from (f"{what}: {need}" for need in (*needs, *starts_as_root(task_definition, number)))
        old = task_definition.written(path)
        if old not in (None, "", NO_VALUE):
            text = f"{what} because its User is written as root, which may be on purpose"
            yield Blocker(task_definition.address, text, _LIFTED_BY)
        yield Change(task_definition.address, path, old, user)


def _is_settled(task_definition: Resource, path: str) -> bool:
    """Return whether no expression decides whether the container is a violation."""
    decisive = ("NetworkMode", f"{path}.Privileged", f"{path}.User")
    return not any(isinstance(task_definition.written(place), dict) for place in decisive)


def _name(container: Container) -> str:
    return container.name or container.location.removeprefix("Properties/")
