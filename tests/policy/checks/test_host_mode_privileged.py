"""The check host-mode-privileged: what violates it."""

from __future__ import annotations

from typing import Any

import pytest

from ..support import ABSENT, container, host
from .support import (
    CONTAINERS,
    PRIVILEGED,
    ROOT_USERS,
    denied,
    found,
    only,
)


@pytest.mark.parametrize("user", ROOT_USERS, ids=repr)
def test_host_mode_privileged_is_violated_by_a_declared_root(user: Any) -> None:
    expected = [denied("host-mode-privileged", "app", f"{CONTAINERS}/0/User")]
    undeclared = user is ABSENT or user in (None, "")
    assert found(host(container(User=user)), only("host-mode-privileged")) == ([] if undeclared else expected)


@pytest.mark.parametrize("user", ["1000", "root", ABSENT], ids=repr)
@pytest.mark.parametrize("privileged", PRIVILEGED, ids=repr)
def test_host_mode_privileged_is_violated_by_privileged_with_any_user(privileged: Any, user: Any) -> None:
    properties = host(container(User=user, Privileged=privileged))
    expected = [denied("host-mode-privileged", "app", f"{CONTAINERS}/0/Privileged")]
    assert found(properties, only("host-mode-privileged")) == expected
