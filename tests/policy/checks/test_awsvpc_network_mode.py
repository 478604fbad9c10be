"""The check awsvpc-network-mode: what violates it."""

from __future__ import annotations

from typing import Any

import pytest

from ..support import ABSENT, task_definition
from .support import (
    MODE,
    denied,
    found,
    only,
)


@pytest.mark.parametrize(
    "mode",
    [
        *[ABSENT, None, "", "bridge", "host", "none"],
        *["default", "nat", "AWSVPC", "Awsvpc", " awsvpc", "awsvpc "],  # the enum is exactly lower case
        *[0, 1, 1.5, True, False],  # scalars, read as text
        *[[], ["awsvpc"], {}, {"awsvpc": "awsvpc"}],  # no string at all: known not to be awsvpc
    ],
    ids=repr,
)
def test_awsvpc_network_mode_is_violated_by_anything_but_awsvpc(mode: Any) -> None:
    properties = task_definition(NetworkMode=mode, ContainerDefinitions=[])
    assert found(properties, only("awsvpc-network-mode")) == [denied("awsvpc-network-mode", None, MODE)]
