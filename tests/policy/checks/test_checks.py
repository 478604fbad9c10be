"""Every check: one good task definition, small mutations, and the findings of each check."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.model.language import CLOUDFORMATION
from ecs_guard_aspects.policy import Profile, Severity
from ecs_guard_aspects.policy.checks import ALL, ContainerCheck, TaskDefinitionCheck

from ..support import ABSENT, GOOD, container, host, task_definition
from .support import (
    CONTAINERS,
    LINUX,
    MODE,
    NOT_PRIVILEGED,
    OTHER_USERS,
    denied,
    found,
    only,
)


def test_the_good_task_definition_passes_every_check() -> None:
    assert found(GOOD) == []


@pytest.mark.parametrize("mode", [ABSENT, "awsvpc", "bridge", "none", "HOST", "default"], ids=repr)
@pytest.mark.parametrize("check", ["host-mode-root-user", "host-mode-privileged", "no-host-network-mode"])
def test_the_host_mode_checks_pass_in_any_other_mode(check: str, mode: Any) -> None:
    properties = task_definition(NetworkMode=mode, ContainerDefinitions=[container(User="root", Privileged=True)])
    assert found(properties, only(check)) == []


@pytest.mark.parametrize("user", OTHER_USERS, ids=repr)
@pytest.mark.parametrize("check", ["host-mode-root-user", "host-mode-privileged", "non-root-user"])
def test_any_other_user_passes_the_root_checks(check: str, user: Any) -> None:
    assert found(host(container(User=user)), only(check)) == []


@pytest.mark.parametrize("privileged", NOT_PRIVILEGED, ids=repr)
@pytest.mark.parametrize("check", ["no-privileged-containers", "host-mode-privileged"])
def test_what_is_not_true_is_not_privileged(check: str, privileged: Any) -> None:
    assert found(host(container(Privileged=privileged)), only(check)) == []


def test_all_checks_of_the_worst_task_definition() -> None:
    assert found(host(container(User="root", Privileged=True), RuntimePlatform=LINUX)) == [
        denied("awsvpc-network-mode", None, MODE),
        denied("host-mode-privileged", "app", f"{CONTAINERS}/0/Privileged"),
        denied("no-host-network-mode", None, MODE),
        denied("no-privileged-containers", "app", f"{CONTAINERS}/0/Privileged"),
        denied("non-root-user", "app", f"{CONTAINERS}/0/User"),
    ]


# --- what a check says of itself -----------------------------------------------------------------------------------

TWO = {"default", "datadog", "aws-config"}
# fmt: off
DECLARED = [
    # id                       severity         about                its profiles next to strict; None for none
    ("awsvpc-network-mode",      Severity.MEDIUM, TaskDefinitionCheck, TWO),
    ("host-mode-root-user",      Severity.HIGH,   ContainerCheck,      TWO),
    ("host-mode-privileged",     Severity.HIGH,   ContainerCheck,      {"cyscale"}),
    ("no-host-network-mode",     Severity.MEDIUM, TaskDefinitionCheck, {"security-hub"}),
    ("no-privileged-containers", Severity.HIGH,   ContainerCheck,      {"security-hub"}),
    ("non-root-user",            Severity.MEDIUM, ContainerCheck,      {"security-hub"}),
    ("non-admin-windows-user",   Severity.MEDIUM, ContainerCheck,      {"security-hub"}),
    ("awsvpc-compatible",        Severity.MEDIUM, TaskDefinitionCheck, None),
]
# fmt: on


def test_the_checks_that_there_are() -> None:
    kinds = [TaskDefinitionCheck if isinstance(check, TaskDefinitionCheck) else ContainerCheck for check in ALL]
    assert [(check.id, check.severity, kind) for check, kind in zip(ALL, kinds, strict=True)] == [
        row[:3] for row in DECLARED
    ]


def test_the_checks_of_every_profile() -> None:
    in_profiles = [(row[0], {*row[3], "strict"}) for row in DECLARED if row[3] is not None]
    expected = {profile: [name for name, of in in_profiles if profile.value in of] for profile in Profile}
    assert {profile: [check.id for check in profile.checks] for profile in Profile} == expected


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.id)
def test_every_check_documents_itself(check: Any) -> None:
    assert check.title.endswith(".")
    assert check.fields
    assert check.allowed
    assert check.controls
    assert all(control.name and control.url.startswith("https://") for control in check.controls)
    assert not CLOUDFORMATION.say(check.question).endswith(".")
