"""From task definitions to findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .enforcing import merge
from .errors import TemplateError
from .finding import Enforcement, Finding
from .judging import Judge, Outcome
from .policy import Policy
from .problems import nested_stack_problem, problem_finding, problem_of, stale_exemptions, transform_problem, type_of
from .task_definition import TASK_DEFINITION
from .template import Template


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
    problems = [("", transform_problem(template))]
    problems += [(str(name), nested_stack_problem(resource)) for name, resource in resources.items()]
    findings = [problem_finding(problem, name, policy) for name, problem in problems if problem]
    findings = [finding for finding in findings if finding.enforcement is not Enforcement.OFF]
    findings += evaluate_resources(resources, Template.of(template), policy)
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
        problem = problem_of(name, resource)
        if problem:
            findings.append(problem_finding(problem, path_of(name), policy))
        elif type_of(resource) == TASK_DEFINITION:
            # A macro beside the properties may put anything into them.
            properties = resource if "Fn::Transform" in resource else resource.get("Properties")
            condition = resource.get("Condition")
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
    judge = Judge(properties, template or Template(), condition)
    findings = []
    for check in policy.enforced_checks:
        try:
            judged = list(judge.outcomes(check))
        except RecursionError:  # expressions nested deeper than Python's stack
            judged = [[Outcome(crash="RecursionError: the expressions are nested too deeply")]]
        for outcomes in judged:
            finding = merge(check, outcomes, policy, resource)
            if finding is not None:
                findings.append(finding)
    return findings
