"""The check non-admin-windows-user: what violates it."""

from __future__ import annotations

from typing import Any

import pytest

from ..support import ABSENT, container, task_definition
from .support import (
    CONTAINERS,
    LINUX,
    WINDOWS,
    denied,
    found,
    only,
)

# fmt: off
BY_SYSTEM = [
    # RuntimePlatform, User, whether it is violated
    (ABSENT,                                "root", False),
    (ABSENT,                                ABSENT, False),
    (None,                                  ABSENT, False),
    ({},                                    ABSENT, False),
    ({"CpuArchitecture": "ARM64"},          "0", False),
    (LINUX,                                 "0", False),
    (LINUX,                                 "ContainerAdministrator", False),
    (LINUX,                                 "1000", False),
    (WINDOWS,                               ABSENT, True),
    (WINDOWS,                               "", True),
    (WINDOWS,                               "ContainerAdministrator", True),
    (WINDOWS,                               "containeradministrator", True),
    (WINDOWS,                               "ContainerUser", False),
    (WINDOWS,                               "root", False),
    ({"OperatingSystemFamily": "WINDOWS_SERVER_2019_FULL"}, ABSENT, True),
    ({"OperatingSystemFamily": "WINDOWS_SERVER_20H2_CORE"}, ABSENT, True),
]
# fmt: on


@pytest.mark.parametrize(("platform", "user", "is_violated"), BY_SYSTEM)
def test_by_operating_system(platform: Any, user: Any, is_violated: bool) -> None:
    properties = task_definition(RuntimePlatform=platform, ContainerDefinitions=[container(User=user)])
    expected = [denied("non-admin-windows-user", "app", f"{CONTAINERS}/0/User")] if is_violated else []
    assert found(properties, only("non-admin-windows-user")) == expected
