"""Phrases that several checks share."""

from __future__ import annotations

from ...model.sentence import USER, Sentence, Set
from ...model.start import EXTERNAL
from .. import launch_type
from ..task_definition import Container, TaskDefinition
from ..user import overflows

ROOT_ON_THE_INSTANCE = "As root on the network of the instance it can use any port and reach every service there."

IN_HOST_MODE = " in host network mode"

NON_ROOT = Sentence("{change} or another non-root UID", change=Set(USER, "1000:1000"))


def root_user(task_definition: TaskDefinition, container: Container, where: str = "") -> Sentence:
    """Return a sentence about the user with which a container runs as root.

    Args:
        task_definition: the task definition.
        container: the container.
        where: the situation, such as `` in host network mode``.
    """
    user = container.user_as_written
    if task_definition.is_known_to_be_windows:  # Windows has no UIDs
        text = "{user} is {value!r}{where}." if user else "{user} is not set{where}."
        return Sentence(text, user=USER, value=user, where=where)
    if not user:
        unset = "{user} is not set: the container runs as root (UID 0){where}, unless its image sets another user."
        return Sentence(unset, user=USER, where=where)
    reading = "" if user.lower() == "root" else ", which the container runtime reads as root"
    if overflows(user):
        reading = ", which container runtimes before containerd 1.7.27 read as root (CVE-2024-40635)"
    runs = "{user} is {value!r}{reading}: the container runs as root (UID 0){where}."
    return Sentence(runs, user=USER, value=user, reading=reading, where=where)


def not_as_root_in_host_mode(task_definition: TaskDefinition) -> Sentence:
    """Return a sentence about what to change about a root user, for tasks that support ``host``."""
    if launch_type.includes(task_definition, EXTERNAL):  # ECS Anywhere does not support awsvpc
        return Sentence("{user}.", user=NON_ROOT)
    return Sentence("{user}, or {mode}.", user=NON_ROOT, mode=launch_type.SET_AWSVPC)
