"""Findings that no check makes: what cannot be read, what is not looked into, what exempts nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .enforcing import exempt
from .exemptions import find_exemption
from .finding import Enforcement, Finding, Severity, Verdict
from .policy import NOT_CHECKED, STALE_EXEMPTION, UNREADABLE, Policy
from .task_definition import TASK_DEFINITION

# Transforms by AWS that make no task definitions, and change none.
_HARMLESS_TRANSFORMS = (
    "AWS::LanguageExtensions",
    "AWS::Serverless-",
    "AWS::CodeDeploy",
    "AWS::SecretsManager-",
    "AWS::ServiceCatalog",
)

NESTED_STACK = "AWS::CloudFormation::Stack"

# What deploys templates that are not in this one.
_WITH_TEMPLATES = {
    "AWS::CloudFormation::StackSet": "stacks from a template of its own",
    "AWS::Serverless::Application": "an application as a nested stack",
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct": "a product of Service Catalog",
}


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
        enforcement, message = exempt(exemption, enforcement, message, policy)
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


def transform_problem(body: Mapping[str, Any]) -> Problem | None:
    """Return what is said of a template that a macro may change at deployment, if one may.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-reference.html
    """
    transforms = body.get("Transform", [])
    names = transforms if isinstance(transforms, list) else [transforms]
    unknown = [name for name in names if not isinstance(name, str) or not name.startswith(_HARMLESS_TRANSFORMS)]
    if "Fn::Transform" in body:
        unknown.append("Fn::Transform")
    if not unknown:
        return None
    return Problem(
        f"The macro {unknown[0]} changes this template at deployment.",
        "The gate cannot see what it makes of task definitions, or whether it adds any.",
        "Run evaluate_template on the processed template.",
        check=NOT_CHECKED,
    )


def _loop_problem(logical_id: str, loop: object) -> Problem | None:
    """Return what is said of a ``Fn::ForEach``: it is not expanded."""
    kinds = list(_types_in(loop))
    if any(not isinstance(kind, str) or kind == TASK_DEFINITION or "{" in kind for kind in kinds):
        return Problem(
            f"{logical_id} makes task definitions at deployment.",
            "The gate sees no task definition before the loop is expanded, and does not guess what comes out.",
            "Write the task definitions out, or generate them in CDK.",
            decidable_later=True,
        )
    unseen = [kind for kind in kinds if kind == NESTED_STACK or _brought_by(kind)]
    if unseen:
        return Problem(
            f"{logical_id} makes {unseen[0]} at deployment.",
            "The gate cannot see the templates of what it makes: a task definition in them is not checked.",
            "Judge them where they are made, with evaluate_template.",
            check=NOT_CHECKED,
        )
    return None


def _types_in(loop: object) -> Iterator[Any]:
    """Yield every type inside a ``Fn::ForEach``; one that is no string, or holds a ``{``, the loop puts together."""
    if isinstance(loop, Mapping):
        if loop.get("Type") is not None:
            yield loop["Type"]
        loop = list(loop.values())
    for item in loop if isinstance(loop, list) else ():
        yield from _types_in(item)


def type_of(resource: object) -> object:
    """Return the type of a member of ``Resources``, None if it has none."""
    # All resources of an app come by here, and a dict is told far sooner than any other mapping.
    return resource.get("Type") if isinstance(resource, (dict, Mapping)) else None


def problem_of(logical_id: str, resource: object) -> Problem | None:
    """Return why a member of ``Resources`` cannot be judged, or is not looked into; None for any proper resource."""
    kind = type_of(resource)
    if logical_id.startswith("Fn::ForEach::"):
        return _loop_problem(logical_id, resource)
    if logical_id == "Fn::Transform":
        return Problem(
            "A macro or AWS::Include adds resources at deployment.",
            "The gate cannot see them: a task definition among them is not checked.",
            "Run evaluate_template on the processed template, or write the resources out.",
            check=NOT_CHECKED,
        )
    if isinstance(kind, str):
        return _elsewhere(kind)
    problem = f"is a {type(resource).__name__}" if not isinstance(resource, Mapping) else "has no Type"
    return Problem(
        f"Resource {logical_id} {problem}.",
        "Nobody can tell whether it is a task definition, and CloudFormation will not take it.",
        "Write a resource with Type and Properties.",
    )


def _elsewhere(kind: str) -> Problem | None:
    """Return what is said of a resource that brings a template of its own, which the gate does not have."""
    brought = _brought_by(kind)
    if brought is None:
        return None
    return Problem(
        f"This {kind} deploys {brought}.",
        "The gate cannot see that template: a task definition in it is not checked.",
        "Judge it where it is made, with evaluate_template.",
        check=NOT_CHECKED,
    )


def _brought_by(kind: str) -> str | None:
    return "a module" if kind.endswith("::MODULE") else _WITH_TEMPLATES.get(kind)


def nested_stack_problem(resource: object) -> Problem | None:
    """Return what is said of a nested stack where there is only the template of its parent."""
    if type_of(resource) == NESTED_STACK:
        return Problem(
            "The template of this nested stack is given by URL.",
            "The gate cannot see it: a task definition in it is not checked.",
            "Judge that template too, with evaluate_template.",
            check=NOT_CHECKED,
        )
    return None


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
