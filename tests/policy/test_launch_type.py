"""Launch types: which network mode each accepts, and what messages say about it."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.cloudformation.declarations import Declarations
from ecs_guard_aspects.cloudformation.scenario import Scenario
from ecs_guard_aspects.model.language import CLOUDFORMATION
from ecs_guard_aspects.policy import TaskDefinition
from ecs_guard_aspects.policy.launch_type import (
    EXTERNAL,
    FARGATE,
    host_mode_means,
    includes,
    instead_of_host_mode,
    is_only,
    network_mode_means,
)

WINDOWS = {"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}


def of(*launch_types: str, windows: bool = False) -> TaskDefinition:
    properties: dict[str, Any] = {"RequiresCompatibilities": list(launch_types)}
    return TaskDefinition(Scenario(Declarations()), properties | ({"RuntimePlatform": WINDOWS} if windows else {}))


@pytest.mark.parametrize(
    ("launch_types", "only", "among"),
    [
        ((), False, False),
        (("EC2",), False, False),
        (("FARGATE",), True, True),
        (("EC2", "FARGATE"), False, True),
        ((1,), False, False),
    ],
)
def test_which_launch_types_a_task_definition_is_for(launch_types: Any, only: bool, among: bool) -> None:
    assert is_only(of(*launch_types), FARGATE) is only
    assert includes(of(*launch_types), FARGATE) is among


def test_properties_that_are_not_a_map_have_no_launch_type() -> None:
    assert not includes(TaskDefinition(Scenario(Declarations()), []), EXTERNAL)


# fmt: off
MODES = [
    ((),                    False, None,      "On Linux EC2 instances ECS then uses bridge"),
    ((),                    True,  None,      "On Windows EC2 instances ECS then uses 'default' (nat)"),
    (("FARGATE",),          False, None,      "Fargate supports only awsvpc"),
    (("EC2", "FARGATE"),    True,  "host",    "Fargate supports only awsvpc"),
    (("MANAGED_INSTANCES",), False, None,     "ECS Managed Instances then use awsvpc"),
    (("MANAGED_INSTANCES",), False, "bridge", "support awsvpc, host and none, but not bridge"),
    (("MANAGED_INSTANCES",), False, "none",   "In none mode"),
    (("EXTERNAL",),         False, None,      "ECS then uses bridge; ECS Anywhere does not support awsvpc"),
    (("EXTERNAL",),         True,  None,      "ECS then uses 'default' (nat); ECS Anywhere does not support awsvpc"),
    (("EXTERNAL",),         False, "host",    "on Linux it supports bridge, host and none"),
    (("EXTERNAL",),         True,  "bridge",  "on Windows it supports only 'default', without a NetworkMode"),
    ((),                    False, "bridge",  "In bridge mode all tasks of an instance share"),
    ((),                    False, "host",    "In host mode containers use the network of the instance"),
    ((),                    True,  "bridge",  "Windows containers support only awsvpc and"),
    ((),                    False, "default", "'default' means that NetworkMode is left out"),
    (("FARGATE",),          False, "AWSVPC",  "ECS accepts awsvpc, bridge, host and none, so it refuses"),
]
# fmt: on


@pytest.mark.parametrize(("launch_types", "windows", "mode", "part"), MODES)
def test_what_a_network_mode_means(launch_types: Any, windows: bool, mode: str | None, part: str) -> None:
    assert part in CLOUDFORMATION.say(network_mode_means(of(*launch_types, windows=windows), mode))


# fmt: off
HOST_MODE = [
    ((),                      False, None,                                "Set NetworkMode: awsvpc."),
    ((),                      True,  "Windows containers do not support", "Set NetworkMode: awsvpc."),
    (("FARGATE",),            False, "Fargate does not support",          "Set NetworkMode: awsvpc."),
    (("FARGATE", "EXTERNAL"), False, "Fargate does not support",          "Set NetworkMode: awsvpc."),
    (("EXTERNAL",),           True,  "Windows containers do not support", "Remove NetworkMode."),
    (("EXTERNAL",), False, None, "Set NetworkMode: bridge, or none if it needs no network."),
]
# fmt: on


@pytest.mark.parametrize(("launch_types", "windows", "why", "instead"), HOST_MODE)
def test_host_mode(launch_types: Any, windows: bool, why: str | None, instead: str) -> None:
    task_definition = of(*launch_types, windows=windows)
    said = host_mode_means(task_definition)
    assert (said is None) if why is None else (said or "").startswith(why)
    assert CLOUDFORMATION.say(instead_of_host_mode(task_definition)) == instead
