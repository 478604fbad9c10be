"""Small task definitions and templates, and findings in a form that fits a table."""

from __future__ import annotations

from typing import Any

from ecs_guard_aspects.model.resource import TASK_DEFINITION
from ecs_guard_aspects.policy import (
    ContainerCheck,
    Finding,
    Policy,
    Profile,
    Severity,
    TaskDefinitionCheck,
    Verdict,
    Violation,
    evaluate_template,
)

LITERAL = Policy(profile=Profile.DATADOG)
STRICT = Policy(profile=Profile.STRICT)

GOOD: dict[str, Any] = {"NetworkMode": "awsvpc", "ContainerDefinitions": [{"Name": "app", "User": "1000:1000"}]}
"""Passes every check."""


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"  # test ids must not hold addresses: pytest-xdist compares them


ABSENT: Any = _Absent()
"""Takes a property away in ``task_definition(...)`` and ``container(...)``."""


def task_definition(**changes: Any) -> dict[str, Any]:
    """Return ``GOOD`` with these properties changed."""
    return _changed(GOOD, changes)


def container(name: str = "app", **changes: Any) -> dict[str, Any]:
    """Return a container that passes every check, with these properties changed."""
    return _changed({"Name": name, "User": "1000:1000"}, changes)


def host(*containers: Any, **changes: Any) -> dict[str, Any]:
    """Return a task definition in host mode."""
    return task_definition(**{"NetworkMode": "host", "ContainerDefinitions": list(containers), **changes})


def _changed(original: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**original, **changes}.items() if value is not ABSENT}


def template(properties: Any = ABSENT, /, *, condition: Any = ABSENT, **sections: Any) -> dict[str, Any]:
    """Return a template with one task definition, ``Task``."""
    resource = {"Type": TASK_DEFINITION, "Properties": properties, "Condition": condition}
    return {**sections, "Resources": {"Task": _changed({}, resource)}}


def judge(properties: Any = ABSENT, /, policy: Policy = LITERAL, **parts: Any) -> list[Finding]:
    """Return the findings for one task definition; ``parts`` as for ``template``."""
    return evaluate_template(template(properties, **parts), policy)


def verdicts(findings: list[Finding]) -> dict[tuple[str, str | None], str]:
    """Return the verdicts by check and container; more than one for the same pair is an error of the engine."""
    result = {(finding.check, finding.container): finding.verdict.value for finding in findings}
    assert len(result) == len(findings), f"more than one finding for one check and container: {findings}"
    return result


def violations(findings: list[Finding]) -> set[tuple[str, str | None]]:
    """Return check and container of all violations."""
    return {(finding.check, finding.container) for finding in findings if finding.verdict is Verdict.VIOLATION}


def ref(name: str) -> dict[str, Any]:
    return {"Ref": name}


def if_(condition: Any, yes: Any, no: Any) -> dict[str, Any]:
    return {"Fn::If": [condition, yes, no]}


def equals(left: Any, right: Any) -> dict[str, Any]:
    return {"Fn::Equals": [left, right]}


def sub(*operands: Any) -> dict[str, Any]:
    return {"Fn::Sub": operands[0] if len(operands) == 1 else list(operands)}


def parameter(*allowed: Any, **declaration: Any) -> dict[str, Any]:
    """Return the declaration of a String parameter with these AllowedValues."""
    return {"Type": "String", **({"AllowedValues": list(allowed)} if allowed else {}), **declaration}


NO_VALUE = ref("AWS::NoValue")


class NoLatestImage(ContainerCheck):
    """A custom check as a team would write it."""

    id = "no-latest-image"
    severity = Severity.MEDIUM
    title = "An image is pinned."
    question = "the image of this container is pinned"

    def violation(self, task_definition: Any, container: Any) -> Violation | None:
        image = container.properties.get("Image", "")
        if not image.endswith(":latest"):
            return None
        return Violation(f"Image is {image!r}.", "Nobody knows what runs.", "Pin it.", "Image")


class HasFamily(TaskDefinitionCheck):
    """A custom check of the task definition as a whole."""

    id = "has-family"
    severity = Severity.MEDIUM
    title = "A task definition has a Family."

    def violation(self, task_definition: Any) -> Violation | None:
        if "Family" in task_definition.properties:
            return None
        return Violation("Family is not set.", "Its name says nothing.", "Set Family.", "Family")


class Raises(ContainerCheck):
    """A check with a mistake in it."""

    id = "raises"
    severity = Severity.MEDIUM
    title = "A check that fails."

    def violation(self, task_definition: Any, container: Any) -> Violation | None:
        raise KeyError("Image")
