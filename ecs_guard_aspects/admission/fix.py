"""The opt-in fix: reads what a task definition and its consumers say, and applies what the planner decides."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

import aws_cdk as cdk
import jsii
from constructs import IConstruct

from .._version import VERSION
from ..policy.exemptions import find_exemption
from ..policy.expressions import canonical
from ..policy.policy import Policy
from ..remediation import Blocker, Change, Network, Plan, checked_user, plan
from .acknowledgements import find_acknowledgement
from .annotations import inform
from .consumers import ConsumerIndex
from .reading import is_task_definition

_log = logging.getLogger("ecs_guard_aspects")
AWSVPC_NETWORK_MODE = "awsvpc-network-mode"
METADATA_KEY = "ecs-guard:fix"
"""Under which key of its Metadata a changed resource says what was changed."""


@dataclass(frozen=True)
class Refusal:
    """A task definition that the fix has left as it is, or not made awsvpc, and everything that stands against it."""

    resource: str
    blockers: tuple[Blocker, ...]


@dataclass(frozen=True)
class Note:
    """Something the fix has said on a construct."""

    node: IConstruct
    text: str


@jsii.implements(cdk.IAspect)
class EcsGuardFix:
    """Makes task definitions pass where that is safe, and says why where it is not.

    Add it through ``EcsGuard.protect(app, fix=...)``, or by itself, before the gate looks::

        Aspects.of(scope).add(EcsGuardFix(), priority=AspectPriority.MUTATING)

    What an exemption or an acknowledgement admits is left as it is.

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
        self._policy: Policy | None = None
        self._changes: dict[tuple[str, str], Change] = {}
        self._refusals: dict[str, Refusal] = {}
        self._notes: dict[Note, None] = {}
        self._indexes: dict[str, ConsumerIndex] = {}

    @property
    def changes(self) -> tuple[Change, ...]:
        """What was changed, or with ``dry_run`` would be, in the order it was done."""
        return tuple(self._changes.values())

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """The task definitions that could not be given what was asked for, with everything that stands against it."""
        return tuple(self._refusals.values())

    @property
    def notes(self) -> tuple[Note, ...]:
        """All that was said on the constructs, for the report."""
        return tuple(self._notes)

    def refusal_of(self, path: str) -> Refusal | None:
        """Return what stands against fixing the task definition at a construct path, if anything does."""
        return self._refusals.get(path)

    def respect(self, policy: Policy) -> None:
        """Leave alone what this policy exempts."""
        self._policy = policy

    def visit(self, node: IConstruct) -> None:
        """Fix one construct, if it is a task definition that needs it and can be fixed."""
        if not is_task_definition(node):
            return
        path = node.node.path
        try:
            self._carry_out(node, self._plan(node, path))
        except Exception as error:  # noqa: BLE001 - a fix that fails leaves the verdict to the gate
            _log.debug("fixing %s failed", path, exc_info=True)
            self._refuse(node, Plan(path, (), (Blocker(path, f"the fix failed with {type(error).__name__}: {error}"),)))

    def _plan(self, node: cdk.CfnResource, path: str) -> Plan:
        index = self._index(node)
        task_definition = index.resource(node, path)
        return plan(
            task_definition,
            index.consumers_of(node, task_definition),
            awsvpc=self._awsvpc and not self._is_admitted(node, path),
            user=self._user,
            network=self._network,
        )

    def _index(self, node: IConstruct) -> ConsumerIndex:
        stage = cdk.Stage.of(node) or node.node.root
        path = stage.node.path
        if path not in self._indexes:
            self._indexes[path] = ConsumerIndex(stage)
        return self._indexes[path]

    def _is_admitted(self, node: IConstruct, path: str) -> bool:
        """Return whether somebody has decided that the network mode may stay as it is."""
        acknowledgement = find_acknowledgement(node.node.root, path, AWSVPC_NETWORK_MODE)
        if acknowledgement and acknowledgement.counts:
            return True
        policy = self._policy or Policy()
        exemption = find_exemption(policy.exemptions, AWSVPC_NETWORK_MODE, path, None)
        return exemption is not None and exemption.days_left(policy.date) >= 0

    def _carry_out(self, node: cdk.CfnResource, decided: Plan) -> None:
        if decided.blockers:
            self._refuse(node, decided)
        else:
            self._refusals.pop(decided.resource, None)
        for change in decided.changes:
            target = _node_at(node.node.root, change.resource)
            text = _describe(change, cdk.Stack.of(target))
            self._changes.setdefault((change.resource, change.path), change)
            if self._dry_run:
                self._inform(target, f"ecs-guard would change {text}")
            else:
                _apply(target, change)
                self._sign(target, change.resource)
                self._inform(target, f"ecs-guard has changed {text}")

    def _sign(self, target: cdk.CfnResource, path: str) -> None:
        """Say in the Metadata of a resource what was changed from what, and by which version."""
        changes = [
            {"path": change.path, "from": change.old, "to": change.new}
            for change in self._changes.values()
            if change.resource == path
        ]
        target.add_metadata(METADATA_KEY, {"version": VERSION, "changes": changes})

    def _refuse(self, node: IConstruct, decided: Plan) -> None:
        self._refusals[decided.resource] = Refusal(decided.resource, decided.blockers)
        self._inform(node, f"ecs-guard has not fixed this:\n{_listed(decided.blockers)}")

    def _inform(self, node: IConstruct, text: str) -> None:
        self._notes[Note(node, text)] = None
        inform(node, text)


def _node_at(root: IConstruct, path: str) -> cdk.CfnResource:
    node = root
    for name in path.split("/"):
        node = node.node.find_child(name)
    return node  # type: ignore[return-value]


def _apply(target: cdk.CfnResource, change: Change) -> None:
    if change.deletes:
        target.add_property_deletion_override(change.path)
    else:
        target.add_property_override(change.path, change.new)


def _describe(change: Change, stack: cdk.Stack) -> str:
    old = "nothing" if change.old is None else canonical(change.old)
    new = "nothing" if change.deletes else canonical(stack.resolve(change.new))
    return f"{change.path} from {old} to {new}."


def _listed(blockers: Iterable[Blocker]) -> str:
    return "\n".join(f"- {blocker.text}" for blocker in blockers)
