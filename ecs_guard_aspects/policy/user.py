"""Who a container runs as, by the container runtime's own rules.

Docker and containerd split ``User`` at the first ``:`` and read the user part with Go's ``strconv.Atoi``; only what is
no number is looked up as a name (github.com/moby/sys, ``user.GetExecUser``).

ECS forms: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
"""

from __future__ import annotations

import re

# ASCII digits only: Go's Atoi knows no others, Python's int() does.
_ZERO = re.compile(r"[+-]?0+", re.ASCII)
_PREFIX_OF_ZERO = re.compile(r"[+-]?0*", re.ASCII)


def is_root(user: str | None) -> bool:
    """Return whether ``User`` means root: absent, empty, ``root`` in any case, or a number that is 0.

    An absent user is the image's own, which is root unless the image says otherwise.
    """
    name = user_part(user)
    return name == "" or name.lower() == "root" or _ZERO.fullmatch(name) is not None


def prefix_decides_root(prefix: str) -> bool | None:
    """Return whether every string that starts with ``prefix`` is root (True), none is (False), or some are (None)."""
    if ":" in prefix:
        return is_root(prefix)
    could_be = "root".startswith(prefix.lower()) or _PREFIX_OF_ZERO.fullmatch(prefix) is not None
    return None if could_be else False


def is_container_administrator(user: str | None) -> bool:
    r"""Return whether a Windows container's ``User`` is the administrator: absent, empty or ``ContainerAdministrator``.

    Windows account names ignore case and may carry a domain (``User Manager\ContainerAdministrator``).
    https://docs.aws.amazon.com/config/latest/developerguide/ecs-task-definition-windows-user-non-admin.html
    """
    name = (user or "").rpartition("\\")[2]
    return name.lower() in ("", "containeradministrator")


def user_part(user: str | None) -> str:
    """Return what stands before the first ``:``, the part that decides the UID."""
    return (user or "").partition(":")[0]
