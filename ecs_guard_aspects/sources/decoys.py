"""Decoys: files with keys of task definitions that other services read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..model.notice import NOT_CHECKED, NOT_COVERED, Notice
from ..model.place import Place

_BEANSTALK = Notice(
    "This is a Dockerrun.aws.json: its network mode is not checked.",
    "If Elastic Beanstalk deploys it, networkMode is ignored and the containers run in bridge mode.",
    "Elastic Beanstalk has no setting for awsvpc: run the containers as a service of Amazon ECS, or exempt the file. If"
    " another tool registers it as a task definition, as Layer0 does, check what it registers: ecs-guard audit.",
    kind=NOT_CHECKED,
)
_GAMELIFT = Notice(
    "This is a container group definition of Amazon GameLift, not a task definition of ECS.",
    "It has no network mode and no users, so no check covers it.",
    "No change is needed.",
    kind=NOT_COVERED,
)

# Keys that task definitions do not have. The AWS CLI refuses to register one with any of them, other tools drop them.
_DECOYS: Mapping[str, Notice] = {
    "AWSEBDockerrunVersion": _BEANSTALK,
    "ContainerGroupType": _GAMELIFT,
    "GameServerContainerDefinition": _GAMELIFT,
    "TotalCpuLimit": _GAMELIFT,
    "TotalMemoryLimit": _GAMELIFT,
    "TotalMemoryLimitMebibytes": _GAMELIFT,
    "TotalVcpuLimit": _GAMELIFT,
}
_CONTAINERS = ("containerDefinitions", "ContainerDefinitions", "GameServerContainerDefinition")


def decoy(name: str, value: object) -> Notice | None:
    """Return the notice for a file that only resembles a task definition, None for any other.

    Args:
        name: the name of the file.
        value: its parsed content.
    """
    if not isinstance(value, dict) or not any(key in value for key in _CONTAINERS):
        return None
    notice = next((notice for key, notice in _DECOYS.items() if key in value), None)
    if notice is None or (notice is _GAMELIFT and has_family(value)):
        return None
    return replace(notice, address=name, place=Place(name))


def has_family(value: object) -> bool:
    """Return whether a parsed file has a family, which ECS needs to register it and other services do not know."""
    return isinstance(value, dict) and any(str(key).casefold() == "family" for key in value)
