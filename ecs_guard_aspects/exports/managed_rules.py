"""AWS managed rules of Config, by check.

https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class ManagedRule(NamedTuple):
    """A managed rule: its identifier in Config, and its parameters."""

    identifier: str
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """The name in the AWS documentation."""
        return self.identifier.lower().replace("_", "-")


# host-mode-privileged has none. The managed rules evaluate only the latest active revision of a family. They do not
# consider ECS Anywhere, and not the numbers that ``ecs_guard_aspects.policy.user`` reads as root.
MANAGED_RULES: Mapping[str, ManagedRule] = {
    "awsvpc-network-mode": ManagedRule("ECS_AWSVPC_NETWORKING_ENABLED"),
    "host-mode-root-user": ManagedRule(
        "ECS_TASK_DEFINITION_USER_FOR_HOST_MODE_CHECK", (("SkipInactiveTaskDefinitions", "true"),)
    ),
    "no-host-network-mode": ManagedRule("ECS_TASK_DEFINITION_NETWORK_MODE_NOT_HOST"),
    "no-privileged-containers": ManagedRule("ECS_CONTAINERS_NONPRIVILEGED"),
    "non-root-user": ManagedRule("ECS_TASK_DEFINITION_LINUX_USER_NON_ROOT"),
    "non-admin-windows-user": ManagedRule("ECS_TASK_DEFINITION_WINDOWS_USER_NON_ADMIN"),
}
