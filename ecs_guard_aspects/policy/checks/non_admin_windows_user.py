"""Windows containers do not run as the administrator."""

from __future__ import annotations

from ...model.sentence import USER, Sentence, Set
from ..enforcement import Severity
from ..task_definition import Container, TaskDefinition
from . import examples
from .base import ContainerCheck, Control, Violation


class NonAdminWindowsUser(ContainerCheck):
    """On Windows: a ``User`` that is ``ContainerAdministrator`` or not set, in any mode.

    The AWS documents contradict each other: Security Hub ECS.21 requires a ``User`` on Windows, while the
    [ECS documentation](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/windows_task_definitions.html) calls
    the parameter unsupported there. Test it before you deny violations of this check.
    """

    id = "non-admin-windows-user"
    severity = Severity.MEDIUM
    title = "A Windows container does not run as ContainerAdministrator."
    risk = (
        "ContainerAdministrator can change every file, service and registry key in the container. An attacker who"
        " takes over a process in it can replace what the container runs, and attacks the host with the most rights"
        " that a container has."
    )
    question = "this container runs as ContainerAdministrator"
    fields = ("RuntimePlatform.OperatingSystemFamily", "ContainerDefinitions[*].User")
    allowed = "on Windows any `User` but `ContainerAdministrator`; anything on Linux"
    setting = ("User on Windows", "not `ContainerAdministrator`")
    example = examples.NON_ADMIN_WINDOWS_USER
    profiles = frozenset(("security-hub",))
    controls = (
        Control(
            "Security Hub ECS.21",
            "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-21",
        ),
        Control(
            "AWS Config ecs-task-definition-windows-user-non-admin",
            "https://docs.aws.amazon.com/config/latest/developerguide/ecs-task-definition-windows-user-non-admin.html",
        ),
    )

    def violation(self, task_definition: TaskDefinition, container: Container) -> Violation | None:
        if not task_definition.is_windows or not container.runs_as_container_administrator:
            return None
        user = container.user_as_written
        unset = "{user} is not set: the container runs as ContainerAdministrator, unless its image sets another user."
        return Violation(
            Sentence("{user} is {value!r}." if user else unset, user=USER, value=user),
            "ContainerAdministrator can change everything in the container; Security Hub ECS.21 requires another user.",
            Sentence(
                "{change}. ECS documents {user} as unsupported on Windows: test it first, or add an exemption.",
                change=Set(USER, "ContainerUser"),
                user=USER,
            ),
            "User",
        )
