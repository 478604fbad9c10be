"""The check no-privileged-containers: what violates it."""

from __future__ import annotations

from typing import Any

import pytest

from ..support import ABSENT, container, task_definition
from .support import (
    CONTAINERS,
    PRIVILEGED,
    denied,
    found,
    only,
)


@pytest.mark.parametrize("mode", [ABSENT, "awsvpc", "bridge", "host", "none"], ids=repr)
@pytest.mark.parametrize("privileged", PRIVILEGED, ids=repr)
def test_no_privileged_containers_is_violated_in_any_mode(privileged: Any, mode: Any) -> None:
    properties = task_definition(NetworkMode=mode, ContainerDefinitions=[container(Privileged=privileged)])
    expected = [denied("no-privileged-containers", "app", f"{CONTAINERS}/0/Privileged")]
    assert found(properties, only("no-privileged-containers")) == expected
