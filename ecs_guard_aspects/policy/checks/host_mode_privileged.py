"""Containers in host mode are not privileged, and their ``User`` is not root."""

from __future__ import annotations

from ...model.sentence import PRIVILEGED, Remove, Sentence
from .. import launch_type
from ..enforcement import Severity
from ..task_definition import Container, TaskDefinition
from . import examples
from .base import ContainerCheck, Control, Fixable, Violation
from .wording import IN_HOST_MODE, ROOT_ON_THE_INSTANCE, not_as_root_in_host_mode, root_user


class HostModePrivileged(ContainerCheck):
    """Mode ``host``: a container that is privileged, or whose ``User`` is root.

    It treats privileged containers in the opposite way to ``host-mode-root-user``: no container that is privileged or
    declared as root shares the network of the instance. A container without a ``User`` passes this check;
    ``host-mode-root-user`` reports it.

    If a profile admits a privileged container in host mode, this check still reports it, with ``AUDIT``, so that it is
    always visible. It does not if another finding names the container already, or if ``enforcement`` of the policy
    names this check.
    """

    id = "host-mode-privileged"
    severity = Severity.HIGH
    title = "In host mode a container is not privileged, and its User is not root; an absent User passes."
    risk = (
        "A privileged container has all capabilities and all devices of its EC2 instance, and in host mode also"
        " its network: nothing isolates it. An attacker who takes over the container controls the instance, the"
        " credentials of its instance role, and the other tasks on it."
    )
    question = "this container is privileged, or declared as root, in host mode"
    fields = ("NetworkMode", "ContainerDefinitions[*].Privileged", "ContainerDefinitions[*].User")
    allowed = "any mode but `host`; or not privileged, with a `User` that is absent or not root"
    setting = ("In `host` mode", "not privileged, `User` absent or non-root")
    example = examples.HOST_MODE_PRIVILEGED
    profiles = frozenset(("cyscale",))
    fixed_by = frozenset((Fixable.NETWORK_MODE, Fixable.USER))
    controls = (
        Control(
            "Cyscale aws-ecs-1-privileged-network-mode",
            "https://cyscale.com/cloud-security-wiki/grc-catalog/controls/aws-ecs-1-privileged-network-mode",
        ),
    )

    def violation(self, task_definition: TaskDefinition, container: Container) -> Violation | None:
        if task_definition.network_mode != "host":
            return None
        privileged = container.privileged
        if not privileged and not container.declares_root_user:
            return None
        impossible = launch_type.host_mode_means(task_definition)
        another_mode = launch_type.instead_of_host_mode(task_definition)
        if privileged:
            return Violation(
                "The container is privileged in host network mode.",
                impossible or "It has root access to the instance and shares its network: nothing isolates it.",
                Sentence("{change}. {mode}", change=Remove(PRIVILEGED), mode=another_mode)
                if impossible
                else Sentence("{change}.", change=Remove(PRIVILEGED)),
                "Privileged",
            )
        return Violation(
            root_user(task_definition, container, IN_HOST_MODE),
            impossible or ROOT_ON_THE_INSTANCE,
            another_mode if impossible else not_as_root_in_host_mode(task_definition),
            "User",
        )
