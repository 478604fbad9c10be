"""What a fix was asked for, and what it then does about one task definition of some templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..model.resource import Resource
from .changes import Change
from .fix_scope import Mandate
from .network import Network
from .obstacles.consumers import Consumer
from .plan import Plan, plan
from .who_runs_it.references import References


@dataclass(frozen=True)
class Wishes:
    """What a fix was asked for; see ``EcsGuardFix``."""

    awsvpc: bool = True
    user: str | None = None
    network: Network | None = None
    may_change_addresses: bool = False


def plan_wishes(
    task_definition: Resource, mandate: Mandate, wishes: Wishes, references: References, environment: str = ""
) -> tuple[Plan, Sequence[Consumer]]:
    """Return what the fix does about one task definition, and who runs it, as far as that was looked at.

    Args:
        task_definition: the task definition.
        mandate: what may be changed about it.
        wishes: what the fix was asked for.
        references: the resources that may run it.
        environment: that of its stack, as ``aws://account/region``.

    Raises:
        UnclearConsumerError: if it cannot be known who runs it.
    """
    if not mandate.mode and not mandate.user:
        return Plan(task_definition.address), ()
    awsvpc = mandate.mode and wishes.awsvpc
    consumers = references.consumers_of(task_definition, environment) if awsvpc else []
    decided = plan(
        task_definition,
        consumers,
        awsvpc=awsvpc,
        user=wishes.user if mandate.user else None,
        network=wishes.network,
        may_change_addresses=wishes.may_change_addresses,
    )
    return replace(
        decided, changes=tuple(change for change in decided.changes if _is_covered(change, mandate))
    ), consumers


def _is_covered(change: Change, mandate: Mandate) -> bool:
    container, _, field_name = change.path.rpartition(".")
    if change.resource != mandate.task_definition.address or field_name != "User":
        return True
    return mandate.covers_container(mandate.task_definition.written(f"{container}.Name"))
