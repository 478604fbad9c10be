"""Check runner: one task definition, in as many scenarios as each check can distinguish."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ...cloudformation.scenario import SCENARIO_LIMIT, Scenario, explore
from ...cloudformation.values import Cause, MalformedError, UndecidedError
from ...model.debug import show_traceback, type_and_place
from ...model.resource import Resource
from ..checks import Check, ContainerCheck, TaskDefinitionCheck, Violation
from ..task_definition import Container, TaskDefinition

SCENARIO_BUDGET = 4096
"""The maximum number of scenarios for all checks of one task definition. Checks after that get the minimum."""

_LEAST_SCENARIOS = 16


class CheckResult(NamedTuple):
    """The result of one check in one scenario: a violation, or why it cannot be judged, or nothing."""

    violation: Violation | None = None
    container: str | None = None
    location: str = "Properties"
    undecided: tuple[Cause, ...] = ()
    malformed: Cause | None = None
    crash: str | None = None
    fixable: bool = True
    """False if no change can correct the violation, or the possible violation."""

    @property
    def is_admitted(self) -> bool:
        """Whether the check passes."""
        return not (self.violation or self.undecided or self.malformed or self.crash)


class CheckRunner:
    """Runs checks on one task definition, in as many scenarios as each can distinguish."""

    def __init__(self, resource: Resource) -> None:
        self._properties = resource.properties
        self._declarations = resource.declarations
        self._condition = resource.condition
        self._starts = resource.starts
        # If there was nothing to choose, there is only one scenario, and all checks share its facts.
        self._only: TaskDefinition | None = None
        self._containers: list[tuple[str, ...]] | None = None
        self._unlisted: list[CheckResult] = []
        self._budget = SCENARIO_BUDGET

    def results(self, check: Check) -> Iterator[list[CheckResult]]:
        """Yield the results of the check in each scenario, for the task definition or for each of its containers."""
        if isinstance(check, TaskDefinitionCheck):
            yield self._explore(lambda task_definition: [_run_on_task_definition(check, task_definition)])
        elif isinstance(check, ContainerCheck):
            if self._containers is None:
                self._containers = self._find_containers()
            for places in self._containers:
                yield from _by_container(self._explore(_on_container(check, places)))
            if self._unlisted:
                yield self._unlisted

    def _explore(self, run: Callable[[TaskDefinition], list[CheckResult]]) -> list[CheckResult]:
        if self._condition is None:
            task_definition = self._only or self._task_definition(Scenario(self._declarations))
            results = run(task_definition)
            if task_definition.scenario.is_the_only_one:
                self._only = task_definition
                return results
            self._only = None
        return [result for results in self._scenarios(run) for result in results]

    def _scenarios(self, run: Callable[[TaskDefinition], list[CheckResult]]) -> Iterator[list[CheckResult]]:
        def run_if_created(scenario: Scenario) -> list[CheckResult]:
            if self._condition is not None and not scenario.is_true(self._condition):
                return []
            # An assumption only about its creation does not make the results uncertain.
            scenario.undecided.clear()
            return run(self._task_definition(scenario))

        limit = min(SCENARIO_LIMIT, max(_LEAST_SCENARIOS, self._budget))
        explored = list(explore(self._declarations, run_if_created, limit))
        self._budget -= len(explored)
        # A violation for all options of the assumptions is certain.
        certain = all(one and one[1] and all(result.violation for result in one[1]) for one in explored)
        for one in explored:
            if one is None:
                bound = f"it depends on more than {limit} combinations of parameters and conditions"
                yield [CheckResult(undecided=(Cause("", bound),))]
            else:
                scenario, results = one
                undecided = () if certain else tuple(scenario.undecided)
                yield [_with_assumptions(result, undecided) if undecided else result for result in results]

    def _task_definition(self, scenario: Scenario) -> TaskDefinition:
        return TaskDefinition(scenario, self._properties, starts=self._starts)

    def _find_containers(self) -> list[tuple[str, ...]]:
        """Return the locations of each container: several if lists that exclude each other both contain it."""
        places: dict[tuple[str, int], dict[str, None]] = {}

        def collect(task_definition: TaskDefinition) -> list[CheckResult]:
            seen: dict[str, int] = {}
            try:
                nodes = task_definition.container_nodes
            except MalformedError as error:
                nodes = [(None, error.location)]
            for node, location in nodes:
                name = node.get("Name") if isinstance(node, dict) else None
                key = f"name {name}" if isinstance(name, str) else location
                seen[key] = seen.get(key, 0) + 1
                places.setdefault((key, seen[key]), {})[location] = None
            return []

        self._unlisted = self._explore(collect)  # nothing, or that there are too many scenarios
        return [tuple(locations) for locations in places.values()]


def _by_container(results: list[CheckResult]) -> list[list[CheckResult]]:
    """Divide the results of one location by container: with ``Fn::If`` several containers can be at it."""
    if len(results) < 2:
        return [results]
    names = dict.fromkeys(result.container for result in results if result.container is not None) or [None]
    return [
        [o if o.container == name else o._replace(container=name) for o in results if o.container in (None, name)]
        for name in names
    ]


def _on_container(check: ContainerCheck, places: tuple[str, ...]) -> Callable[[TaskDefinition], list[CheckResult]]:
    def run(task_definition: TaskDefinition) -> list[CheckResult]:
        try:
            containers = task_definition.containers_at(places)
        except MalformedError as error:
            return [CheckResult(location=error.location, malformed=error.cause)]
        return [_run_on_container(check, task_definition, container) for container in containers]

    return run


def _run_on_task_definition(check: TaskDefinitionCheck, task_definition: TaskDefinition) -> CheckResult:
    try:
        violation = check.violation(task_definition)
        location = task_definition.location_of(violation.property) if violation else "Properties"
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - a check that fails must deny, even if it calls sys.exit(0)
        return _failed(error, None, "Properties")
    return CheckResult(violation, None, location, fixable=_is_fixable(violation))


def _run_on_container(check: ContainerCheck, task_definition: TaskDefinition, container: Container) -> CheckResult:
    try:
        container.require_map()
        violation = check.violation(task_definition, container)
        location = container.location_of(violation.property) if violation else container.location
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - a check that fails must deny, even if it calls sys.exit(0)
        return _failed(error, container.name, container.location)
    return CheckResult(violation, container.name, location, fixable=_is_fixable(violation))


def _is_fixable(violation: Violation | None) -> bool:
    return violation is None or violation.fixable


def _failed(error: BaseException, container: str | None, location: str) -> CheckResult:
    if isinstance(error, UndecidedError):
        return CheckResult(None, container, error.location, undecided=(error.cause,))
    if isinstance(error, MalformedError):
        return CheckResult(None, container, error.location, malformed=error.cause)
    show_traceback(error, "a check")
    return CheckResult(None, container, location, crash=type_and_place(error))


def _with_assumptions(result: CheckResult, undecided: tuple[Cause, ...]) -> CheckResult:
    """Mark the result of a scenario with assumptions: its violation is possible, not certain."""
    return result._replace(violation=None, undecided=undecided) if result.violation else result
