"""The checks that come with the library, one module each."""

from __future__ import annotations

from .awsvpc_network_mode import AwsvpcNetworkMode
from .base import Check, ContainerCheck, Control, TaskDefinitionCheck, Violation
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
)

__all__ = ["ALL", "Check", "ContainerCheck", "Control", "TaskDefinitionCheck", "Violation"]
