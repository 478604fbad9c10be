"""Starts of a task definition: the resources that run it, and the launch type each of them uses."""

from __future__ import annotations

from typing import NamedTuple

EC2 = "EC2"
EXTERNAL = "EXTERNAL"
FARGATE = "FARGATE"
MANAGED_INSTANCES = "MANAGED_INSTANCES"


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
