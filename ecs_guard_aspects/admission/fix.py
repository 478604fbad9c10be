"""The opt-in fix: reads what a task definition and its consumers say, and applies what the planner decides."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import aws_cdk as cdk
import jsii
from constructs import IConstruct

from .._version import VERSION
from ..policy.policy import Policy
from ..policy.text import canonical
from ..remediation import Blocker, Change, Network, Plan, Resource, checked_user, plan
from .annotations import inform
from .consumers import ConsumerIndex, UnclearConsumerError
from .gate import gates_of
from .mandate import Mandate, mandate_for
from .reading import identity_of, is_task_definition, stage_path

_log = logging.getLogger("ecs_guard_aspects")

METADATA_KEY = "ecs-guard:fix"
"""Under which key of its Metadata a changed resource says what was changed."""


@dataclass(frozen=True)
class Refusal:
    """A task definition that the fix has left as it is, or not made awsvpc, and everything that stands against it."""

    resource: str
    blockers: tuple[Blocker, ...]


@dataclass(frozen=True)
class Note:
    """Something the fix has said on a construct: its path, that of its Stage, and the text."""

    path: str
    stage_path: str
    text: str


@dataclass
class _Work:
    """What a fix has done to one app."""

    changes: dict[tuple[str, str], Change] = field(default_factory=dict)
    refusals: dict[str, Refusal] = field(default_factory=dict)
    notes: dict[Note, None] = field(default_factory=dict)
    indexes: dict[str, ConsumerIndex] = field(default_factory=dict)


@jsii.implements(cdk.IAspect)
class EcsGuardFix:
    """Makes task definitions pass where that is safe, and says why where it is not.

    Add it through ``EcsGuard.protect(app, fix=...)``, or by itself, before the gate looks:

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
        self._works: dict[str, _Work] = {}
        self._work = _Work()

    @property
    def changes(self) -> tuple[Change, ...]:
        """What was changed in the app it was last used on, or with ``dry_run`` would be, in the order it was done."""
        return tuple(self._work.changes.values())

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """The task definitions that could not be given what was asked for, with everything that stands against it."""
        return tuple(self._work.refusals.values())

    @property
    def notes(self) -> tuple[Note, ...]:
        """All that was said on the constructs, for the report."""
        return tuple(self._work.notes)

    def refusal_of(self, path: str) -> Refusal | None:
        """Return what stands against fixing the task definition at a construct path, if anything does."""
        return self._work.refusals.get(path)

    def visit(self, node: IConstruct) -> None:
        """Fix one construct, if it is a task definition that needs it and can be fixed."""
        if not is_task_definition(node):
            return
        path, root = node.node.path, node.node.root
        self._work = self._works.setdefault(identity_of(root), _Work())
        try:
            self._carry_out(node, self._plan(node, path))
        except UnclearConsumerError as error:
            self._refuse(node, Plan(path, (), (Blocker(path, str(error)),)))
        except Exception as error:  # noqa: BLE001 - a fix that fails leaves the verdict to the gate
            _log.debug("fixing %s failed", path, exc_info=True)
            self._refuse(node, Plan(path, (), (Blocker(path, f"the fix failed with {type(error).__name__}: {error}"),)))

    def _plan(self, node: cdk.CfnResource, path: str) -> Plan:
        index = self._index(node)
        task_definition = index.resource(node, path)
        mandate = mandate_for(node.node.root, task_definition, self._policies_at(node, path))
        if not mandate.mode and not mandate.user:
            return Plan(path)
        awsvpc = mandate.mode and self._awsvpc
        decided = plan(
            task_definition,
            index.consumers_of(node, task_definition) if awsvpc else (),
            awsvpc=awsvpc,
            user=self._user if mandate.user else None,
            network=self._network,
        )
        wanted = [change for change in decided.changes if _is_covered(change, task_definition, mandate)]
        if any(change.resource != path for change in wanted) and self._network_is_out_of_reach(node):
            return Plan(path, (), (Blocker(path, "the network it would be given belongs to another Stage or the app"),))
        return replace(decided, changes=tuple(wanted))

    def _network_is_out_of_reach(self, node: IConstruct) -> bool:
        """Return whether subnets or security groups are constructs of another Stage, which the CDK cannot refer to."""
        if self._network is None:
            return False
        for name in (*self._network.subnets, *self._network.security_groups):
            for token in cdk.Tokenization.reverse_string(name).tokens if cdk.Token.is_unresolved(name) else ():
                if isinstance(token, cdk.Reference) and stage_path(token.target) != stage_path(node):
                    return True
        return False

    def _index(self, node: IConstruct) -> ConsumerIndex:
        stage = cdk.Stage.of(node) or node.node.root
        path = stage.node.path
        if path not in self._work.indexes:
            self._work.indexes[path] = ConsumerIndex(stage)
        return self._work.indexes[path]

    def _policies_at(self, node: IConstruct, path: str) -> list[Policy]:
        """Return the policies of the gates that it serves at a construct."""
        return [gate.policy for gate in gates_of(node.node.root) if self in gate.fixes and gate.covers(path)]

    def _carry_out(self, node: cdk.CfnResource, decided: Plan) -> None:
        if decided.blockers:
            self._refuse(node, decided)
        else:
            self._work.refusals.pop(decided.resource, None)
        root = node.node.root
        targets = {change.resource: _node_at(root, change.resource) for change in decided.changes}
        if not self._dry_run:
            # The network mode is first in a plan and last here: of a fix that breaks off, the gate denies what is left.
            for change in reversed(decided.changes):
                _apply(targets[change.resource], change)
        for change in decided.changes:
            target = targets[change.resource]
            text = _describe(change, cdk.Stack.of(target))
            self._work.changes.setdefault((change.resource, change.path), change)
            if self._dry_run:
                self._inform(target, f"ecs-guard would change {text}")
            else:
                self._sign(target, change.resource)
                self._inform(target, f"ecs-guard has changed {text}")

    def _sign(self, target: cdk.CfnResource, path: str) -> None:
        """Say in the Metadata of a resource what was changed from what, and by which version."""
        changes = [
            {"path": change.path, "from": change.old, "to": change.new}
            for change in self._work.changes.values()
            if change.resource == path
        ]
        target.add_metadata(METADATA_KEY, {"version": VERSION, "changes": changes})

    def _refuse(self, node: IConstruct, decided: Plan) -> None:
        self._work.refusals[decided.resource] = Refusal(decided.resource, decided.blockers)
        self._inform(node, f"ecs-guard has not fixed this:\n{_listed(decided.blockers)}")

    def _inform(self, node: IConstruct, text: str) -> None:
        self._work.notes[Note(node.node.path, stage_path(node), text)] = None
        inform(node, text)


def _is_covered(change: Change, task_definition: Resource, mandate: Mandate) -> bool:
    container, _, field_name = change.path.rpartition(".")
    if change.resource != task_definition.path or field_name != "User":
        return True
    return mandate.covers_container(task_definition.path, task_definition.written(f"{container}.Name"))


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
