"""Questions about a resource, answered for every scenario that its expressions allow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ...cloudformation.scenario import SCENARIO_LIMIT, Scenario, explore
from ...cloudformation.values import MalformedError, UndecidedError
from ...model.resource import Resource
from ..changes import Blocker, Step

Question = Callable[[Scenario], Iterable[Step | str]]
"""A question about one scenario of a resource: yields changes and blockers; a string is a blocker of the resource."""


def in_all_scenarios(resource: Resource, *questions: Question, about: str = "") -> list[Step]:
    """Return what the questions yield, once each, over all scenarios in which the resource is created.

    What cannot be read, decided or explored to the end is a blocker, whose text begins with ``about``.
    """
    steps: list[Step] = []

    def look(scenario: Scenario) -> list[Step]:
        if resource.condition is not None and not scenario.is_true(resource.condition):
            return []
        steps_here = [step for question in questions for step in readable(question, scenario, about=about)]
        return [Blocker(resource.address, step) if isinstance(step, str) else step for step in steps_here]

    for result in explore(resource.declarations, look, SCENARIO_LIMIT):
        if result is None:
            limit = (
                f"{resource.address} depends on more than {SCENARIO_LIMIT} combinations of parameters and conditions"
            )
            found: list[Step] = [Blocker(resource.address, limit)]
        else:
            found = result[1]
        steps += found
    return unique(steps)


def readable(question: Callable[..., Iterable[Step | str]], *args: object, about: str = "") -> Iterator[Step | str]:
    """Yield what a question yields, and as the last item what could not be read."""
    try:
        yield from question(*args)
    except (UndecidedError, MalformedError) as error:
        yield f"{about}{error}"


def unique(steps: Iterable[Step]) -> list[Step]:
    """Return the steps, each once."""
    result: list[Step] = []
    for step in steps:
        if step not in result:
            result.append(step)
    return result
