"""A user of a revision: a service, a target of a rule, a schedule or a pipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ....model.start import PIPE, SCHEDULE
from ....remediation.obstacles.consumers import Consumer
from ....sources.account.scheduled_targets import RuleTarget
from ....sources.account.surroundings import Answer

_PARAMETERS = {PIPE: "EcsTaskParameters"}


@dataclass(frozen=True)
class User:
    """Something that runs a revision.

    Attributes:
        consumer: it as a resource, whose address is its name.
        cluster: the ARN of the cluster that it runs tasks in.
        run_with: its launch type or capacity providers, among other things.
        found: it as AWS returns it: a service, a target of a rule, a schedule or a pipe.
        rule: the rule, if it is a target of one.
    """

    consumer: Consumer
    cluster: str
    run_with: Mapping[str, Any]
    found: Answer
    rule: RuleTarget | None = None

    @property
    def name(self) -> str:
        """Its name in messages."""
        return self.consumer.resource.address

    @property
    def kind(self) -> str:
        """Its type in CloudFormation."""
        return self.consumer.resource.type

    @property
    def target(self) -> Answer:
        """What has the parameters of the task: the target of a rule or schedule, the target parameters of a pipe."""
        key = {SCHEDULE: "Target", PIPE: "TargetParameters"}.get(self.kind)
        target: Answer = self.found if key is None else self.found[key]
        return target

    @property
    def parameters(self) -> str:
        """The name of the parameters of the task in the target."""
        return _PARAMETERS.get(self.kind, "EcsParameters")
