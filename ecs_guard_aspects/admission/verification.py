"""The last word: what the written templates say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from constructs import IConstruct

from ..policy.evaluation import evaluate_resources
from ..policy.finding import Enforcement, Finding
from ..policy.policy import Policy
from ..policy.problems import Problem, problem_finding, transform_problem, type_of
from ..policy.task_definition import TASK_DEFINITION
from .assembly import WrittenTemplate, read_templates, stack_paths
from .places import Places
from .reading import is_within

UNKNOWN: Final = "<"
"""With which the path of a resource goes on after that of its stack, if its construct is not known."""


@dataclass(frozen=True)
class Verified:
    """A finding about a written template.

    Attributes:
        finding: what was found.
        always_shown: whether it counts whatever stacks are selected: it is inside a Stage, or about no template.
        file: the template.
        logical_id: the resource of the template it is about.
    """

    finding: Finding
    always_shown: bool
    file: Path | None = None
    logical_id: str | None = None


def verify(root: IConstruct, templates: Sequence[Path], policy: Policy, places: Places) -> list[Verified]:
    """Judge every task definition of every template that the app has written.

    Args:
        root: the app.
        templates: the templates of all its stacks, those inside Stages too, but not of nested stacks.
        policy: the policy to judge by.
        places: what is known of the construct tree.

    Raises:
        OSError, ValueError, TypeError, AttributeError, KeyError: if a manifest of the assembly cannot be read.
    """
    outdir = Path(root.outdir).resolve()  # type: ignore[attr-defined]
    stacks = stack_paths(templates)
    written = list(_written(stacks, places))
    if any(_has_unknown(template, places) for template in written):
        # Stages and stacks that came after the annotations were made.
        places.learn(root)
        written = list(_written(stacks, places))
    found = []
    for template in written:
        in_stage = template.file.parent.resolve() != outdir
        found += [
            Verified(finding, in_stage, template.file, logical_id)
            for logical_id, finding in _judge(template, policy, places)
            if finding.enforcement is not Enforcement.OFF
        ]
    files = {template.file.name for template in written}
    for stack_path, file in places.stacks().items():
        if file not in files:
            found.append(Verified(problem_finding(_NOT_WRITTEN, stack_path, policy), always_shown=True))
    return found


def _written(stacks: Mapping[Path, str], places: Places) -> Iterator[WrittenTemplate]:
    expected: dict[str, list[str]] = {stack_path: [] for stack_path in stacks.values()}
    for path, name in places.stacks().items():
        # Stacks and Stages may stand below a stack without being nested stacks of it.
        owners = [stack_path for stack_path in expected if is_within(path, stack_path)]
        if owners:
            expected[max(owners, key=len)].append(name)
    for file, stack_path in stacks.items():
        yield from read_templates(file, stack_path, expected[stack_path])


def _resources(template: WrittenTemplate) -> Any:
    return template.body.get("Resources", {}) if template.body is not None else {}


def _has_unknown(template: WrittenTemplate, places: Places) -> bool:
    resources = _resources(template)
    return isinstance(resources, Mapping) and any(
        type_of(resource) == TASK_DEFINITION and places.find(template.file.name, logical_id) is None
        for logical_id, resource in resources.items()
    )


def _judge(template: WrittenTemplate, policy: Policy, places: Places) -> Iterator[tuple[str | None, Finding]]:
    file = template.file.name
    stack_path = places.stack_path_of(file) or template.stack_path
    logical_ids: dict[str, str] = {}

    def path_of(logical_id: str) -> str:
        place = places.find(file, logical_id)
        # Of a resource without a known construct, no exemption by name may take this for another's path.
        path = place.path if place else f"{stack_path}/{UNKNOWN}{logical_id}>"
        logical_ids[path] = logical_id
        return path

    transform = transform_problem(template.body or {})
    if transform:
        yield None, problem_finding(transform, stack_path, policy)
    for logical_id, problem in template.problems:
        yield logical_id, problem_finding(problem, path_of(logical_id) if logical_id else stack_path, policy)
    resources = _resources(template)
    if isinstance(resources, Mapping):
        for finding in evaluate_resources(resources, template.context, policy, path_of):
            yield logical_ids.get(finding.resource), finding
    else:
        yield None, problem_finding(_NO_RESOURCES, stack_path, policy)


_NOT_WRITTEN = Problem(
    "The template of this stack is not among those the CDK has written.",
    "The gate fails closed: what it cannot read it denies.",
    "Synthesize into an empty output folder; if it stays so, report it with this message.",
)
_NO_RESOURCES = Problem(
    "The Resources of this template are not a map.",
    "The gate fails closed: what it cannot read it denies.",
    "Write Resources as a map of logical ids.",
)
