"""What the fix does about one task definition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..model.resource import Resource
from ..policy.judging.finding import Enforcement
from ..policy.judging.judge import evaluate
from ..policy.policy import Policy
from ..policy.profiles import Profile
from . import run_as
from .changes import Blocker, Change, Step
from .network import Network
from .obstacles import consumers
from .obstacles import lost_addresses as addresses
from .obstacles import task_definition as awsvpc_limits
from .obstacles.consumers import Consumer

# The verdict of the gate itself decides what is fine.
_AWSVPC = Policy(Profile.DATADOG, enforcement={"host-mode-root-user": Enforcement.OFF})


@dataclass(frozen=True)
class Plan:
    """What is changed for one task definition, and what stands against it.

    Attributes:
        resource: the path of the task definition.
        changes: to its own properties and to those of its consumers: all of them or none.
        blockers: what stands against what was asked for.
    """

    resource: str
    changes: tuple[Change, ...] = ()
    blockers: tuple[Blocker, ...] = ()


def plan(
    task_definition: Resource,
    task_consumers: Sequence[Consumer] = (),
    *,
    awsvpc: bool = True,
    user: str | None = None,
    network: Network | None = None,
    may_change_addresses: bool = False,
) -> Plan:
    """Decide what the fix does about one task definition.

    Args:
        task_definition: the task definition.
        task_consumers: everything in the app that names it.
        awsvpc: whether to set awsvpc where nothing stands against it.
        user: who host-mode containers shall run as that are root and not privileged, where awsvpc is not set; a value
            that ``checked_user`` has passed.
        network: where consumers run the task that name no network.
        may_change_addresses: whether a task may lose the address of its instance, where nothing leads to the new one.
    """
    refusal = Plan(task_definition.address)
    if awsvpc:
        wanted = _plan_awsvpc(task_definition, task_consumers, network, may_change_addresses)
        if not wanted.blockers:
            return wanted
        refusal = wanted
    if user is None:
        return refusal
    steps = run_as.obstacles_and_changes(task_definition, user)
    return _plan(task_definition, [*refusal.blockers, *steps])


def _plan_awsvpc(
    task_definition: Resource, task_consumers: Sequence[Consumer], network: Network | None, may_change_addresses: bool
) -> Plan:
    if _has_awsvpc(task_definition):
        return Plan(task_definition.address)
    steps = awsvpc_limits.obstacles_and_changes(task_definition)
    for consumer in task_consumers:
        steps += consumers.obstacles_and_changes(consumer, network)
    if not may_change_addresses:
        steps += addresses.obstacles(task_definition, task_consumers)
    wanted = _plan(task_definition, steps)
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
