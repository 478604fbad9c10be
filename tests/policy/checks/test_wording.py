"""Words that checks share: how a root user is reported, and what to change."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.policy import Finding

from ..support import ABSENT, container, host, judge


def found(user: Any, **more: Any) -> Finding:
    findings = judge(host(container(User=user), **more))
    (finding,) = [each for each in findings if each.check == "host-mode-root-user"]
    return finding


RUNS_AS_ROOT = "the container runs as root (UID 0) in host network mode."
OLD_RUNTIMES = "container runtimes before containerd 1.7.27 read as root"
WINDOWS = {"RuntimePlatform": {"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}
# The user, and what is said of it.
USERS: list[tuple[Any, dict[str, Any], str]] = [
    (
        ABSENT,
        {},
        "User is not set: the container runs as root (UID 0) in host network mode, unless its image sets another user.",
    ),
    ("root", {}, f"User is 'root': {RUNS_AS_ROOT}"),
    (
        "00:5",
        {},
        f"User is '00:5', which the container runtime reads as root: {RUNS_AS_ROOT}",
    ),
    (
        "2147483648",
        {},
        f"User is '2147483648', which {OLD_RUNTIMES} (CVE-2024-40635): {RUNS_AS_ROOT}",
    ),
    ("root", WINDOWS, "User is 'root' in host network mode."),
    (ABSENT, WINDOWS, "User is not set in host network mode."),
]


@pytest.mark.parametrize(("user", "more", "what"), USERS)
def test_a_root_user(user: Any, more: dict[str, Any], what: str) -> None:
    assert found(user, **more).what == what


@pytest.mark.parametrize(
    ("launch_types", "remedy"),
    [
        (["EC2"], 'Set User: "1000:1000" or another non-root UID, or set NetworkMode: awsvpc.'),
        (["EXTERNAL"], 'Set User: "1000:1000" or another non-root UID.'),
        (["EC2", "EXTERNAL"], 'Set User: "1000:1000" or another non-root UID.'),
    ],
)
def test_awsvpc_is_not_advised_where_ecs_anywhere_may_run_it(launch_types: list[str], remedy: str) -> None:
    assert found("root", RequiresCompatibilities=launch_types).remedy == remedy
