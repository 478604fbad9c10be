"""From task definitions to findings."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .checks import Check, ContainerCheck, TaskDefinitionCheck, Violation
from .errors import TemplateError
from .exemptions import LAST_DAYS, Exemption, find_exemption
from .expressions import Scenario, Template, UndecidedError, canonical, explore
from .finding import Enforcement, Finding, Severity, Verdict
from .policy import NOT_CHECKED, STALE_EXEMPTION, UNREADABLE, Policy
from .task_definition import Container, MalformedError, TaskDefinition

TASK_DEFINITION = "AWS::ECS::TaskDefinition"

SCENARIO_LIMIT = 512
"""How many scenarios one check of one container looks at before it is left undecided."""

_REASONS_SHOWN = 3
_log = logging.getLogger("ecs_guard_aspects")


def evaluate_template(template: Mapping[str, Any], policy: Policy | None = None) -> list[Finding]:
    """Judge every ``AWS::ECS::TaskDefinition`` of a CloudFormation template.

    Args:
        template: the template as JSON gives it.
        policy: the policy to judge by; ``Policy()`` if left out.

    Returns:
        The findings, in the order of the template; ``resource`` is the logical id.

    Raises:
        TemplateError: (a ValueError) if it is no CloudFormation template at all.
    """
    policy = policy or Policy()
    if not isinstance(template, Mapping):
        raise TemplateError(f"a CloudFormation template is a mapping, not a {type(template).__name__}")
    resources = template.get("Resources")
    if not isinstance(resources, Mapping):
        problem = "no Resources" if resources is None else f"Resources that are a {type(resources).__name__}"
        raise TemplateError(f"this is no CloudFormation template: it has {problem}")
    findings = evaluate_resources(resources, Template.of(template), policy)
    return [*findings, *stale_exemptions(policy, findings)]


def evaluate_resources(
    resources: Mapping[str, Any], template: Template, policy: Policy, path_of: Callable[[str], str] = str
) -> list[Finding]:
    """Judge the task definitions among the resources of a template.

    Args:
        resources: the resources by logical id.
        template: what their expressions refer to.
        policy: the policy to judge by.
        path_of: what findings call the resource of a logical id.
    """
    findings: list[Finding] = []
    for logical_id, resource in resources.items():
        name = str(logical_id)
        problem = _unreadable(name, resource)
        if problem:
            findings.append(problem_finding(problem, path_of(name), policy))
        elif isinstance(resource, Mapping) and resource.get("Type") == TASK_DEFINITION:
            properties, condition = resource.get("Properties"), resource.get("Condition")
            findings += evaluate(properties, policy, resource=path_of(name), template=template, condition=condition)
    return [finding for finding in findings if finding.enforcement is not Enforcement.OFF]


def evaluate(
    properties: object,
    policy: Policy,
    *,
    resource: str,
    template: Template | None = None,
    condition: object = None,
) -> list[Finding]:
    """Judge one task definition.

    Args:
        properties: its CloudFormation properties; any part may be an expression.
        policy: the policy to judge by.
        resource: what findings call it: its logical id or construct path.
        template: what its expressions refer to.
        condition: the condition it is created under.

    Returns:
        At most one finding per check and container. A check that raises becomes a denied finding.
    """
    judge = _Judge(properties, template or Template(), condition)
    findings = []
    for check in policy.enforced_checks:
        try:
            judged = list(judge.outcomes(check))
        except RecursionError:  # expressions nested deeper than Python's stack
            judged = [[_Outcome(crash="RecursionError: the expressions are nested too deeply")]]
        for outcomes in judged:
            finding = _merge(check, outcomes, policy, resource)
            if finding is not None:
                findings.append(finding)
    return findings


def stale_exemptions(policy: Policy, findings: Iterable[Finding]) -> list[Finding]:
    """Return a finding for every exemption of the policy that covers none of ``findings``."""
    enforcement = policy.enforcement_of(STALE_EXEMPTION)
    if enforcement is Enforcement.OFF:
        return []
    places = [(finding.check, finding.resource, finding.container) for finding in findings]
    return [
        Finding(
            check=STALE_EXEMPTION,
            resource=exemption.path,
            container=exemption.container,
            verdict=Verdict.VIOLATION,
            enforcement=enforcement,
            severity=Severity.MEDIUM,
            message=f"The exemption from {exemption.check} matches no finding ({exemption.describe()}).\n"
            "An exemption nobody needs hides the next violation at the same place.",
            remedy="Remove the exemption, or correct its check, path or container.",
            location="",
            exemption=exemption,
        )
        for exemption in policy.exemptions
        if not any(exemption.covers(*place) for place in places)
    ]


@dataclass(frozen=True)
class Problem:
    """Something the gate could not read, or does not look into.

    Attributes:
        what: what it is, one sentence.
        why: what follows, one sentence.
        remedy: what to change, one sentence.
        check: ``UNREADABLE`` or ``NOT_CHECKED``.
        decidable_later: whether only the deployment can tell, rather than nobody.
    """

    what: str
    why: str
    remedy: str
    check: str = UNREADABLE
    decidable_later: bool = False


def problem_finding(problem: Problem, resource: str, policy: Policy, location: str = "") -> Finding:
    """Return the finding for something that is not a check of a task definition."""
    enforcement = policy.unresolved if problem.decidable_later else Enforcement.DENY
    exemption = None
    message = f"{problem.what}\n{problem.why}"
    if problem.check == NOT_CHECKED:
        enforcement = policy.enforcement_of(NOT_CHECKED)
        exemption = find_exemption(policy.exemptions, NOT_CHECKED, resource, None)
        enforcement, message = _exempt(exemption, enforcement, message, policy)
    return Finding(
        check=problem.check,
        resource=resource,
        container=None,
        verdict=Verdict.UNRESOLVED,
        enforcement=enforcement,
        severity=Severity.HIGH,
        message=message,
        remedy=problem.remedy,
        location=location,
        exemption=exemption,
    )


def _unreadable(logical_id: str, resource: object) -> Problem | None:
    kind = resource.get("Type") if isinstance(resource, Mapping) else None
    if logical_id.startswith("Fn::ForEach::"):
        if TASK_DEFINITION not in canonical(resource):
            return None
        return Problem(
            f"{logical_id} makes task definitions at deployment.",
            "The gate sees no task definition before the loop is expanded, and does not guess what comes out.",
            "Write the task definitions out, or generate them in CDK.",
            decidable_later=True,
        )
    if logical_id == "Fn::Transform":
        return Problem(
            "A macro or AWS::Include adds resources at deployment.",
            "The gate cannot see them: a task definition among them is not checked.",
            "Run evaluate_template on the processed template, or write the resources out.",
            check=NOT_CHECKED,
        )
    if isinstance(kind, str):
        return None
    problem = f"is a {type(resource).__name__}" if not isinstance(resource, Mapping) else "has no Type"
    return Problem(
        f"Resource {logical_id} {problem}.",
        "Nobody can tell whether it is a task definition, and CloudFormation will not take it.",
        "Write a resource with Type and Properties.",
    )


@dataclass(frozen=True)
class _Outcome:
    """What one check says of one scenario: a violation, or why it cannot be judged, or nothing."""

    violation: Violation | None = None
    container: str | None = None
    location: str = "Properties"
    undecided: tuple[str, ...] = ()
    malformed: str | None = None
    crash: str | None = None


class _Judge:
    """Runs checks on one task definition, in as many scenarios as each can tell apart."""

    def __init__(self, properties: object, template: Template, condition: object) -> None:
        self._properties = properties
        self._template = template
        self._condition = condition
        # As long as nothing had to be chosen there is only one scenario, and its facts serve all checks.
        self._only: TaskDefinition | None = None
        self._containers: list[tuple[str, ...]] | None = None
        self._unlisted: list[_Outcome] = []

    def outcomes(self, check: Check) -> Iterator[list[_Outcome]]:
        """Yield, for the task definition or for each of its containers, what the check says in each scenario."""
        if isinstance(check, TaskDefinitionCheck):
            yield self._explore(lambda task_definition: [_run_on_task_definition(check, task_definition)])
        elif isinstance(check, ContainerCheck):
            if self._containers is None:
                self._containers = self._find_containers()
            for places in self._containers:
                yield from _by_container(self._explore(_on_container(check, places)))
            if self._unlisted:
                yield self._unlisted

    def _explore(self, run: Callable[[TaskDefinition], list[_Outcome]]) -> list[_Outcome]:
        if self._condition is None:
            task_definition = self._only or self._task_definition(Scenario(self._template))
            outcomes = run(task_definition)
            if task_definition.scenario.is_the_only_one:
                self._only = task_definition
                return outcomes
            self._only = None
        return [outcome for outcomes in self._scenarios(run) for outcome in outcomes]

    def _scenarios(self, run: Callable[[TaskDefinition], list[_Outcome]]) -> Iterator[list[_Outcome]]:
        def run_if_created(scenario: Scenario) -> list[_Outcome]:
            if self._condition is not None and not scenario.is_true(self._condition):
                return []
            return run(self._task_definition(scenario))

        results = list(explore(self._template, run_if_created, SCENARIO_LIMIT))
        # What is violated whatever the assumptions turn out to be is certain.
        certain = all(result and result[1] and all(outcome.violation for outcome in result[1]) for result in results)
        for result in results:
            if result is None:
                limit = f"it depends on more than {SCENARIO_LIMIT} combinations of parameters and conditions"
                yield [_Outcome(undecided=(limit,))]
            else:
                scenario, outcomes = result
                undecided = () if certain else tuple(scenario.undecided)
                yield [_with_assumptions(outcome, undecided) if undecided else outcome for outcome in outcomes]

    def _task_definition(self, scenario: Scenario) -> TaskDefinition:
        return TaskDefinition(scenario, self._properties)

    def _find_containers(self) -> list[tuple[str, ...]]:
        """Return the places each container can stand at: several if lists that exclude each other both name it."""
        places: dict[tuple[str, int], dict[str, None]] = {}

        def collect(task_definition: TaskDefinition) -> list[_Outcome]:
            seen: dict[str, int] = {}
            try:
                nodes = task_definition.container_nodes()
            except MalformedError as error:
                nodes = [(None, error.location)]
            for node, location in nodes:
                name = node.get("Name") if isinstance(node, Mapping) else None
                key = f"name {name}" if isinstance(name, str) else location
                seen[key] = seen.get(key, 0) + 1
                places.setdefault((key, seen[key]), {})[location] = None
            return []

        self._unlisted = self._explore(collect)  # nothing, or that there are more scenarios than can be looked at
        return [tuple(locations) for locations in places.values()]


def _by_container(outcomes: list[_Outcome]) -> list[list[_Outcome]]:
    """Part the outcomes of one place by container: ``Fn::If`` may put one or another there."""
    names = dict.fromkeys(outcome.container for outcome in outcomes if outcome.container is not None) or [None]
    return [
        [o if o.container == name else replace(o, container=name) for o in outcomes if o.container in (None, name)]
        for name in names
    ]


def _on_container(check: ContainerCheck, places: tuple[str, ...]) -> Callable[[TaskDefinition], list[_Outcome]]:
    def run(task_definition: TaskDefinition) -> list[_Outcome]:
        try:
            containers = task_definition.containers_at(places)
        except MalformedError as error:
            return [_Outcome(location=error.location, malformed=str(error))]
        return [_run_on_container(check, task_definition, container) for container in containers]

    return run


def _run_on_task_definition(check: TaskDefinitionCheck, task_definition: TaskDefinition) -> _Outcome:
    return _guarded(lambda: check.violation(task_definition), None, task_definition.location_of, "Properties")


def _run_on_container(check: ContainerCheck, task_definition: TaskDefinition, container: Container) -> _Outcome:
    def run() -> Violation | None:
        container.require_map()
        return check.violation(task_definition, container)

    return _guarded(run, container.name, container.location_of, container.location)


def _guarded(
    run: Callable[[], Violation | None], container: str | None, location_of: Callable[[str], str], location: str
) -> _Outcome:
    try:
        violation = run()
        place = location_of(violation.property) if violation else location
    except UndecidedError as error:
        return _Outcome(None, container, error.location, undecided=(str(error),))
    except MalformedError as error:
        return _Outcome(None, container, error.location, malformed=str(error))
    except Exception as error:  # noqa: BLE001 - a check that fails must deny, whatever it raised
        _log.debug("a check failed", exc_info=True)
        return _Outcome(None, container, location, crash=f"{type(error).__name__}: {error}")
    return _Outcome(violation, container, place)


def _with_assumptions(outcome: _Outcome, undecided: tuple[str, ...]) -> _Outcome:
    """Mark the outcome of a scenario that had to assume something: its violation is possible, not certain."""
    return replace(outcome, violation=None, undecided=undecided) if outcome.violation else outcome


def _merge(check: Check, outcomes: list[_Outcome], policy: Policy, resource: str) -> Finding | None:
    """Return one finding for what a check says over all scenarios, as strict as the strictest of them."""
    findings = [
        finding
        for finding in (_finding(check, outcome, policy, resource) for outcome in outcomes)
        if finding is not None and finding.enforcement is not Enforcement.OFF
    ]
    if len(findings) < 2:
        return findings[0] if findings else None
    verdicts = {finding.verdict for finding in findings}
    strictest = max(findings, key=lambda f: (f.enforcement.strictness, f.verdict is Verdict.VIOLATION))
    verdict = Verdict.VIOLATION if Verdict.VIOLATION in verdicts else Verdict.UNRESOLVED
    return strictest if strictest.verdict is verdict else replace(strictest, verdict=verdict)


def _finding(check: Check, outcome: _Outcome, policy: Policy, resource: str) -> Finding | None:
    verdict = Verdict.UNRESOLVED
    enforcement = policy.enforcement_of(check.id)
    if outcome.crash:
        enforcement = Enforcement.DENY
        message, remedy = _crash_text(check, outcome.crash)
    elif outcome.malformed:
        enforcement = enforcement.at_most(policy.unresolved)
        message, remedy = _malformed_text(check, outcome.malformed)
    elif outcome.undecided:
        enforcement = enforcement.at_most(policy.unresolved)
        message, remedy = _undecided_text(check, outcome.undecided)
    elif outcome.violation:
        verdict = Verdict.VIOLATION
        message, remedy = f"{outcome.violation.what}\n{outcome.violation.why}", outcome.violation.remedy
        if not outcome.violation.fixable and policy.profile.warns_where_nothing_can_be_fixed:
            enforcement = enforcement.at_most(Enforcement.WARN)
    else:
        return None
    exemption = None
    if not outcome.crash:
        exemption = find_exemption(policy.exemptions, check.id, resource, outcome.container)
        enforcement, message = _exempt(exemption, enforcement, message, policy)
    return Finding(
        check=check.id,
        resource=resource,
        container=outcome.container,
        verdict=verdict,
        enforcement=enforcement,
        severity=check.severity,
        message=message,
        remedy=remedy,
        location=outcome.location,
        exemption=exemption,
    )


def _undecided_text(check: Check, undecided: tuple[str, ...]) -> tuple[str, str]:
    reasons = "; ".join(undecided[:_REASONS_SHOWN])
    if len(undecided) > _REASONS_SHOWN:
        reasons += f"; and {len(undecided) - _REASONS_SHOWN} more"
    what = f"It cannot be decided whether {check.question}: {reasons}."
    return (
        f"{what}\nThe gate does not guess: some value it may take at deployment would break the check.",
        "Write a literal value, or give the parameter AllowedValues; if it is right as it is, exempt it with a reason.",
    )


def _malformed_text(check: Check, problem: str) -> tuple[str, str]:
    return (
        f"{problem}.\nCloudFormation cannot take it, so nobody can tell whether {check.question}.",
        "Write it as the AWS::ECS::TaskDefinition reference says.",
    )


def _crash_text(check: Check, crash: str) -> tuple[str, str]:
    return (
        f"The check itself failed with {crash}.\nThe gate fails closed: what it cannot judge it denies.",
        f"Mend the check {check.id} (the traceback is in the debug log), or switch it off in the policy meanwhile.",
    )


def _exempt(
    exemption: Exemption | None, enforcement: Enforcement, message: str, policy: Policy
) -> tuple[Enforcement, str]:
    """Apply an exemption: reported while it holds, a warning in its last days, no effect once it has expired."""
    if exemption is None:
        return enforcement, message
    days = exemption.days_left(policy.date)
    if days < 0:
        note = f"The exemption of {exemption.owner} ended on {exemption.expires}: renew it or fix the task definition."
        return enforcement, f"{message}\n{note}"
    unit = "day" if days == 1 else "days"
    if days < LAST_DAYS:
        left = f"in {days} {unit}" if days else "today"
        note = f"Exempt, but the exemption ends {left}, on {exemption.expires} ({exemption.describe()})."
        return enforcement.at_most(Enforcement.WARN), f"{message}\n{note}"
    note = f"Exempt until {exemption.expires}, {days} {unit} left ({exemption.describe()})."
    return enforcement.at_most(Enforcement.AUDIT), f"{message}\n{note}"
