"""Values of properties, and findings in a form that fits a table."""

from __future__ import annotations

from typing import Any

from ecs_guard_aspects.policy import Enforcement, Policy, Profile
from ecs_guard_aspects.policy.checks import ALL

from ..support import ABSENT, STRICT, judge

MODE = "Properties/NetworkMode"
CONTAINERS = "Properties/ContainerDefinitions"
WINDOWS = {"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}
LINUX = {"OperatingSystemFamily": "LINUX"}


def found(properties: Any, policy: Policy = STRICT) -> list[tuple[Any, ...]]:
    return [(f.check, f.container, f.verdict.value, f.enforcement.value, f.location) for f in judge(properties, policy)]


def only(check: str) -> Policy:
    """Return a policy of this one check."""
    others = {other.id: Enforcement.OFF for other in ALL if other.id != check}
    return Policy(profile=Profile.STRICT, enforcement={**others, check: Enforcement.DENY})


def denied(check: str, name: str | None, location: str, verdict: str = "violation") -> tuple[Any, ...]:
    return (check, name, verdict, "deny", location)


ROOT_USERS = [ABSENT, None, "", "root", "ROOT", "0", "00", "+0", "-0", ":1000", "root:x", "0:1000", 0]
OTHER_USERS = ["1000", "1000:0", "rootless", "0x0", "0_0", " 0", "\u0660", "nobody", 1000, "ContainerUser"]
PRIVILEGED = [True, "true"]
NOT_PRIVILEGED = [ABSENT, None, False, "false", "True", "TRUE", "yes", "1", 1, 0, "", [], {}]
