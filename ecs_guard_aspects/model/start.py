"""Starts of a task definition: the resources that run it, and the launch type each of them uses."""

from __future__ import annotations

import re
from typing import NamedTuple

EC2 = "EC2"
EXTERNAL = "EXTERNAL"
FARGATE = "FARGATE"
MANAGED_INSTANCES = "MANAGED_INSTANCES"

SERVICE = "AWS::ECS::Service"
TASK_SET = "AWS::ECS::TaskSet"
SERVICES = (SERVICE, TASK_SET)
RULE = "AWS::Events::Rule"
SCHEDULE = "AWS::Scheduler::Schedule"
PIPE = "AWS::Pipes::Pipe"
CAPACITY_PROVIDER = "AWS::ECS::CapacityProvider"


class Runner(NamedTuple):
    """A resource type that runs tasks.

    Attributes:
        word: its name in messages.
        parameters: a pattern of the path to the properties it runs the task with; each type has ``LaunchType`` and
            ``NetworkConfiguration`` there, next to the task definition.
        reference: the name of the task definition's property there.
        awsvpc: the key inside ``NetworkConfiguration``; its spelling differs by type.
        cluster: the property that names the cluster.
    """

    word: str
    parameters: str
    reference: str
    awsvpc: str
    cluster: str

    def parameters_of(self, reference: str) -> str | None:
        """Return the path of the parameters, if ``reference`` names a task definition to run."""
        pattern = rf"({self.parameters}){self.reference}(\.Fn::.*)?"
        match = re.fullmatch(pattern, reference)
        return match[1].removesuffix(".") if match else None


# The spelling is that of the CloudFormation resource schemas.
RUNNERS = {
    SERVICE: Runner("service", "", "TaskDefinition", "AwsvpcConfiguration", "Cluster"),
    TASK_SET: Runner("task set", "", "TaskDefinition", "AwsVpcConfiguration", "Cluster"),
    RULE: Runner("rule", r"Targets\.\d+\.EcsParameters\.", "TaskDefinitionArn", "AwsVpcConfiguration", "Arn"),
    SCHEDULE: Runner("schedule", r"Target\.EcsParameters\.", "TaskDefinitionArn", "AwsvpcConfiguration", "Arn"),
    PIPE: Runner(
        "pipe", r"TargetParameters\.EcsTaskParameters\.", "TaskDefinitionArn", "AwsvpcConfiguration", "Target"
    ),
}


class Start(NamedTuple):
    """One way in which a resource of a template starts a task definition.

    Attributes:
        by: the resource, such as ``service Web``.
        launch_type: the launch type; None if the default of the cluster decides.
        how: the setting of the resource, such as ``launch type EC2``.
    """

    by: str
    launch_type: str | None
    how: str

    def contradicts(self, launch_type: str) -> bool:
        """Return whether it starts tasks on another launch type than the only one that the task definition requires."""
        if self.launch_type is None:  # a default capacity provider is never for ECS Anywhere
            return launch_type == EXTERNAL
        return self.launch_type != launch_type

    def __str__(self) -> str:
        return f"{self.by} starts it with {self.how}"
