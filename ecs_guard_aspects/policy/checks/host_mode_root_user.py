"""Containers in host mode run as a non-root user, unless they are privileged."""

from __future__ import annotations

from .. import launch_type
from ..enforcement import Severity
from ..task_definition import Container, TaskDefinition
from . import examples
from .base import ContainerCheck, Control, Fixable, Violation
from .wording import IN_HOST_MODE, ROOT_ON_THE_INSTANCE, not_as_root_in_host_mode, root_user


class HostModeRootUser(ContainerCheck):
    """Mode ``host``: a container that is not privileged, with a ``User`` that is root or not set.

    A privileged container passes: for AWS ``Privileged`` is a deliberate choice, and a root user can be an oversight
    ([answer of AWS](https://github.com/awsdocs/aws-security-hub-user-guide/issues/10)). ``host-mode-privileged``
    reports it.
    """

    id = "host-mode-root-user"
    severity = Severity.HIGH
    title = "In host mode a container runs as a non-root user; a privileged container passes."
    risk = (
        "A container in host mode uses the network of its EC2 instance. As root it can listen on every port of the"
        " instance and reach what listens only on the loopback address there. An attacker who takes over the"
        " container needs one more flaw, or one writable mount, to control the instance and the other tasks on it."
    )
    question = "this container runs as root in host mode without being privileged"
    fields = ("NetworkMode", "ContainerDefinitions[*].Privileged", "ContainerDefinitions[*].User")
    allowed = "any mode but `host`, or a non-root `User`; `host-mode-privileged` checks privileged containers"
    setting = ("In `host` mode", "`User` non-root")
    example = examples.HOST_MODE_ROOT_USER
    profiles = frozenset(("default", "datadog", "aws-config"))
    fixed_by = frozenset((Fixable.NETWORK_MODE, Fixable.USER))
    controls = (
        Control("Datadog def-000-psk", "https://docs.datadoghq.com/security/default_rules/def-000-psk/"),
        Control(
            "AWS Config ecs-task-definition-user-for-host-mode-check",
            "https://docs.aws.amazon.com/config/latest/developerguide/ecs-task-definition-user-for-host-mode-check.html",
        ),
        Control(
            "Security Hub ECS.1 (retired 2026-03)",
            "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-1",
        ),
        Control(
            "Control Tower CT.ECS.PR.8",
            "https://docs.aws.amazon.com/controltower/latest/controlreference/ecs-rules.html",
        ),
    )

    def violation(self, task_definition: TaskDefinition, container: Container) -> Violation | None:
        if task_definition.network_mode != "host" or not container.runs_as_root or container.privileged:
            return None
        impossible = launch_type.host_mode_means(task_definition)
        return Violation(
            root_user(task_definition, container, IN_HOST_MODE),
            impossible or ROOT_ON_THE_INSTANCE,
            launch_type.instead_of_host_mode(task_definition)
            if impossible
            else not_as_root_in_host_mode(task_definition),
            "User",
        )
