"""The check host-mode-root-user: what violates it."""

from __future__ import annotations

from typing import Any

import pytest

from ..support import ABSENT, container, host
from .support import (
    CONTAINERS,
    NOT_PRIVILEGED,
    PRIVILEGED,
    ROOT_USERS,
    denied,
    found,
    only,
)


@pytest.mark.parametrize("user", ROOT_USERS, ids=repr)
@pytest.mark.parametrize("privileged", NOT_PRIVILEGED, ids=repr)
def test_host_mode_root_user_is_violated_by_an_unprivileged_root_in_host_mode(user: Any, privileged: Any) -> None:
    properties = host(container(User=user, Privileged=privileged))
    expected = [denied("host-mode-root-user", "app", f"{CONTAINERS}/0/User")]
    assert found(properties, only("host-mode-root-user")) == expected


@pytest.mark.parametrize("privileged", PRIVILEGED, ids=repr)
@pytest.mark.parametrize("user", ROOT_USERS, ids=repr)
def test_host_mode_root_user_takes_privileged_for_a_choice(user: Any, privileged: Any) -> None:
    assert found(host(container(User=user, Privileged=privileged)), only("host-mode-root-user")) == []


def test_every_container_is_judged_by_itself() -> None:
    properties = host(
        container("ok"),
        container("root", User="root"),
        container("privileged", User="root", Privileged=True),
        container("no-user", User=ABSENT),
        container(ABSENT, User=ABSENT),
        container("root", User="0"),  # the same name again: CloudFormation refuses it, the gate still looks at both
    )
    assert found(properties, only("host-mode-root-user")) == [
        denied("host-mode-root-user", "root", f"{CONTAINERS}/1/User"),
        denied("host-mode-root-user", "no-user", f"{CONTAINERS}/3/User"),
        denied("host-mode-root-user", None, f"{CONTAINERS}/4/User"),
        denied("host-mode-root-user", "root", f"{CONTAINERS}/5/User"),
    ]
