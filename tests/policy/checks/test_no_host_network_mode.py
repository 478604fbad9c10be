"""The check no-host-network-mode: what violates it."""

from __future__ import annotations

from ..support import host
from .support import (
    MODE,
    denied,
    found,
    only,
)


def test_no_host_network_mode_needs_no_container() -> None:
    assert found(host(), only("no-host-network-mode")) == [denied("no-host-network-mode", None, MODE)]
