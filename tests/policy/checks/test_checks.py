"""Every check: one good task definition, small mutations, and what each check says of them."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.model.language import CLOUDFORMATION
from ecs_guard_aspects.policy import Enforcement, Policy, Profile, Severity
from ecs_guard_aspects.policy.checks import ALL, ContainerCheck, TaskDefinitionCheck

from ..support import ABSENT, GOOD, STRICT, container, host, judge, task_definition

MODE = "Properties/NetworkMode"
CONTAINERS = "Properties/ContainerDefinitions"
WINDOWS = {"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}
LINUX = {"OperatingSystemFamily": "LINUX"}


def found(properties: Any, policy: Policy = STRICT) -> list[tuple[Any, ...]]:
    return [(f.check, f.container, f.verdict.value, f.enforcement.value, f.location) for f in judge(properties, policy)]


def only(check: str) -> Policy:
    """Return a policy of this one check."""
    return Policy(profile=Profile.STRICT, enforcement={other.id: Enforcement.OFF for other in ALL if other.id != check})


def denied(check: str, name: str | None, location: str, verdict: str = "violation") -> tuple[Any, ...]:
    return (check, name, verdict, "deny", location)


def test_the_good_task_definition_passes_every_check() -> None:
    assert found(GOOD) == []


# --- awsvpc-network-mode -------------------------------------------------------------------------------------------


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


# --- the checks of containers --------------------------------------------------------------------------------------

ROOT_USERS = [ABSENT, None, "", "root", "ROOT", "0", "00", "+0", "-0", ":1000", "root:x", "0:1000", 0]
OTHER_USERS = ["1000", "1000:0", "rootless", "0x0", "0_0", " 0", "\u0660", "nobody", 1000, "ContainerUser"]
PRIVILEGED = [True, "true"]
NOT_PRIVILEGED = [ABSENT, None, False, "false", "True", "TRUE", "yes", "1", 1, 0, "", [], {}]


@pytest.mark.parametrize("user", ROOT_USERS, ids=repr)
@pytest.mark.parametrize("privileged", NOT_PRIVILEGED, ids=repr)
def test_host_mode_root_user_is_violated_by_an_unprivileged_root_in_host_mode(user: Any, privileged: Any) -> None:
    properties = host(container(User=user, Privileged=privileged))
    expected = [denied("host-mode-root-user", "app", f"{CONTAINERS}/0/User")]
    assert found(properties, only("host-mode-root-user")) == expected


@pytest.mark.parametrize("mode", [ABSENT, "awsvpc", "bridge", "none", "HOST", "default"], ids=repr)
@pytest.mark.parametrize("check", ["host-mode-root-user", "host-mode-privileged", "no-host-network-mode"])
def test_the_host_mode_checks_pass_in_any_other_mode(check: str, mode: Any) -> None:
    properties = task_definition(NetworkMode=mode, ContainerDefinitions=[container(User="root", Privileged=True)])
    assert found(properties, only(check)) == []


@pytest.mark.parametrize("privileged", PRIVILEGED, ids=repr)
@pytest.mark.parametrize("user", ROOT_USERS, ids=repr)
def test_host_mode_root_user_takes_privileged_for_a_choice(user: Any, privileged: Any) -> None:
    assert found(host(container(User=user, Privileged=privileged)), only("host-mode-root-user")) == []


@pytest.mark.parametrize("user", OTHER_USERS, ids=repr)
@pytest.mark.parametrize("check", ["host-mode-root-user", "host-mode-privileged", "non-root-user"])
def test_any_other_user_passes_the_root_checks(check: str, user: Any) -> None:
    assert found(host(container(User=user)), only(check)) == []


@pytest.mark.parametrize("user", ROOT_USERS, ids=repr)
def test_host_mode_privileged_is_violated_by_a_declared_root(user: Any) -> None:
    expected = [denied("host-mode-privileged", "app", f"{CONTAINERS}/0/User")]
    undeclared = user is ABSENT or user in (None, "")
    assert found(host(container(User=user)), only("host-mode-privileged")) == ([] if undeclared else expected)


@pytest.mark.parametrize("user", ["1000", "root", ABSENT], ids=repr)
@pytest.mark.parametrize("privileged", PRIVILEGED, ids=repr)
def test_host_mode_privileged_is_violated_by_privileged_whoever_the_user_is(privileged: Any, user: Any) -> None:
    properties = host(container(User=user, Privileged=privileged))
    expected = [denied("host-mode-privileged", "app", f"{CONTAINERS}/0/Privileged")]
    assert found(properties, only("host-mode-privileged")) == expected


def test_no_host_network_mode_needs_no_container() -> None:
    assert found(host(), only("no-host-network-mode")) == [denied("no-host-network-mode", None, MODE)]


@pytest.mark.parametrize("mode", [ABSENT, "awsvpc", "bridge", "host", "none"], ids=repr)
@pytest.mark.parametrize("privileged", PRIVILEGED, ids=repr)
def test_no_privileged_containers_is_violated_in_any_mode(privileged: Any, mode: Any) -> None:
    properties = task_definition(NetworkMode=mode, ContainerDefinitions=[container(Privileged=privileged)])
    expected = [denied("no-privileged-containers", "app", f"{CONTAINERS}/0/Privileged")]
    assert found(properties, only("no-privileged-containers")) == expected


@pytest.mark.parametrize("privileged", NOT_PRIVILEGED, ids=repr)
@pytest.mark.parametrize("check", ["no-privileged-containers", "host-mode-privileged"])
def test_what_is_not_true_is_not_privileged(check: str, privileged: Any) -> None:
    assert found(host(container(Privileged=privileged)), only(check)) == []


# fmt: off
BY_SYSTEM = [
    # RuntimePlatform, User                                   non-root-user, non-admin-windows-user violated
    (ABSENT,                                "root",                   True,  False),
    (ABSENT,                                ABSENT,                   True,  False),
    (None,                                  ABSENT,                   True,  False),
    ({},                                    ABSENT,                   True,  False),
    ({"CpuArchitecture": "ARM64"},          "0",                      True,  False),
    (LINUX,                                 "0",                      True,  False),
    (LINUX,                                 "ContainerAdministrator", False, False),
    (LINUX,                                 "1000",                   False, False),
    (WINDOWS,                               ABSENT,                   False, True),
    (WINDOWS,                               "",                       False, True),
    (WINDOWS,                               "ContainerAdministrator", False, True),
    (WINDOWS,                               "containeradministrator", False, True),
    (WINDOWS,                               "ContainerUser",          False, False),
    (WINDOWS,                               "root",                   False, False),
    ({"OperatingSystemFamily": "WINDOWS_SERVER_2019_FULL"}, ABSENT,   False, True),
    ({"OperatingSystemFamily": "WINDOWS_SERVER_20H2_CORE"}, ABSENT,   False, True),
]
# fmt: on


@pytest.mark.parametrize(("platform", "user", "root", "administrator"), BY_SYSTEM)
def test_the_user_checks_by_operating_system(platform: Any, user: Any, root: bool, administrator: bool) -> None:
    properties = task_definition(RuntimePlatform=platform, ContainerDefinitions=[container(User=user)])
    location = f"{CONTAINERS}/0/User"
    expected = [denied("non-root-user", "app", location)] if root else []
    assert found(properties, only("non-root-user")) == expected
    expected = [denied("non-admin-windows-user", "app", location)] if administrator else []
    assert found(properties, only("non-admin-windows-user")) == expected


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
    # id                       severity         about                the profiles it is in, beside strict
    ("awsvpc-network-mode",      Severity.MEDIUM, TaskDefinitionCheck, TWO),
    ("host-mode-root-user",      Severity.HIGH,   ContainerCheck,      TWO),
    ("host-mode-privileged",     Severity.HIGH,   ContainerCheck,      {"cyscale"}),
    ("no-host-network-mode",     Severity.MEDIUM, TaskDefinitionCheck, {"security-hub"}),
    ("no-privileged-containers", Severity.HIGH,   ContainerCheck,      {"security-hub"}),
    ("non-root-user",            Severity.MEDIUM, ContainerCheck,      {"security-hub"}),
    ("non-admin-windows-user",   Severity.MEDIUM, ContainerCheck,      {"security-hub"}),
]
# fmt: on


def test_the_checks_that_there_are() -> None:
    kinds = [TaskDefinitionCheck if isinstance(check, TaskDefinitionCheck) else ContainerCheck for check in ALL]
    assert [(check.id, check.severity, kind) for check, kind in zip(ALL, kinds, strict=True)] == [
        row[:3] for row in DECLARED
    ]


def test_the_checks_of_every_profile() -> None:
    expected = {profile: [row[0] for row in DECLARED if profile.value in {*row[3], "strict"}] for profile in Profile}
    assert {profile: [check.id for check in profile.checks] for profile in Profile} == expected


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.id)
def test_every_check_documents_itself(check: Any) -> None:
    assert check.title.endswith(".")
    assert check.fields
    assert check.allowed
    assert check.controls
    assert all(control.name and control.url.startswith("https://") for control in check.controls)
    assert not CLOUDFORMATION.say(check.question).endswith(".")


@pytest.mark.parametrize(
    ("attributes", "problem"),
    [
        ({"id": "Not-An-Id"}, "lower-case words"),
        ({"id": "spaces here"}, "lower-case words"),
        ({"id": "ends-"}, "lower-case words"),
        ({"id": 5}, "lower-case words"),
        ({"id": "no-severity", "title": "T."}, "Severity"),
        ({"id": "bad-severity", "title": "T.", "severity": "high"}, "Severity"),
        ({"id": "no-title", "severity": Severity.HIGH}, "title"),
    ],
)
def test_a_check_that_is_not_declared_properly_is_refused_where_it_is_written(attributes: Any, problem: str) -> None:
    with pytest.raises(TypeError, match=problem):
        type("Mine", (ContainerCheck,), attributes)
