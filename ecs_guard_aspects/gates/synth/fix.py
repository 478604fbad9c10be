"""The opt-in fix: when all Aspects of a Stage have run, what the planner decides is applied as property overrides."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import aws_cdk as cdk
import jsii
from constructs import IConstruct

from ..._version import VERSION
from ...cloudformation.resource import TASK_DEFINITION, Resource
from ...cloudformation.text import canonical
from ...policy.policy import Policy
from ...remediation.changes import Blocker, Change
from ...remediation.mandate import Mandate, mandate_for
from ...remediation.network import Network
from ...remediation.plan import Plan, plan
from ...remediation.references import References, UnclearConsumerError
from ...remediation.run_as import checked_user
from .annotations import inform
from .fix_log import FixLog, FixNote, Refusal
from .tree.after_aspects import after_aspects
from .tree.constructs import (
    identity_of,
    inner_stages,
    is_task_definition,
    is_within,
    node_at,
    stacks_in,
    stage_of,
)
from .tree.rendering import render

_log = logging.getLogger("ecs_guard_aspects")

METADATA_KEY = "ecs-guard:fix"
"""Under which key of its Metadata a changed resource says what was changed."""


@dataclass
class _Work:
    """What a fix has to do in one app, and what it has done.

    Attributes:
        log: what it has done.
        served: the policies it serves, each with the construct path it is in force below.
        visited: construct paths of the task definitions that were visited.
        stages: the Stages in which it acts.
        done: those in which it has acted.
        informed: what it has said on constructs, by path.
    """

    log: FixLog = field(default_factory=FixLog)
    served: list[tuple[str, Policy]] = field(default_factory=list)
    visited: dict[str, None] = field(default_factory=dict)
    stages: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    informed: set[tuple[str, str]] = field(default_factory=set)

    def policies_at(self, path: str) -> list[Policy]:
        return [policy for scope, policy in self.served if is_within(path, scope)]


@jsii.implements(cdk.IAspect)
class EcsGuardFix:
    """Makes task definitions pass where that is safe, and says why where it is not.

    Add it through ``EcsGuard.protect(app, fix=...)``, or by itself:

        Aspects.of(scope).add(EcsGuardFix())

    It changes nothing before all Aspects of a Stage have run. What an exemption or an acknowledgement admits is left as
    it is.

    Args:
        awsvpc: set the awsvpc network mode where neither the task definition nor what runs it stands against it.
        user: a non-root ``uid[:gid]`` or name for host-mode containers that run as root without being privileged,
            where awsvpc cannot be set.
        network: subnets and security groups for what runs a task definition and names none.
        dry_run: plan and report, change nothing.

    Raises:
        ValueError: if ``user`` is root or no form that ECS accepts, or ``network`` is no ``Network``.
    """

    def __init__(
        self,
        awsvpc: bool = True,
        user: str | None = None,
        network: Network | None = None,
        dry_run: bool = False,
    ) -> None:
        if network is not None and not isinstance(network, Network):
            raise ValueError(f"network is {network!r}: it must be a Network")
        self._awsvpc = awsvpc
        self._user = None if user is None else checked_user(user)
        self._network = network
        self._dry_run = dry_run
        self._works: dict[str, _Work] = {}
        self._latest = _Work()

    @property
    def changes(self) -> tuple[Change, ...]:
        """What was changed in the app it was last used on, or with ``dry_run`` would be, in the order it was done."""
        return tuple(self._latest.log.changes.values())

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """The task definitions that could not be given what was asked for, with everything that stands against it."""
        return tuple(self._latest.log.refusals.values())

    def visit(self, node: IConstruct) -> None:
        """Remember one construct, to be fixed when all Aspects have run, if it is a task definition."""
        if is_task_definition(node):
            work = self._work_at(node.node.root)
            stage = stage_of(node)
            work.visited[node.node.path] = None
            work.done.discard(identity_of(stage))
            self._act_in(stage, work)

    def serve(self, scope: IConstruct, policy: Policy) -> FixLog:
        """Fix what a policy denies or warns of below ``scope``, in the Stages that are there by now.

        Returns:
            What it has done, once the app is synthesized.
        """
        work = self._work_at(scope.node.root)
        if (scope.node.path, policy) not in work.served:
            work.served.append((scope.node.path, policy))
        for stage in (stage_of(scope), *inner_stages(scope)):
            self._act_in(stage, work)
        return work.log

    def _work_at(self, root: IConstruct) -> _Work:
        self._latest = self._works.setdefault(identity_of(root), _Work())
        return self._latest

    def _act_in(self, stage: IConstruct, work: _Work) -> None:
        identity = identity_of(stage)
        if identity not in work.stages:
            work.stages.add(identity)
            after_aspects(stage, lambda: self._act(stage, work))

    def _act(self, stage: IConstruct, work: _Work) -> None:
        """Plan for the task definitions of one Stage, from one rendering, and carry out what is planned.

        What the CDK cannot render here it cannot write either, and it says so itself.
        """
        identity = identity_of(stage)
        # The CDK asks again for every Stage around this one, when this one is written; an app may be synthesized again.
        if identity in work.done and stage.node.scope is not None:
            return
        work.done.add(identity)
        try:
            references = References(render(stacks_in(stage)))
        except Exception:  # noqa: BLE001
            _log.debug("rendering %s failed", stage.node.path, exc_info=True)
            return
        wanted = [
            r for r in references.resources(TASK_DEFINITION) if r.address in work.visited or work.policies_at(r.address)
        ]
        plans = [(resource, self._planned(stage, resource, references, work)) for resource in wanted]
        for resource, decided in plans:
            try:
                self._carry_out(stage, resource, decided, work)
            except Exception as error:  # noqa: BLE001 - a fix that fails leaves the verdict to the gate
                self._refuse(stage.node.root, _failed(resource.address, error), work)

    def _planned(self, stage: IConstruct, task_definition: Resource, references: References, work: _Work) -> Plan:
        path = task_definition.address
        try:
            return self._plan(stage, task_definition, references, work)
        except UnclearConsumerError as error:
            return Plan(path, (), (Blocker(path, str(error)),))
        except Exception as error:  # noqa: BLE001 - as above
            return _failed(path, error)

    def _plan(self, stage: IConstruct, task_definition: Resource, references: References, work: _Work) -> Plan:
        path = task_definition.address
        mandate = mandate_for(task_definition, work.policies_at(path))
        if not mandate.mode and not mandate.user:
            return Plan(path)
        awsvpc = mandate.mode and self._awsvpc
        decided = plan(
            task_definition,
            references.consumers_of(task_definition) if awsvpc else (),
            awsvpc=awsvpc,
            user=self._user if mandate.user else None,
            network=self._network,
        )
        wanted = [change for change in decided.changes if _is_covered(change, mandate)]
        if any(change.resource != path for change in wanted) and self._network_is_out_of_reach(stage):
            return Plan(path, (), (Blocker(path, "the network it would be given belongs to another Stage or the app"),))
        return replace(decided, changes=tuple(wanted))

    def _network_is_out_of_reach(self, stage: IConstruct) -> bool:
        """Return whether subnets or security groups are constructs of another Stage, which the CDK cannot refer to."""
        if self._network is None:
            return False
        for name in (*self._network.subnets, *self._network.security_groups):
            for token in cdk.Tokenization.reverse_string(name).tokens if cdk.Token.is_unresolved(name) else ():
                if isinstance(token, cdk.Reference) and stage_of(token.target).node.path != stage.node.path:
                    return True
        return False

    def _carry_out(self, stage: IConstruct, task_definition: Resource, decided: Plan, work: _Work) -> None:
        work.log.forget_refusal(decided.resource)
        if not decided.changes and not decided.blockers:
            return
        root = stage.node.root
        targets = {path: node_at(root, path) for path in dict.fromkeys(change.resource for change in decided.changes)}
        lost = [path for path, node in targets.items() if not isinstance(node, cdk.CfnResource)]
        if lost:
            blockers = tuple(Blocker(path, f"nobody knows which construct wrote {path}") for path in lost)
            decided = Plan(decided.resource, (), (*decided.blockers, *blockers))
        if decided.blockers:
            self._refuse(root, decided, work)
        if not self._dry_run:
            # The network mode is first in a plan and last here: of a fix that breaks off, the gate denies what is left.
            for change in reversed(decided.changes):
                _apply(targets[change.resource], change)  # type: ignore[arg-type]
        for change in decided.changes:
            self._sign(targets[change.resource], change, work)  # type: ignore[arg-type]

    def _sign(self, target: cdk.CfnResource, change: Change, work: _Work) -> None:
        """Say what was changed from what, in the Metadata of the resource too, with the version that did it."""
        work.log.changes.setdefault((change.resource, change.path), change)
        text = _describe(change, cdk.Stack.of(target))
        if self._dry_run:
            self._inform(target, change.resource, f"ecs-guard would change {text}", work)
            return
        changes = [
            {"path": made.path, "from": made.old, "to": made.new}
            for made in work.log.changes.values()
            if made.resource == change.resource
        ]
        target.add_metadata(METADATA_KEY, {"version": VERSION, "changes": changes})
        self._inform(target, change.resource, f"ecs-guard has changed {text}", work)

    def _refuse(self, root: IConstruct, decided: Plan, work: _Work) -> None:
        work.log.refusals[decided.resource] = Refusal(decided.resource, decided.blockers)
        node = node_at(root, decided.resource)
        text = f"ecs-guard has not fixed this:\n{_listed(decided.blockers)}"
        self._inform(node if node is not None else root, decided.resource, text, work, is_refusal=True)

    def _inform(self, node: IConstruct, path: str, text: str, work: _Work, is_refusal: bool = False) -> None:
        """Say something: to the guards it serves, which report it, or on the construct where it serves none."""
        if work.policies_at(path):
            in_stage = bool(stage_of(node).node.path)
            work.log.notes[FixNote(path, text, in_stage, is_refusal)] = None
        elif (path, text) not in work.informed:
            work.informed.add((path, text))
            inform(node, text)


def _is_covered(change: Change, mandate: Mandate) -> bool:
    container, _, field_name = change.path.rpartition(".")
    if change.resource != mandate.task_definition.address or field_name != "User":
        return True
    return mandate.covers_container(mandate.task_definition.written(f"{container}.Name"))


def _apply(target: cdk.CfnResource, change: Change) -> None:
    if change.deletes:
        target.add_property_deletion_override(change.path)
    else:
        target.add_property_override(change.path, change.new)


def _failed(path: str, error: Exception) -> Plan:
    _log.debug("fixing %s failed", path, exc_info=error)
    return Plan(path, (), (Blocker(path, f"the fix failed with {type(error).__name__}: {error}"),))


def _describe(change: Change, stack: cdk.Stack) -> str:
    old = "nothing" if change.old is None else canonical(change.old)
    new = "nothing" if change.deletes else canonical(stack.resolve(change.new))
    return f"{change.path} from {old} to {new}."


def _listed(blockers: Iterable[Blocker]) -> str:
    return "\n".join(f"- {blocker.text}" for blocker in blockers)
