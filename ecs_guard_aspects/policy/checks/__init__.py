"""The checks of this package, one module for each."""

from __future__ import annotations

from .awsvpc_compatible import AwsvpcCompatible
from .awsvpc_network_mode import AwsvpcNetworkMode
from .base import Check, ContainerCheck, Control, Fixable, TaskDefinitionCheck, Violation
from .host_mode_privileged import HostModePrivileged
from .host_mode_root_user import HostModeRootUser
from .no_host_network_mode import NoHostNetworkMode
from .no_privileged_containers import NoPrivilegedContainers
from .non_admin_windows_user import NonAdminWindowsUser
from .non_root_user import NonRootUser

ALL: tuple[Check, ...] = (
    AwsvpcNetworkMode(),
    HostModeRootUser(),
    HostModePrivileged(),
    NoHostNetworkMode(),
    NoPrivilegedContainers(),
    NonRootUser(),
    NonAdminWindowsUser(),
    AwsvpcCompatible(),
)

HOST_MODE_PRIVILEGED = next(check for check in ALL if isinstance(check, HostModePrivileged))
"""Also listed if the profile admits it."""

__all__ = [
    "ALL",
    "HOST_MODE_PRIVILEGED",
    "Check",
    "ContainerCheck",
    "Control",
    "Fixable",
    "TaskDefinitionCheck",
    "Violation",
]
