"""Users: the user that a container runs as, by the rules of the container runtimes.

Docker and containerd split ``User`` at the first ``:`` and read the user part with Go's ``strconv.Atoi``; anything else
is looked up as a name (github.com/moby/sys, ``user.GetExecUser``).

A placeholder of another tool, such as ``{{ user }}`` of Jinja or ``$USER``, is not a name yet. There are too many
tools to know all their placeholders, so a text with a character that names do not have is a placeholder:

- Linux: names have letters, digits, underscores, dashes, dots, and perhaps a dollar sign at the end.
  https://man7.org/linux/man-pages/man8/useradd.8.html
- Windows: ``DOMAIN\\user`` and ``user@domain`` are accounts of a domain; names may have a space.
  https://learn.microsoft.com/en-us/windows/win32/secauthn/user-name-formats

ECS forms: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
"""

from __future__ import annotations

import re

# ASCII digits only: unlike Python's int(), Go's Atoi reads no others.
_ZERO = re.compile(r"[+-]?0+", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?P<digits>[0-9]+)", re.ASCII)
_PREFIX_OF_ROOT = re.compile(r"[+-]?[0-9]*", re.ASCII)

# Above it runtimes before containerd 1.7.27, 2.0.4 and 1.6.38 ran the container as UID 0 (CVE-2024-40635): they cut
# what Atoi returns to 32 bits, so -4294967296 was 0 as well.
HIGHEST_UID = 2**31 - 1

_NAME = re.compile(r"[\w.+\\ -]*\$?")
_WINDOWS_NAME = re.compile(r"[\w.+\\ '!^~-]*(?:\$|[\w]@[\w.-]+)?")

# Valid names, but a convention of tools that replace tokens.
_TOKEN = re.compile(r"(?:.*[-.])?__\w+__(?:[-.].*)?")


def is_root(user: str | None) -> bool:
    """Return whether ``User`` means root: absent, empty, ``root`` in any case, a number that is 0 or overflows to it.

    If the user is absent, the image decides: it is root unless the image sets another user.
    """
    name = user_part(user)
    if name == "" or name.lower() == "root":
        return True
    return _ZERO.fullmatch(name) is not None or overflows(name)


def overflows(user: str | None) -> bool:
    """Return whether ``User`` is a number beyond the highest UID, above 0 or below: older runtimes run it as root."""
    number = _NUMBER.fullmatch(user_part(user))
    digits = number["digits"].lstrip("0") if number else ""
    # int() refuses texts of thousands of digits
    return len(digits) > 10 or (digits != "" and int(digits) > HIGHEST_UID)


def prefix_decides_root(prefix: str) -> bool | None:
    """Return whether every string that starts with ``prefix`` is root (True), none is (False), or some are (None)."""
    if ":" in prefix:
        return is_root(prefix)
    could_be = "root".startswith(prefix.lower()) or _PREFIX_OF_ROOT.fullmatch(prefix) is not None
    return None if could_be else False


def is_container_administrator(user: str | None) -> bool:
    r"""Return whether a Windows container's ``User`` is the administrator: absent, empty or ``ContainerAdministrator``.

    Windows account names ignore case and may have a domain (``User Manager\ContainerAdministrator``).
    https://docs.aws.amazon.com/config/latest/developerguide/ecs-task-definition-windows-user-non-admin.html
    """
    name = (user or "").rpartition("\\")[2]
    return name.lower() in ("", "containeradministrator")


def user_part(user: str | None) -> str:
    """Return the text before the first ``:``, the part that decides the UID."""
    return (user or "").partition(":")[0]


def is_placeholder(text: str, *, on_windows: bool = False) -> bool:
    """Return whether the text of a user, or of a user with a group, is a placeholder.

    Args:
        text: the text.
        on_windows: whether it is an account of Windows.
    """
    name = _WINDOWS_NAME if on_windows else _NAME
    parts = text.split(":", 1)
    return any(name.fullmatch(part) is None or _TOKEN.fullmatch(part) is not None for part in parts)
