"""Linux containers run as a non-root user, in any network mode."""

from __future__ import annotations

from ...model.resource import JUDGED_TYPES
from ...model.sentence import Sentence
from ..enforcement import Severity
from ..task_definition import Container, TaskDefinition
from . import examples
from .base import ContainerCheck, Control, Fixable, Violation
from .wording import NON_ROOT, root_user


class NonRootUser(ContainerCheck):
    """On Linux, or without an operating system: a ``User`` that is root or not set, in any mode."""

    id = "non-root-user"
    severity = Severity.MEDIUM
    title = "A Linux container runs as a non-root user."
    risk = (
        "Root in a container can change every file in it. On an EC2 instance it is also UID 0 of the kernel that"
        " all tasks share: it owns the files of root in every mounted volume, and a flaw in the kernel or the"
        " container runtime gives it the instance."
    )
    question = "this container runs as root"
    types = JUDGED_TYPES
    fields = ("RuntimePlatform.OperatingSystemFamily", "ContainerDefinitions[*].User")
    allowed = "a non-root `User`; anything on Windows"
    setting = ("User on Linux", "non-root")
    example = examples.NON_ROOT_USER
    profiles = frozenset(("security-hub",))
    fixed_by = frozenset((Fixable.USER,))
    controls = (
        Control(
            "Security Hub ECS.20",
            "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-20",
        ),
        Control(
            "AWS Config ecs-task-definition-linux-user-non-root",
            "https://docs.aws.amazon.com/config/latest/developerguide/ecs-task-definition-linux-user-non-root.html",
        ),
        Control(
            "Control Tower CT.ECS.PR.3",
            "https://docs.aws.amazon.com/controltower/latest/controlreference/ecs-rules.html",
        ),
    )

    def violation(self, task_definition: TaskDefinition, container: Container) -> Violation | None:
        if task_definition.is_windows or not container.runs_as_root:
            return None
        return Violation(
            root_user(task_definition, container),
            "UID 0 in a container is UID 0 for the files it mounts, and for a flaw of the kernel that lets it escape.",
            Sentence("{change}.", change=NON_ROOT),
            "User",
        )
