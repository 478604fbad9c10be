"""Task definitions use the awsvpc network mode."""

from __future__ import annotations

from ...cloudformation.values import MalformedError
from ...model.sentence import NETWORK_MODE, Message, Remove, Sentence
from ...model.start import EXTERNAL, MANAGED_INSTANCES
from .. import launch_type
from ..enforcement import Severity
from ..task_definition import NETWORK_MODES, TaskDefinition
from . import examples
from .base import Control, Fixable, TaskDefinitionCheck, Violation


class AwsvpcNetworkMode(TaskDefinitionCheck):
    """``NetworkMode`` is not set, or is not ``awsvpc``.

    An absent mode means ``bridge`` on Linux EC2 instances and ``default`` (nat) on Windows; on Fargate ECS refuses it,
    and on ECS Managed Instances it means ``awsvpc``. The message says which applies.

    No change can correct two violations, and in the profile ``DEFAULT`` these are at most a warning: a task definition
    only for ``EXTERNAL`` (ECS Anywhere supports bridge, host and none, but not awsvpc), and one only for
    ``MANAGED_INSTANCES`` without a mode (it gets awsvpc). ``DATADOG``, ``AWS_CONFIG`` and ``STRICT`` have no such
    exception.
    """

    id = "awsvpc-network-mode"
    severity = Severity.MEDIUM
    title = "A task definition uses the awsvpc network mode."
    risk = (
        "In the modes bridge and host, all tasks on an EC2 instance share its network interface and its security"
        " groups: what one task may reach, every task on the instance may reach, and VPC flow logs show the"
        " instance, not the task. In awsvpc mode each task has its own network interface, its own address and its"
        " own security groups."
    )
    question = Sentence("{mode} is awsvpc", mode=NETWORK_MODE)
    fields = ("NetworkMode", "RequiresCompatibilities")
    allowed = "`awsvpc`"
    setting = ("NetworkMode", "`awsvpc`")
    example = examples.AWSVPC_NETWORK_MODE
    profiles = frozenset(("default", "datadog", "aws-config"))
    fixed_by = frozenset((Fixable.NETWORK_MODE,))
    controls = (
        Control(
            "Datadog IaC cloudformation-aws-ecs-task-definition-network-mode-not-recommended",
            "https://docs.datadoghq.com/security/code_security/iac_security/iac_rules/"
            "cloudformation-aws-ecs-task-definition-network-mode-not-recommended/",
        ),
        Control(
            "KICS 027a4b7a",
            "https://docs.kics.io/2.1.6-integrations/queries/cloudformation-queries/aws/"
            "027a4b7a-8a59-4938-a04f-ed532512cf45",
        ),
        Control(
            "AWS Config ecs-awsvpc-networking-enabled",
            "https://docs.aws.amazon.com/config/latest/developerguide/ecs-awsvpc-networking-enabled.html",
        ),
        Control(
            "Control Tower CT.ECS.PR.4",
            "https://docs.aws.amazon.com/controltower/latest/controlreference/ecs-rules.html",
        ),
    )

    def violation(self, task_definition: TaskDefinition) -> Violation | None:
        try:
            mode = task_definition.network_mode
        except MalformedError as error:
            if not error.location.endswith("NetworkMode"):
                raise  # all properties are malformed: setting this one does not help
            what, remedy = Sentence("{cause}.", cause=error.cause), _remedy(task_definition, "malformed")
            return Violation(what, "It must be the string awsvpc.", remedy, "NetworkMode")
        if mode == "awsvpc":
            return None
        return Violation(
            Sentence("{mode} is not set." if mode is None else "{mode} is {value!r}.", mode=NETWORK_MODE, value=mode),
            _why(task_definition, mode),
            _remedy(task_definition, mode),
            "NetworkMode",
            fixable=_is_fixable(task_definition, mode),
        )


_SET_AWSVPC = Sentence(
    "{change}, and add subnets and security groups wherever the task is run.", change=launch_type.SET_AWSVPC
)


def _why(task_definition: TaskDefinition, mode: str | None) -> Message:
    why, contradiction = (
        launch_type.network_mode_means(task_definition, mode),
        launch_type.contradiction(task_definition),
    )
    return Sentence("{contradiction} {why}", contradiction=contradiction, why=why) if contradiction else why


def _is_fixable(task_definition: TaskDefinition, mode: str | None) -> bool:
    if launch_type.is_only(task_definition, EXTERNAL):
        return False
    return not (mode is None and launch_type.is_only(task_definition, MANAGED_INSTANCES))


def _remedy(task_definition: TaskDefinition, mode: str | None) -> Message:
    if launch_type.is_only(task_definition, EXTERNAL):
        if mode and (mode not in NETWORK_MODES or task_definition.is_known_to_be_windows):
            text = "{change}, and add an exemption for as long as it runs on ECS Anywhere."
            return Sentence(text, change=Remove(NETWORK_MODE))
        return "No change helps while it runs on ECS Anywhere: add an exemption."
    if launch_type.includes(task_definition, EXTERNAL):
        text = "{change} here, and write a second task definition for ECS Anywhere, which does not support awsvpc."
        return Sentence(text, change=launch_type.SET_AWSVPC)
    if mode is None and launch_type.is_only(task_definition, MANAGED_INSTANCES):
        return Sentence("{change}.", change=launch_type.SET_AWSVPC)
    return _SET_AWSVPC
