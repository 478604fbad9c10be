"""Containers are not privileged, in any network mode."""

from __future__ import annotations

from ...model.resource import JUDGED_TYPES
from ...model.sentence import CAPABILITIES, PRIVILEGED, Remove, Sentence
from ...model.start import FARGATE
from .. import launch_type
from ..enforcement import Severity
from ..task_definition import Container, TaskDefinition
from . import examples
from .base import ContainerCheck, Control, Violation


class NoPrivilegedContainers(ContainerCheck):
    """A container that is privileged, in any mode."""

    id = "no-privileged-containers"
    severity = Severity.HIGH
    title = "A container is not privileged."
    risk = (
        "A privileged container has all capabilities and all devices of its EC2 instance. An attacker who takes"
        " over the container needs no flaw to leave it: the instance, the credentials of its instance role and the"
        " other tasks on it are within reach."
    )
    question = "this container is privileged"
    types = JUDGED_TYPES
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
        if launch_type.includes(task_definition, FARGATE):
            why = "Fargate does not support privileged containers, so ECS refuses to register this task definition."
            remedy = "{change}; the only capability that Fargate can add is SYS_PTRACE."
        elif task_definition.is_known_to_be_windows:
            why = "Windows does not support privileged containers."
            remedy = "{change}."
        else:
            why = "It has root access to the instance, whichever user it runs as."
            remedy = "{change}; if it needs one capability, add only that one in {capabilities}."
        return Violation(
            "The container is privileged.",
            why,
            Sentence(remedy, change=Remove(PRIVILEGED), capabilities=CAPABILITIES),
            "Privileged",
        )
