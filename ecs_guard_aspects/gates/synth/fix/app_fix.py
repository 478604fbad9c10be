"""The state of a fix in one app: what it serves, and what it has done so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from constructs import IConstruct

from ....model.resource import Resource
from ....policy.policy import Policy
from ..guards import policies_guarding
from ..tree.after_aspects import after_aspects
from ..tree.constructs import identity_of, is_within
from .log import FixLog

_ATTRIBUTE = "_ecs_guard_aspects_fixes"


@dataclass(frozen=True)
class FixedInStage:
    """A task definition inside a Stage that the fix has changed, with its Stage, environment and names of exports."""

    stage: IConstruct
    task_definition: Resource
    environment: str
    exports: tuple[str, ...] = ()


@dataclass
class AppFix:
    """A fix in one app.

    Attributes:
        root: the app.
        log: the changes and refusals so far.
        served: the policies it serves, each with the construct path below which the policy is in force.
        scopes: the construct paths that it was added to as an Aspect.
        visited: construct paths of the task definitions that the Aspect has visited.
        done: identities of the Stages it has fixed since the last visit.
        fixed_in_stages: the task definitions inside Stages that it has changed, by construct path.
        informed: the texts it has annotated, each with its construct path.
    """

    root: IConstruct
    log: FixLog = field(default_factory=FixLog)
    served: list[tuple[str, Policy]] = field(default_factory=list)
    scopes: list[str] = field(default_factory=list)
    visited: dict[str, None] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    fixed_in_stages: dict[str, FixedInStage] = field(default_factory=dict)
    informed: set[tuple[str, str]] = field(default_factory=set)
    _others: list[AppFix] = field(default_factory=list, repr=False, compare=False)
    _awaited: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    def added_to(cls, root: IConstruct) -> AppFix:
        """Return another fix of an app."""
        fixes: list[AppFix] | None = getattr(root, _ATTRIBUTE, None)
        if fixes is None:
            fixes = []
            setattr(root, _ATTRIBUTE, fixes)
        fix = cls(root, _others=fixes)
        fixes.append(fix)
        return fix

    def policies_at(self, path: str) -> list[Policy]:
        """Return the policies that are in force at a construct path: those it serves, and those of the app's guards."""
        served = [policy for scope, policy in self.served if is_within(path, scope)]
        return [*served, *(policy for policy in policies_guarding(self.root, path) if policy not in served)]

    def is_reported_at(self, path: str) -> bool:
        """Return whether a guard reports what this fix does at a construct path."""
        return any(is_within(path, scope) for scope, _ in self.served)

    def serves(self, path: str) -> bool:
        """Return whether the fix is to change the task definition at a construct path: no other has a nearer scope."""
        own = self._depth_at(path)
        return own is not None and all((other._depth_at(path) or 0) <= own for other in self._others)

    def _depth_at(self, path: str) -> int | None:
        """Return the length of the nearest scope at a construct path; None if it is in no scope."""
        scopes = [scope for scope, _ in self.served] + (self.scopes if path in self.visited else [])
        return max((len(scope) for scope in scopes if is_within(path, scope)), default=None)

    def once_after_aspects(self, stage: IConstruct, purpose: str, then: Callable[[], None]) -> None:
        """Register ``then`` to be called when the Aspects of a Stage have run, once for each purpose."""
        key = (identity_of(stage), purpose)
        if key not in self._awaited:
            self._awaited.add(key)
            after_aspects(stage, then)
