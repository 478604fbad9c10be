"""Task definitions do not use the host network mode."""

from __future__ import annotations

from ...model.sentence import NETWORK_MODE, Sentence
from .. import launch_type
from ..enforcement import Severity
from ..task_definition import TaskDefinition
from . import examples
from .base import Control, Fixable, TaskDefinitionCheck, Violation


class NoHostNetworkMode(TaskDefinitionCheck):
    """Mode ``host``, with any user."""

    id = "no-host-network-mode"
    severity = Severity.MEDIUM
    title = "A task definition does not use the host network mode."
    risk = (
        "A container in host mode uses the network of its EC2 instance: it can reach what listens only on the"
        " loopback address there, its ports are open on the instance, and the security groups of the instance are"
        " the only ones that apply to it."
    )
    question = Sentence("{mode} is host", mode=NETWORK_MODE)
    fields = ("NetworkMode",)
    allowed = "anything but `host`"
    setting = ("NetworkMode", "not `host`")
    example = examples.NO_HOST_NETWORK_MODE
    profiles = frozenset(("security-hub",))
    fixed_by = frozenset((Fixable.NETWORK_MODE,))
    controls = (
        Control(
            "Security Hub ECS.17",
            "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-17",
        ),
    )

    def violation(self, task_definition: TaskDefinition) -> Violation | None:
        if task_definition.network_mode != "host":
            return None
        return Violation(
            Sentence("{mode} is 'host'.", mode=NETWORK_MODE),
            launch_type.host_mode_means(task_definition) or launch_type.network_mode_means(task_definition, "host"),
            launch_type.instead_of_host_mode(task_definition),
            "NetworkMode",
        )
