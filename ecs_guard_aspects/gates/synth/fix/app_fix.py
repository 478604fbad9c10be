"""The state of a fix in one app: what it serves, and what it has done so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from constructs import IConstruct

from ....model.resource import Resource
from ....policy.policy import Policy
from ..tree.after_aspects import after_aspects
from ..tree.constructs import identity_of, is_within
from .log import FixLog


@dataclass(frozen=True)
class FixedInStage:
    """A task definition inside a Stage that the fix has changed, with its Stage and its environment."""

    stage: IConstruct
    task_definition: Resource
    environment: str


@dataclass
class AppFix:
    """A fix in one app.

    Attributes:
        log: the changes and refusals so far.
        served: the policies it serves, each with the construct path below which the policy is in force.
        visited: construct paths of the task definitions that the Aspect has visited.
        done: identities of the Stages it has fixed since the last visit.
        fixed_in_stages: the task definitions inside Stages that it has changed, by construct path.
        informed: the texts it has annotated, each with its construct path.
    """

    log: FixLog = field(default_factory=FixLog)
    served: list[tuple[str, Policy]] = field(default_factory=list)
    visited: dict[str, None] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    fixed_in_stages: dict[str, FixedInStage] = field(default_factory=dict)
    informed: set[tuple[str, str]] = field(default_factory=set)
    _awaited: set[tuple[str, str]] = field(default_factory=set)

    def policies_at(self, path: str) -> list[Policy]:
        """Return the policies that are in force at a construct path."""
        return [policy for scope, policy in self.served if is_within(path, scope)]

    def serves(self, path: str) -> bool:
        """Return whether the fix is to change the task definition at a construct path."""
        return path in self.visited or bool(self.policies_at(path))

    def once_after_aspects(self, stage: IConstruct, purpose: str, then: Callable[[], None]) -> None:
        """Have ``then`` called when the Aspects of a Stage have run, unless that is registered for this purpose."""
        key = (identity_of(stage), purpose)
        if key not in self._awaited:
            self._awaited.add(key)
            after_aspects(stage, then)
