"""Conditional subnets and security groups: those that are not created wherever their user is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...cloudformation.scenario import Scenario
from ..changes import Blocker
from ..obstacles.scenarios import in_all_scenarios
from ..who_runs_it.referrer import Referrer


def not_always_created(members: Iterable[Referrer], consumer: Referrer) -> list[str]:
    """Return a clause for each resource that is not created in some case in which a consumer is."""
    conditional = [each for each in members if each.resource.condition is not None]
    if not conditional:
        return []
    address = consumer.resource.address

    def judge(scenario: Scenario) -> Iterator[str]:
        for each in conditional:
            # Another stack has parameters of its own, so nothing here decides its conditions.
            is_elsewhere = each.stack_path != consumer.stack_path
            if is_elsewhere or not scenario.is_true(each.resource.condition):
                yield f"{each.resource.address} is not created in every case in which {address} is"

    return [step.text for step in in_all_scenarios(consumer.resource, judge) if isinstance(step, Blocker)]
