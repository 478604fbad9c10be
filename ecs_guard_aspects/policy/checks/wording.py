"""Phrases that several checks share."""

from __future__ import annotations

from ..task_definition import Container, TaskDefinition
from ..user import overflows

ROOT_ON_THE_INSTANCE = "UID 0 on the instance's own network can bind its ports and reach all that listens on it."


def root_user(task_definition: TaskDefinition, container: Container) -> str:
    """Return, as the beginning of a sentence, by which user a container runs as root."""
    user = container.user_as_written
    if task_definition.is_known_to_be_windows:  # which has no UIDs
        return f"User is {user!r}" if user else "User is not set"
    if not user:
        return "User is not set, so unless its image says otherwise the container runs as root (UID 0)"
    reading = "" if user.lower() == "root" else ", which the container runtime reads as root"
    if overflows(user):
        reading = ", which container runtimes before containerd 1.7.27 read as root (CVE-2024-40635)"
    return f"User is {user!r}{reading}: the container runs as root (UID 0)"
