"""The plan of a fix: which properties it changes for one task definition, and the obstacles to changing more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from ..model.resource import Resource
from ..policy.enforcement import Enforcement
from ..policy.judging.judge import evaluate
from ..policy.policy import Policy
from ..policy.profiles import Profile
from . import run_as
from .changes import Blocker, Change, Step
from .fix_scope import FixScope
from .network import Network
from .obstacles import consumers
from .obstacles import task_definition as awsvpc_limits
from .obstacles.addresses.closed_ports import closed_ports
from .obstacles.addresses.instance_addresses import instance_addresses, same_ports
from .obstacles.addresses.lost_addresses import lost_addresses
from .obstacles.addresses.named_instances import named_instances
from .obstacles.consumers import Consumer
from .obstacles.hosts.interfaces import too_few_interfaces
from .obstacles.hosts.launch_settings import launch_settings
from .obstacles.hosts.placement import hosts_without_awsvpc
from .obstacles.hosts.subnet_addresses import too_few_addresses
from .obstacles.run_elsewhere import grants, nothing_runs_it, outputs, unread_state_machines
from .obstacles.same_family import same_family
from .obstacles.situation import Obstacle, Situation, blockers

# The check itself decides whether a task definition has awsvpc already.
_AWSVPC = Policy(Profile.DATADOG, enforcement={"host-mode-root-user": Enforcement.OFF})

_STILL_DENIED = (
    "no User is set, because its network mode would still be denied: exempt the mode first, if it has to stay as it is"
)

OBSTACLES: tuple[Obstacle, ...] = (
    nothing_runs_it,
    grants,
    unread_state_machines,
    outputs,
    same_family,
    lost_addresses,
    closed_ports,
    instance_addresses,
    same_ports,
    named_instances,
    hosts_without_awsvpc,
    launch_settings,
    too_few_interfaces,
    too_few_addresses,
)
"""The obstacles other than the limits of awsvpc itself and the needs of each consumer."""


@dataclass(frozen=True)
class FixOptions:
    """The options of a fix.

    Attributes:
        awsvpc: whether to set awsvpc where there is no obstacle.
        user: the user for host-mode containers that run as root and are not privileged, where awsvpc is not set; a
            value that ``checked_user`` has accepted.
        network: the network for consumers that have no network configuration, in place of that of their instances.
        may_change_addresses: whether a task may lose the address of its instance when nothing leads to its new address.
        run_elsewhere: whether what runs the task from outside of the templates gives it a network.
        may_replace_target_groups: whether target groups that register instances, and services with a ``Role``, may be
            replaced.
        may_replace_root: whether ``user`` may replace a user that is written, and is root.
    """

    awsvpc: bool = True
    user: str | None = None
    network: Network | None = None
    may_change_addresses: bool = False
    run_elsewhere: bool = False
    may_replace_target_groups: bool = False
    may_replace_root: bool = False

    @property
    def permitted(self) -> frozenset[str]:
        """The arguments by which the user permits something, as blockers name them."""
        names = ("may_change_addresses", "run_elsewhere", "may_replace_target_groups", "may_replace_root")
        return frozenset(f"{name}=True" for name in names if getattr(self, name))


@dataclass(frozen=True)
class Plan:
    """The changes for one task definition, and the obstacles to what was requested.

    Attributes:
        resource: the path of the task definition.
        changes: to its own properties and to those of its consumers: all of them or none.
        blockers: the obstacles.
    """

    resource: str
    changes: tuple[Change, ...] = ()
    blockers: tuple[Blocker, ...] = ()


def plan_fix(
    situation: Situation, scope: FixScope, options: FixOptions, environment: str = ""
) -> tuple[Plan, Sequence[Consumer]]:
    """Plan the fix of one task definition of some templates.

    Args:
        situation: the task definition, without its consumers.
        scope: what may be changed about it.
        options: the options of the fix.
        environment: the environment of its stack, as ``aws://account/region``.

    Returns:
        The plan, and the consumers of the task definition; none if the plan did not need them.

    Raises:
        UnclearConsumerError: if its consumers cannot be determined.
    """
    awsvpc = scope.mode and options.awsvpc
    found = situation.references.consumers_of(situation.task_definition, environment) if awsvpc else []
    return plan_in_scope(replace(situation, consumers=found), scope, options), found


def plan_in_scope(situation: Situation, scope: FixScope, options: FixOptions) -> Plan:
    """Plan the fix of one task definition whose consumers are known; see ``plan_fix``."""
    address = situation.task_definition.address
    if not scope.mode and not scope.user:
        return Plan(address)
    options = replace(options, awsvpc=scope.mode and options.awsvpc, user=options.user if scope.user else None)
    decided = plan(situation, options)
    changes = tuple(change for change in decided.changes if _is_in_scope(change, scope))
    if scope.needs_mode and not any(change.path == "NetworkMode" for change in changes):
        if changes:
            still_denied = Blocker(address, _STILL_DENIED, "" if decided.blockers else "awsvpc=True")
            decided = replace(decided, blockers=(*decided.blockers, still_denied))
        changes = ()
    return replace(decided, changes=changes)


def plan(situation: Situation, options: FixOptions) -> Plan:
    """Plan the fix of one task definition with all containers; see ``plan_fix``."""
    task_definition = situation.task_definition
    refusal = Plan(task_definition.address)
    if options.awsvpc:
        wanted = _plan_awsvpc(situation, options)
        if not wanted.blockers:
            return wanted
        refusal = wanted
    if options.user is None:
        return refusal
    steps = run_as.obstacles_and_changes(task_definition, options.user, options.may_replace_root)
    wanted = _plan(task_definition, steps)
    changes = () if wanted.blockers else wanted.changes
    return Plan(wanted.resource, changes, tuple(dict.fromkeys((*refusal.blockers, *wanted.blockers))))


def _is_in_scope(change: Change, scope: FixScope) -> bool:
    container, _, field_name = change.path.rpartition(".")
    if change.resource != scope.task_definition.address or field_name != "User":
        return True
    return scope.covers_container(scope.task_definition.written(f"{container}.Name"))


def awsvpc_steps(situation: Situation, permitted: Collection[str] = ()) -> list[Step]:
    """Return the obstacles to awsvpc in a situation, without those the user permits, and the changes that set it."""
    steps = awsvpc_limits.obstacles_and_changes(situation.task_definition)
    for consumer in situation.consumers:
        steps += consumers.obstacles_and_changes(consumer, situation.network_of, situation.switch_of)
    kept = [step for step in steps if not (isinstance(step, Blocker) and step.lifted_by in permitted)]
    return [*kept, *blockers(situation, OBSTACLES, permitted)]


def awsvpc_blockers(situation: Situation) -> list[Blocker]:
    """Return the obstacles to awsvpc in a situation, with any current mode."""
    return [step for step in awsvpc_steps(situation) if isinstance(step, Blocker)]


def _plan_awsvpc(situation: Situation, options: FixOptions) -> Plan:
    if _has_awsvpc(situation.task_definition):
        return Plan(situation.task_definition.address)
    wanted = _plan(situation.task_definition, awsvpc_steps(situation, options.permitted))
    return Plan(wanted.resource, (), wanted.blockers) if wanted.blockers else wanted


def _has_awsvpc(task_definition: Resource) -> bool:
    return not evaluate(task_definition, _AWSVPC)


def _plan(task_definition: Resource, steps: Iterable[Step]) -> Plan:
    """Return the plan of these steps, each made once."""
    changes: dict[tuple[str, str], Change] = {}
    blockers: list[Blocker] = []
    for step in steps:
        if isinstance(step, Blocker):
            blockers.append(step)
        elif changes.setdefault((step.resource, step.path), step) != step:
            text = f"{step.resource}: no value of {step.path} fits all that its expressions allow"
            blockers.append(Blocker(step.resource, text))
    return Plan(task_definition.address, tuple(changes.values()), tuple(dict.fromkeys(blockers)))
