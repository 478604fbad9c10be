"""Containers are not privileged, in any network mode."""

from __future__ import annotations

from .. import launch_type
from ..enforcement import Severity
from ..task_definition import Container, TaskDefinition
from . import examples
from .base import ContainerCheck, Control, Violation


class NoPrivilegedContainers(ContainerCheck):
    """Privileged, in any mode."""

    id = "no-privileged-containers"
    severity = Severity.HIGH
    title = "A container is not privileged."
    risk = (
        "A privileged container has all capabilities and all devices of its EC2 instance. An attacker who takes"
        " over the container needs no flaw to leave it: the instance, the credentials of its instance role and the"
        " other tasks on it are within reach."
    )
    question = "this container is privileged"
    fields = ("ContainerDefinitions[*].Privileged",)
    allowed = "`false` or absent"
    setting = ("Privileged", "`false` or absent")
    example = examples.NO_PRIVILEGED_CONTAINERS
    profiles = frozenset(("security-hub",))
    controls = (
        Control(
            "Security Hub ECS.4",
            "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-4",
        ),
        Control(
            "AWS Config ecs-containers-nonprivileged",
            "https://docs.aws.amazon.com/config/latest/developerguide/ecs-containers-nonprivileged.html",
        ),
        Control(
            "Control Tower CT.ECS.PR.11",
            "https://docs.aws.amazon.com/controltower/latest/controlreference/ecs-rules.html",
        ),
    )

    def violation(self, task_definition: TaskDefinition, container: Container) -> Violation | None:
        if not container.privileged:
            return None
        if launch_type.includes(task_definition, launch_type.FARGATE):
            why = "Fargate has no privileged containers, so ECS refuses to register it."
            remedy = "Remove Privileged; SYS_PTRACE is the only capability that Fargate can add."
        elif task_definition.is_known_to_be_windows:
            why = "Windows has no privileged containers."
            remedy = "Remove Privileged."
        else:
            why = "It has root's powers on the instance that hosts it, whatever its user."
            remedy = "Remove Privileged; if it needs one capability, add that one in LinuxParameters.Capabilities."
        return Violation("The container is privileged.", why, remedy, "Privileged")
